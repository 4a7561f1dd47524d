import type { Credential, TotpCredential } from "../../model/credential";

/** The authenticator app of these credentials, stopped or not. */
export function findTotp(credentials: readonly Credential[]): TotpCredential | null {
  return credentials.find((credential): credential is TotpCredential => credential.type === "totp") ?? null;
}

/** It answers a second step: enrolled, and not stopped after too many failures. */
export function isUsable(credential: TotpCredential | null): credential is TotpCredential & { readonly disabledAt: null } {
  return credential !== null && credential.disabledAt === null;
}
