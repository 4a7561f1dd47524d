/**
 * Which check refused an answer (security.md 3.6). For logs and tests: a person is told the contract's one message, so that nobody
 * learns from it what to change.
 */
export type CeremonyRefusal =
  | "malformed" | "expired" | "type" | "challenge" | "origin" | "cross_origin" | "rp_id" | "user_presence" | "user_verification"
  | "backup_state" | "credential_id" | "algorithm" | "public_key" | "attestation" | "unknown_credential" | "not_offered"
  | "user_handle" | "tampered" | "cloned" | "signature" | "counter";

export interface Refused {
  readonly ok: false;
  readonly because: CeremonyRefusal;
}

export function refused(because: CeremonyRefusal): Refused {
  return { ok: false, because };
}
