import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { startCrookedProvider } from "../../e2e/kit/crooked-provider";
import type { CrookedProvider } from "../../e2e/kit/crooked-provider";
import { hashToken } from "../crypto/token";
import { tellableCookies } from "../http/exchange";
import { csrfOf, registerIn } from "../http/testing";
import type { Json, TestEdge } from "../http/testing";
import type { FlowId } from "../model/ids";
import { metadataOf } from "../upstream/metadata";
import { catchUp, edgeWithProviders, fieldsOf, flowAt, press, said, walk, whoami } from "./testing";

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
  provider.person = { sub: `victim-${String(people)}`, email: `victim${String(people)}@example.test`, email_verified: true };
});

async function appLink(kind: "login" | "registration"): Promise<{ readonly flow: Json; readonly to: string }> {
  const query = "return_session_token_exchange_code=true&return_to=http%3A%2F%2Flocalhost%3A4000%2Forders";
  const flow = (await edge.client().json("GET", `/self-service/${kind}/api?${query}`)).body;
  const left = await edge.client().json("POST", `/self-service/${kind}?flow=${String(flow["id"])}`, { method: "oidc", provider: "acme" });
  return { flow, to: String(left.body["redirect_browser_to"]) };
}

async function handle() {
  const row = await edge.db.platform.findDefaultProject();
  if (row === null) throw new Error("no project");
  return edge.db.forProject(row.id);
}

test("an app's link shows a page that names the project and the provider; nothing leaves without this browser's token", async () => {
  const { to } = await appLink("login");
  const victim = edge.client();
  const { response, trail } = await walk(victim, to, new Map(), (url) => url, false);
  const page = await response.text();
  expect([response.status, trail.length, page.includes("Acme"), page.includes("<script")]).toEqual([200, 1, true, false]);
  expect(response.headers.get("content-security-policy")).toContain("form-action 'self'");
  const { pathname, search } = new URL(to);
  for (const body of ["", "csrf_token=guessed"]) {
    const forged = await victim.send("POST", `${pathname}${search}`, { body, headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" } });
    expect(forged.headers.get("location") ?? "").not.toContain(provider.issuer);
  }
});

test.each(["login", "registration"] as const)("missing traits are never left in an app's %s", async (kind) => {
  provider.person = { sub: `silent-${String(people)}` };
  const { flow, to } = await appLink(kind);
  const { url } = await walk(edge.client(), to);
  const shownKind = (await (await handle()).findFlow("registration", (url.searchParams.get("flow") ?? "") as FlowId)) === null ? "login" : "registration";
  const id = url.searchParams.get("flow") ?? "";
  const stored = await (await handle()).findFlow(shownKind, id as FlowId);
  expect(stored?.internal.oidc?.pendingRegistration).toBeUndefined();
  expect(JSON.stringify((await edge.client().json("GET", `/self-service/${shownKind}/flows?id=${id}`)).body)).toContain("oidc_finish_in_browser");
  for (const finish of [id, String(flow["id"])]) {
    const stolen = await edge.client().json("POST", `/self-service/registration?flow=${finish}`, { method: "oidc", provider: "acme", traits: { email: `eve${String(people)}@example.test` } });
    expect(stolen.body["session_token"]).toBeUndefined();
  }
  expect(await (await handle()).findAccountByIdentifier("oidc", `acme:silent-${String(people)}`)).toBeNull();
});

test("whose address it is, is not told to an app's flow", async () => {
  await registerIn(edge.client(), `victim${String(people)}@example.test`, "a ladder with seven rungs");
  const { flow, to } = await appLink("login");
  await walk(edge.client(), to);
  const read = JSON.stringify((await edge.client().json("GET", `/self-service/login/flows?id=${String(flow["id"])}`)).body);
  expect([read.includes("victim"), read.includes("oidc_finish_in_browser")]).toEqual([false, true]);
});

test("a refusal that another site makes up ends nothing; two round trips end each by its own", async () => {
  const client = edge.client();
  const stop = async (query: string) => {
    let callback = "";
    await walk(client, (await press(client, "login", { provider: "acme" }, query)).to, new Map(), (url) => {
      if (!url.pathname.includes("/callback/")) return url;
      callback = `${url.pathname}${url.search}`;
      return new URL("http://localhost:4000/login");
    });
    return callback;
  };
  const first = await stop("?return_to=%2Forders");
  await client.send("GET", "/api/auth/callback/acme?error=access_denied", { headers: { accept: "text/html" } });
  await client.send("GET", "/api/auth/callback/acme?error=access_denied&state=made-up", { headers: { accept: "text/html" } });
  await stop("");
  const { url } = await walk(client, first);
  expect([url.pathname, (await whoami(client)).status]).toEqual(["/orders", 200]);
});

test("one answer is taken for one binding", async () => {
  const client = edge.client();
  let callback = "";
  await walk(client, (await press(client, "login", { provider: "acme" })).to, new Map(), (url) => {
    if (!url.pathname.includes("/callback/")) return url;
    callback = `${url.pathname}${url.search}`;
    return new URL("http://localhost:4000/login");
  });
  const before = new Map(client.cookies);
  await client.send("GET", callback);
  const again = edge.client();
  for (const [name, value] of before) again.cookies.set(name, value);
  const answer = await again.send("GET", callback, { headers: { accept: "text/html" } });
  expect(answer.headers.get("location") ?? "").not.toContain("handover=");
});

test("a source that is out of budget begins and ends no round trip", async () => {
  const client = edge.client();
  const { to } = await press(client, "login", { provider: "acme" });
  const real = edge.services.limitsFor;
  const spy = vi.spyOn(edge.services, "limitsFor").mockImplementation((of) => ({ ...real(of), chargeSource: async () => ({ kind: "wait", retryAfterSeconds: 3 }) }));
  const { pathname, search } = new URL(to);
  const answers = await Promise.all([`${pathname}${search}`, "/api/auth/callback/acme?code=x&state=y"].map((path) => client.send("GET", path, { headers: { accept: "application/json" } })));
  spy.mockRestore();
  expect(answers.map(({ status }) => status)).toEqual([429, 429]);
});

test("a form that stayed open proves what was proved when the provider answered, and the token behind it is used up", async () => {
  provider.person = { sub: `slow-${String(people)}` };
  const client = edge.client();
  let handover = "";
  const { url } = await walk(client, (await press(client, "login", { provider: "acme" })).to, new Map(), (one) => {
    if (one.searchParams.has("handover")) handover = one.searchParams.get("handover") ?? "";
    return one;
  });
  expect([handover === "", await (await handle()).findHandover(hashToken(handover), edge.services.clock.now())]).toEqual([false, null]);
  const form = await flowAt(client, url);
  expect([fieldsOf(form).includes("traits.email"), said(form)]).toEqual([true, []]);
  const arrived = edge.services.clock.now().getTime();
  edge.pass(12 * 60_000);
  const done = await client.json("POST", `/self-service/registration?flow=${String(form["id"])}`, { csrf_token: csrfOf(form), provider: "acme", traits: { email: `slow${String(people)}@example.test` } });
  expect(done.status).toBe(200);
  const methods = (await whoami(client)).body["authentication_methods"] as unknown as readonly { readonly completed_at: string }[];
  expect(new Date(methods[0]?.completed_at ?? 0).getTime()).toBeLessThanOrEqual(arrived);
});

test("a provider that is away is asked once in some seconds", async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return { status: 503, body: "" };
  };
  const away = { kind: "generic", issuerUrl: "https://away.example.test" } as never;
  const rules = { project: "p", allowPrivate: false, exceptions: [], deadlineMs: Infinity };
  for (const ms of [0, 4_999]) await expect(metadataOf(away, ask, rules, new Date(ms))).rejects.toMatchObject({ failure: "oidc_unavailable" });
  expect(asked).toBe(1);
  await expect(metadataOf(away, ask, rules, new Date(5_000))).rejects.toMatchObject({ failure: "oidc_unavailable" });
  expect(asked).toBe(2);
});

test("no hook is told the cookies of a round trip", () => {
  const project = { row: { key: "k" }, config: { session: { cookieName: "s" }, csrfCookieName: "c", deviceCookieName: "d" } };
  const cookies = new Map([["rung_oidc_k_5f0c", "login.secret.state"], ["theme", "dark"]]);
  expect(tellableCookies({ cookies, project } as never)).toEqual({ theme: "dark" });
});
