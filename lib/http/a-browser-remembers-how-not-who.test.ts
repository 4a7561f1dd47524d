import { generate } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import { REGISTRY } from "../factors/registry";
import type { Flow } from "../model/flow";
import type { Session } from "../model/session";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { createProject } from "../platform/projects";
import { tellableCookies } from "./exchange";
import { lastUsedAfter, lastUsedValue, readLastUsed, STEPS } from "./last-used";
import { csrfOf, registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";
import { browserAt } from "./testing/two-projects";

const EMAIL = "ada@harbour.test";
const PASSWORD = "kettle violin 93 marsh";
const OTHER_HOST = "garden.localhost:4000";
const NOTHING = { first: null, provider: null, second: null };

let edge: TestEdge;
let secret = "";
beforeAll(async () => {
  edge = await testEdge();
  await createProject({
    platform: edge.services.db.platform, hosts: edge.services.env, workspaceId: DEFAULT_WORKSPACE_ID, slug: "garden", name: "Garden",
    author: { kind: "system", id: null, label: "test" }, document: projectTemplate("app"), now: edge.services.clock.now(),
  });
  edge.services.resolver.forgetHosts();
  const ada = edge.client();
  await registerIn(ada, EMAIL, PASSWORD);
  const settings = (await ada.json("GET", "/self-service/settings/browser")).body;
  const nodes = settings["ui"]?.["nodes"] as unknown as readonly { attributes: { id?: string; text?: { context?: { secret?: string } } } }[];
  secret = nodes.find(({ attributes }) => attributes.id === "totp_secret_key")?.attributes.text?.context?.secret ?? "";
  const saved = await ada.json("POST", `/self-service/settings?flow=${text(settings["id"])}`, { method: "totp", totp_code: await codeNow(), csrf_token: csrfOf(settings) });
  expect([saved.status, kept(ada)]).toEqual([200, "first=password"]);
});
afterAll(() => edge.close());

const codeNow = (): Promise<string> => generate({ secret, epoch: Math.floor(edge.services.clock.now().getTime() / 1_000) });
/** What the browser keeps, for every project it knows. */
const allKept = (client: TestClient): readonly string[] => [...client.cookies].filter(([name]) => name.includes("rung_last_used")).map(([, value]) => value);
const kept = (client: TestClient): string | null => allKept(client)[0] ?? null;
const setHeader = (response: Response): string | undefined => response.headers.getSetCookie().find((line) => line.includes("rung_last_used"));

async function begin(client: TestClient, query = ""): Promise<Json> {
  return (await client.json("GET", `/self-service/login/browser${query}`)).body;
}
async function givePassword(client: TestClient, password = PASSWORD, how: "script" | "form" = "script"): Promise<Response> {
  const flow = await begin(client);
  const fields = { method: "password", csrf_token: csrfOf(flow), identifier: EMAIL, password };
  return how === "script"
    ? client.send("POST", `/self-service/login?flow=${text(flow["id"])}`, { headers: { accept: "application/json" }, body: fields })
    : client.send("POST", `/self-service/login?flow=${text(flow["id"])}`, { headers: { accept: "text/html" }, body: new URLSearchParams(fields) });
}
async function giveCode(client: TestClient, code: string): Promise<Response> {
  const flow = await begin(client, "?aal=aal2");
  return client.send("POST", `/self-service/login?flow=${text(flow["id"])}`, {
    headers: { accept: "application/json" }, body: { method: "totp", totp_code: code, csrf_token: csrfOf(flow) },
  });
}

test("a sign-in leaves its methods in the browser, step by step, and signing out leaves them there", async () => {
  edge.pass(60_000);
  const client = edge.client();
  const first = await givePassword(client);
  expect(first.status).toBe(422);
  expect(setHeader(first)).toMatch(/^__Host-rung_last_used_[a-z0-9]{10}=first=password; Path=\/; Max-Age=15552000; HttpOnly; Secure; SameSite=Lax$/);
  expect((await giveCode(client, "000000")).status).toBe(400);
  expect(kept(client)).toBe("first=password");
  expect((await giveCode(client, await codeNow())).status).toBe(200);
  expect(kept(client)).toBe("first=password&second=totp");

  const out = (await client.json("GET", "/self-service/logout/browser")).body;
  const left = await client.send("GET", `/self-service/logout?token=${text(out["logout_token"])}`, { headers: { accept: "text/html" } });
  expect([left.status, kept(client)]).toEqual([303, "first=password&second=totp"]);
  // The next first step keeps what is known of the second, whoever it was.
  const again = await givePassword(client, PASSWORD, "form");
  expect([again.status, kept(client)]).toEqual([303, "first=password&second=totp"]);
});

test("a wrong password leaves nothing, neither for an account nor for none", async () => {
  const client = edge.client();
  expect(setHeader(await givePassword(client, "not the password at all"))).toBeUndefined();
  expect(setHeader(await givePassword(client, "not the password at all", "form"))).toBeUndefined();
  expect(allKept(client)).toEqual([]);
});

test("nothing of a person is kept, and nothing is said before anybody signed in", async () => {
  const client = edge.client();
  const person = await registerIn(client, "bea@harbour.test", PASSWORD);
  expect(JSON.stringify(person.body)).toContain("bea@harbour.test");
  expect(allKept(client)).toEqual(["first=password"]);
  const stranger = edge.client();
  await begin(stranger);
  expect(allKept(stranger)).toEqual([]);
});

test("an app is told of methods by nobody's cookie", async () => {
  const app = edge.client();
  const flow = (await app.json("GET", "/self-service/login/api")).body;
  const done = await app.send("POST", `/self-service/login?flow=${text(flow["id"])}`, { headers: { accept: "application/json" }, body: { method: "password", identifier: EMAIL, password: PASSWORD } });
  expect([done.status, done.headers.getSetCookie()]).toEqual([200, []]);
});

test("each project keeps its own: what worked at one is unknown at the other", async () => {
  const client = edge.client();
  await givePassword(client);
  edge.pass(60_000);
  expect((await giveCode(client, await codeNow())).status).toBe(200);
  const there = browserAt(edge, OTHER_HOST);
  for (const [name, value] of client.cookies) there.cookies.set(name, value);
  await registerIn(there, EMAIL, PASSWORD);
  expect(new Set(allKept(there))).toEqual(new Set(["first=password&second=totp", "first=password"]));
});

test("a made-up value is no value, and goes with the next sign-in", async () => {
  const client = edge.client();
  await givePassword(client);
  const name = [...client.cookies.keys()].find((cookie) => cookie.includes("rung_last_used")) ?? "";
  const forger = edge.client();
  forger.cookies.set(name, "first=%3Cscript%3E&second=password&provider=evil&email=ada%40harbour.test");
  await givePassword(forger);
  expect(kept(forger)).toBe("first=password");
  for (const value of [null, "", "totp", "first=totp", "second=password", "first=oidc", "first=oidc&provider=", `first=oidc&provider=${"x".repeat(101)}`, "first=toString&second=__proto__", "%%%=;"]) {
    expect([value, readLastUsed(value)]).toEqual([value, NOTHING]);
  }
});

test("the wire is the same whatever the browser remembers", async () => {
  const plain = edge.client();
  const flow = await begin(plain);
  const name = edge.services.resolver.bySlug("default").then((project) => project?.config.lastUsedCookieName ?? "");
  const nodes = async (): Promise<unknown> => {
    const read = (await plain.json("GET", `/self-service/login/flows?id=${text(flow["id"])}`)).body;
    return (read["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly name?: string } }[]).filter(({ attributes }) => attributes.name !== "csrf_token");
  };
  const before = await nodes();
  plain.cookies.set(await name, "first=password&second=lookup_secret");
  expect(await nodes()).toEqual(before);
});

test("a provider is remembered by its id, whatever it is called", () => {
  const flow = { kind: "login", requestedAal: "aal1", active: "oidc" } as Flow;
  const session = (provider: string): Session => ({ methods: [{ method: "oidc", aal: "aal1", completedAt: new Date(0), provider }] }) as unknown as Session;
  const used = lastUsedAfter(readLastUsed("first=password&second=totp"), flow, session("ä; Domain=x\r\n&second=code"));
  expect(used).toEqual({ first: "oidc", provider: "ä; Domain=x\r\n&second=code", second: "totp" });
  const value = lastUsedValue(used ?? NOTHING);
  expect(value).toMatch(/^[A-Za-z0-9%&=+._*-]+$/);
  expect(readLastUsed(value)).toEqual(used);
  expect(lastUsedAfter(readLastUsed(value), { ...flow, active: "password" } as Flow, session("acme"))).toEqual({ first: "password", provider: null, second: "totp" });
  expect(lastUsedAfter(readLastUsed(value), { kind: "registration", active: "passkey" } as Flow, session("acme"))).toEqual({ first: "passkey", provider: null, second: "totp" });
});

test("only a sign-in and a registration are remembered", () => {
  const session = { methods: [] } as unknown as Session;
  for (const kind of ["settings", "recovery", "verification"]) expect([kind, lastUsedAfter(NOTHING, { kind, active: "code" } as Flow, session)]).toEqual([kind, null]);
});

test("the steps of each method are those of its factor", () => {
  expect(Object.fromEntries(REGISTRY.map(({ id, login }) => [id, login?.levels ?? []]))).toEqual(STEPS);
});

test("a hook is not told what the browser remembers", () => {
  const project = { row: { key: "k" }, config: { session: { cookieName: "s" }, csrfCookieName: "c", deviceCookieName: "d", lastUsedCookieName: "rung_last_used_k" } };
  expect(tellableCookies({ cookies: new Map([["rung_last_used_k", "first=password"], ["theme", "dark"]]), project } as never)).toEqual({ theme: "dark" });
});
