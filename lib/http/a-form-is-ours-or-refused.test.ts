import { expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import { parseProjectConfig } from "../config/parse";
import { ephemeralKeyRing } from "../crypto/keys";
import { newCsrfSecret, newSessionToken } from "../crypto/token";
import type { IdentityId, ProjectKey } from "../model/ids";
import { cookieNamed, csrfCookie, deviceCookie, endedSessionCookie, isKnownDevice, parseCookies, sessionCookie } from "./cookies";
import { csrfTokenFor, nativeRefusal, requireCsrf } from "./csrf";

const keys = ephemeralKeyRing();
const config = parseProjectConfig(projectTemplate("app"), 1, { baseUrl: "https://id.example", projectKey: "abcdefghij" as ProjectKey, name: "Test" });
const csrfSecret = newCsrfSecret();
const sessionToken = newSessionToken();
const check = (headers: Record<string, string>, source: { csrfSecret: string | null; sessionToken: string | null }, token: unknown): string => {
  try {
    requireCsrf(new Headers(headers), source, token, config, keys);
    return "ours";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
};
const REFUSED = "security_csrf_violation";

test("a token belongs to its browser and its session, and differs in every rendering", () => {
  const token = csrfTokenFor(keys, csrfSecret, sessionToken);
  expect(csrfTokenFor(keys, csrfSecret, sessionToken)).not.toBe(token);
  expect(Buffer.from(token, "base64")).toHaveLength(64);
  expect(check({}, { csrfSecret, sessionToken }, token)).toBe("ours");
  expect(check({ "x-csrf-token": token }, { csrfSecret, sessionToken }, undefined)).toBe("ours");
  expect(check({}, { csrfSecret, sessionToken: null }, token)).toBe(REFUSED);
  expect(check({}, { csrfSecret, sessionToken: newSessionToken() }, token)).toBe(REFUSED);
  expect(check({}, { csrfSecret: newCsrfSecret(), sessionToken }, token)).toBe(REFUSED);
  expect(check({}, { csrfSecret: null, sessionToken }, token)).toBe(REFUSED);
  for (const wrong of ["", null, undefined, 7, ["x"], "x", token.slice(4)]) expect(check({}, { csrfSecret, sessionToken }, wrong)).toBe(REFUSED);
});

test.each([
  [{ "sec-fetch-site": "same-origin", origin: "null" }, "ours"], [{ "sec-fetch-site": "none" }, "ours"], [{ origin: "https://id.example" }, "ours"],
  [{ "sec-fetch-site": "cross-site", origin: "https://evil.example" }, REFUSED], [{ "sec-fetch-site": "cross-site" }, REFUSED],
  [{ "sec-fetch-site": "same-site", origin: "https://other.example" }, REFUSED], [{ "sec-fetch-site": "same-site", origin: "https://id.example" }, "ours"],
  [{ origin: "null" }, REFUSED], [{ origin: "http://id.example" }, REFUSED], [{}, "ours"],
])("a right token from %j is %s", (headers, verdict) => {
  expect(check(headers, { csrfSecret, sessionToken }, csrfTokenFor(keys, csrfSecret, sessionToken))).toBe(verdict);
});

test("a native flow is refused with an origin or with cookies, but not with those of an edge network", () => {
  expect(nativeRefusal(new Headers(), [])).toBeNull();
  expect(nativeRefusal(new Headers(), ["__cf_bm", "_cfuvid", "cf_clearance"])).toBeNull();
  expect(nativeRefusal(new Headers({ origin: "https://id.example" }), [])).not.toBeNull();
  expect(nativeRefusal(new Headers(), ["__cf_bm", "any"])).not.toBeNull();
});

test("cookies are HttpOnly, Secure, host-bound and last as long as they should", () => {
  const now = new Date("2026-07-01T10:00:00Z");
  const session = sessionCookie(config, sessionToken, new Date("2026-07-01T11:00:00Z"), now);
  expect(session).toBe(`__Host-ory_session_abcdefghij=${sessionToken}; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax`);
  expect(endedSessionCookie(config)).toContain("Max-Age=0");
  expect(csrfCookie(config, csrfSecret)).toContain("Max-Age=31536000");
  const brief = { ...config, session: { ...config.session, cookiePersistent: false } };
  expect(sessionCookie(brief, sessionToken, new Date("2026-07-01T11:00:00Z"), now)).not.toContain("Max-Age");
  const plain = { ...config, session: { ...config.session, cookieSecure: false, cookieSameSite: "None" as const, cookieDomain: "example", cookieName: "s" } };
  expect(sessionCookie(plain, "t", now, now)).toBe("s=t; Path=/; Domain=example; Max-Age=0; HttpOnly; SameSite=Lax");
  expect([...parseCookies(' a=1; b="two"; a=3; =x; c')]).toEqual([["a", "1"], ["b", "two"]]);
});

test("one cookie is read as all of them are", () => {
  const headers = ["a=1; b=2; a=3", "xa=0; a = \"1\" ;b=2", "ab=1;a=2", "a; a=2", "=a; a=", "b=a=1", " a=1=2", "b=x a=1; a=9", "", "a"];
  for (const header of headers) expect([header, cookieNamed(header, "a")]).toEqual([header, parseCookies(header).get("a") ?? null]);
});

test("a device is known for whoever signed in on it, and forgets the fifth", () => {
  const people = ["a", "b", "c", "d", "e"].map((name) => `person-${name}` as string as IdentityId);
  let value: string | null = null;
  for (const person of people) value = /=([^;]*);/.exec(deviceCookie(config, keys, value, person))?.[1] ?? null;
  expect(people.map((person) => isKnownDevice(keys, value, person))).toEqual([false, true, true, true, true]);
  expect(isKnownDevice(ephemeralKeyRing(), value, people[1]!)).toBe(false);
  expect(isKnownDevice(keys, "rd_x.abc", people[1]!)).toBe(false);
  expect(isKnownDevice(keys, null, people[1]!)).toBe(false);
});
