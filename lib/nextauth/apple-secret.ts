import { importPKCS8, SignJWT } from "jose";
import type { OidcProviderConfig } from "../model/project";
import { MINUTE_MS, SECOND_MS } from "../model/time";
import { UpstreamError } from "../upstream/failure";

/** Apple takes up to six months; ours serves one request. */
const LIVES_FOR_MS = 5 * MINUTE_MS;

/** Apple's client secret: a JWT, ES256, signed with the team's key (Apple, "Creating a client secret"). Others have a plain one. */
export async function clientSecretOf(provider: OidcProviderConfig, now: Date): Promise<string> {
  if (provider.apple === null) return provider.clientSecret;
  const { teamId, keyId, privateKey } = provider.apple;
  const issuedAt = Math.floor(now.getTime() / SECOND_MS);
  try {
    return await new SignJWT({})
      .setProtectedHeader({ alg: "ES256", kid: keyId })
      .setIssuer(teamId).setSubject(provider.clientId).setAudience("https://appleid.apple.com")
      .setIssuedAt(issuedAt).setExpirationTime(issuedAt + LIVES_FOR_MS / SECOND_MS)
      .sign(await importPKCS8(privateKey.trim(), "ES256"));
  } catch (cause) {
    throw new UpstreamError("oidc_misconfigured", "the client secret cannot be signed", { cause });
  }
}
