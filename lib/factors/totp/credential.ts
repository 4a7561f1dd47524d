import type { Credential, TotpCredential } from "../../model/credential";

/** The authenticator app of these credentials. */
export function findTotp(credentials: readonly Credential[]): TotpCredential | null {
  return credentials.find((credential): credential is TotpCredential => credential.type === "totp") ?? null;
}

