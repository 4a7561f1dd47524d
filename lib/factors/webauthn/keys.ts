import { randomBytes } from "node:crypto";
import type { Credential } from "../../model/credential";
import type { MethodConfig } from "../../model/project";
import { CHALLENGE_BYTES } from "../../webauthn/ceremony";
import { keysOf } from "../../webauthn/key-record";
import type { KnownKey, OwnedKey } from "../../webauthn/key-record";

/** Security keys that can sign their owner in now: those enrolled for what the project uses keys for today (contract, trap 13). */
export function usableKeys(credentials: readonly Credential[], config: MethodConfig): readonly OwnedKey[] {
  if (!config.webauthn.enabled) return [];
  return keysOf(credentials, "webauthn").filter(({ key }) => key.passwordless === config.webauthn.passwordless);
}

export function knownKeys(owned: readonly OwnedKey[]): readonly KnownKey[] {
  return owned.map(({ key }) => ({ id: key.id, transports: key.transports }));
}

export function newChallenge(): Uint8Array {
  return randomBytes(CHALLENGE_BYTES);
}
