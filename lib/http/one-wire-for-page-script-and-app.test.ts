import { afterAll, beforeAll, expect, test } from "vitest";
import { csrfOf, registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";

let edge: TestEdge;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(() => edge.close());

const PASSWORD = "correct horse battery staple 41";

const register = (client: TestClient, email: string) => registerIn(client, email, PASSWORD);

test("a page registers with redirects and is signed in by a cookie", async () => {
  const client = edge.client();
  const started = await client.send("GET", "/self-service/registration/browser", { headers: { accept: "text/html" } });
  expect(started.status).toBe(303);
  const flowId = new URL(text(started.headers.get("location"))).searchParams.get("flow");
  const flow = await client.json("GET", `/self-service/registration/flows?id=${flowId}`);
  expect(flow.status).toBe(200);
  const done = await client.send("POST", `/self-service/registration?flow=${flowId}`, {
    headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ method: "password", csrf_token: csrfOf(flow.body), password: PASSWORD, "traits.email": "page@garden.test" }),
  });
  expect([done.status, done.headers.get("location")]).toEqual([303, "http://localhost:4000/"]);
  expect(done.headers.getSetCookie().some((line) => /ory_session_.*HttpOnly; Secure; SameSite=Lax/.test(line))).toBe(true);
  const who = await client.json("GET", "/sessions/whoami");
  expect(who.status).toBe(200);
  expect(who.headers.get("x-kratos-authenticated-identity-id")).toBe(text(who.body["identity"]?.["id"]));
});

test("a script registers, and the body has session and identity but no token", async () => {
  const { status, body } = await register(edge.client(), "script@garden.test");
  expect(status).toBe(200);
  expect(Object.keys(body).sort()).toEqual(["continue_with", "identity", "session"]);
  expect(body["continue_with"]?.[0]?.["action"]).toBe("redirect_browser_to");
});

test("a wrong password is the flow again with 400, a right one is 200, and the anti-CSRF value dies with the sign-in", async () => {
  await register(edge.client(), "login@garden.test");
  const client = edge.client();
  const first = await client.json("GET", "/self-service/login/browser");
  const url = `/self-service/login?flow=${text(first.body["id"])}`;
  const other = await client.json("GET", "/self-service/login/browser");
  const wrong = await client.json("POST", url, { method: "password", csrf_token: csrfOf(first.body), identifier: "login@garden.test", password: "wrong wrong wrong" });
  expect(wrong.status).toBe(400);
  expect(wrong.body["ui"]?.["messages"]?.[0]?.["id"]).toBe(4000006);
  const right = await client.json("POST", url, { method: "password", csrf_token: csrfOf(wrong.body), identifier: "login@garden.test", password: PASSWORD });
  expect(right.status).toBe(200);
  expect(right.body["session"]?.["authenticator_assurance_level"]).toBe("aal1");
  expect(right.body["session_token"]).toBeUndefined();
  const late = await client.json("POST", `/self-service/login?flow=${text(other.body["id"])}`, {
    method: "password", csrf_token: csrfOf(other.body), identifier: "login@garden.test", password: PASSWORD,
  });
  expect(late.status).toBe(400);
  expect(late.body["ui"]?.["messages"]?.[0]?.["id"]).toBe(4000001);
  const again = await client.json("GET", "/self-service/login/browser");
  expect([again.status, again.body["error"]?.["id"]]).toEqual([400, "session_already_available"]);
  const page = await client.send("GET", "/self-service/login/browser?return_to=/orders", { headers: { accept: "text/html" } });
  expect([page.status, page.headers.get("location")]).toEqual([303, "http://localhost:4000/orders"]);
});

test("an app signs in by token, and is refused where a browser speaks", async () => {
  await register(edge.client(), "app@garden.test");
  const app = edge.client();
  const flow = await app.json("GET", "/self-service/login/api");
  const url = `/self-service/login?flow=${text(flow.body["id"])}`;
  const body = { method: "password", identifier: "app@garden.test", password: PASSWORD };
  const driven = await app.send("POST", url, { headers: { origin: "https://evil.example" }, body });
  expect(driven.status).toBe(400);
  expect(((await driven.json()) as Json)["ui"]?.["messages"]?.[0]?.["id"]).toBe(4000001);
  const done = await app.json("POST", url, body);
  expect(done.status).toBe(200);
  expect(text(done.body["session_token"])).toMatch(/^ory_st_[A-Za-z0-9]{32}$/);
  expect(done.body["continue_with"]).toBeNull();
  expect(done.headers.getSetCookie()).toEqual([]);
  const token = text(done.body["session_token"]);
  const who = await app.send("GET", "/sessions/whoami", { headers: { "x-session-token": token } });
  expect(who.status).toBe(200);
  expect((await app.send("GET", "/sessions/whoami", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  expect((await app.json("DELETE", "/self-service/logout/api", { session_token: token })).status).toBe(204);
  const gone = await app.send("GET", "/sessions/whoami", { headers: { "x-session-token": token } });
  expect(gone.status).toBe(401);
  expect(((await gone.json()) as Json)["error"]?.["id"]).toBeUndefined();
});

test("signing out ends the session, takes the cookie and changes the anti-CSRF value", async () => {
  const client = edge.client();
  await register(client, "leaver@garden.test");
  const asked = await client.json("GET", "/self-service/logout/browser");
  const csrf = [...client.cookies].find(([name]) => name.includes("csrf"))?.[1];
  const left = await client.send("GET", text(asked.body["logout_url"]), { headers: { accept: "text/html" } });
  expect(left.status).toBe(303);
  expect([...client.cookies].some(([name]) => name.includes("session"))).toBe(false);
  expect([...client.cookies].find(([name]) => name.includes("csrf"))?.[1]).not.toBe(csrf);
});

test("without the token, or with another browser's, nothing changes", async () => {
  const client = edge.client();
  const flow = await client.json("GET", "/self-service/registration/browser");
  const url = `/self-service/registration?flow=${text(flow.body["id"])}`;
  const body = { method: "password", password: PASSWORD, traits: { email: "never@garden.test" } };
  const missing = await client.json("POST", url, body);
  expect([missing.status, missing.body["error"]?.["id"]]).toEqual([403, "security_csrf_violation"]);
  const foreign = edge.client();
  const theirs = await foreign.json("GET", "/self-service/registration/browser");
  expect((await client.json("POST", url, { ...body, csrf_token: csrfOf(theirs.body) })).status).toBe(403);
  expect((await foreign.json("GET", `/self-service/registration/flows?id=${text(flow.body["id"])}`)).status).toBe(403);
  const crossSite = await client.send("POST", url, {
    headers: { accept: "application/json", "sec-fetch-site": "cross-site", origin: "https://evil.example" }, body: { ...body, csrf_token: csrfOf(flow.body) },
  });
  expect(crossSite.status).toBe(403);
  const page = await client.send("POST", url, { headers: { accept: "text/html" }, body: new URLSearchParams({ method: "password" }) });
  expect(page.status).toBe(303);
  const errorPage = new URL(text(page.headers.get("location")));
  const stored = await client.json("GET", `/self-service/errors?id=${errorPage.searchParams.get("id")}`);
  expect([stored.status, stored.body["error"]?.["id"]]).toEqual([200, "security_csrf_violation"]);
});

test("bad input gets the contract's answer", async () => {
  const client = edge.client();
  const flow = await client.json("GET", "/self-service/login/browser");
  const url = `/self-service/login?flow=${text(flow.body["id"])}`;
  const json = { accept: "application/json", "content-type": "application/json" };
  const malformed = await client.send("POST", url, { headers: json, body: "{" });
  expect([malformed.status, ((await malformed.json()) as Json)["id"]]).toEqual([400, flow.body["id"]]);
  expect((await client.send("POST", url, { headers: json, body: `{"a":"${"x".repeat(70_000)}"}` })).status).toBe(413);
  expect((await client.send("POST", url, { headers: { accept: "application/json", "content-type": "text/plain" }, body: "a=b" })).status).toBe(415);
  expect((await client.json("POST", "/self-service/login?flow=nonsense", {})).status).toBe(400);
  expect((await client.json("POST", "/self-service/login?flow=00000000-0000-4000-8000-000000000000", {})).status).toBe(404);
  expect((await client.json("GET", "/self-service/login/browser?aal=aal3")).status).toBe(400);
  expect((await client.json("GET", "/self-service/login/browser?aal=aal2")).body["error"]?.["id"]).toBe("session_aal1_required");
  const forbidden = await client.json("GET", "/self-service/login/browser?return_to=https://evil.example/");
  expect([forbidden.status, forbidden.body["error"]?.["id"]]).toEqual([400, "self_service_flow_return_to_forbidden"]);
  expect((await client.json("GET", "/self-service/recovery/browser")).status).toBe(200);
  const wrongMethod = await client.json("PUT", "/self-service/login/browser", {});
  expect([wrongMethod.status, wrongMethod.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  expect((await client.json("GET", "/self-service/nonsense/browser")).status).toBe(404);
  expect((await client.json("GET", "/self-service/settings/browser")).body["error"]?.["id"]).toBe("session_inactive");
  const page = await client.send("GET", "/self-service/settings/browser", { headers: { accept: "text/html" } });
  expect(text(page.headers.get("location"))).toMatch(/\/self-service\/login\/browser\?return_to=/);
});

test("a flow that is too old names its successor", async () => {
  const client = edge.client();
  const flow = await client.json("GET", "/self-service/login/browser");
  edge.pass(2 * 3_600_000);
  const url = `/self-service/login?flow=${text(flow.body["id"])}`;
  const late = await client.json("POST", url, { method: "password", csrf_token: csrfOf(flow.body), identifier: "a", password: "b" });
  expect([late.status, late.body["error"]?.["id"]]).toEqual([410, "self_service_flow_expired"]);
  expect((await client.json("GET", `/self-service/login/flows?id=${text(late.body["use_flow_id"])}`)).status).toBe(200);
  const page = await client.send("POST", url, {
    headers: { accept: "text/html" }, body: new URLSearchParams({ method: "password", csrf_token: csrfOf(flow.body) }),
  });
  expect(text(page.headers.get("location"))).toMatch(/\/login\?flow=/);
});

test("sessions are listed without the current one, ended one by one or all at once", async () => {
  const first = edge.client();
  await register(first, "many@garden.test");
  const others = [edge.client(), edge.client()];
  for (const other of others) {
    const flow = await other.json("GET", "/self-service/login/browser");
    await other.json("POST", `/self-service/login?flow=${text(flow.body["id"])}`, {
      method: "password", csrf_token: csrfOf(flow.body), identifier: "many@garden.test", password: PASSWORD,
    });
  }
  const list = await first.json("GET", "/sessions");
  expect([list.status, list.headers.get("x-total-count")]).toEqual([200, "2"]);
  const own = await first.json("GET", "/sessions/whoami");
  expect((await first.json("DELETE", `/sessions/${text(own.body["id"])}`)).status).toBe(400);
  expect((await first.json("DELETE", "/sessions/nonsense")).status).toBe(400);
  expect((await first.json("DELETE", `/sessions/${text(list.body[0]?.["id"])}`)).status).toBe(204);
  const rest = await first.json("DELETE", "/sessions");
  expect([rest.status, rest.body["count"]]).toEqual([200, 1]);
  expect((await first.json("GET", "/sessions/whoami")).status).toBe(200);
});

test("every answer carries the security headers and is never cached", async () => {
  const client = edge.client();
  const paths = ["/self-service/login/browser", "/sessions/whoami", "/sessions", "/schemas", "/health/alive", "/version", "/self-service/errors?id=stub:500", "/api/auth/session"];
  for (const path of paths) {
    const { headers } = await client.send("GET", path);
    expect([path, headers.get("x-content-type-options"), headers.get("content-security-policy")?.includes("frame-ancestors 'none'"), headers.get("cache-control")?.includes("no-store")])
      .toEqual([path, "nosniff", true, true]);
  }
});
