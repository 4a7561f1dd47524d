import type { MethodName } from "@/lib/model/assurance";

/** What the screens show of a session. */
export interface SessionView {
  readonly id: string;
  readonly aal: "aal0" | "aal1" | "aal2";
  readonly methods: readonly { readonly method: MethodName; readonly aal: "aal1" | "aal2"; readonly completedAt: Date }[];
  readonly authenticatedAt: Date;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly devices: readonly { readonly ipAddress: string | null; readonly userAgent: string | null }[];
}

/** Who is in front of the screen; only `signed_in` names them. */
export type PersonView =
  | { readonly kind: "signed_out" }
  | { readonly kind: "unavailable" }
  | {
      readonly kind: "second_factor_pending" | "enrolment_pending";
      readonly hint: { readonly initials: string; readonly maskedAddress: string };
      readonly continueAt: string;
      readonly signOutAt: string;
    }
  | {
      readonly kind: "signed_in";
      readonly session: SessionView;
      readonly identity: { readonly displayName: string; readonly maskedAddress: string };
      readonly signOutAt: string;
    };

/** The newest proof at the session's own level: what "confirmed … ago" speaks of. */
export function newestProof(session: SessionView): SessionView["methods"][number] | null {
  const level = session.aal === "aal2" ? "aal2" : "aal1";
  const proofs = session.methods.filter((method) => method.aal === level);
  return proofs.reduce<SessionView["methods"][number] | null>(
    (newest, method) => (newest === null || method.completedAt > newest.completedAt ? method : newest), null);
}

/** Up to two letters for the round sign beside a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}
