import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CourierApi, IdentityApi } from "@ory/client";
import { createApiKey } from "../platform/api-keys";
import type { ProjectId } from "../model/ids";
import { csrfOf, testEdge, text } from "./testing";
import type { Json, TestEdge } from "./testing";
import { courierApi, identityApi } from "./testing/ory-client";

let edge: TestEdge;
let courier: CourierApi;
let identities: IdentityApi;
let key: string;
let projectId: ProjectId;
const NOBODY = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
const ANN = "ann@letters.test";
beforeAll(async () => {
  edge = await testEdge();
  const project = await edge.services.resolver.byHost("localhost:4000");
  if (project === null) throw new Error("no project");
  projectId = project.row.id;
  key = (await createApiKey(edge.services.db.platform, { projectId }, { name: "ops", expiresAt: null }, edge.services.clock.now())).token;
  courier = courierApi(edge, { key });
  identities = identityApi(edge, { key });
  for (const [index, email] of [ANN, "bob@letters.test", ANN].entries()) await write(email, index);
});
afterAll(() => edge.close());

/** A letter in the outbox, as the house itself writes it. */
async function write(email: string, index: number): Promise<void> {
  edge.pass(61_000);
  const browser = edge.client();
  if (index < 2) {
    const started = await browser.json("GET", "/self-service/registration/browser");
    await browser.json("POST", `/self-service/registration?flow=${text(started.body["id"])}`, {
      method: "password", csrf_token: csrfOf(started.body), password: "kettle violin 93 marsh", traits: { email },
    });
    edge.pass(61_000);
  }
  const fresh = edge.client();
  const flow = await fresh.json("GET", "/self-service/recovery/browser");
  await fresh.json("POST", `/self-service/recovery?flow=${text(flow.body["id"])}`, { method: "code", csrf_token: csrfOf(flow.body), email });
}
const list = async (query: string) => {
  const answer = await edge.client().send("GET", `/admin/courier/messages${query}`, { headers: { authorization: key, accept: "application/json" } });
  return { status: answer.status, headers: answer.headers, body: await answer.json() as readonly Json[] & Json };
};
const nextOf = (link: string | null): string | null => /<([^>]+)>; rel="next"/.exec(link ?? "")?.[1] ?? null;

describe("messages", () => {
  test("say to whom, of what kind and how it went, and never what they say", async () => {
    const all = await courier.listCourierMessages({ pageSize: 500 });
    expect(all.status).toBe(200);
    const codes = all.data.filter((message) => message.template_type === "recovery_code_valid");
    expect(codes.map(({ recipient }) => recipient)).toEqual([ANN, "bob@letters.test", ANN]);
    expect(codes[0]).toMatchObject({ status: "queued", type: "email", channel: "email", send_count: 0, subject: "<redacted-unless-dev-mode>", body: "<redacted-unless-dev-mode>" });
    expect(JSON.stringify(all.data)).not.toMatch(/\b\d{6}\b(?!Z|\d|-)/);
    expect(all.data.every((message) => message.dispatches === undefined)).toBe(true);
  });

  test("to one address are found, however it is spelled, without the address being stored", async () => {
    for (const spelling of [ANN, "%20Ann@Letters.TEST"]) {
      const found = (await list(`?page_size=500&recipient=${spelling}`)).body;
      expect(new Set(found.map((message) => message["recipient"]))).toEqual(new Set([ANN]));
      expect(found.filter((message) => text(message["template_type"]) === "recovery_code_valid")).toHaveLength(2);
    }
    expect((await list("?recipient=nobody@letters.test")).body).toEqual([]);
    const rows = await edge.db.connection.reads.prisma.outboxMessage.findMany();
    expect(JSON.stringify(rows)).not.toContain(ANN);
  });

  test("are filtered by what became of them", async () => {
    expect((await list("?status=sent")).body).toEqual([]);
    expect((await list("?status=queued")).body.length).toBeGreaterThan(2);
    expect((await list("?status=lost")).status).toBe(400);
  });

  test("come ten at a time; a sealed token goes on, for an hour and in this project alone", async () => {
    const seen: string[] = [];
    let path: string | null = "?page_size=2";
    let first: string | null = null;
    for (let page = 0; path !== null && page < 20; page += 1) {
      const answer: Awaited<ReturnType<typeof list>> = await list(path);
      seen.push(...answer.body.map((message) => text(message["id"])));
      const next = nextOf(answer.headers.get("link"));
      path = next === null ? null : new URL(next, "http://x").search;
      first ??= path;
    }
    const all = (await list("?page_size=500")).body.map((message) => text(message["id"]));
    expect(seen).toEqual(all);
    expect([(await list(first ?? "")).status, first]).toEqual([200, expect.not.stringContaining(all[1] ?? "")]);
    edge.pass(3_600_000);
    const late = await list(first ?? "");
    expect([late.status, late.body["error"]?.["reason"]]).toEqual([400, expect.stringMatching(/^The page token is invalid/)]);
    expect((await list("?page_token=handmade")).status).toBe(400);
  });

  test("are read one by one, with the last dispatch once there was one", async () => {
    const [message] = (await list("?page_size=1")).body;
    const id = text(message?.["id"]);
    expect(await courier.getCourierMessage({ id })).toMatchObject({ status: 200, data: { id, status: "queued" } });
    await edge.services.courier.run();
    const late = (await courier.getCourierMessage({ id })).data;
    expect(late).toMatchObject({ status: "abandoned", send_count: 1, dispatches: [{ status: "failed", error: { message: "it came too late to be of use" } }] });
    await write(ANN, 2);
    const [claimed] = await edge.services.db.platform.claimMessages(1, edge.services.clock.now(), new Date(edge.services.clock.now().getTime() + 60_000));
    if (claimed === undefined) throw new Error("nothing to hand over");
    await edge.services.db.platform.settleMessage(claimed.id, claimed.attempts, { kind: "sent", at: edge.services.clock.now() });
    const sent = (await courier.getCourierMessage({ id: claimed.id })).data;
    expect([sent.status, sent.dispatches?.map(({ status, message_id }) => [status, message_id])]).toEqual(["sent", [["success", claimed.id]]]);
    expect([(await courier.getCourierMessage({ id: NOBODY })).status, (await courier.getCourierMessage({ id: "me" })).status]).toEqual([404, 400]);
  });
});

describe("two servers on one port", () => {
  test.each([
    ["GET", "/identities?page_size=3", "/admin/identities?page_size=3"], ["PATCH", "/identities/1", "/admin/identities/1"], ["POST", "/recovery/code", "/admin/recovery/code"],
    ["POST", "/recovery/link?return_to=/", "/admin/recovery/link?return_to=/"], ["GET", "/courier/messages", "/admin/courier/messages"],
    ["GET", "/admin/sessions/whoami?tokenize_as=x", "/sessions/whoami?tokenize_as=x"],
  ])("%s %s is sent on to %s with its method", async (method, path, to) => {
    const answer = await edge.client().send(method, path);
    expect([answer.status, answer.headers.get("location")]).toEqual([307, to]);
  });

  test("schemas are answered on either side, and dry runs of a provider refused with a reason", async () => {
    const [public_, admin] = [await edge.client().json("GET", "/schemas"), await edge.client().json("GET", "/admin/schemas?page_size=1")];
    expect([public_.status, admin.body]).toEqual([200, public_.body]);
    expect(admin.headers.get("x-total-count")).toBe("1");
    const id = Buffer.from(text(public_.body[0]?.["id"])).toString("base64url");
    expect((await edge.client().json("GET", `/admin/schemas/${id}`)).body).toEqual((await edge.client().json("GET", `/schemas/${id}`)).body);
    const refused = await identities.createTestLoginFlow({ createTestLoginFlowBody: { provider_id: "acme" } });
    expect([refused.status, (refused.data as unknown as Json)["error"]?.["reason"]]).toEqual([404, expect.stringContaining("not offered")]);
  });
});
