import { afterAll, beforeAll, expect, test } from "vitest";
import { csrfOf, registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";

let edge: TestEdge;
let people = 0;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(() => edge.close());

async function somebody(): Promise<string> {
  const email = `wire-${String(people += 1)}@garden.test`;
  await registerIn(edge.client(), email, "correct horse battery staple 41");
  edge.pass(61_000);
  return email;
}

/** The newest code in the outbox of the default project. */
async function newestCode(): Promise<string> {
  const { services } = edge;
  const project = await services.resolver.byHost("localhost:4000");
  if (!project) throw new Error("no project");
  const [message] = await services.db.forProject(project.row.id).listMessages({ limit: 1 });
  if (!message) throw new Error("no letter");
  const { data } = JSON.parse(services.keys.open("outbox", message.sealed, [project.row.id, message.dedupe])) as { data: { code: string } };
  return data.code;
}

type Sent = { readonly status: number; readonly body: Json };
async function begun(client: TestClient, kind: string, email: string): Promise<{ readonly url: string; readonly started: Sent; readonly sent: Sent }> {
  const started = await client.json("GET", `/self-service/${kind}/browser`);
  const url = `/self-service/${kind}?flow=${text(started.body["id"])}`;
  return { url, started, sent: await client.json("POST", url, { method: "code", csrf_token: csrfOf(started.body), email }) };
}

test("a script recovers: 200 on the way, 422 to the settings at the end, and a cookie that is a session", async () => {
  const email = await somebody();
  const client = edge.client();
  const { url, sent } = await begun(client, "recovery", email);
  expect([sent.status, sent.body["state"], sent.body["ui"]?.["messages"]?.[0]?.["id"]]).toEqual([200, "sent_email", 1060003]);
  const code = await newestCode();
  const wrong = await client.json("POST", url, { method: "code", csrf_token: csrfOf(sent.body), code: code === "000000" ? "000001" : "000000" });
  expect([wrong.status, wrong.body["ui"]?.["messages"]?.[0]?.["id"]]).toEqual([200, 4060006]);
  const done = await client.json("POST", url, { method: "code", csrf_token: csrfOf(wrong.body), code });
  expect([done.status, done.body["error"]?.["id"]]).toEqual([422, "browser_location_change_required"]);
  const settings = new URL(text(done.body["redirect_browser_to"]));
  expect(settings.pathname).toBe("/settings");
  const flow = await client.json("GET", `/self-service/settings/flows?id=${text(settings.searchParams.get("flow"))}`);
  expect([flow.status, flow.body["ui"]?.["messages"]?.[0]?.["id"]]).toEqual([200, 1060001]);
  const who = await client.json("GET", "/sessions/whoami");
  expect([who.status, who.body["authentication_methods"]?.[0]?.["method"]]).toEqual([200, "code_recovery"]);
  expect(JSON.stringify(who.body)).not.toContain("addressId");
});

test("a page recovers by redirects", async () => {
  const email = await somebody();
  const client = edge.client();
  const { url, sent } = await begun(client, "recovery", email);
  const done = await client.send("POST", url, {
    headers: { accept: "text/html,*/*;q=0.8", "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ method: "code", csrf_token: csrfOf(sent.body), code: await newestCode() }),
  });
  expect(done.status).toBe(303);
  expect(new URL(text(done.headers.get("location"))).pathname).toBe("/settings");
});

test("an app recovers with a token and the way to its settings", async () => {
  const email = await somebody();
  const client = edge.client();
  const send = async (path: string, body?: unknown): Promise<Sent> => {
    const response = await edge.client().send(body === undefined ? "GET" : "POST", path, { headers: { accept: "application/json" }, ...(body === undefined ? {} : { body }) });
    return { status: response.status, body: await response.json() as Json };
  };
  const started = await send("/self-service/recovery/api");
  const url = `/self-service/recovery?flow=${text(started.body["id"])}`;
  await send(url, { method: "code", email });
  const done = await send(url, { method: "code", code: await newestCode() });
  expect([done.status, done.body["state"]]).toEqual([200, "passed_challenge"]);
  const items = done.body["continue_with"] as unknown as readonly Json[];
  expect(items.map((item) => item["action"])).toEqual(["set_ory_session_token", "show_settings_ui"]);
  const settings = await client.send("GET", `/self-service/settings/flows?id=${text(items[1]?.["flow"]?.["id"])}`, {
    headers: { accept: "application/json", "x-session-token": text(items[0]?.["ory_session_token"]) },
  });
  expect(settings.status).toBe(200);
});

test("verification answers 200, ends in a link by GET, sets no session, and starts over with 410", async () => {
  const email = await somebody();
  const client = edge.client();
  const { url, sent } = await begun(client, "verification", email);
  expect([sent.status, sent.body["ui"]?.["messages"]?.[0]?.["id"]]).toEqual([200, 1080003]);
  const done = await client.json("POST", url, { method: "code", csrf_token: csrfOf(sent.body), code: await newestCode() });
  expect([done.status, done.body["state"], done.body["ui"]?.["method"]]).toEqual([200, "passed_challenge", "GET"]);
  expect(done.headers.getSetCookie().filter((line) => line.includes("session"))).toEqual([]);
  expect((await client.json("GET", "/sessions/whoami")).status).toBe(401);
  const again = await client.json("POST", url, { method: "code", csrf_token: csrfOf(done.body), code: "123456" });
  expect([again.status, again.body["error"]?.["id"]]).toEqual([410, "self_service_flow_replaced"]);
  const fresh = await client.json("GET", `/self-service/verification/flows?id=${text(again.body["use_flow_id"])}`);
  expect([fresh.status, fresh.body["ui"]?.["messages"]?.[0]?.["id"]]).toEqual([200, 4070002]);
});

test("an unknown address gets the same status, headers and cookies as a known one", async () => {
  const known = await somebody();
  const seen = async (kind: string, email: string) => {
    const client = edge.client();
    const started = await client.json("GET", `/self-service/${kind}/browser`);
    const id = text(started.body["id"]);
    const response = await client.send("POST", `/self-service/${kind}?flow=${id}`, {
      headers: { accept: "application/json" }, body: { method: "code", csrf_token: csrfOf(started.body), email },
    });
    const body = (await response.text()).replaceAll(email, "<email>").replaceAll(id, "<flow>").replace(/"value":"[^"]{80,}"/, '"value":"<token>"');
    return [response.status, [...response.headers].filter(([name]) => name !== "x-request-id"), body];
  };
  for (const kind of ["recovery", "verification"]) {
    edge.pass(61_000);
    expect(await seen(kind, `stranger-${kind}@garden.test`)).toEqual(await seen(kind, known));
  }
});
