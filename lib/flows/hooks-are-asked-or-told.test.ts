import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HookCaller, HookContext, HookVerdict } from "../actions/call";
import { createHookCaller } from "../actions/deliver";
import { createJsonnet } from "../actions/jsonnet";
import { createHookDelivery } from "../actions/outbox";
import { hookServer } from "../actions/testing";
import type { HookServer } from "../actions/testing";
import type { OutboxMessage } from "../db/handles";
import { createIdentity } from "../identities/create";
import { checkTraits } from "../identities/traits";
import { isDomainError } from "../model/errors";
import type { Identity, JsonObject, JsonValue } from "../model/identity";
import { askAfter, askBefore, tellAfter } from "./hooks";
import type { HookFacts } from "./hooks";
import { patchPerson, patchProblems, patchStored } from "./hooks-patch";
import type { EngineDeps, FlowRequest } from "./request";
import { addProject, bench, client, depsOf, enrolTotp, PASSWORD, secretOf } from "./testing";
import type { Bench, Client } from "./testing";

const hook = (id: string, more: JsonObject = {}): JsonObject => ({ hook: "web_hook", config: { id, url: `${server.url}/${id}`, method: "POST", body: { about: "${ctx}" }, ...more } });
const parse = { response: { parse: true } };
let house: Bench;
let server: HookServer;
let host = "";
beforeAll(async () => {
  house = await bench();
  server = await hookServer();
  const flow = (kind: string): string => `selfservice.flows.${kind}`;
  host = await addProject(house, "hooked", {
    [`${flow("login")}.before.hooks`]: [hook("b1", { can_interrupt: true }), hook("b2")],
    [`${flow("login")}.after.hooks`]: [hook("g-ask", parse), hook("g-tell")],
    [`${flow("login")}.after.totp.hooks`]: [hook("m-ask", parse), hook("m-ask2", parse), hook("m-tell")],
    [`${flow("login")}.after.lookup_secret.hooks`]: [],
    [`${flow("registration")}.after.hooks`]: [hook("r-global", parse), hook("r-global-tell", { response: { ignore: true } })],
    [`${flow("registration")}.after.password.hooks`]: [hook("r-one", parse), hook("r-two", parse), { hook: "session" }],
    [`${flow("settings")}.after.hooks`]: [hook("s-global", parse)],
    [`${flow("settings")}.after.totp.hooks`]: [hook("s-totp", parse)],
    "clients.http.private_ip_exception_urls": [`${server.url}/**`],
  });
});
afterAll(async () => { await server.close(); await house.close(); });

const asked: { readonly id: string | null; readonly context: HookContext; readonly options: Parameters<HookCaller["ask"]>[2] }[] = [];
let verdicts: Readonly<Record<string, HookVerdict>> = {};
beforeEach(() => { asked.length = 0; verdicts = {}; server.answer(); });
const caller: HookCaller = { ask: (one, context, options) => (asked.push({ id: one.id, context, options }), Promise.resolve(verdicts[one.id ?? ""] ?? { kind: "go", patch: null })) };
const deps = (): EngineDeps => ({ ...depsOf(house), hooks: caller });
const ids = (): readonly (string | null)[] => asked.map(({ id }) => id);

/** A person of the project and the request of a browser that has their session. */
async function someone(email: string): Promise<{ readonly who: Client; readonly request: FlowRequest; readonly identity: Identity }> {
  const who = client(house, "browser", host);
  const flow = await who.start("registration");
  await who.submit(flow, { method: "password", traits: { email }, password: PASSWORD });
  const request = { ...await who.request("/self-service/settings?flow=x&code=123456"), origin: {
    method: "POST", headers: { "user-agent": ["test"], "cookie": ["a=b"], "authorization": ["Bearer x"], "x-odd": ["1"] }, cookies: { theme: "dark", __Host_x: "1", ory_session_abc: "s" },
  } };
  const identity = request.session?.identity;
  if (identity === undefined) throw new Error("nobody is signed in");
  return { who, request, identity };
}
const facts = async (who: Client, kind: "login" | "registration" | "settings" | "recovery" | "verification", method: string, identity: HookFacts["identity"], request: FlowRequest): Promise<HookFacts> =>
  ({ flow: await (kind === "login" ? client(house, "browser", host) : kind === "registration" ? client(house, "browser", host) : who).start(kind), method, identity, session: request.session?.session ?? null });
/** The rows of one flow for one method; flows that the tests themselves begin tell their own. */
const rowsOf = async (request: FlowRequest, { flow, method }: HookFacts, when = "after"): Promise<readonly OutboxMessage[]> =>
  (await request.handle.listMessages({ limit: 200 })).filter(({ channel, dedupe }) => channel === "hook" && dedupe.startsWith(`hook:${flow.id}:${when}:${method}:`));

describe("who is asked", () => {
  test("the list of the method replaces the global one, in order; an empty list asks nobody", async () => {
    const { who, request, identity } = await someone("a@hooks.test");
    await askAfter(await facts(who, "login", "password", identity, request), request, deps());
    await askAfter(await facts(who, "login", "totp", identity, request), request, deps());
    await askAfter(await facts(who, "login", "lookup_secret", identity, request), request, deps());
    expect(ids()).toEqual(["g-ask", "m-ask", "m-ask2"]);
    expect(asked[0]?.options).toEqual({ kind: "login", allowPrivate: false, privateExceptions: [`${server.url}/**`] });
  });
  test("at registration and in settings only hooks of the method are asked, never global ones", async () => {
    const { who, request, identity } = await someone("b@hooks.test");
    await askAfter(await facts(who, "registration", "code", identity, request), request, deps());
    await askAfter(await facts(who, "settings", "profile", identity, request), request, deps());
    expect(ids()).toEqual([]);
    await askAfter(await facts(who, "registration", "password", identity, request), request, deps());
    expect(ids()).toEqual(["r-one", "r-two"]);
  });
  test("the first that stops ends it; each sees what those before it changed, and the last word on a member counts", async () => {
    const { who, request, identity } = await someone("c@hooks.test");
    verdicts = {
      "r-one": { kind: "go", patch: { traits: { email: "other@hooks.test" }, metadataAdmin: { a: 1 } } },
      "r-two": { kind: "go", patch: { metadataAdmin: { b: 2 }, metadataPublic: 5 } },
    };
    const at = await facts(who, "registration", "password", { id: identity.id, schemaId: identity.schemaId, traits: identity.traits }, request);
    expect(await askAfter(at, request, deps())).toEqual({ kind: "go", patch: { traits: { email: "other@hooks.test" }, metadataAdmin: { b: 2 }, metadataPublic: 5 } });
    expect(asked.map(({ context }) => context.identity?.["traits"])).toEqual([{ email: "c@hooks.test" }, { email: "other@hooks.test" }]);
    const stop: HookVerdict = { kind: "interrupt", messages: [{ field: null, message: { id: 1, type: "error", text: "no" } }] };
    asked.length = 0;
    verdicts = { "r-one": stop };
    expect(await askAfter(at, request, deps())).toEqual(stop);
    expect(ids()).toEqual(["r-one"]);
  });
  test("before a flow any of them may refuse it; the others are told", async () => {
    const { who, request } = await someone("d@hooks.test");
    const at = { ...await facts(who, "login", "any", null, request), session: null };
    await askBefore(at, request, deps());
    expect(ids()).toEqual(["b1"]);
    expect((await rowsOf(request, at, "before")).map(({ recipientHint }) => recipientHint)).toEqual(["b2"]);
    verdicts = { b1: { kind: "interrupt", messages: [{ field: null, message: { id: 9, type: "error", text: "closed" } }] } };
    const error: unknown = await askBefore(at, request, deps()).catch((caught: unknown) => caught);
    expect(isDomainError(error) && [error.code, error.details["messages"]]).toEqual(["hook_interrupted", [{ id: 9, type: "error", text: "closed" }]]);
  });
});

describe("what they are told", () => {
  test("nothing that signs anybody in", async () => {
    const { who, request, identity } = await someone("e@hooks.test");
    const flow = await who.start("settings");
    await enrolTotp(who, house);
    asked.length = 0;
    const fresh = await who.request("/self-service/settings?flow=x&code=123456");
    const withSecret = { ...flow, requestUrl: "https://id.example/self-service/settings/browser?token=t&return_to=/x", internal: { totp: { sealedSecret: "v1.sealed" } } };
    const told = { ...request, session: fresh.session };
    await askAfter({ flow: withSecret, method: "totp", identity: { ...identity, metadataAdmin: { risk: "x" } }, session: fresh.session?.session ?? null }, told, deps());
    const [{ context } = { context: null }] = asked;
    const text = JSON.stringify(context);
    expect(context).toMatchObject({
      request_method: "POST", request_headers: { "User-Agent": ["test"] }, request_cookies: { theme: "dark" },
      identity: { id: identity.id, traits: { email: "e@hooks.test" } }, session: { authenticator_assurance_level: "aal2" },
    });
    expect(context?.request_url).toContain("flow=x");
    expect(context?.flow["request_url"]).toBe("https://id.example/self-service/settings/browser?return_to=%2Fx");
    for (const word of [secretOf(flow), "data:image", "risk", "metadata_admin", "Bearer", "a=b", "ory_session_abc", "123456", "sealed", "tokenHash", "x-odd", "credentials"]) expect(text).not.toContain(word);
    expect(Object.keys(context?.request_headers ?? {})).toEqual(["User-Agent"]);
  });
  test("a session only after a login and in settings; a person only once there is one", async () => {
    const { who, request, identity } = await someone("f@hooks.test");
    for (const [kind, method] of [["login", "password"], ["registration", "password"]] as const) {
      await askAfter(await facts(who, kind, method, identity, request), request, deps());
    }
    await askBefore(await facts(who, "login", "", identity, request), request, deps());
    expect(asked.map(({ id, context }) => [id, context.session !== null, context.identity !== null])).toEqual([
      ["g-ask", true, true], ["r-one", false, true], ["r-two", false, true], ["b1", false, false],
    ]);
  });
});

describe("who is told", () => {
  test("one row each, with the transaction and only with it; a global hook speaks where the method has none", async () => {
    const { who, request, identity } = await someone("g@hooks.test");
    const at = await facts(who, "login", "totp", identity, request);
    await request.handle.transaction(async (tx) => { await tellAfter(tx, at, request, deps()); await tellAfter(tx, at, request, deps()); });
    const rows = await rowsOf(request, at);
    expect(rows).toMatchObject([{ channel: "hook", recipientHint: "m-tell", identityId: identity.id }]);
    expect(JSON.stringify(rows)).not.toContain("g@hooks.test");
    await request.handle.transaction(async (tx) => {
      await tellAfter(tx, await Promise.resolve({ ...at, method: "password" }), request, deps());
      throw new Error("nothing happened");
    }).catch(() => undefined);
    expect(await rowsOf(request, { ...at, method: "password" })).toEqual([]);
    const other: HookFacts = { ...await facts(who, "registration", "without-a-list", identity, request), session: null };
    await request.handle.transaction((tx) => tellAfter(tx, other, request, deps()));
    expect(await rowsOf(request, other)).toMatchObject([{ recipientHint: "r-global-tell" }]);
  });
  test("the row reaches the server as a call", async () => {
    const { who, request, identity } = await someone("h@hooks.test");
    const at = await facts(who, "login", "password", identity, request);
    await request.handle.transaction((tx) => tellAfter(tx, at, request, deps()));
    const [row] = await rowsOf(request, at);
    server.answer();
    if (row === undefined) throw new Error("no row");
    const deliver = createHookDelivery(house.services.keys, { evaluate: createJsonnet(() => Promise.resolve(null)), warn: () => undefined, timeoutMs: 500 });
    expect(await deliver({ ...row, attempts: 1 }, request.project)).toEqual({ kind: "sent" });
    expect(server.seen).toMatchObject([{ method: "POST", path: "/g-tell" }]);
    expect(JSON.parse(server.seen[0]?.body ?? "{}")).toMatchObject({ about: { identity: { traits: { email: "h@hooks.test" } }, flow: { id: at.flow.id } } });
  });
});

describe("what a hook may change", () => {
  test("a person to be: traits held to the schema, addresses verified only where the traits name them", async () => {
    const { request } = await someone("i@hooks.test");
    const { defaultSchemaId: schemaId } = request.project.config;
    const checked = checkTraits(request.project, schemaId, { email: "New@hooks.test" });
    if (!checked.ok) throw new Error("traits");
    const person = { schemaId, traits: checked.traits, facts: checked.facts };
    expect(patchPerson(person, null, request)).toMatchObject({ ok: true, person: { traits: person.traits, verified: [] } });
    const made = patchPerson(person, { traits: { email: "Crm@hooks.test", name: { first: "Ada" } }, metadataAdmin: { risk: 1 }, externalId: "crm-1", verified: ["CRM@hooks.test", "stranger@hooks.test"] }, request);
    if (!made.ok) throw new Error("patch");
    const identity = await request.handle.transaction((tx) => createIdentity(tx, { ...made.person, now: request.now }));
    expect(identity).toMatchObject({ externalId: "crm-1", metadataAdmin: { risk: 1 }, traits: { name: { first: "Ada" } }, verifiableAddresses: [{ value: "crm@hooks.test", verified: true }] });
    expect(patchPerson(person, { traits: { email: "none" } }, request)).toMatchObject({ ok: false, problems: [{ field: "traits.email" }] });
    expect(() => patchPerson(person, { schemaId: "unknown" }, request)).toThrow(expect.objectContaining({ code: "hook_failed" }) as Error);
  });
  test("a person there is, in the transaction of the change", async () => {
    const { request, identity } = await someone("j@hooks.test");
    const apply = (patch: Parameters<typeof patchStored>[2]): Promise<boolean> => request.handle.transaction(async (tx) => {
      const version = (await tx.findIdentity(identity.id))?.version ?? 0;
      return patchStored(tx, identity.id, patch, { version, changedHere: false }, request);
    });
    expect(await apply(null)).toBe(true);
    const stale = { version: identity.version - 1, changedHere: false };
    expect(await request.handle.transaction((tx) => patchStored(tx, identity.id, { externalId: "late" }, stale, request)), "changed since the hook was asked").toBe(false);
    const traits: JsonValue = { email: "j2@hooks.test", name: { first: "Jo" } };
    expect(patchProblems(identity.schemaId, { traits: { email: 5 } }, request)).toMatchObject([{ field: "traits.email" }]);
    expect(patchProblems(identity.schemaId, { traits }, request)).toEqual([]);
    expect(await apply({ traits, metadataPublic: { tier: "gold" }, externalId: "x", verified: ["j2@hooks.test"] })).toBe(true);
    const after = (await request.handle.findAccount(identity.id))?.identity;
    expect(after).toMatchObject({ traits, metadataPublic: { tier: "gold" }, externalId: "x", verifiableAddresses: [{ value: "j2@hooks.test", verified: true }] });
    expect(await apply({ externalId: "", state: "inactive" })).toBe(true);
    expect((await request.handle.findAccount(identity.id))?.identity).toMatchObject({ externalId: null, state: "inactive", metadataPublic: { tier: "gold" } });
    expect(await request.handle.listSessions(identity.id, request.now, { offset: 0, limit: 10 })).toMatchObject({ total: 0 });
  });
  test("asked over HTTP, a 4xx becomes a message at its field", async () => {
    const { who, request, identity } = await someone("k@hooks.test");
    const at = await facts(who, "login", "password", identity, request);
    server.answer({ status: 400, body: JSON.stringify({ messages: [{ instance_ptr: "#/traits/email", messages: [{ id: 4711, text: "Not here.", type: "error" }] }] }) });
    const hooks = createHookCaller({ evaluate: createJsonnet(() => Promise.resolve(null)), warn: () => undefined, timeoutMs: 500, sleep: () => Promise.resolve() });
    expect(await askAfter(at, request, { ...deps(), hooks }))
      .toEqual({ kind: "interrupt", messages: [{ field: "traits.email", message: { id: 4711, type: "error", text: "Not here." } }] });
  });
});
