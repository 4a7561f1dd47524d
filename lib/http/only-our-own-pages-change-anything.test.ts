import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { FlowId } from "../model/ids";
import { handleOf, openExchange } from "./exchange";
import { respondResult } from "./respond";
import { csrfOf, registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";

let edge: TestEdge;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(() => edge.close());

const OLD = "kettle violin 93 marsh";
const NEW = "marble otter 57 canyon";
const PAGE = { accept: "text/html" };
let people = 0;

async function signIn(email: string, password: string, client: TestClient, start = "/self-service/login/browser"): Promise<{ readonly status: number; readonly body: Json }> {
  const flow = await client.json("GET", start);
  return client.json("POST", `/self-service/login?flow=${text(flow.body["id"])}`, {
    method: "password", csrf_token: csrfOf(flow.body), identifier: email, password,
  });
}

/** A change of password that waits for its person, who has just proved themselves again. */
async function parked(): Promise<{ readonly client: TestClient; readonly email: string; readonly resumeAt: string }> {
  people += 1;
  const email = `owner${people}@garden.test`;
  const client = edge.client();
  await registerIn(client, email, OLD);
  edge.pass(2 * 3_600_000);
  const settings = await client.json("GET", "/self-service/settings/browser");
  const resumeAt = `/self-service/settings?flow=${text(settings.body["id"])}`;
  const refused = await client.json("POST", resumeAt, { method: "password", password: NEW, csrf_token: csrfOf(settings.body) });
  expect(refused.body["error"]?.["id"]).toBe("session_refresh_required");
  expect((await signIn(email, OLD, client, "/self-service/login/browser?refresh=true")).status).toBe(200);
  return { client, email, resumeAt };
}
const passwordIs = async (email: string, password: string): Promise<boolean> => (await signIn(email, password, edge.client())).status === 200;

test.each([{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { origin: "https://evil.example" }])(
  "a waiting change does not run because another site opened its address: %j", async (headers) => {
    const { client, email, resumeAt } = await parked();
    const foreign = await client.send("GET", resumeAt, { headers: { ...PAGE, ...headers } });
    expect([foreign.status, new URL(text(foreign.headers.get("location"))).pathname]).toEqual([303, "/settings"]);
    expect([await passwordIs(email, OLD), await passwordIs(email, NEW)]).toEqual([true, false]);
    // Nothing was lost: the way back from our own form still finds it.
    await client.send("GET", resumeAt, { headers: { ...PAGE, "sec-fetch-site": "same-origin" } });
    expect(await passwordIs(email, NEW)).toBe(true);
  });

test("HEAD runs no waiting change and signs nobody out", async () => {
  const { client, email, resumeAt } = await parked();
  const asked = await client.json("GET", "/self-service/logout/browser");
  for (const path of [resumeAt, text(asked.body["logout_url"])]) {
    const answer = await client.send("HEAD", path, { headers: PAGE });
    expect([answer.status, answer.headers.get("allow")?.includes("HEAD")]).toEqual([405, false]);
  }
  expect((await client.json("GET", "/sessions/whoami")).status).toBe(200);
  expect(await passwordIs(email, OLD)).toBe(true);
});

test("nothing is written to a flow before its form was known to be ours", async () => {
  const client = edge.client();
  const flow = await client.json("GET", "/self-service/login/browser");
  const url = `/self-service/login?flow=${text(flow.body["id"])}`;
  const project = (await edge.services.resolver.byHost("localhost:4000"));
  const stored = async (): Promise<unknown> => project === null ? null : edge.services.db.forProject(project.row.id).findFlow("login", flow.body["id"] as unknown as FlowId);
  const before = await stored();
  const form = { ...PAGE, "content-type": "application/x-www-form-urlencoded" };
  const bodies = ["csrf_token=x&csrf_token=y", "__proto__=1", "identifier=%00", "method=password&identifier=a&password=b", `csrf_token=${"A".repeat(88)}`];
  for (const body of bodies) {
    for (const place of [{}, { "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "cross-site", origin: "https://evil.example" }]) {
      const answer = await client.send("POST", url, { headers: { ...form, ...place }, body });
      expect([body, answer.status, new URL(text(answer.headers.get("location"))).pathname]).toEqual([body, 303, "/error"]);
    }
  }
  expect(await stored()).toEqual(before);
  const foreign = await client.send("POST", url, { headers: { accept: "application/json", "content-type": "application/json", origin: "https://evil.example" }, body: "{" });
  expect(foreign.status).toBe(403);
});

test("a sign-in form left open goes where it was to lead", async () => {
  const client = edge.client();
  const open = await client.json("GET", "/self-service/login/browser?return_to=/orders");
  await registerIn(client, "early@garden.test", OLD);
  const late = await client.send("POST", `/self-service/login?flow=${text(open.body["id"])}`, {
    headers: PAGE, body: new URLSearchParams({ method: "password", csrf_token: csrfOf(open.body), identifier: "early@garden.test", password: OLD }),
  });
  expect([late.status, late.headers.get("location")]).toEqual([303, "http://localhost:4000/orders"]);
});

test("a form result that names a place leads a page there, and a script reads the form", async () => {
  const exchange = await openExchange({ headers: new Headers({ host: "localhost:4000" }), target: "/" }, edge.services);
  const started = await edge.client().json("GET", "/self-service/login/browser");
  const flow = await exchange.handle.findFlow("login", started.body["id"] as unknown as FlowId);
  if (flow === null) throw new Error("unreachable");
  const result = { kind: "form", flow, rejected: true, pageGoesTo: "http://localhost:4000/orders" } as const;
  expect(respondResult(exchange, result, "html").headers.get("location")).toBe("http://localhost:4000/orders");
  expect(respondResult(exchange, result, "spa").status).toBe(400);
});

test("no page number and no NUL is too much for the list of sessions", async () => {
  const client = edge.client();
  await registerIn(client, "lister@garden.test", OLD);
  const project = await edge.services.resolver.byHost("localhost:4000");
  if (project === null) throw new Error("unreachable");
  const listing = vi.spyOn(handleOf(edge.services, project), "listSessions");
  for (const query of ["page=999999999&per_page=1000", "page_token=999999999&page_size=1000", "page=-1", "page=99999999999999999999"]) {
    const list = await client.json("GET", `/sessions?${query}`);
    expect([query, list.status, list.body]).toEqual([query, 200, []]);
  }
  expect(Math.max(...listing.mock.calls.map(([, , { offset }]) => offset))).toBe(1_000_000);
  const nul = await client.json("GET", "/sessions?page=%00");
  expect([nul.status, nul.body["error"]?.["code"]]).toEqual([400, 400]);
});
