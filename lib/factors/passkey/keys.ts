import { randomBytes } from "node:crypto";
import type { Credential } from "../../model/credential";
import type { MethodConfig } from "../../model/project";
import { CHALLENGE_BYTES } from "../../webauthn/ceremony";
import { keysOf } from "../../webauthn/key-record";
import type { KnownKey, OwnedKey } from "../../webauthn/key-record";

/** Passkeys that begin a session. */
export function firstKeys(credentials: readonly Credential[], config: MethodConfig): readonly OwnedKey[] {
  return config.passkey.enabled ? keysOf(credentials, "passkey") : [];
}

/**
 * Passkeys that reach aal2 by themselves: where the project counts user verification (J6), those that are known to verify their
 * user. A key that never did may have got its PIN from a finder (W34).
 */
export function secondKeys(credentials: readonly Credential[], config: MethodConfig): readonly OwnedKey[] {
  return config.passkey.aal2OnUserVerification ? firstKeys(credentials, config).filter(({ key }) => key.verifiesUser) : [];
}

export function knownKeys(owned: readonly OwnedKey[]): readonly KnownKey[] {
  return owned.map(({ key }) => ({ id: key.id, transports: key.transports }));
}

export function newChallenge(): Uint8Array {
  return randomBytes(CHALLENGE_BYTES);
}
