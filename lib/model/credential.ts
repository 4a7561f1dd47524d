import type { FactorId } from "./assurance";
import type { CredentialId, IdentityId, LookupCodeId } from "./ids";

interface CredentialBase {
  readonly id: CredentialId;
  readonly identityId: IdentityId;
  readonly type: FactorId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastUsedAt: Date | null;
  /** Provenance: level and methods of the session that enrolled it. */
  readonly enrolledAal: "aal1" | "aal2" | null;
}

/**
 * Stands in the place of a hash for a person whose password an older system still knows (`use_password_migration_hook`): the first
 * sign-in asks that system. No format begins like this, so nothing ever verifies against it.
 */
export const MIGRATING_HASH = "$rung-migrating$";

export interface PasswordCredential extends CredentialBase {
  readonly type: "password";
  /** PHC string (argon2id or an imported format), or `MIGRATING_HASH`. */
  readonly hash: string;
  readonly identifiers: readonly string[];
}

export interface TotpCredential extends CredentialBase {
  readonly type: "totp";
  /** `v1.<kid>.<nonce>.<ciphertext>` over the base32 secret. */
  readonly sealedSecret: string;
  /** Newest consumed 30-second step (RFC 6238, 5.2). */
  readonly lastStep: number;
}

export interface LookupCode {
  readonly id: LookupCodeId;
  readonly position: number;
  /** Base64url digest: Argon2id under the set's salt in `hashed` mode, keyed HMAC in `revealable` mode. */
  readonly digest: string;
  /** The sealed clear code; null in `hashed` mode. */
  readonly sealed: string | null;
  readonly usedAt: Date | null;
}

export interface LookupCredential extends CredentialBase {
  readonly type: "lookup_secret";
  readonly storage: "hashed" | "revealable";
  /** Base64url salt of the set. */
  readonly salt: string;
  readonly codes: readonly LookupCode[];
}

/** Credentials of factors that keep their whole state in one JSON document (webauthn, passkey, oidc, code). */
export interface DocumentCredential extends CredentialBase {
  readonly type: "oidc" | "webauthn" | "passkey" | "code";
  readonly identifiers: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

export type Credential = PasswordCredential | TotpCredential | LookupCredential | DocumentCredential;
