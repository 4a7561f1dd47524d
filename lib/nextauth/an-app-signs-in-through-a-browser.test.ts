import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startCrookedProvider } from "../../e2e/kit/crooked-provider";
import type { CrookedProvider } from "../../e2e/kit/crooked-provider";
import { prepareExchange } from "../flows/exchange";
import type { FlowId } from "../model/ids";
import { registerIn } from "../http/testing";
import type { Json, TestEdge } from "../http/testing";
import { catchUp, edgeWithProviders, walk } from "./testing";

let provider: CrookedProvider;
let edge: TestEdge;
let people = 0;

beforeAll(async () => {
  provider = await startCrookedProvider();
  edge = await edgeWithProviders([{ id: "acme", ...provider }]);
});
afterAll(async () => {
  await edge.close();
  await provider.close();
});
beforeEach(() => {
  people += 1;
  catchUp(edge);
  provider.crooked = {};
  provider.person = { sub: `sub-${String(people)}`, email: `app${String(people)}@example.test`, email_verified: true };
});

/** What engine.start does with `return_session_token_exchange_code=true`. */
async function begin(): Promise<{ readonly flow: Json; readonly initCode: string }> {
  const app = edge.client();
  const started = await app.json("GET", "/self-service/login/api?return_session_token_exchange_code=true&return_to=http%3A%2F%2Flocalhost%3A4000%2Forders");
  const given = started.body["session_token_exchange_code"] as unknown;
  if (typeof given === "string") return { flow: started.body, initCode: given };
  const row = await edge.db.platform.findDefaultProject();
  if (row === null) throw new Error("no project");
  const handle = edge.db.forProject(row.id);
  const flow = await handle.findFlow("login", String(started.body["id"]) as FlowId);
  const project = await edge.services.resolver.bySlug(row.slug);
  if (flow === null || project === null) throw new Error("no flow");
  const request = { project, url: new URL(flow.requestUrl), now: edge.services.clock.now() };
  const initCode = await handle.transaction((tx) => prepareExchange(tx, flow, request as never, edge.services));
  return { flow: started.body, initCode: initCode ?? "" };
}

const exchange = (init: string, back: string) => edge.client().json("GET", `/sessions/token-exchange?init_code=${init}&return_to_code=${back}`);

async function toBrowser(flow: Json): Promise<string> {
  const answer = await edge.client().json("POST", `/self-service/login?flow=${String(flow["id"])}`, { method: "oidc", provider: "acme" });
  expect(answer.status).toBe(422);
  return String(answer.body["redirect_browser_to"]);
}

test("both codes together fetch the session, once", async () => {
  const { flow, initCode } = await begin();
  expect((await exchange(initCode, "not yet")).status).toBe(422);
  const browser = edge.client();
  const { url } = await walk(browser, await toBrowser(flow));
  expect(url.pathname).toBe("/orders");
  expect([...browser.cookies.keys()].filter((name) => name.includes("rung_last_used"))).toEqual([]);
  const code = url.searchParams.get("code") ?? "";
  expect((await exchange(initCode, "guessed")).status).toBe(404);
  expect((await exchange("guessed", code)).status).toBe(404);
  const given = await exchange(initCode, code);
  expect([given.status, given.body["session"]?.["authenticator_assurance_level"]]).toEqual([200, "aal1"]);
  const app = edge.client();
  const me = await app.send("GET", "/sessions/whoami", { headers: { "x-session-token": String(given.body["session_token"]) } });
  expect(((await me.json()) as Json)["identity"]?.["traits"]).toEqual({ email: `app${String(people)}@example.test` });
  expect((await exchange(initCode, code)).status).toBe(404);
});

test.each(["", "?init_code=x", "?return_to_code=x"])("a missing code is 400: %s", async (query) => {
  expect((await edge.client().json("GET", `/sessions/token-exchange${query}`)).status).toBe(400);
});

test("the browser's own session neither takes part nor is given away", async () => {
  const { flow, initCode } = await begin();
  const browser = edge.client();
  await registerIn(browser, `mine${String(people)}@example.test`, "a ladder with seven rungs");
  const before = (await browser.json("GET", "/sessions/whoami")).body["id"];
  const { url } = await walk(browser, await toBrowser(flow));
  expect((await browser.json("GET", "/sessions/whoami")).body["id"]).toBe(before);
  const given = await exchange(initCode, url.searchParams.get("code") ?? "");
  expect(given.body["session"]?.["identity"]?.["traits"]).toEqual({ email: `app${String(people)}@example.test` });
});

test("what goes wrong in the browser is told in the app's flow", async () => {
  const { flow } = await begin();
  provider.crooked = { answer: (url) => { url.searchParams.set("error", "access_denied"); return url; } };
  const { url } = await walk(edge.client(), await toBrowser(flow));
  expect([url.pathname, url.searchParams.get("flow"), url.searchParams.has("code")]).toEqual(["/orders", String(flow["id"]), false]);
  const read = await edge.client().json("GET", `/self-service/login/flows?id=${String(flow["id"])}`);
  expect(JSON.stringify(read.body["ui"]?.["messages"])).toContain("oidc_cancelled");
});

test("without an exchange code an app cannot begin", async () => {
  const app = edge.client();
  const flow = (await app.json("GET", "/self-service/login/api")).body;
  const answer = await edge.client().json("POST", `/self-service/login?flow=${String(flow["id"])}`, { method: "oidc", provider: "acme" });
  expect([answer.status, JSON.stringify(answer.body["ui"]?.["messages"]).includes("oidc_exchange_missing")]).toEqual([400, true]);
});
