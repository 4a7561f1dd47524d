import type { Credential } from "../model/credential";
import type { MethodConfig } from "../model/project";
import { keysOf } from "./key-record";
import type { OwnedKey } from "./key-record";

interface Doors {
  readonly credentials: readonly Credential[];
  /** Ways to sign in as the factors count them, keys that were stopped among them. */
  readonly firstFactors: number;
}
type Config = Pick<MethodConfig, "passkey" | "webauthn">;

/**
 * May the person part with this key? What is no way in today always goes: a key of the second step, and one enrolled for a sign-in
 * that the project does not offer any more. Any other needs a way in that is left: a key that signs nobody in (W33) is none.
 */
export function mayPartWith({ key, credential }: OwnedKey, doors: Doors, config: Config): boolean {
  if (!isWayIn({ key, credential }, config)) return true;
  const stopped = keysOf(doors.credentials).filter((owned) => isWayIn(owned, config) && owned.key.clonedAt !== null).length;
  const left = doors.firstFactors - stopped - (key.clonedAt === null ? 1 : 0);
  return left > 0;
}

/** Is it counted as a first factor (contract, trap 13)? */
function isWayIn({ key, credential }: OwnedKey, { passkey, webauthn }: Config): boolean {
  return credential.type === "passkey" ? passkey.enabled : webauthn.enabled && webauthn.passwordless && key.passwordless;
}
