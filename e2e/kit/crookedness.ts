import { createHmac } from "node:crypto";
import { exportSPKI, importJWK, SignJWT } from "jose";
import type { CryptoKey } from "jose";
import type { Crookedness, Draft, Fields, Keys } from "./crooked-provider";

/** One thing that a provider, or somebody between it and us, does wrong; it must end with no session and a page that helps. */
export interface Crooked {
  readonly name: string;
  readonly crooked?: Crookedness;
  /** What happens to the way back before it reaches us. */
  readonly bend?: (url: URL) => URL;
  /** Which reasons a page may give. */
  readonly says: readonly string[];
  /** Asks with `refresh=true`. */
  readonly refresh?: true;
}

const now = (): number => Math.floor(Date.now() / 1_000);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const unsigned = (header: Fields, claims: Fields, signature = ""): string => `${base64(header)}.${base64(claims)}.${signature}`;
const BAD = ["oidc_bad_answer"] as const;
const AGAIN = ["oidc_start_again"] as const;
const AWAY = ["oidc_unavailable"] as const;

const token = (name: string, change: (draft: Draft, keys: Keys) => Draft | Promise<Draft>, says: readonly string[] = BAD): Crooked => ({ name, says, crooked: { idToken: change } });
const claims = (name: string, change: Fields): Crooked => token(`an id token with ${name}`, (draft) => ({ ...draft, claims: { ...draft.claims, ...change } }));
const without = (name: string): Crooked => token(`an id token without ${name}`, (draft) => ({ ...draft, claims: { ...draft.claims, [name]: undefined } }));
const header = (name: string, change: Fields): Crooked => token(`an id token with ${name}`, (draft) => ({ ...draft, header: { ...draft.header, ...change } as Draft["header"] }));

const SIGNATURES: readonly Crooked[] = [
  token("a signature by a key that is published nowhere", (draft, keys) => ({ ...draft, key: keys.stranger })),
  token("an unknown key id", (draft, keys) => ({ ...draft, key: keys.stranger, header: { ...draft.header, kid: "nobody" } })),
  token("alg none", (draft) => ({ ...draft, raw: unsigned({ alg: "none" }, draft.claims) })),
  token("alg None, to look different", (draft) => ({ ...draft, raw: unsigned({ alg: "None" }, draft.claims) })),
  token("alg none with a signature", (draft) => ({ ...draft, raw: unsigned({ alg: "none" }, draft.claims, "c2lnbmF0dXJl") })),
  token("RS256 with an empty signature", (draft) => ({ ...draft, raw: unsigned(draft.header, draft.claims) })),
  token("HS256 with the client secret", (draft, keys) => ({ ...draft, header: { alg: "HS256" }, key: new TextEncoder().encode(keys.clientSecret) })),
  token("HS256 with the published key as secret", async (draft, keys) => {
    const key = (await importJWK({ ...keys.published, alg: "RS256" }, "RS256", { extractable: true })) as CryptoKey;
    const input = `${base64({ alg: "HS256", kid: keys.published.kid })}.${base64(draft.claims)}`;
    return { ...draft, raw: `${input}.${createHmac("sha256", await exportSPKI(key)).update(input).digest("base64url")}` };
  }),
  token("a signature with its own key beside it", (draft, keys) => ({ ...draft, key: keys.stranger, header: { ...draft.header, kid: "mine", jwk: { kty: "RSA" }, jku: "https://evil.example/jwks" } })),
  token("a claim changed after signing", async (draft, keys) => {
    const signed = (await new SignJWT(draft.claims).setProtectedHeader(draft.header).sign(keys.good)).split(".");
    return { ...draft, raw: [signed[0], base64({ ...draft.claims, sub: "somebody-else" }), signed[2]].join(".") };
  }),
  token("an unknown critical header", async (draft, keys) => ({
    ...draft, raw: await new SignJWT(draft.claims).setProtectedHeader({ ...draft.header, crit: ["x-odd"], "x-odd": 1 }).sign(keys.good, { crit: { "x-odd": true } }),
  })),
  header("the type of an access token", { typ: "at+jwt" }),
  header("the type of a logout token", { typ: "logout+jwt" }),
  token("no token at all", (draft) => ({ ...draft, raw: "" })),
  token("two parts", (draft) => ({ ...draft, raw: `${base64(draft.header)}.${base64(draft.claims)}` })),
  token("an encrypted token", (draft) => ({ ...draft, raw: "a.b.c.d.e" })),
  token("a token of a hundred thousand characters", (draft) => ({ ...draft, claims: { ...draft.claims, filler: "x".repeat(100_000) } })),
];

const CLAIMS: readonly Crooked[] = [
  claims("another issuer", { iss: "https://evil.example" }), claims("an issuer with a slash more", { iss: "http://localhost/" }), without("iss"),
  claims("another audience", { aud: "somebody-else" }), claims("a second audience", { aud: ["rung", "somebody-else"] }), claims("an empty audience", { aud: [] }), without("aud"),
  claims("another authorised party", { azp: "somebody-else" }),
  claims("an end an hour ago", { exp: now() - 3_600 }), claims("an end a minute ago", { exp: now() - 60 }), without("exp"), claims("an end that is a text", { exp: "tomorrow" as never }),
  claims("a beginning in an hour", { iat: now() + 3_600 }), claims("not before tomorrow", { nbf: now() + 86_400 }), without("iat"),
  claims("another nonce", { nonce: "not-the-one" }), claims("an empty nonce", { nonce: "" }), without("nonce"),
  without("sub"), claims("an empty subject", { sub: "" }), claims("a subject that is a number", { sub: 17 as never }), claims("a subject with a line break", { sub: "a\nb" }),
  claims("a subject of 300 characters", { sub: "x".repeat(300) }), claims("another access token's hash", { at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }),
];

const TOKENS: readonly Crooked[] = [
  { name: "the token endpoint breaks", says: AWAY, crooked: { token: () => ({ status: 500, body: {} }) } },
  { name: "the token endpoint is overloaded", says: AWAY, crooked: { token: () => ({ status: 503, body: {} }) } },
  { name: "the token endpoint is slow", says: AWAY, crooked: { token: (body) => ({ body, delayMs: 30_000 }) } },
  { name: "the token endpoint refuses the client", says: ["oidc_misconfigured"], crooked: { token: () => ({ status: 401, body: { error: "invalid_client" } }) } },
  { name: "the token endpoint refuses the code", says: AGAIN, crooked: { token: () => ({ status: 400, body: { error: "invalid_grant" } }) } },
  { name: "the token endpoint says no for reasons of its own", says: ["oidc_refused"], crooked: { token: () => ({ status: 400, body: { error: "odd" } }) } },
  { name: "the token endpoint answers with a page", says: BAD, crooked: { token: () => ({ body: "<html>" }) } },
  { name: "the token endpoint answers with a list", says: BAD, crooked: { token: () => ({ body: [] }) } },
  { name: "the token endpoint answers with nothing", says: BAD, crooked: { token: () => ({ body: "" }) } },
  { name: "the token endpoint redirects", says: [...BAD, "oidc_refused"], crooked: { token: () => ({ status: 302, headers: { location: "http://127.0.0.1:9/" }, body: "{}" }) } },
  { name: "a megabyte of tokens", says: AWAY, crooked: { token: (body) => ({ body: { ...body, filler: "x".repeat(1_048_576) } }) } },
  { name: "no id token", says: BAD, crooked: { token: ({ id_token: _id, ...body }) => ({ body }) } },
  { name: "no access token", says: BAD, crooked: { token: ({ access_token: _access, ...body }) => ({ body }) } },
  { name: "a token of another type", says: BAD, crooked: { token: (body) => ({ body: { ...body, token_type: "mac" } }) } },
  { name: "an id token that is an object", says: BAD, crooked: { token: (body) => ({ body: { ...body, id_token: {} } }) } },
];

const USERINFO: readonly Crooked[] = [
  { name: "userinfo of another subject", says: BAD, crooked: { userinfo: (body) => ({ body: { ...body, sub: "somebody-else" } }) } },
  { name: "userinfo of no subject", says: BAD, crooked: { userinfo: ({ sub: _sub, ...body }) => ({ body }) } },
  { name: "userinfo that breaks", says: AWAY, crooked: { userinfo: () => ({ status: 500, body: {} }) } },
  { name: "userinfo that is refused", says: BAD, crooked: { userinfo: () => ({ status: 401, body: {} }) } },
  { name: "userinfo that is no JSON", says: BAD, crooked: { userinfo: () => ({ body: "sub=upstream-1" }) } },
];

const set = (name: string, value: string | null) => (url: URL): URL => {
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url;
};
const onCallback = (change: (url: URL) => URL) => (url: URL): URL => (url.pathname.includes("/callback/") ? change(url) : url);

const WAY_BACK: readonly Crooked[] = [
  { name: "no state", says: AGAIN, crooked: { answer: set("state", null) } },
  { name: "another state", says: AGAIN, crooked: { answer: set("state", "of-another-browser") } },
  { name: "an empty state", says: AGAIN, crooked: { answer: set("state", "") } },
  { name: "no code", says: BAD, crooked: { answer: set("code", null) } },
  { name: "a code that was never given", says: AGAIN, crooked: { answer: set("code", "guessed") } },
  { name: "no issuer where one was promised", says: BAD, crooked: { answer: set("iss", null) } },
  { name: "the issuer of another provider", says: BAD, crooked: { answer: set("iss", "https://evil.example") } },
  { name: "two codes", says: BAD, bend: onCallback((url) => { url.searchParams.append("code", "second"); return url; }) },
  { name: "two states", says: BAD, bend: onCallback((url) => { url.searchParams.append("state", "second"); return url; }) },
  { name: "access denied", says: ["oidc_cancelled"], crooked: { answer: (url) => set("error", "access_denied")(url) } },
  { name: "the provider is overloaded", says: AWAY, crooked: { answer: (url) => set("error", "temporarily_unavailable")(url) } },
  { name: "the provider finds the request wrong", says: ["oidc_misconfigured"], crooked: { answer: (url) => set("error", "invalid_request")(url) } },
  { name: "an error nobody knows", says: ["oidc_refused"], crooked: { answer: (url) => set("error", "<script>")(url) } },
  { name: "the answer at another provider's address (mix-up)", says: BAD, bend: onCallback((url) => { url.pathname = url.pathname.replace(/[^/]+$/, "other"); return url; }) },
];

const PROOFS: readonly Crooked[] = [
  { name: "a refresh without auth_time", refresh: true, says: ["oidc_not_fresh"], crooked: { idToken: (draft) => ({ ...draft, claims: { ...draft.claims, auth_time: undefined } }) } },
  { name: "a refresh with an hour-old auth_time", refresh: true, says: ["oidc_not_fresh"], crooked: { idToken: (draft) => ({ ...draft, claims: { ...draft.claims, auth_time: now() - 3_600 } }) } },
  { name: "a refresh with an auth_time of tomorrow", refresh: true, says: ["oidc_not_fresh"], crooked: { idToken: (draft) => ({ ...draft, claims: { ...draft.claims, auth_time: now() + 86_400 } }) } },
  { name: "a refresh with a text for auth_time", refresh: true, says: ["oidc_not_fresh"], crooked: { idToken: (draft) => ({ ...draft, claims: { ...draft.claims, auth_time: String(now()) } }) } },
];

export const CROOKED: readonly Crooked[] = [...SIGNATURES, ...CLAIMS, ...TOKENS, ...USERINFO, ...WAY_BACK, ...PROOFS];

/** Faults that show before the browser leaves; each needs a provider that was never asked before. */
export const CROOKED_DISCOVERY: readonly Crooked[] = [
  { name: "discovery breaks", says: AWAY, crooked: { discovery: () => ({ status: 500, body: {} }) } },
  { name: "discovery is slow", says: AWAY, crooked: { discovery: (body) => ({ body, delayMs: 30_000 }) } },
  { name: "discovery is not there", says: BAD, crooked: { discovery: () => ({ status: 404, body: {} }) } },
  { name: "discovery redirects", says: BAD, crooked: { discovery: () => ({ status: 302, headers: { location: "http://127.0.0.1:9/" } }) } },
  { name: "discovery is no JSON", says: BAD, crooked: { discovery: () => ({ body: "<html>" }) } },
  { name: "discovery of another issuer", says: ["oidc_misconfigured"], crooked: { discovery: (body) => ({ body: { ...body, issuer: "https://evil.example" } }) } },
  { name: "discovery without a token endpoint", says: ["oidc_misconfigured"], crooked: { discovery: ({ token_endpoint: _token, ...body }) => ({ body }) } },
  { name: "discovery with a file as key set", says: ["oidc_misconfigured"], crooked: { discovery: (body) => ({ body: { ...body, jwks_uri: "file:///etc/passwd" } }) } },
  { name: "discovery that offers none and HS256 alone", says: BAD, crooked: { discovery: (body) => ({ body: { ...body, id_token_signing_alg_values_supported: ["none", "HS256"] } }) } },
  { name: "a key set that breaks", says: AWAY, crooked: { keys: () => ({ status: 500, body: {} }) } },
  { name: "an empty key set", says: BAD, crooked: { keys: () => ({ body: { keys: [] } }) } },
  { name: "a key set that is none", says: BAD, crooked: { keys: () => ({ body: { keys: "all of them" } }) } },
  { name: "a shared secret among the keys", says: BAD, crooked: {
    keys: (keys) => ({ body: { keys: [{ kty: "oct", k: Buffer.from("known to all").toString("base64url"), kid: keys[0]?.kid, alg: "HS256" }] } }),
    idToken: (draft) => ({ ...draft, header: { alg: "HS256", kid: draft.header["kid"] }, key: new TextEncoder().encode("known to all, all, all, all, all") }),
  } },
];
