import { exportPKCS8, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { verifyIdToken } from "../crypto/id-token";
import type { FlowId } from "../model/ids";
import type { OidcProviderConfig } from "../model/project";
import { clientSecretOf } from "./apple-secret";
import type { Dance } from "./dance";
import { issuerOf, metadataOf } from "../upstream/metadata";
import type { Metadata } from "../upstream/metadata";
import { gitHubPerson, personFrom } from "../upstream/person";
import { dancerOf } from "./providers";
import type { AskUpstream, UpstreamRequest } from "../upstream/http";

const NOW = new Date("2026-07-01T10:00:00Z");
const RULES = { project: "p", allowPrivate: false, exceptions: [], deadlineMs: 0 };

function provider(kind: OidcProviderConfig["kind"], changes: Partial<OidcProviderConfig> = {}): OidcProviderConfig {
  return {
    id: kind, kind, label: kind, clientId: "rung", clientSecret: "s&=+", additionalAudiences: [], issuerUrl: null, scope: ["openid", "email"], claims: { email: "email" },
    aal2AcrValues: [], aal2AmrValues: [], pkce: "auto", apple: null, ...changes,
  };
}
function dance(config: OidcProviderConfig, metadata: Metadata, ask: AskUpstream): Dance {
  return { flowId: "f" as FlowId, provider: config, metadata, again: false, ask, rules: RULES, said: {}, failure: null, person: null };
}

test("presets are found at their own issuers, and a project's own address wins", () => {
  expect((["google", "apple", "gitlab", "microsoft", "github"] as const).map((kind) => issuerOf(provider(kind)))).toEqual([
    "https://accounts.google.com", "https://appleid.apple.com", "https://gitlab.com", "https://login.microsoftonline.com/common/v2.0", "https://github.com",
  ]);
  expect(issuerOf(provider("gitlab", { issuerUrl: "https://git.example" }))).toBe("https://git.example");
});

describe("Microsoft", () => {
  const TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47";
  const ISSUER = "https://login.microsoftonline.com/{tenantid}/v2.0";

  test("its shared issuer names the token's own tenant, and nothing that is none", async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "k", alg: "RS256" }] };
    const at = NOW.getTime() / 1_000;
    const verify = async (iss: string, tid: string | undefined) => (await verifyIdToken(
      await new SignJWT({ sub: "s", nonce: "n", ...(tid === undefined ? {} : { tid }) }).setProtectedHeader({ alg: "RS256", kid: "k" })
        .setIssuer(iss).setAudience("rung").setIssuedAt(at).setExpirationTime(at + 60).sign(privateKey),
      { issuer: ISSUER, clientId: "rung", nonce: "n", jwks, algorithms: ["RS256"], accessToken: null, now: NOW },
    )).kind;
    expect(await verify(`https://login.microsoftonline.com/${TENANT}/v2.0`, TENANT)).toBe("valid");
    expect(await verify(`https://login.microsoftonline.com/${TENANT}/v2.0`, undefined)).toBe("refused");
    expect(await verify("https://login.microsoftonline.com/evil.example/v2.0", "evil.example")).toBe("refused");
    expect(await verify(ISSUER, "{tenantid}")).toBe("refused");
  });

  test("the shared discovery document may name a placeholder or one tenant, a tenant's own only itself", async () => {
    const document = (issuer: string) => ({
      status: 200, body: JSON.stringify({ issuer, authorization_endpoint: "https://a.example/a", token_endpoint: "https://a.example/t", jwks_uri: "https://a.example/k" }),
    });
    expect((await metadataOf(provider("microsoft"), () => Promise.resolve(document(ISSUER)), RULES, NOW)).issuer).toBe(ISSUER);
    const own = provider("microsoft", { issuerUrl: `https://login.microsoftonline.com/${TENANT}/v2.0` });
    await expect(metadataOf(own, () => Promise.resolve(document(ISSUER)), RULES, NOW)).rejects.toMatchObject({ failure: "oidc_misconfigured" });
  });

  test.each([[{}, false], [{ email_verified: true }, false], [{ xms_edov: true }, true], [{ xms_edov: "1" }, true], [{ xms_edov: false }, false]])(
    "an address of %j is vouched for: %s", (claims, verified) => {
      expect(personFrom(provider("microsoft"), "i", { sub: "s", email: "ceo@bank.example", ...claims }, {}).email).toEqual({ value: "ceo@bank.example", verified });
    });
});

describe("whose address it is", () => {
  test.each([
    [{ email: "a@b.test", email_verified: true }, {}, true], [{ email: "a@b.test" }, { email: "a@b.test", email_verified: true }, true],
    [{ email: "a@b.test" }, { email: "other@b.test", email_verified: true }, false], [{ email: "a@b.test", email_verified: "true" }, {}, false],
    [{ email: "a@b.test", email_verified: 1 }, {}, false], [{ email_verified: true }, { email: "a@b.test" }, false],
  ])("%#: the flag counts for the address beside it alone", (idToken, userinfo, verified) => {
    expect(personFrom(provider("generic"), "i", { sub: "s", ...idToken }, userinfo).email?.verified ?? false).toBe(verified);
  });

  test.each([["no at"], ["two@at@signs"], ["spa ce@b.test"], ["new\nline@b.test"], ["\u200bhidden@b.test"], ["a@b.test, eve@evil.example"], [`${"x".repeat(250)}@b.test`]])(
    "%j is no address", (email) => {
      expect(personFrom(provider("generic"), "i", { sub: "s", email, email_verified: true }, {}).email).toBeNull();
    });

  test.each([[["pwd", 1]], ["pwd"], [[""]], [["a\nb"]], [Array.from({ length: 17 }, String)], [{ 0: "pwd" }]])("an odd amr says nothing: %j", (amr) => {
    expect(personFrom(provider("generic"), "i", { sub: "s", amr: amr as never, acr: ["x"], auth_time: "1" }, {})).toMatchObject({ amr: [], acr: null, authTime: null });
  });

  test("what the protocol says of itself fills no trait", () => {
    expect(personFrom(provider("generic"), "i", { sub: "s", nonce: "n", aud: "a", exp: 1, at_hash: "h", email: "a@b.test" }, { sub: "s", extra: 1 }).claims)
      .toEqual({ sub: "s", email: "a@b.test", extra: 1 });
  });
});

describe("Apple", () => {
  test("its client secret is a short-lived token of the team's key", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
    const apple = provider("apple", { clientId: "app.example", apple: { teamId: "TEAM", keyId: "KEY", privateKey: await exportPKCS8(privateKey) } });
    const { payload, protectedHeader } = await jwtVerify(await clientSecretOf(apple, NOW), publicKey, { currentDate: NOW });
    expect([protectedHeader.alg, protectedHeader.kid, payload.iss, payload.sub, payload.aud, Number(payload.exp) - Number(payload.iat)])
      .toEqual(["ES256", "KEY", "TEAM", "app.example", "https://appleid.apple.com", 300]);
  });

  test("a key that is none is a wrong configuration", async () => {
    const apple = provider("apple", { apple: { teamId: "TEAM", keyId: "KEY", privateKey: "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----" } });
    await expect(clientSecretOf(apple, NOW)).rejects.toMatchObject({ failure: "oidc_misconfigured" });
  });

  test("answers by a form, and its flag is a text", () => {
    const metadata: Metadata = { issuer: "https://appleid.apple.com", authorizationEndpoint: "https://a.example/a", tokenEndpoint: "https://a.example/t", userinfoEndpoint: null, jwksUri: "https://a.example/k", algorithms: ["RS256"], namesIssuer: false, secretInHeader: false };
    const made = dancerOf(dance(provider("apple"), metadata, () => Promise.reject(new Error("nobody"))), NOW);
    expect(made.authorization).toMatchObject({ params: { response_mode: "form_post", response_type: "code" } });
    expect(personFrom(provider("apple"), "i", { sub: "s", email: "a@b.test", email_verified: "true" }, {}).email?.verified).toBe(true);
  });
});

describe("GitHub", () => {
  const answers = (byUrl: Readonly<Record<string, unknown>>): { readonly ask: AskUpstream; readonly asked: UpstreamRequest[] } => {
    const asked: UpstreamRequest[] = [];
    return {
      asked,
      ask: (request) => {
        asked.push(request);
        const body = byUrl[request.url];
        return Promise.resolve(body === undefined ? { status: 404, body: "{}" } : { status: 200, body: JSON.stringify(body) });
      },
    };
  };
  const USER = "https://api.github.com/user";
  const TOKEN = "https://github.com/login/oauth/access_token";

  async function run(ask: AskUpstream): Promise<Dance> {
    const one = dance(provider("github"), await metadataOf(provider("github"), ask, RULES, NOW), ask);
    const { token, userinfo, checks } = dancerOf(one, NOW);
    expect(checks).toEqual(["pkce", "state"]);
    if (typeof token !== "object" || typeof userinfo !== "object") throw new Error("no steps of our own");
    const provided = { callbackUrl: "https://rung.test/cb" } as never;
    await token.request?.({ params: { code: "c", state: "s" }, checks: { state: "s", code_verifier: "v" }, provider: provided, client: {} as never });
    await userinfo.request?.({ tokens: {} as never, provider: provided, client: {} as never });
    return one;
  }

  test("a person is the number, and only a verified primary address is vouched for", async () => {
    const { ask, asked } = answers({
      [TOKEN]: { access_token: "t", token_type: "bearer" }, [USER]: { id: 583_231, login: "octocat", name: "Mona", email: "public@example.test" },
      [`${USER}/emails`]: [{ email: "old@example.test", verified: true, primary: false }, { email: "mona@example.test", verified: true, primary: true }],
    });
    const { person } = await run(ask);
    expect(person).toMatchObject({ subject: "583231", issuer: "https://github.com", email: { value: "mona@example.test", verified: true }, acr: null, authTime: null });
    expect(new URLSearchParams(asked[0]?.body).get("code_verifier")).toBe("v");
    expect(asked[1]?.headers?.["authorization"]).toBe("Bearer t");
  });

  test("without the scope for addresses nobody vouches for any", async () => {
    const { ask } = answers({ [TOKEN]: { access_token: "t", token_type: "bearer" }, [USER]: { id: 1, login: "x", email: "public@example.test" } });
    expect((await run(ask)).person?.email).toBeNull();
  });

  test("an error with status 200 is an error", async () => {
    const { ask } = answers({ [TOKEN]: { error: "bad_verification_code" } });
    await expect(run(ask)).rejects.toMatchObject({ failure: "oidc_start_again" });
  });

  test.each([[{}], [{ id: "583231" }], [{ id: 0 }], [{ id: 1.5 }], [{ id: null }]])("%j names nobody", (user) => {
    expect(() => gitHubPerson(provider("github"), user as never, [])).toThrow("no subject");
  });
});
