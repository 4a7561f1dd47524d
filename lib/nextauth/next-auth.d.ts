import type { AssuranceLevel, RequiredAal } from "../model/assurance";
import type { RungUserFacts } from "./adapter";

declare module "next-auth" {
  /** What `useSession` and `getServerSession` show. While `satisfied` is false there is no person in it. */
  interface Session {
    satisfied: boolean;
    aal: AssuranceLevel;
    /** Names of the completed methods, in order. */
    amr?: readonly string[];
    /** Which level the sign-in area asks for; only while it is not met. */
    required?: RequiredAal;
    expires: string;
    user?: { id: string; name: string | null; email: string | null };
  }
  interface User {
    rung?: RungUserFacts;
  }
}
declare module "next-auth/adapters" {
  interface AdapterUser {
    rung?: RungUserFacts;
  }
}
