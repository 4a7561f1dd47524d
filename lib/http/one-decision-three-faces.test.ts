import { afterAll, beforeAll, expect, test } from "vitest";
import { openExchange } from "./exchange";
import { guardPath } from "./guard-path";
import { consoleElsewhere, turnAround } from "./page-request";
import { respondRefusal } from "./refusal";
import type { Refusal } from "./refusal";
import { registerIn, testEdge } from "./testing";
import type { Json, TestEdge } from "./testing";

let edge: TestEdge;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(() => edge.close());

const stepUp: Refusal = {
  decision: { kind: "step_up", to: "aal2", reason: "aal_too_low" }, returnTo: "http://localhost:4000/payment", operation: "payment.view",
  requirement: { aal: "aal2", maxAgeSeconds: 900 },
};
async function answer(refusal: Refusal, headers: Record<string, string>, json: boolean): Promise<Response> {
  return respondRefusal(await openExchange({ headers: new Headers({ host: "localhost:4000", ...headers }), target: "/payment" }, edge.services), refusal, json);
}

test("a page is led on, with where it wanted to go and why", async () => {
  const response = await answer(stepUp, {}, false);
  const onward = new URL(response.headers.get("location") ?? "");
  expect([response.status, onward.pathname, Object.fromEntries(onward.searchParams)]).toEqual([303, "/self-service/login/browser", {
    aal: "aal2", return_to: "http://localhost:4000/payment", operation: "payment.view",
  }]);
});

test.each([
  [stepUp.decision, 403, "session_aal2_required", /aal=aal2/],
  [{ kind: "reauthenticate", to: "aal2", reason: "authentication_too_old" }, 403, "session_refresh_required", /refresh=true&aal=aal2/],
  [{ kind: "reauthenticate", to: "aal1", reason: "authentication_too_old" }, 403, "session_refresh_required", /refresh=true&return_to/],
  [{ kind: "enroll", reason: "no_second_factor" }, 403, "session_aal2_required", /\/self-service\/settings\/browser/],
  [{ kind: "sign_in", reason: "no_session" }, 401, undefined, null],
] as const)("a script reads %j as %d %s", async (decision, status, id, onward) => {
  const response = await answer({ ...stepUp, decision }, {}, true);
  const body = (await response.json()) as Json;
  expect([response.status, body["error"]?.["id"]]).toEqual([status, id]);
  if (onward !== null) expect(String(body["redirect_browser_to"])).toMatch(onward);
});

test("a caller with a bearer token is told what to ask for, as RFC 9470 says", async () => {
  const response = await answer(stepUp, { authorization: "Bearer ory_st_unknown" }, true);
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toMatch(/^Bearer error="insufficient_user_authentication", .*acr_values="aal2", max_age="900"$/);
  const unknown = await answer({ ...stepUp, decision: { kind: "sign_in", reason: "no_session" } }, { authorization: "Bearer x" }, true);
  expect(unknown.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
});

test("the early turn follows the project's paths and settings, and leaves everything else alone", async () => {
  const nobody = new Headers({ host: "localhost:4000" });
  expect(await guardPath(nobody, "/", edge.services)).toBeNull();
  expect(await guardPath(nobody, "/login", edge.services)).toBeNull();
  for (const path of ["/payment", "/payment/x", "/%70ayment", "//payment", "/orders?x=1", "/settings"]) {
    expect([path, await guardPath(nobody, path, edge.services)]).toEqual([path, expect.stringContaining("/self-service/login/browser?return_to=")]);
  }
  expect(await guardPath(new Headers({ host: "evil.test" }), "/payment", edge.services)).toBeNull();
  const client = edge.client();
  await registerIn(client, "early@garden.test", "kettle violin 93 marsh");
  const known = new Headers({ host: "localhost:4000", cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ") });
  expect(await guardPath(known, "/orders", edge.services)).toBeNull();
  expect(await guardPath(known, "/payment?_rsc=x&a=1", edge.services)).toBe("http://localhost:4000/self-service/settings/browser?return_to=http%3A%2F%2Flocalhost%3A4000%2Fpayment%3Fa%3D1");
});

test("a page gets a nonce, our policy with its return targets, and the cookie its forms need", async () => {
  const page = { headers: new Headers({ host: "localhost:4000", accept: "text/html" }), method: "GET", target: "/", nonce: "bm9uY2U=", development: false };
  const turn = await turnAround(page);
  expect(turn.location).toBeNull();
  const csp = turn.responseHeaders.get("content-security-policy") ?? "";
  expect(csp).toBe(turn.requestHeaders.get("content-security-policy"));
  expect(csp).toContain("script-src 'nonce-bm9uY2U=' 'strict-dynamic';");
  expect(csp).toContain("form-action 'self' http://localhost:4000;");
  expect(csp).not.toMatch(/unsafe|upgrade-insecure/);
  expect(turn.requestHeaders.get("x-nonce")).toBe("bm9uY2U=");
  const [cookie = ""] = turn.responseHeaders.getSetCookie();
  expect(cookie).toMatch(/^__Host-csrf_token_/);
  expect(turn.requestHeaders.get("cookie")).toBe(cookie.split(";")[0]);
  const again = await turnAround({ ...page, headers: new Headers({ host: "localhost:4000", accept: "text/html", cookie: cookie.split(";")[0] ?? "" }) });
  expect(again.responseHeaders.getSetCookie()).toEqual([]);
  const posted = await turnAround({ ...page, method: "POST", target: "/payment" });
  expect([posted.location, posted.responseHeaders.getSetCookie()]).toEqual([null, []]);
});

test("the console is on its own host", async () => {
  const project = (await edge.services.resolver.byHost("localhost:4000"))!;
  const own = (await edge.services.resolver.consoleProject())!;
  const { consoleUrl } = edge.services.env;
  expect(consoleElsewhere("/console/projects?x=1", project, consoleUrl)).toBe("http://console.localhost:4000/console/projects?x=1");
  expect(consoleElsewhere("/consolefoo", project, consoleUrl)).toBeNull();
  expect(consoleElsewhere("/console", own, consoleUrl)).toBeNull();
});
