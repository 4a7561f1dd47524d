import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../model/identity";
import { reconfigure } from "../platform/testing";
import { openExchange } from "./exchange";
import type { Exchange } from "./exchange";
import { answerPrompt, promptView } from "./prompt";
import type { PromptView } from "./prompt";
import { csrfOf, testEdge, text } from "./testing";
import type { TestClient, TestEdge } from "./testing";

/** The page after a sign-up or sign-in that offers a second factor (ux.md 2.14). */
const PASSWORD = "kettle violin 93 marsh";
const PAGE = { accept: "text/html", "sec-fetch-site": "same-origin" };
const DAY = 86_400_000;
const THERE = "http://localhost:4000/orders?open=7";
let edge: TestEdge;
let people = 0;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(() => edge.close());
afterEach(() => enrolment({ mode: "optional" }));

async function enrolment(value: JsonObject): Promise<void> {
  await reconfigure(edge.services, { rung: { enrolment: null } });
  await reconfigure(edge.services, { rung: { enrolment: value } });
  edge.pass(1_001);
}
async function jsonFlow(client: TestClient, kind: string, query = ""): Promise<{ readonly id: string; readonly csrf_token: string }> {
  const { body } = await client.json("GET", `/self-service/${kind}/browser${query}`);
  return { id: text(body["id"]), csrf_token: csrfOf(body) };
}
async function post(client: TestClient, kind: string, fields: Record<string, string>, query = ""): Promise<string> {
  const flow = await jsonFlow(client, kind, query);
  const answer = await client.send("POST", `/self-service/${kind}?flow=${flow.id}`, { headers: PAGE, body: new URLSearchParams({ csrf_token: flow.csrf_token, ...fields }) });
  expect(answer.status).toBe(303);
  return answer.headers.get("location") ?? "";
}
async function signUp(client: TestClient, query = `?return_to=${encodeURIComponent(THERE)}`): Promise<{ readonly email: string; readonly to: string }> {
  people += 1;
  const email = `person${String(people)}@prompt.test`;
  return { email, to: await post(client, "registration", { method: "password", password: PASSWORD, "traits.email": email }, query) };
}
function signIn(client: TestClient, email: string, query = `?return_to=${encodeURIComponent(THERE)}`): Promise<string> {
  return post(client, "login", { method: "password", identifier: email, password: PASSWORD }, query);
}
function exchangeOf(client: TestClient): Promise<Exchange> {
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return openExchange({ headers: new Headers({ host: "localhost:4000", cookie }), target: "/setup-mfa" }, edge.services);
}
async function viewOf(client: TestClient, returnTo: string | null = THERE): Promise<PromptView> {
  const view = await promptView(await exchangeOf(client), returnTo);
  if (typeof view === "string") throw new Error(`nothing is asked: ${view}`);
  return view;
}
const answer = async (client: TestClient, what: "skip" | "never"): Promise<string> => answerPrompt(await exchangeOf(client), what, THERE);
const isPrompt = (to: string): boolean => new URL(to).pathname === "/setup-mfa";

test("off: nobody is asked, and the page leads on", async () => {
  const client = edge.client();
  expect((await signUp(client)).to).toBe(THERE);
  expect(await promptView(await exchangeOf(client), THERE)).toBe(THERE);
});

describe("suggest-once", () => {
  test("asks after the sign-up with the deep link kept, and never again", async () => {
    await enrolment({ prompt: { mode: "suggest-once" } });
    const client = edge.client();
    const { email, to } = await signUp(client);
    expect(to).toBe(`http://localhost:4000/setup-mfa?return_to=${encodeURIComponent(THERE)}`);
    const view = await viewOf(client);
    expect(view).toMatchObject({ kind: "suggest", canSkip: true, canRefuse: false, againInDays: null, dueAt: null, continueAt: THERE });
    expect(view.methods).toContain("totp");
    expect(view.methods).not.toContain("lookup_secret");
    expect(new URL(view.setUpAt).searchParams.get("return_to")).toBe(THERE);
    expect(await signIn(edge.client(), email)).toBe(THERE);
  });

  test("scripts and apps are never led away", async () => {
    await enrolment({ prompt: { mode: "suggest-once" } });
    const client = edge.client();
    const flow = await jsonFlow(client, "registration");
    const { status, body } = await client.json("POST", `/self-service/registration?flow=${flow.id}`, {
      method: "password", csrf_token: flow.csrf_token, password: PASSWORD, traits: { email: "script@prompt.test" },
    });
    expect([status, JSON.stringify(body).includes("setup-mfa")]).toEqual([200, false]);
  });

  test("nobody is led away in the middle of a refresh, nor into a page that is not ours", async () => {
    await enrolment({ prompt: { mode: "suggest-every" } });
    const client = edge.client();
    const { email } = await signUp(client);
    expect(await signIn(client, email, `?refresh=true&return_to=${encodeURIComponent(THERE)}`)).toBe(THERE);
    expect(await answer(client, "skip")).toBe(THERE);
    expect(await promptView(await exchangeOf(client), "https://evil.example/")).toMatchObject({ continueAt: "http://localhost:4000/" });
  });
});

describe("suggest-every", () => {
  test("not now holds for its days; don't ask again holds for ever", async () => {
    await enrolment({ prompt: { mode: "suggest-every", every_days: 14 } });
    const client = edge.client();
    const { email, to } = await signUp(client);
    expect(isPrompt(to)).toBe(true);
    expect(await viewOf(client)).toMatchObject({ canSkip: true, canRefuse: true, againInDays: 14 });
    expect(isPrompt(await signIn(edge.client(), email))).toBe(true);
    expect(await answer(client, "skip")).toBe(THERE);
    edge.pass(13 * DAY);
    expect(await signIn(edge.client(), email)).toBe(THERE);
    edge.pass(DAY);
    const later = edge.client();
    expect(isPrompt(await signIn(later, email))).toBe(true);
    expect(await answer(later, "never")).toBe(THERE);
    edge.pass(100 * DAY);
    expect(await signIn(edge.client(), email)).toBe(THERE);
  });

  test("the answer is written down", async () => {
    await enrolment({ prompt: { mode: "suggest-every" } });
    const client = edge.client();
    await signUp(client);
    await answer(client, "skip");
    const row = await edge.services.db.platform.findDefaultProject();
    if (row === null) throw new Error("no project");
    const [entry] = await edge.services.db.forProject(row.id).listAudit({ limit: 1, action: "enrolment.postponed" });
    expect(entry?.actor.kind).toBe("person");
  });
});

describe("require-by", () => {
  const from = (days: number): string => new Date(edge.services.clock.now().getTime() + days * DAY).toISOString();

  test("says by when, asks more often as the day comes nearer, and takes no never", async () => {
    const dueAt = from(20);
    await enrolment({ mode: "required-from-date", from: dueAt, prompt: { mode: "require-by" } });
    const client = edge.client();
    const { email, to } = await signUp(client);
    expect(isPrompt(to)).toBe(true);
    expect(await viewOf(client)).toMatchObject({ kind: "require-by", canSkip: true, canRefuse: false, againInDays: 9, dueAt: new Date(dueAt) });
    expect(new URL(await answer(client, "never")).pathname).toBe("/self-service/settings/browser");
    expect(await answer(client, "skip")).toBe(THERE);
    edge.pass(9 * DAY);
    const again = edge.client();
    expect(isPrompt(await signIn(again, email))).toBe(true);
    expect((await viewOf(again)).againInDays).toBe(5);
  });

  test("from the day on it is the friendly page before the wall", async () => {
    await enrolment({ mode: "required-from-date", from: from(1), prompt: { mode: "require-by" } });
    const client = edge.client();
    const { email } = await signUp(client);
    await answer(client, "skip");
    edge.pass(DAY + 1);
    const late = edge.client();
    expect(isPrompt(await signIn(late, email))).toBe(true);
    expect(await viewOf(late)).toMatchObject({ kind: "require-now", canSkip: false, canRefuse: false });
  });
});

test("require-now: no skip, whatever a form says, and the wall stands behind it", async () => {
  await enrolment({ mode: "required" });
  const client = edge.client();
  const { to } = await signUp(client);
  expect(isPrompt(to)).toBe(true);
  const view = await viewOf(client);
  expect(view).toMatchObject({ kind: "require-now", canSkip: false, canRefuse: false, againInDays: null });
  expect(view.methods).not.toContain("passkey");
  for (const what of ["skip", "never"] as const) expect(new URL(await answer(client, what)).pathname).toBe("/self-service/settings/browser");
  expect((await client.json("GET", "/sessions/whoami")).body["error"]?.["id"]).toBe("session_aal2_required");
});

test("nobody signed in goes to sign in, and comes back to where they were going", async () => {
  await enrolment({ prompt: { mode: "suggest-every" } });
  const to = await promptView(await exchangeOf(edge.client()), THERE);
  expect(to).toBe(`http://localhost:4000/self-service/login/browser?return_to=${encodeURIComponent(THERE)}`);
  expect(await answer(edge.client(), "skip")).toBe(to);
});
