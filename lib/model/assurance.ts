import type { AddressId } from "./ids";

export type AssuranceLevel = "aal0" | "aal1" | "aal2";
/** `highest_available` is resolved per person; the two wire keys of a project never say `aal2` (contract 8.1). */
export type RequiredAal = "aal1" | "aal2" | "highest_available";
export type FactorId = "password" | "oidc" | "totp" | "webauthn" | "passkey" | "lookup_secret" | "code";
export type MethodName = FactorId | "code_recovery" | "link_recovery";

/** One completed authentication. Its `aal` is frozen at completion and never recomputed. */
export interface AuthenticationMethod {
  readonly method: MethodName;
  readonly aal: "aal1" | "aal2";
  readonly completedAt: Date;
  readonly provider?: string;
  readonly upstreamAcr?: string;
  readonly upstreamAmr?: readonly string[];
  /**
   * Added by enrolling the factor in a session that stood at its level already. It is on the wire, as the contract wants
   * (4.10), and proves nothing anew: freshness never comes from an enrolment that needed no proof (ruling J16).
   */
  readonly enrolled?: true;
  /** Which mailbox or number proved it; never on the wire. */
  readonly addressId?: AddressId;
}
