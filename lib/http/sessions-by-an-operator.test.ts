import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IdentityApi } from "@ory/client";
import { createApiKey } from "../platform/api-keys";
import type { ProjectId } from "../model/ids";
import { registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";
import { identityApi } from "./testing/ory-client";

let edge: TestEdge;
let api: IdentityApi;
let projectId: ProjectId;
let people = 0;
const NOBODY = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
beforeAll(async () => {
  edge = await testEdge();
  const project = await edge.services.resolver.byHost("localhost:4000");
  if (project === null) throw new Error("no project");
  projectId = project.row.id;
  const { token } = await createApiKey(edge.services.db.platform, { projectId }, { name: "ops", expiresAt: null }, edge.services.clock.now());
  api = identityApi(edge, { key: token });
});
afterAll(() => edge.close());

async function somebody(): Promise<{ readonly browser: TestClient; readonly identityId: string; readonly sessionId: string }> {
  const browser = edge.client();
  await registerIn(browser, `session-${String(people += 1)}@ops.test`, "kettle violin 93 marsh");
  edge.pass(61_000);
  const { body } = await browser.json("GET", "/sessions/whoami");
  return { browser, identityId: text(body["identity"]?.["id"]), sessionId: text(body["id"]) };
}
const live = async (browser: TestClient): Promise<boolean> => (await browser.json("GET", "/sessions/whoami")).status === 200;
const nextOf = (link: unknown): string | null => /<([^>]+)>; rel="next"/.exec(String(link))?.[1] ?? null;
const audit = (action: string) => edge.services.db.forProject(projectId).listAudit({ limit: 1, action });

describe("the list of all sessions", () => {
  test("is newest first, in pages whose links lead to the end, with what was asked to be shown", async () => {
    const made = [await somebody(), await somebody(), await somebody()];
    const first = await api.listSessions({ pageSize: 2 });
    expect([first.status, first.data.length, first.data.map(({ identity, devices }) => [identity, devices])]).toEqual([200, 2, [[null, undefined], [null, undefined]]]);
    expect(first.headers["x-total-count"]).toBeUndefined();
    expect(first.headers["link"]).toContain('</admin/sessions?page_size=2>; rel="first"');
    const token = new URL(nextOf(first.headers["link"]) ?? "", "http://x").searchParams.get("page_token") ?? "";
    const second = await api.listSessions({ pageSize: 2, pageToken: token, expand: ["identity", "devices"] });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made.toReversed().map(({ sessionId }) => sessionId));
    expect(nextOf(second.headers["link"])).toBeNull();
    expect(second.data[0]).toMatchObject({ identity: { id: made[0]?.identityId, metadata_admin: null }, active: true });
    expect(second.data[0]?.devices?.length).toBe(1);
  });

  test("shows only live ones, or only ended ones, where that is asked", async () => {
    const { sessionId } = await somebody();
    await api.disableSession({ id: sessionId });
    const ids = async (active: boolean): Promise<readonly string[]> => (await api.listSessions({ active })).data.map(({ id }) => id);
    expect([(await ids(true)).includes(sessionId), (await ids(false)).includes(sessionId)]).toEqual([false, true]);
    expect((await api.listSessions({})).data.find(({ id }) => id === sessionId)?.active).toBe(false);
  });

  test.each(["page_token=handmade", `page_token=${Buffer.from("[1]").toString("base64")}`, "expand=everything", "active=perhaps",
    `page_token=${Buffer.from(JSON.stringify({ created_at: "+012026-01-01T00:00:00.000Z", id: "11111111-1111-4111-8111-111111111111" })).toString("base64url")}`])("refuses %s", async (query) => {
    const raw = await edge.client().send("GET", `/admin/sessions?${query}`, { headers: { authorization: await key() } });
    expect(raw.status).toBe(400);
    if (query.startsWith("page_token")) expect((await raw.json() as Json)["error"]?.["reason"]).toMatch(/^The page token is invalid/);
  });
});

async function key(): Promise<string> {
  return (await createApiKey(edge.services.db.platform, { projectId }, { name: "raw", expiresAt: null }, edge.services.clock.now())).token;
}

describe("one session", () => {
  test("is read with what is asked for, ended once, and stays to be read", async () => {
    const { browser, identityId, sessionId } = await somebody();
    expect((await api.getSession({ id: sessionId })).data).toMatchObject({ id: sessionId, active: true, identity: null });
    expect((await api.getSession({ id: sessionId, expand: ["identity"] })).data.identity?.id).toBe(identityId);
    expect([(await api.disableSession({ id: sessionId })).status, await live(browser)]).toEqual([204, false]);
    expect((await api.getSession({ id: sessionId })).data.active).toBe(false);
    expect(await audit("session.ended")).toMatchObject([{ sessionId, identityId, actor: { kind: "admin", label: "api key ops" } }]);
    const [before] = await audit("session.ended");
    expect((await api.disableSession({ id: sessionId })).status).toBe(204);
    expect((await audit("session.ended"))[0]?.sequence).toBe(before?.sequence);
  });

  test("unknown is 404, something that is no id 400", async () => {
    const statuses = [await api.getSession({ id: NOBODY }), await api.getSession({ id: "me" }), await api.disableSession({ id: NOBODY }), await api.disableSession({ id: "me" })];
    expect(statuses.map(({ status }) => status)).toEqual([404, 400, 204, 400]);
  });
});

describe("the sessions of one person", () => {
  test("are counted and linked in both styles, and removed with their rows", async () => {
    const { browser, identityId, sessionId } = await somebody();
    const listed = await api.listIdentitySessions({ id: identityId, perPage: 1, page: 0, active: true });
    expect([listed.status, listed.data.map(({ id }) => id), listed.headers["x-total-count"]]).toEqual([200, [sessionId], "1"]);
    expect(listed.headers["link"]).toMatch(/page=0&per_page=1|per_page=1&page=0/);
    expect(listed.headers["link"]).toContain("page_token=0");
    expect([(await api.deleteIdentitySessions({ id: identityId })).status, await live(browser)]).toEqual([204, false]);
    expect((await api.listIdentitySessions({ id: identityId })).data).toEqual([]);
    expect((await api.deleteIdentitySessions({ id: identityId })).status).toBe(404);
    expect((await api.getSession({ id: sessionId })).status).toBe(404);
    expect(await audit("sessions.ended")).toMatchObject([{ identityId, details: { count: 1, how: "removed" } }]);
  });

  test("of nobody are 404", async () => {
    for (const id of [NOBODY, "me"]) {
      expect([(await api.listIdentitySessions({ id })).status, (await api.deleteIdentitySessions({ id })).status]).toEqual([404, 404]);
    }
  });
});

describe("many at once", () => {
  test("ends those of the people that are named, removes those that are named, and then everybody's", async () => {
    const [one, two, three] = [await somebody(), await somebody(), await somebody()];
    const ended = await api.manageSessions({ manageSessionsBody: { action: "disable", identities: [one.identityId] } });
    expect([ended.status, ended.data]).toEqual([200, { processed: 1, more: false }]);
    expect([await live(one.browser), await live(two.browser)]).toEqual([false, true]);
    expect((await api.manageSessions({ manageSessionsBody: { action: "delete", sessions: [two.sessionId] } })).data).toEqual({ processed: 1, more: false });
    expect([(await api.getSession({ id: one.sessionId })).status, (await api.getSession({ id: two.sessionId })).status]).toEqual([200, 404]);
    expect((await api.manageSessions({ manageSessionsBody: { action: "disable", identities: ["*"] } })).data.more).toBe(false);
    expect(await live(three.browser)).toBe(false);
    expect(await audit("sessions.ended")).toMatchObject([{ details: { of: "everybody", how: "ended" } }]);
  });

  const refused: readonly [name: string, body: object][] = [
    ["no action", { identities: [NOBODY] }], ["an unknown action", { action: "end", identities: [NOBODY] }], ["no target", { action: "disable" }],
    ["two targets", { action: "disable", identities: [NOBODY], sessions: [NOBODY] }], ["the wildcard beside an id", { action: "disable", identities: ["*", NOBODY] }],
    ["the wildcard of sessions", { action: "disable", sessions: ["*"] }], ["501 ids", { action: "disable", sessions: Array.from({ length: 501 }, () => NOBODY) }],
    ["what is no id", { action: "disable", identities: ["me"] }], ["no list", { action: "disable", identities: "all" }],
  ];
  test.each(refused)("refuses %s", async (_name, body) => {
    expect((await api.manageSessions({ manageSessionsBody: body as never })).status).toBe(400);
  });
});
