import type { SessionSummary } from "@/lib/model/session";

export type { SessionSummary as SessionView } from "@/lib/model/session";

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
      readonly session: SessionSummary;
      readonly identity: { readonly displayName: string; readonly maskedAddress: string };
      readonly signOutAt: string;
    };

/** The newest proof at the session's own level: what "confirmed … ago" speaks of. */
export function newestProof(session: SessionSummary): SessionSummary["methods"][number] | null {
  const level = session.aal === "aal2" ? "aal2" : "aal1";
  const proofs = session.methods.filter((method) => method.aal === level);
  return proofs.reduce<SessionSummary["methods"][number] | null>(
    (newest, method) => (newest === null || method.completedAt > newest.completedAt ? method : newest), null);
}

/** Up to two letters for the round sign beside a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/u).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}
