/** Why a ceremony ended without an answer. `stopped`: we ended it ourselves, so nothing is said. */
export type CeremonyProblem = "stopped" | "cancelled" | "known" | "domain" | "unsupported" | "failed";

/** Browsers tell little on purpose: one name stands for "declined", "no key here" and "too late" alike (WebAuthn L3, 14.5.1). */
export function problemOf(error: unknown): CeremonyProblem {
  switch (nameOf(error)) {
    case "AbortError": return "stopped";
    case "NotAllowedError": return "cancelled";
    case "InvalidStateError": return "known";
    case "SecurityError": return "domain";
    case "NotSupportedError":
    case "ConstraintError": return "unsupported";
    default: return "failed";
  }
}

/** A wrapper of the browser's error keeps the name of its cause. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return error.cause instanceof Error && error.name === "Error" ? error.cause.name : error.name;
}
