/** What a sealed value is for. Each purpose has its own subkey, so a value sealed for one never opens as another. */
export type SealPurpose = "totp" | "lookup" | "parked" | "flow" | "oidc" | "outbox" | "signing" | "exchange" | "config" | "page" | "job" | "revert";

/** What a digest is for. `pepper` is the keyed last step of a password hash (security.md 5.2). */
export type MacPurpose =
  | "limits" | "logout" | "device" | "code" | "csrf" | "lookup-index" | "action" | "pepper" | "webauthn" | "decoy" | "recipient" | "audit-export" | "backup";

/** One key of the key file. The first of a list seals and signs; all of them open. */
export interface Key {
  /** 1 to 32 characters of a-z, 0-9 and `-`; stored beside every sealed value. */
  readonly id: string;
  /** At least 32 bytes. */
  readonly secret: Buffer;
}

/** The installation's keys, never the bytes themselves. Built by `createKeyRing`. */
export interface KeyRing {
  /** Id of the key that seals now. */
  readonly currentKid: string;
  /**
   * `v1.<kid>.<nonce>.<ciphertext and tag>` (base64url), AES-256-GCM under a subkey of the purpose. `binding` names the
   * place the value belongs to (identity, credential, field); moved anywhere else it does not open.
   *
   * Nonces are 96 random bits, which bounds one key to 2³² seals of a purpose (NIST SP 800-38D, 8.3): an installation
   * that seals a thousand values a second for a month should rotate.
   */
  seal(purpose: SealPurpose, plain: string, binding: readonly string[]): string;
  /** The clear text; throws `SealBroken` for every reason alike. */
  open(purpose: SealPurpose, sealed: string, binding: readonly string[]): string;
  /** HMAC-SHA-256 under the current key's subkey of the purpose; parts are encoded unambiguously. */
  mac(purpose: MacPurpose, ...parts: readonly (string | Uint8Array)[]): Buffer;
  macHex(purpose: MacPurpose, ...parts: readonly (string | Uint8Array)[]): string;
  /** The same digest under every key, current first: to find again what an older key signed. */
  macsHex(purpose: MacPurpose, ...parts: readonly (string | Uint8Array)[]): readonly string[];
  /** The digest under a named key; null when the ring does not hold it. */
  macUnder(kid: string, purpose: MacPurpose, ...parts: readonly (string | Uint8Array)[]): Buffer | null;
}
