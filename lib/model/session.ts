import type { AssuranceLevel, AuthenticationMethod } from "./assurance";
import type { IdentityId, SessionId } from "./ids";

export interface SessionDevice {
  readonly id: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly location: string | null;
  readonly createdAt: Date;
}

/** A session row. The token itself is never here: only its SHA-256 is stored. */
export interface Session {
  readonly id: SessionId;
  readonly identityId: IdentityId;
  /** `browser`: token in a cookie, rotated at every proof (J1). `api`: native token, kept. */
  readonly kind: "browser" | "api";
  /** SHA-256 of the live token, hex. */
  readonly tokenHash: string;
  readonly methods: readonly AuthenticationMethod[];
  /** Always equals `sessionAal(methods)`. */
  readonly aal: AssuranceLevel;
  readonly authenticatedAt: Date;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly devices: readonly SessionDevice[];
}

/** How a request presented itself; recorded at each proof. */
export interface DeviceFacts {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** What a screen shows of a session: no token, no hash, no address id. */
export interface SessionSummary {
  readonly id: string;
  readonly aal: AssuranceLevel;
  readonly methods: readonly Pick<AuthenticationMethod, "method" | "aal" | "completedAt">[];
  readonly authenticatedAt: Date;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly devices: readonly DeviceFacts[];
}
