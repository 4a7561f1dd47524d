import NextAuth from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { seedProject, testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { readEnv } from "../env";
import type { AuthenticationMethod } from "../model/assurance";
import type { IdentityId } from "../model/ids";
import type { FlowId } from "../model/ids";
import type { OidcProviderConfig, Project } from "../model/project";
import { projectTemplate } from "../config/defaults";
import { createServices } from "../services";
import type { Services } from "../services";
import { issueSession } from "../sessions/issue";
import type { BridgeContext } from "./adapter";
import { bridgeAdapter } from "./adapter";
import type { Dance } from "./dance";
import { isDoor } from "./doors";
import { bridgeOptions } from "./options";
import { bridgeSession, runDance, runNextAuth, withoutReissue } from "./run";

/* One test per row of house part 11 that applies today: an upgrade of next-auth that changes a behaviour says so here. */

const NOW = new Date("2026-07-01T10:00:00Z");
let db: TestDatabase;
let services: Services;
let project: Project;

beforeAll(async () => {
  db = await testDatabase();
  const env = readEnv({ NODE_ENV: "test" });
  services = await createServices({ env, db, keys: ephemeralKeyRing(), clock: { now: () => NOW }, floorMs: 0 });
  const { row } = await seedProject(db, { slug: "bank", document: projectTemplate("app") });
  project = (await services.resolver.bySlug(row.slug))!;
});
afterAll(() => db.close());

function context(): BridgeContext {
  return { services, project, handle: db.forProject(project.row.id), now: NOW, ipAddress: null, failure: null };
}

const password: AuthenticationMethod = { method: "password", aal: "aal1", completedAt: NOW };
const totp: AuthenticationMethod = { method: "totp", aal: "aal2", completedAt: NOW };
let people = 0;

/** A person with an authenticator app, and a session with these methods. */
async function signedIn(methods: readonly AuthenticationMethod[]): Promise<{ readonly token: string; readonly cookies: Record<string, string>; readonly email: string }> {
  people += 1;
  const email = `person${people}@bank.test`;
  const id = crypto.randomUUID() as string as IdentityId;
  const handle = db.forProject(project.row.id);
  const { token } = await handle.transaction(async (tx) => {
    await tx.insertIdentity({ id, schemaId: project.config.defaultSchemaId, traits: { email }, verifiable: [], recovery: [], at: NOW });
    await tx.insertCredential(id, { type: "password", hash: "$argon2id$x", identifiers: [email], at: NOW });
    await tx.insertCredential(id, { type: "totp", sealedSecret: "v1.x", lastStep: 0, at: NOW });
    return issueSession(tx, {
      identityId: id, kind: "browser", methods, lifespanMs: project.config.session.lifespanMs, device: { ipAddress: null, userAgent: null }, now: NOW,
    });
  });
  return { token, email, cookies: { [project.config.session.cookieName]: token } };
}

const read = (cookies: Record<string, string>) =>
  runNextAuth({ method: "GET", segments: ["session"], query: {}, cookies, body: {} }, context());

test("credentials alone with a database strategy are refused by next-auth, so passwords are no provider of ours", async () => {
  const options = bridgeOptions(context());
  expect(options.providers).toEqual([]);
  const error = vi.fn();
  let status = 200;
  const response = { status: (code: number) => ((status = code), response), setHeader: () => response, getHeader: () => undefined, send: () => undefined, json: () => undefined, end: () => undefined };
  const request = { method: "GET", query: { nextauth: ["session"] }, cookies: {}, headers: { host: "x" }, body: {} };
  await NextAuth(request as never, response as never, {
    ...options, providers: [CredentialsProvider({ credentials: {}, authorize: () => null })], logger: { error, warn: () => undefined, debug: () => undefined },
  });
  expect([status, error.mock.calls[0]?.[0]]).toEqual([500, "CALLBACK_CREDENTIALS_JWT_ERROR"]);
});

test("level and methods ride on the adapter's user and reach the session", async () => {
  const { cookies, email } = await signedIn([password, totp]);
  const session = await bridgeSession(cookies, context());
  expect(session).toMatchObject({ satisfied: true, aal: "aal2", amr: ["password", "totp"], user: { email } });
});

test("while the level is not met there is no person in the session", async () => {
  const { cookies, email } = await signedIn([password]);
  const session = await bridgeSession(cookies, context());
  expect(session).toMatchObject({ satisfied: false, aal: "aal1", required: "highest_available" });
  expect(JSON.stringify(session)).not.toContain(email);
  expect(session).not.toHaveProperty("user");
});

test("reading re-issues the session cookie in next-auth, and never here", async () => {
  const { cookies, token } = await signedIn([password, totp]);
  const answer = await read(cookies);
  expect(answer.status).toBe(200);
  expect(answer.setCookies.join("\n")).not.toContain(token);
  const name = project.config.session.cookieName;
  expect(withoutReissue([`${name}=abc; Path=/`, `${name}=; Max-Age=0`, `${name}.0=abc`, "other=1"], name)).toEqual([`${name}=; Max-Age=0`, "other=1"]);
});

test("a cookie that leads nowhere is deleted", async () => {
  const answer = await read({ [project.config.session.cookieName]: "ory_st_unknown" });
  expect(answer.body).toBe("{}");
  expect(answer.setCookies.some((cookie) => cookie.startsWith(`${project.config.session.cookieName}=;`) && cookie.includes("Max-Age=0"))).toBe(true);
});

test("maxAge and updateAge equal the project's lifespan, and reading prolongs nothing", async () => {
  const { session } = bridgeOptions(context());
  expect([session?.maxAge, session?.updateAge]).toEqual([86_400, 86_400]);
  const { cookies, token } = await signedIn([password, totp]);
  const handle = db.forProject(project.row.id);
  const { hashToken } = await import("../crypto/token");
  const before = await handle.findSessionByTokenHash(hashToken(token));
  await read(cookies);
  const after = await handle.findSessionByTokenHash(hashToken(token));
  expect(after?.session).toEqual(before?.session);
});

test("a cookie whose name begins with ours is joined to it by next-auth: names end in a key of fixed length", async () => {
  const { cookies } = await signedIn([password, totp]);
  const stray = { ...cookies, [`${project.config.session.cookieName}x`]: "stray" };
  expect((await read(stray)).body).toBe("{}");
  expect(project.config.session.cookieName).toMatch(/_[a-z0-9]{10}$/);
});

test("everything that would make or link throws", async () => {
  const adapter = bridgeAdapter(context());
  for (const name of ["createUser", "linkAccount", "createSession", "updateUser", "unlinkAccount"] as const) {
    expect(() => (adapter[name] as (input: unknown) => unknown)({})).toThrow(name);
  }
  expect(await adapter.updateSession?.({ sessionToken: "x" })).toBeNull();
});

test("signing out by next-auth needs its token, ends the row and takes the cookie", async () => {
  const { cookies } = await signedIn([password, totp]);
  const pair = await runNextAuth({ method: "GET", segments: ["csrf"], query: {}, cookies, body: {} }, context());
  const { csrfToken } = JSON.parse(pair.body) as { csrfToken: string };
  const [name = "", value = ""] = (pair.setCookies.find((cookie) => cookie.includes("csrf-token")) ?? "").split(";")[0]?.split("=") ?? [];
  await runNextAuth({ method: "POST", segments: ["signout"], query: {}, cookies, body: {} }, context());
  expect(await bridgeSession(cookies, context())).not.toBeNull();
  const out = await runNextAuth({
    method: "POST", segments: ["signout"], query: {}, cookies: { ...cookies, [name]: decodeURIComponent(value) }, body: { csrfToken, json: "true" },
  }, context());
  expect(out.setCookies.some((cookie) => cookie.startsWith(`${project.config.session.cookieName}=;`))).toBe(true);
  expect(await bridgeSession(cookies, context())).toBeNull();
});

test.each([["_log"], ["verify-request"], ["callback"], ["callback", "google"], ["signin", "google"], ["session", "x"], ["csrf", "x", "y"], ["constructor"]])(
  "%j %j is no door: next-auth never sees it and nothing is logged", async (...segments: string[]) => {
    const error = vi.fn();
    const watched = { ...context(), services: { ...services, log: { ...services.log, error } } as unknown as Services };
    for (const method of ["GET", "POST"]) {
      const call = { method, segments, query: {}, cookies: {}, body: { level: "error", code: "FORGED", message: "x" } };
      await expect(runNextAuth(call, watched)).rejects.toMatchObject({ code: "not_found" });
    }
    expect(error).not.toHaveBeenCalled();
  });

test("starting a dance is a POST with next-auth's own pair, and its cookies hold state, verifier and nonce of one provider", async () => {
  const acme: OidcProviderConfig = {
    id: "acme", kind: "generic", label: "Acme", clientId: "rung", clientSecret: "s", additionalAudiences: [], issuerUrl: "https://acme.example", scope: ["openid"], claims: {},
    aal2AcrValues: [], aal2AmrValues: [], pkce: "auto", apple: null,
  };
  const metadata = {
    issuer: "https://acme.example", authorizationEndpoint: "https://acme.example/authorize", tokenEndpoint: "https://acme.example/token",
    userinfoEndpoint: null, jwksUri: "https://acme.example/keys", algorithms: ["RS256"], namesIssuer: false, secretInHeader: true,
  };
  const { config } = project;
  const withProvider: Project = { ...project, config: { ...config, methods: { ...config.methods, oidc: { enabled: true, providers: [acme], baseRedirectUri: null } } } };
  const dance: Dance = {
    flowId: "f" as FlowId, provider: acme, metadata, again: true, said: {}, failure: null, person: null,
    rules: { project: "p", allowPrivate: false, exceptions: [], deadlineMs: 0 }, ask: () => Promise.reject(new Error("nobody is asked yet")),
  };
  const dancing: BridgeContext = { ...context(), project: withProvider, dance };
  const bare = await runDance({ method: "POST", segments: ["signin", "acme"], query: {}, cookies: {}, body: { json: "true" } }, dancing);
  expect(bare.body).toContain("csrf=true");
  const pair = await runDance({ method: "GET", segments: ["csrf"], query: {}, cookies: {}, body: {} }, dancing);
  const { csrfToken } = JSON.parse(pair.body) as { csrfToken: string };
  const [name = "", value = ""] = (pair.setCookies.find((cookie) => cookie.includes("csrf-token")) ?? "").split(";")[0]?.split("=") ?? [];
  const away = await runDance({
    method: "POST", segments: ["signin", "acme"], query: {}, cookies: { [name]: decodeURIComponent(value) }, body: { csrfToken, json: "true" },
  }, dancing);
  const to = new URL((JSON.parse(away.body) as { url: string }).url);
  expect([to.searchParams.get("prompt"), to.searchParams.get("max_age"), to.searchParams.get("code_challenge_method")]).toEqual(["login", "0", "S256"]);
  expect(away.setCookies.map((cookie) => cookie.split("=")[0]?.replace(/^.*next-auth\./, "")).sort()).toEqual(["callback-url", "nonce.f", "pkce.code_verifier.f", "state.f"]);
  for (const cookie of away.setCookies) expect(cookie).toMatch(/HttpOnly.*SameSite=Lax/);
});

test("a provider that exists has its doors, and no other", () => {
  expect([isDoor(["callback", "google"], ["google"]), isDoor(["signin", "google"], ["google"]), isDoor(["callback", "github"], ["google"])]).toEqual([true, true, false]);
  for (const action of ["session", "csrf", "providers", "signin", "signout", "error"]) expect([action, isDoor([action], [])]).toEqual([action, true]);
});

test("the host is the project's, whatever NEXTAUTH_URL says", async () => {
  process.env["NEXTAUTH_URL"] = "https://elsewhere.example";
  const answer = await runNextAuth({ method: "GET", segments: ["signin"], query: {}, cookies: {}, body: {} }, context());
  expect(answer.headers["location"]).toContain("http://bank.localhost:4000/login");
  expect(answer.headers["location"]).not.toContain("elsewhere");
});

test("a store that does not answer is an error and never signed out", async () => {
  const broken = { ...context(), services: { ...services, readSession: () => Promise.reject(new Error("gone")), log: { ...services.log, error: () => undefined } } as unknown as Services };
  await expect(bridgeSession({ [project.config.session.cookieName]: "ory_st_x" }, broken)).rejects.toMatchObject({ code: "unavailable" });
});
