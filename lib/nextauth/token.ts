import { constantTimeEqual } from "../crypto/token";
import { verifyIdToken } from "../crypto/id-token";
import type { IdTokenVerdict } from "../crypto/id-token";
import type { JsonObject } from "../model/identity";
import { clientSecretOf } from "./apple-secret";
import { UpstreamError } from "../upstream/failure";
import type { Dance } from "./dance";
import { issuerOf, jsonOf, keysOf, objectIn } from "../upstream/metadata";

/** What came back to the callback, and what this browser's cookies expect of it. */
export interface CallbackFacts {
  readonly code: string | undefined;
  readonly state: string | undefined;
  /** RFC 9207. */
  readonly iss: string | undefined;
  readonly expectedState: string | undefined;
  readonly codeVerifier: string | undefined;
  readonly nonce: string | undefined;
  readonly redirectUri: string;
}

/** The provider's answer, verified as far as it can be. */
export interface Tokens {
  readonly accessToken: string;
  /** Claims of the id token; null for a provider that has none. */
  readonly claims: JsonObject | null;
}

/**
 * Exchanges the code. Takes the place of next-auth's own step, and so checks what that would check.
 *
 * Order: 1 the state of this browser · 2 the provider that was asked (mix-up, RFC 9207) · 3 code and verifier for tokens ·
 * 4 the id token: signature, issuer, audience, time, nonce.
 */
export async function exchangeCode(dance: Dance, facts: CallbackFacts, now: Date): Promise<Tokens> {
  const { metadata, provider } = dance;
  if (facts.expectedState === undefined || facts.state === undefined || !constantTimeEqual(facts.state, facts.expectedState)) {
    throw new UpstreamError("oidc_start_again", "state");
  }
  if (facts.iss === undefined ? metadata.namesIssuer : facts.iss !== (metadata.issuer ?? issuerOf(provider))) throw new UpstreamError("oidc_bad_answer", "issuer of the answer");
  if (facts.code === undefined || facts.code === "") throw new UpstreamError("oidc_bad_answer", "no code");
  const answer = await askForTokens(dance, facts, now);
  const { access_token: accessToken, id_token: idToken, token_type: type } = answer;
  if (typeof accessToken !== "string" || accessToken === "") throw new UpstreamError("oidc_bad_answer", "no access token");
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") throw new UpstreamError("oidc_bad_answer", "token type");
  if (metadata.issuer === null) return { accessToken, claims: null };
  if (typeof idToken !== "string") throw new UpstreamError("oidc_bad_answer", "no id token");
  if (facts.nonce === undefined) throw new UpstreamError("oidc_start_again", "nonce");
  return { accessToken, claims: await claimsOf(dance, idToken, { nonce: facts.nonce, accessToken }, now) };
}

/** A key that is not known yet is looked for once more: providers rotate theirs without notice. */
async function claimsOf(dance: Dance, idToken: string, bound: { readonly nonce: string; readonly accessToken: string }, now: Date): Promise<JsonObject> {
  const { metadata, provider, ask, rules } = dance;
  const verify = async (fresh: boolean): Promise<IdTokenVerdict> => verifyIdToken(idToken, {
    issuer: metadata.issuer ?? "", clientId: provider.clientId, algorithms: metadata.algorithms, now, ...bound,
    jwks: await keysOf(metadata, ask, rules, now, fresh),
  });
  const first = await verify(false);
  const verdict = first.kind === "unknown_key" ? await verify(true) : first;
  if (verdict.kind !== "valid") throw new UpstreamError("oidc_bad_answer", `id token: ${verdict.why}`);
  return verdict.claims;
}

async function askForTokens(dance: Dance, facts: CallbackFacts, now: Date): Promise<Readonly<Record<string, unknown>>> {
  const { metadata, provider, ask, rules } = dance;
  const secret = await clientSecretOf(provider, now);
  const inHeader = metadata.secretInHeader && provider.apple === null;
  const form = new URLSearchParams({
    grant_type: "authorization_code", code: facts.code ?? "", redirect_uri: facts.redirectUri,
    ...(facts.codeVerifier === undefined ? {} : { code_verifier: facts.codeVerifier }),
    ...(inHeader ? {} : { client_id: provider.clientId, client_secret: secret }),
  });
  const answer = await ask({
    url: metadata.tokenEndpoint, method: "POST", body: form.toString(),
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      ...(inHeader ? { authorization: basic(provider.clientId, secret) } : {}),
    },
  }, rules).catch((cause: unknown) => {
    throw new UpstreamError("oidc_unavailable", "no answer from the token endpoint", { cause });
  });
  if (answer.status >= 500) throw new UpstreamError("oidc_unavailable", `token endpoint: status ${answer.status}`);
  const body = objectIn(answer.body);
  // GitHub says errors with 200.
  if (answer.status === 200 && body["error"] === undefined) return body;
  const code = body["error"];
  throw new UpstreamError(code === "invalid_client" || code === "unauthorized_client" || code === "incorrect_client_credentials" ? "oidc_misconfigured"
    : code === "invalid_grant" || code === "bad_verification_code" ? "oidc_start_again" : "oidc_refused", `token endpoint: ${String(code).slice(0, 64)}`);
}

/** RFC 6749, 2.3.1: both parts are form-encoded first. */
function basic(id: string, secret: string): string {
  const encoded = (text: string): string => new URLSearchParams({ a: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString("base64")}`;
}

/** Userinfo of the same subject (Core, 5.3.2), asked for only where the id token leaves something out that the project wants. */
export async function userinfoFor(dance: Dance, { accessToken, claims }: Tokens): Promise<JsonObject> {
  const { metadata, provider, ask, rules } = dance;
  const wanted = [...Object.values(provider.claims).map((path) => path.split(".", 1)[0] ?? path), "email"];
  if (claims === null || metadata.userinfoEndpoint === null || wanted.every((name) => Object.hasOwn(claims, name))) return {};
  const userinfo = await jsonOf(metadata.userinfoEndpoint, ask, rules, { authorization: `Bearer ${accessToken}` });
  if (userinfo["sub"] !== claims["sub"]) throw new UpstreamError("oidc_bad_answer", "userinfo is of another subject");
  return userinfo as JsonObject;
}
