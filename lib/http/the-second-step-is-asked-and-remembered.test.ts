import { generate } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { csrfOf, registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";

let edge: TestEdge;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(() => edge.close());

const EMAIL = "stepper@bank.test";
const PASSWORD = "kettle violin 93 marsh";
let secret = "";

async function codeNow(): Promise<string> {
  return generate({ secret, epoch: Math.floor(edge.services.clock.now().getTime() / 1_000) });
}

function sessionCookie(client: TestClient): string {
  return [...client.cookies].find(([name]) => name.includes("session"))?.[1] ?? "";
}

async function signIn(client: TestClient, headers: Record<string, string> = { accept: "application/json" }): Promise<Response> {
  const flow = await client.json("GET", "/self-service/login/browser?return_to=/orders");
  return client.send("POST", `/self-service/login?flow=${text(flow.body["id"])}`, {
    headers, body: { method: "password", csrf_token: csrfOf(flow.body), identifier: EMAIL, password: PASSWORD },
  });
}

test("enrolling in settings raises the session at once and rotates its cookie", async () => {
  const client = edge.client();
  await registerIn(client, EMAIL, PASSWORD);
  const settings = await client.json("GET", "/self-service/settings/browser");
  expect(settings.status).toBe(200);
  const nodes = settings.body["ui"]?.["nodes"] as unknown as readonly { attributes: { id?: string; text?: { context?: { secret?: string } } } }[];
  secret = nodes.find((node) => node.attributes.id === "totp_secret_key")?.attributes.text?.context?.secret ?? "";
  const before = sessionCookie(client);
  const saved = await client.json("POST", `/self-service/settings?flow=${text(settings.body["id"])}`, {
    method: "totp", totp_code: await codeNow(), csrf_token: csrfOf(settings.body),
  });
  expect([saved.status, saved.body["state"]]).toEqual([200, "success"]);
  expect(saved.body["continue_with"]?.[0]?.["action"]).toBe("redirect_browser_to");
  expect(sessionCookie(client)).not.toBe(before);
  const old = await client.send("GET", "/sessions/whoami", { headers: { "x-session-token": before } });
  expect(old.status).toBe(401);
  const who = await client.json("GET", "/sessions/whoami");
  expect([who.status, who.body["authenticator_assurance_level"]]).toEqual([200, "aal2"]);
  // The token in the answer is bound to the new session: the next change is accepted.
  const again = await client.json("POST", `/self-service/settings?flow=${text(settings.body["id"])}`, {
    method: "profile", traits: { email: EMAIL }, csrf_token: csrfOf(saved.body),
  });
  expect(again.status).toBe(200);
});

test("after a password, Strict answers a script with 422, a page with 303, and whoami with 403 and the way on", async () => {
  const client = edge.client();
  const first = await signIn(client);
  expect(first.status).toBe(422);
  const body = (await first.json()) as Json;
  expect(body["error"]?.["id"]).toBe("browser_location_change_required");
  const onward = new URL(text(body["redirect_browser_to"]));
  expect([onward.pathname, onward.searchParams.get("aal")]).toEqual(["/self-service/login/browser", "aal2"]);
  expect(text(onward.searchParams.get("return_to"))).toContain("/orders");

  const refused = await client.json("GET", "/sessions/whoami");
  expect([refused.status, refused.body["error"]?.["id"]]).toEqual([403, "session_aal2_required"]);
  expect(refused.body["redirect_browser_to"]).toBe(refused.body["error"]?.["details"]?.["redirect_browser_to"]);
  expect(JSON.stringify(refused.body)).not.toContain(EMAIL);
  expect((await client.json("GET", "/sessions")).status).toBe(403);
  expect((await client.json("GET", "/self-service/settings/browser")).body["error"]?.["id"]).toBe("session_aal2_required");
  const half = await client.json("GET", "/api/auth/session");
  expect(half.body["satisfied"]).toBe(false);
  expect(half.body["user"]).toBeUndefined();

  const page = edge.client();
  const redirect = await signIn(page, { accept: "text/html", "content-type": "application/json; charset=utf-8" });
  expect([redirect.status, new URL(text(redirect.headers.get("location"))).searchParams.get("aal")]).toEqual([303, "aal2"]);

  edge.pass(60_000);
  const before = sessionCookie(client);
  const step = await client.json("GET", `${onward.pathname}${onward.search}`);
  expect([step.status, step.body["requested_aal"]]).toEqual([200, "aal2"]);
  const done = await client.json("POST", `/self-service/login?flow=${text(step.body["id"])}`, {
    method: "totp", totp_code: await codeNow(), csrf_token: csrfOf(step.body),
  });
  expect([done.status, done.body["session"]?.["authenticator_assurance_level"]]).toEqual([200, "aal2"]);
  expect(sessionCookie(client)).not.toBe(before);
  expect((await client.json("GET", "/sessions/whoami")).status).toBe(200);
  const whole = await client.json("GET", "/api/auth/session");
  expect([whole.body["satisfied"], whole.body["aal"], whole.body["user"]?.["email"]]).toEqual([true, "aal2", EMAIL]);
  const landed = await client.send("GET", "/self-service/login/browser?aal=aal2&return_to=/payment", { headers: { accept: "text/html" } });
  expect([landed.status, landed.headers.get("location")]).toEqual([303, "http://localhost:4000/payment"]);
});

test("a native sign-in hides the person until the second step, and keeps its token", async () => {
  const app = edge.client();
  const flow = await app.json("GET", "/self-service/login/api");
  const first = await app.json("POST", `/self-service/login?flow=${text(flow.body["id"])}`, { method: "password", identifier: EMAIL, password: PASSWORD });
  expect([first.status, first.body["session"]?.["identity"]]).toEqual([200, null]);
  const token = text(first.body["session_token"]);
  edge.pass(60_000);
  const headers = { accept: "application/json", "x-session-token": token };
  const step = (await (await app.send("GET", "/self-service/login/api?aal=aal2", { headers })).json()) as Json;
  const done = await app.send("POST", `/self-service/login?flow=${text(step["id"])}`, { headers, body: { method: "totp", totp_code: await codeNow() } });
  expect(done.status).toBe(200);
  const body = (await done.json()) as Json;
  expect(body["session_token"]).toBe(token);
  expect(body["session"]?.["identity"]?.["id"]).toBeTruthy();
});

test("a device that signed in completely is known again, whoever failed elsewhere", async () => {
  const client = edge.client();
  await registerIn(client, "known@bank.test", PASSWORD);
  expect([...client.cookies].some(([name, value]) => name.includes("rung_device") && /^rd_[A-Za-z0-9]{32}\.[0-9a-f]{32}$/.test(value))).toBe(true);
});
