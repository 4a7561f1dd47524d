import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { IdentityApi } from "@ory/client";
import { createApiKey } from "../platform/api-keys";
import { reconfigure } from "../platform/testing";
import type { Project } from "../model/project";
import type { IdentityId } from "../model/ids";
import { csrfOf, registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";
import { identityApi } from "./testing/ory-client";

let edge: TestEdge;
let api: IdentityApi;
let project: Project;
let people = 0;
const NOBODY = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
const PASSWORD = "kettle violin 93 marsh";
beforeAll(async () => {
  edge = await testEdge();
  const found = await edge.services.resolver.byHost("localhost:4000");
  if (found === null) throw new Error("no project");
  project = found;
  const { token } = await createApiKey(edge.services.db.platform, { projectId: project.row.id }, { name: "desk", expiresAt: null }, edge.services.clock.now());
  api = identityApi(edge, { key: token });
  await reconfigure(edge.services, { selfservice: { methods: { link: { enabled: true }, totp: { enabled: true } } } });
  edge.pass(2_000);
});
afterAll(() => edge.close());

const handle = () => edge.services.db.forProject(project.row.id);
async function somebody(): Promise<{ readonly browser: TestClient; readonly id: string }> {
  const browser = edge.client();
  await registerIn(browser, `lost-${String(people += 1)}@desk.test`, PASSWORD);
  edge.pass(61_000);
  return { browser, id: text((await browser.json("GET", "/sessions/whoami")).body["identity"]?.["id"]) };
}
/** Nobody reads mail for them: the addresses are gone. */
async function withoutAddress(): Promise<string> {
  const { id } = await somebody();
  const identity = await handle().findIdentity(id as IdentityId);
  await handle().transaction((tx) => tx.updateIdentity(id as IdentityId, { version: identity?.version ?? 0, verifiable: [], recovery: [], at: edge.services.clock.now() }));
  return id;
}
const flowIdIn = (link: string): string => new URL(link).searchParams.get("flow") ?? "";
const pathOf = (link: string): string => `${new URL(link).pathname}${new URL(link).search}`;
const nodeValue = (flow: Json, name: string): string =>
  (flow["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly name?: string; readonly value?: string } }[]).find(({ attributes }) => attributes.name === name)?.attributes.value ?? "";
async function whoIs(browser: TestClient): Promise<readonly unknown[]> {
  const { status, body } = await browser.json("GET", "/sessions/whoami");
  return [status, body["identity"]?.["id"], body["authentication_methods"]?.[0]?.["method"], body["authenticator_assurance_level"]];
}
const read = (browser: TestClient, id: string) => browser.json("GET", `/self-service/recovery/flows?id=${id}`);
const submit = (browser: TestClient, id: string, body: object) => browser.json("POST", `/self-service/recovery?flow=${id}`, body);

describe("a code", () => {
  test("lets in whoever types it, in any browser, once, also somebody without an address", async () => {
    const id = await withoutAddress();
    const made = await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id, expires_in: "2h" } });
    expect([made.status, made.data.recovery_code.length, made.data.expires_at]).toEqual([201, 6, new Date(edge.services.clock.now().getTime() + 7_200_000).toISOString().replace(".000", "")]);
    expect(new URL(made.data.recovery_link).pathname).toBe("/recovery");
    edge.pass(3_600_000);
    const flow = flowIdIn(made.data.recovery_link);
    const browser = edge.client();
    const shown = await read(browser, flow);
    expect([shown.status, shown.body["state"], nodeValue(shown.body, "email")]).toEqual([200, "sent_email", ""]);
    const wrong = made.data.recovery_code === "000000" ? "000001" : "000000";
    expect((await submit(browser, flow, { method: "code", code: wrong, csrf_token: csrfOf(shown.body) })).body["ui"]?.["messages"]?.[0]?.["id"]).toBe(4060006);
    const done = await submit(browser, flow, { method: "code", code: made.data.recovery_code, csrf_token: csrfOf(shown.body) });
    expect([done.status, new URL(text(done.body["redirect_browser_to"])).pathname]).toEqual([422, "/settings"]);
    expect(await whoIs(browser)).toEqual([200, id, "code_recovery", "aal1"]);
    const thief = edge.client();
    const again = await submit(thief, flow, { method: "code", code: made.data.recovery_code, csrf_token: csrfOf((await read(thief, flow)).body) });
    expect([again.status, (await whoIs(thief))[0]]).toEqual([400, 401]);
  });

  test("is guessed five times at most, and no code is mailed in its flow", async () => {
    const { id } = await somebody();
    const made = await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id } });
    const [flow, browser] = [flowIdIn(made.data.recovery_link), edge.client()];
    const csrf_token = csrfOf((await read(browser, flow)).body);
    const before = (await handle().listMessages({ limit: 50 })).length;
    expect((await submit(browser, flow, { method: "code", email: "thief@desk.test", csrf_token })).status).toBe(400);
    expect((await handle().listMessages({ limit: 50 })).length).toBe(before);
    for (let tries = 0; tries < 6; tries += 1) {
      await submit(browser, flow, { method: "code", code: made.data.recovery_code === "000000" ? "000001" : "000000", csrf_token });
      edge.pass(3_600_000 / 20);
    }
    await submit(browser, flow, { method: "code", code: made.data.recovery_code, csrf_token });
    expect((await whoIs(browser))[0]).toBe(401);
  });

  test("of an app is typed into an app", async () => {
    const { id } = await somebody();
    const made = await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id, flow_type: "api" } });
    const done = await submit(edge.client(), flowIdIn(made.data.recovery_link), { method: "code", code: made.data.recovery_code });
    expect([done.status, done.body["continue_with"]?.[0]?.["action"]]).toEqual([200, "set_ory_session_token"]);
  });
});

describe("a link", () => {
  test("opens a recovery without granting anything, and lets in once whoever goes on", async () => {
    const id = await withoutAddress();
    const made = await api.createRecoveryLinkForIdentity({ returnTo: "/", createRecoveryLinkForIdentityBody: { identity_id: id, expires_in: "12h" } });
    const link = new URL(made.data.recovery_link);
    expect([made.status, link.pathname, [...link.searchParams.keys()]]).toEqual([200, "/self-service/recovery", ["flow", "token"]]);
    const scanner = edge.client();
    const [one, two] = [edge.client(), edge.client()];
    const opened = async (browser: TestClient): Promise<Json> => {
      const answer = await browser.send("GET", pathOf(made.data.recovery_link), { headers: { accept: "text/html" } });
      expect([answer.status, new URL(text(answer.headers.get("location"))).pathname]).toEqual([303, "/recovery"]);
      return (await read(browser, flowIdIn(text(answer.headers.get("location"))))).body;
    };
    await opened(scanner);
    const [flow, other] = [await opened(one), await opened(two)];
    expect((await whoIs(one))[0]).toBe(401);
    // What one browser opened is no other's to read.
    expect((await read(two, text(flow["id"]))).status).toBe(403);
    const body = (from: Json) => ({ method: "link", token: nodeValue(from, "token"), csrf_token: csrfOf(from) });
    expect((await submit(one, text(flow["id"]), body(flow))).status).toBe(422);
    expect(await whoIs(one)).toEqual([200, id, "link_recovery", "aal1"]);
    const late = await submit(two, text(other["id"]), body(other));
    expect([late.status, late.body["ui"]?.["messages"]?.[0]?.["id"], (await whoIs(two))[0]]).toEqual([400, 4060004, 401]);
    const third = await opened(edge.client());
    expect([third["state"], third["ui"]?.["messages"]?.[0]?.["id"]]).toEqual(["choose_method", 4060004]);
  });

  test("rests as a digest: neither the link's token nor a code is in the database, and both are audited without", async () => {
    const { id } = await somebody();
    const made = await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id } });
    const token = new URL(made.data.recovery_link).searchParams.get("token") ?? "";
    const browser = edge.client();
    await browser.send("GET", pathOf(made.data.recovery_link), { headers: { accept: "text/html" } });
    const { prisma } = edge.db.connection.reads;
    const rows = JSON.stringify([await prisma.flow.findMany(), await prisma.oneTimeCode.findMany(), await handle().listAudit({ limit: 50 })].flat(), (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    expect(token).toMatch(/^ory_rl_/);
    expect(rows).not.toContain(token);
    expect((await handle().listAudit({ limit: 1, action: "recovery.issued" }))[0]).toMatchObject({ identityId: id, actor: { kind: "admin", label: "api key desk" }, details: { by: "link" } });
  });

  test("a made-up token, a code in its place, and a link that is too old let nobody in", async () => {
    const { id } = await somebody();
    const code = await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id } });
    const old = await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id, expires_in: "1m" } });
    const live = await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id, expires_in: "1h" } });
    edge.pass(60_000);
    const paths = [
      `/self-service/recovery?flow=${flowIdIn(code.data.recovery_link)}&token=${code.data.recovery_code}`, pathOf(old.data.recovery_link),
      `/self-service/recovery?flow=${flowIdIn(live.data.recovery_link)}&token=ory_rl_${"x".repeat(32)}`,
    ];
    for (const path of paths) {
      const flow = (await edge.client().json("GET", path)).body;
      expect([path, flow["ui"]?.["messages"]?.[0]?.["id"]]).toEqual([path, 4060004]);
    }
  });

  test("never takes the place of somebody who is signed in", async () => {
    const { id } = await somebody();
    const { browser, id: own } = await somebody();
    const made = await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id } });
    expect((await browser.json("GET", pathOf(made.data.recovery_link))).body["error"]?.["id"]).toBe("session_already_available");
    expect((await whoIs(browser))[1]).toBe(own);
  });
});

test("a second factor is still asked for before anything changes, under Lax too", async () => {
  const { browser, id } = await somebody();
  const settings = (await browser.json("GET", "/self-service/settings/browser")).body;
  const nodes = settings["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly id?: string; readonly text?: { readonly context?: { readonly secret?: string } } } }[];
  const secret = nodes.find(({ attributes }) => attributes.id === "totp_secret_key")?.attributes.text?.context?.secret ?? "";
  const totp_code = await generate({ secret, epoch: Math.floor(edge.services.clock.now().getTime() / 1_000) });
  expect((await browser.json("POST", `/self-service/settings?flow=${text(settings["id"])}`, { method: "totp", totp_code, csrf_token: csrfOf(settings) })).status).toBe(200);
  await reconfigure(edge.services, { session: { whoami: { required_aal: "aal1" } }, selfservice: { flows: { settings: { required_aal: "aal1" } } } });
  const made = await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id } });
  const finder = edge.client();
  const flow = (await finder.json("GET", pathOf(made.data.recovery_link))).body;
  await submit(finder, text(flow["id"]), { method: "link", token: nodeValue(flow, "token"), csrf_token: csrfOf(flow) });
  expect(await whoIs(finder)).toEqual([200, id, "link_recovery", "aal1"]);
  const form = await finder.json("GET", "/self-service/settings/browser");
  const changed = await finder.json("POST", `/self-service/settings?flow=${text(form.body["id"])}`, { method: "password", password: "seven other marsh violins", csrf_token: csrfOf(form.body) });
  expect([changed.status, changed.body["error"]?.["id"]]).toEqual([403, "session_aal2_required"]);
});

describe("what is asked for wrongly", () => {
  test.each([["-5m"], ["0s"], ["soon"], ["1y"], ["9999h"]])("a life of %s is 400 at both", async (expires_in) => {
    const { id } = await somebody();
    expect([
      (await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id, expires_in } })).status,
      (await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id, expires_in } })).status,
    ]).toEqual([400, 400]);
  });

  test("an unknown person is 404 for a code and 400 for a link; a foreign return_to is 400", async () => {
    const { id } = await somebody();
    expect([
      (await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: NOBODY } })).status,
      (await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: NOBODY } })).status,
      (await api.createRecoveryLinkForIdentity({ returnTo: "https://evil.test/", createRecoveryLinkForIdentityBody: { identity_id: id } })).status,
      (await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id, flow_type: "page" } })).status,
    ]).toEqual([404, 400, 400, 400]);
  });

  test("a method that is off is 404, and links are off unless they are wanted", async () => {
    const { id } = await somebody();
    await reconfigure(edge.services, { selfservice: { methods: { link: null } } });
    edge.pass(2_000);
    const refused = await api.createRecoveryLinkForIdentity({ createRecoveryLinkForIdentityBody: { identity_id: id } });
    expect([refused.status, (refused.data as unknown as Json)["error"]?.["reason"]]).toEqual([404, expect.stringContaining("disabled")]);
    await reconfigure(edge.services, { selfservice: { methods: { link: { enabled: true } }, flows: { recovery: { enabled: false } } } });
    edge.pass(2_000);
    expect((await api.createRecoveryCodeForIdentity({ createRecoveryCodeForIdentityBody: { identity_id: id } })).status).toBe(404);
  });
});
