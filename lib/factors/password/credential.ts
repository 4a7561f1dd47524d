import type { Credential, PasswordCredential } from "../../model/credential";

/** The password of these credentials. */
export function findPassword(credentials: readonly Credential[]): PasswordCredential | null {
  return credentials.find((credential): credential is PasswordCredential => credential.type === "password") ?? null;
}

/** It signs somebody in: a hash, a name to sign in with (contract 4.3). */
export function isUsable(credential: PasswordCredential | null): credential is PasswordCredential {
  return credential !== null && credential.hash !== "" && credential.identifiers.length > 0;
}
