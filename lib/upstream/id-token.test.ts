import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK, JWTPayload } from "jose";
import { beforeAll, expect, test } from "vitest";
import { startCrookedProvider } from "../../e2e/kit/crooked-provider";
import { testProject } from "../factors/testing";
import type { ProjectId } from "../model/ids";
import type { OidcProviderConfig, Project } from "../model/project";
import type { IdTokenReading } from "../model/upstream";
import type { AskUpstream } from "./http";
import { createIdTokenReader } from "./id-token";

const NOW = new Date("2026-07-01T10:00:00.000Z");
const SECONDS = NOW.getTime() / 1_000;
const PROJECT = testProject();
let issuers = 0;
let key: CryptoKey;
let jwk: JWK;
let rotated: CryptoKey;
let rotatedJwk: JWK;

async function keyPair(kid: string): Promise<readonly [CryptoKey, JWK]> {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  return [privateKey, { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" }];
}
beforeAll(async () => {
  [key, jwk] = await keyPair("one");
  [rotated, rotatedJwk] = await keyPair("two");
});

/** A provider that nobody has asked before: what is remembered of one is remembered by its issuer. */
function newProvider(changes: Partial<OidcProviderConfig> = {}): OidcProviderConfig {
  issuers += 1;
  return {
    id: "acme", kind: "generic", label: "Acme", clientId: "rung", clientSecret: "s", additionalAudiences: [], issuerUrl: `https://acme-${String(issuers)}.example`,
    scope: ["openid"], claims: { email: "email" }, aal2AcrValues: [], aal2AmrValues: [], pkce: "auto", apple: null, ...changes,
  };
}

/** Answers as the provider, and notes what it was asked. */
function providerWith({ issuerUrl }: OidcProviderConfig, keys: () => readonly JWK[]): { readonly ask: AskUpstream; readonly asked: string[] } {
  const asked: string[] = [];
  const base = issuerUrl ?? "";
  const ask: AskUpstream = async ({ url }) => {
    asked.push(url.slice(base.length));
    const body = url.endsWith("/jwks") ? { keys: keys() } : {
      issuer: base, authorization_endpoint: `${base}/a`, token_endpoint: `${base}/t`, jwks_uri: `${base}/jwks`, id_token_signing_alg_values_supported: ["ES256"],
    };
    return { status: 200, body: JSON.stringify(body) };
  };
  return { ask, asked };
}

function signed({ issuerUrl }: OidcProviderConfig, claims: JWTPayload = {}, by = key, kid = "one"): Promise<string> {
  const all = { iss: issuerUrl ?? "", aud: "rung", sub: "17", nonce: "n", iat: SECONDS, exp: SECONDS + 86_400, ...claims };
  return new SignJWT(all).setProtectedHeader({ alg: "ES256", kid }).sign(by);
}

async function read(token: string, provider: OidcProviderConfig, ask: AskUpstream, now = NOW, project: Project = PROJECT): Promise<IdTokenReading> {
  return createIdTokenReader(ask)(provider, token, "n", project, now);
}
const spend = (reading: IdTokenReading): string => (reading.kind === "read" ? reading.spendHash : reading.because);

/** The other signature of the same elliptic curve key under the same words: (r, n - s). */
function twinOf(token: string): string {
  const at = token.lastIndexOf(".");
  const signature = Buffer.from(token.slice(at + 1), "base64url");
  const order = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const s = order - BigInt(`0x${signature.subarray(32).toString("hex")}`);
  return `${token.slice(0, at)}.${Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex")]).toString("base64url")}`;
}

test("a token is known again under its other signature, and in no other project", async () => {
  const provider = newProvider();
  const { ask } = providerWith(provider, () => [jwk]);
  const token = await signed(provider);
  const twin = twinOf(token);
  const [first, second] = [await read(token, provider, ask), await read(twin, provider, ask)];
  expect([twin === token, first.kind, second.kind, spend(second)]).toEqual([false, "read", "read", spend(first)]);
  const elsewhere: Project = { ...PROJECT, row: { ...PROJECT.row, id: "00000000-0000-4000-8000-000000000001" as ProjectId } };
  expect(spend(await read(token, provider, ask, NOW, elsewhere))).not.toBe(spend(first));
  expect(spend(await read(await signed(provider, { jti: "2" }), provider, ask))).not.toBe(spend(first));
});

test.each([[3_600, "read"], [3_601, "refused"], [-30, "read"], [-31, "refused"]])("made %d seconds ago: %s", async (age, kind) => {
  const provider = newProvider();
  const reading = await read(await signed(provider, { iat: SECONDS - age }), provider, providerWith(provider, () => [jwk]).ask);
  expect(reading.kind).toBe(kind);
  // Remembered for longer than it is accepted.
  if (reading.kind === "read") expect(reading.refusedFrom.getTime()).toBeGreaterThan((SECONDS - age + 3_600 + 30) * 1_000);
});

test("the provider is asked once for many tokens; a new key is looked for at most once in some seconds", async () => {
  const provider = newProvider();
  let keys = [jwk];
  const { ask, asked } = providerWith(provider, () => keys);
  for (const jti of ["1", "2", "3"]) expect((await read(await signed(provider, { jti }), provider, ask)).kind).toBe("read");
  expect(asked).toEqual(["/.well-known/openid-configuration", "/jwks"]);
  keys = [jwk, rotatedJwk];
  const next = await signed(provider, {}, rotated, "two");
  expect(await read(next, provider, ask)).toEqual({ kind: "refused", reason: "oidc_bad_answer", because: "id_token:unknown_key" });
  expect(asked).toHaveLength(2);
  expect((await read(next, provider, ask, new Date(NOW.getTime() + 10_000))).kind).toBe("read");
  expect(asked).toHaveLength(3);
});

test("the hash of an access token that the app keeps is no fault; a client that is listed is one of ours", async () => {
  const provider = newProvider({ additionalAudiences: ["com.example.app"] });
  const { ask } = providerWith(provider, () => [jwk]);
  const kinds = await Promise.all([{ at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }, { aud: ["com.example.app"] }, { aud: "rung", azp: "com.example.app" }, { azp: "com.example.other" }]
    .map(async (claims) => (await read(await signed(provider, claims), provider, ask)).kind));
  expect(kinds).toEqual(["read", "read", "read", "refused"]);
});

test("a provider that is away is unavailable", async () => {
  const provider = newProvider();
  expect(await read(await signed(provider), provider, () => Promise.reject(new Error("down")))).toMatchObject({ reason: "oidc_unavailable" });
});

test("one in a private network is asked only where the project opens it", async () => {
  const inside = await startCrookedProvider();
  const provider = newProvider({ issuerUrl: inside.issuer });
  const token = await inside.issue("n", NOW);
  const open: Project = { ...PROJECT, config: { ...PROJECT.config, webHooks: { ...PROJECT.config.webHooks, allowPrivateRanges: true } } };
  const readIdToken = createIdTokenReader();
  const [closed, opened] = [await readIdToken(provider, token, "n", PROJECT, NOW), await readIdToken(provider, token, "n", open, NOW)];
  await inside.close();
  expect([closed, opened.kind]).toEqual([{ kind: "refused", reason: "oidc_unavailable", because: "id_token:provider" }, "read"]);
});

test("GitHub has no ID tokens, and is not asked for any", async () => {
  const { ask, asked } = providerWith(newProvider(), () => []);
  expect(await read("a.b.c", newProvider({ kind: "github", issuerUrl: null }), ask)).toMatchObject({ kind: "refused", reason: "oidc_no_id_token" });
  expect(asked).toEqual([]);
});
