import { describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { anyEmail, anyPassword, browserAfterPassword, registerPerson } from "../kit/fixtures";
import { useServer } from "../kit/use-server";
import { csrfOf, messageIds } from "../kit/wire";
import type { ErrorJson, FlowJson } from "../kit/wire";

const at = useServer();
const fields = (): Record<string, unknown> => ({ method: "password", identifier: anyEmail(), password: anyPassword() });

describe("a browser flow", () => {
  test("carries a token that is masked anew at every rendering", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.start("login");
    const again = await browser.read("login", flow.id);
    expect(csrfOf(again)).not.toBe(csrfOf(flow));
    expect(Buffer.from(csrfOf(flow), "base64")).toHaveLength(64);
    for (const token of [csrfOf(flow), csrfOf(again)]) expect((await browser.submit(flow, { ...fields(), csrf_token: token })).status).toBe(400);
  });

  test("sets its cookie once: HttpOnly, Secure, host-bound, for a year", async () => {
    const browser = new Browser(at.server);
    const answer = await browser.fetch("/self-service/login/browser");
    const cookie = answer.setCookies.find((line) => /csrf_token/.test(line));
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/Secure/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(Number(/max-age=(\d+)/i.exec(cookie ?? "")?.[1])).toBe(365 * 24 * 3_600);
    expect((await browser.fetch("/self-service/login/browser")).setCookies.filter((line) => /csrf_token/.test(line))).toEqual([]);
  });

  test.each([
    ["missing", () => undefined],
    ["empty", () => ""],
    ["garbage", () => "not base64 at all"],
    ["another browser's", async () => csrfOf(await new Browser(at.server).start("login"))],
    ["an array", () => ["a", "b"]],
    ["an object", () => ({ $ne: "" })],
  ])("with a token that is %s is refused and changes nothing", async (_name, make) => {
    const ada = await registerPerson(at.server);
    const browser = new Browser(at.server);
    const flow = await browser.start("login");
    const answer = await browser.submit(flow, { method: "password", identifier: ada.email, password: ada.password, csrf_token: await make() });
    expect([400, 403]).toContain(answer.status);
    expect(browser.sessionCookie()).toBeUndefined();
    if (answer.status === 403) {
      const { error } = answer.json<ErrorJson>();
      expect(error).toMatchObject({ id: "security_csrf_violation", code: 403 });
      expect(error.details).toMatchObject({ hint: expect.any(String) as string, reject_reason: expect.any(String) as string });
    } else {
      // An odd type may be called malformed before it is compared.
      expect(answer.text).not.toContain("session_token");
    }
  });

  test("with the right token but without its cookie is refused", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.start("login");
    browser.jar.remove(/csrf_token/);
    const answer = await browser.submit(flow, fields());
    expect(answer.status).toBe(403);
    expect(answer.json<ErrorJson>().error.id).toBe("security_csrf_violation");
  });

  test("takes the token from the header X-CSRF-Token too", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.start("login");
    const answer = await browser.submit(flow, { ...fields(), csrf_token: undefined }, { "x-csrf-token": csrfOf(flow) });
    expect(answer.status).toBe(400);
    expect(messageIds(answer.json<FlowJson>())).toEqual([4000006]);
  });

  test("posted from another site is refused, by Fetch Metadata or else by Origin", async () => {
    const ada = await registerPerson(at.server);
    for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }, { origin: "null" }]) {
      const browser = new Browser(at.server);
      const flow = await browser.start("login");
      const answer = await browser.submit(flow, { method: "password", identifier: ada.email, password: ada.password }, headers);
      expect(answer.status).toBe(403);
      expect(answer.json<ErrorJson>().error.id).toBe("security_csrf_violation");
      expect(browser.sessionCookie()).toBeUndefined();
    }
  });

  test("refused by form leads to a page with a way forward", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.open("login");
    const answer = await browser.post(flow, { method: "password", identifier: anyEmail(), password: anyPassword(), csrf_token: "wrong" });
    expect(answer.status).toBe(303);
    const page = new URL(answer.location);
    expect(page.pathname).toBe("/error");
    const { answer: shown } = await browser.follow(answer.location);
    expect(shown.text).toMatch(/<a [^>]*href=/);
    const stored = await browser.fetch(`/self-service/errors?id=${page.searchParams.get("id") ?? ""}`);
    expect(stored.json<ErrorJson>().error.id).toBe("security_csrf_violation");
  });

  test("a settings form is checked as well", async () => {
    const ada = await registerPerson(at.server);
    const browser = await browserAfterPassword(at.server, ada);
    const flow = await browser.start("settings");
    const answer = await browser.submit(flow, { method: "password", password: anyPassword(), csrf_token: "wrong" });
    expect(answer.status).toBe(403);
    const app = new Native(at.server);
    expect((await app.submit(await app.start("login"), { method: "password", identifier: ada.email, password: ada.password })).status).toBe(200);
  });
});

describe("a native flow", () => {
  test("needs no token", async () => {
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("login"), fields());
    expect(messageIds(answer.json<FlowJson>())).toEqual([4000006]);
  });

  test.each([
    ["an Origin", { origin: "http://localhost" }],
    ["a cookie", { cookie: "something=1" }],
  ])("is refused with %s, as a flow with 4000001", async (_name, headers) => {
    const ada = await registerPerson(at.server);
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("login"), { method: "password", identifier: ada.email, password: ada.password }, headers);
    expect(answer.status).toBe(400);
    const flow = answer.json<FlowJson>();
    expect(messageIds(flow)).toEqual([4000001]);
    expect(flow.ui.messages?.[0]?.context?.["reason"]).toBeTypeOf("string");
    expect(answer.text).not.toContain("ory_st_");
  });

  test("accepts the cookies of a well-known network in front", async () => {
    const ada = await registerPerson(at.server);
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("login"), { method: "password", identifier: ada.email, password: ada.password }, { cookie: "__cf_bm=1; cf_clearance=2" });
    expect(answer.status).toBe(200);
  });
});

test("no GET signs in, saves or signs out", async () => {
  const ada = await registerPerson(at.server);
  const browser = new Browser(at.server);
  const flow = await browser.start("login");
  const query = new URLSearchParams({ flow: flow.id, csrf_token: csrfOf(flow), method: "password", identifier: ada.email, password: ada.password });
  await browser.visit(`/self-service/login?${query.toString()}`);
  expect(browser.sessionCookie()).toBeUndefined();
  const signedIn = await browserAfterPassword(at.server, ada);
  const settings = await signedIn.start("settings");
  await signedIn.visit(`/self-service/settings?${new URLSearchParams({ flow: settings.id, csrf_token: csrfOf(settings), method: "password", password: anyPassword() }).toString()}`);
  const app = new Native(at.server);
  expect((await app.submit(await app.start("login"), { method: "password", identifier: ada.email, password: ada.password })).status).toBe(200);
});
