import { MIGRATING_HASH } from "../../model/credential";
import type { Credential, PasswordCredential } from "../../model/credential";
import type { MethodConfig } from "../../model/project";

/** The password of these credentials. */
export function findPassword(credentials: readonly Credential[]): PasswordCredential | null {
  return credentials.find((credential): credential is PasswordCredential => credential.type === "password") ?? null;
}

/** It signs somebody in: a name to sign in with, and a hash, or an older system that is still asked (contract 4.3, contract/admin.md 1.5). */
export function isUsable(credential: PasswordCredential | null, { password }: Pick<MethodConfig, "password">): credential is PasswordCredential {
  if (credential === null || credential.hash === "" || credential.identifiers.length === 0) return false;
  return !isMigrating(credential) || password.migrateHook !== null;
}

/** Only an older system knows this password so far. */
export function isMigrating(credential: PasswordCredential | null): boolean {
  return credential?.hash === MIGRATING_HASH;
}
