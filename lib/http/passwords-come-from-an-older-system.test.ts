import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { hookServer } from "../actions/testing";
import type { HookServer } from "../actions/testing";
import { MIGRATING_HASH } from "../model/credential";
import type { JsonObject } from "../model/identity";
import { reconfigure } from "../platform/testing";
import { csrfOf, testEdge, text } from "./testing";
import type { TestEdge } from "./testing";

let edge: TestEdge;
let old: HookServer;
let handle: ReturnType<TestEdge["db"]["forProject"]>;
let people = 0;
beforeAll(async () => {
  [edge, old] = [await testEdge(), await hookServer()];
  const project = await edge.services.resolver.byHost("localhost:4000");
  if (project === null) throw new Error("no project");
  handle = edge.services.db.forProject(project.row.id);
  await hook({ enabled: true, config: { url: `${old.url}/check`, method: "POST" } });
});
beforeEach(() => edge.pass(61_000));
afterAll(async () => { await edge.close(); await old.close(); });
const hook = async (migrate_hook: JsonObject): Promise<void> => {
  await reconfigure(edge.services, { clients: { http: { disallow_private_ip_ranges: false } }, selfservice: { methods: { password: { config: { migrate_hook } } } } });
};

async function imported(): Promise<string> {
  const email = `old-${String(people += 1)}@older.test`;
  const at = edge.services.clock.now();
  await handle.transaction(async (tx) => {
    const identity = await tx.insertIdentity({ id: crypto.randomUUID() as never, schemaId: "default", traits: { email }, verifiable: [{ value: email, via: "email" }], recovery: [], at });
    await tx.insertCredential(identity.id, { type: "password", hash: MIGRATING_HASH, identifiers: [email], at });
  });
  return email;
}
async function signIn(identifier: string, password: string): Promise<{ readonly status: number; readonly said: unknown }> {
  const browser = edge.client();
  const flow = await browser.json("GET", "/self-service/login/browser");
  const { status, body } = await browser.json("POST", `/self-service/login?flow=${text(flow.body["id"])}`, { method: "password", csrf_token: csrfOf(flow.body), identifier, password });
  return { status, said: body["ui"]?.["messages"]?.[0]?.["id"] ?? body["error"]?.["reason"] };
}
const stored = async (email: string): Promise<string> => {
  const account = await handle.findAccountByIdentifier("password", email);
  const credential = account?.credentials.find(({ type }) => type === "password");
  return credential?.type === "password" ? credential.hash : "";
};

test("a match is asked for once: from then on the password is ours", async () => {
  const email = await imported();
  old.answer({ status: 200, body: '{"status":"password_match"}' });
  expect((await signIn(email, "elderberry 17 lantern")).status).toBe(200);
  expect(old.seen.map(({ method, path, body }) => [method, path, JSON.parse(body) as unknown])).toEqual([["POST", "/check", { identifier: email, password: "elderberry 17 lantern" }]]);
  expect(await stored(email)).toMatch(/^\$argon2id\$/);
  old.answer({ status: 403 });
  edge.pass(61_000);
  expect((await signIn(email, "elderberry 17 lantern")).status).toBe(200);
  expect(old.seen).toEqual([]);
});

test("403 is a wrong password like any other, and the next one is asked again", async () => {
  const email = await imported();
  old.answer({ status: 403 });
  expect(await signIn(email, "guess")).toEqual({ status: 400, said: 4000006 });
  expect(await stored(email)).toBe(MIGRATING_HASH);
});

test.each([
  ["another status", { status: 500 }], ["200 with other words", { status: 200, body: '{"status":"ok"}' }], ["200 with no JSON", { status: 200, body: "yes" }],
  ["a redirect", { status: 307, headers: { location: "/elsewhere" } }], ["a broken connection", { break: true }],
])("%s is 502: nobody is let in, nothing is stored, nothing is told", async (_name, answer) => {
  const email = await imported();
  old.answer(answer);
  const { status, said } = await signIn(email, "elderberry 17 lantern");
  expect([status, String(said)]).toEqual([502, expect.not.stringContaining("elderberry")]);
  expect([await stored(email), old.seen.length]).toEqual([MIGRATING_HASH, 1]);
});

test("a stranger's name is never asked about, and while the hook is off nobody is: the password does not count", async () => {
  old.answer({ status: 200, body: '{"status":"password_match"}' });
  expect((await signIn("nobody@older.test", "x")).status).toBe(400);
  expect(old.seen).toEqual([]);
  const email = await imported();
  await hook({ enabled: false });
  edge.pass(2_000);
  expect(await signIn(email, MIGRATING_HASH)).toEqual({ status: 400, said: 4000006 });
  expect(old.seen).toEqual([]);
});
