import { afterAll, beforeAll, expect, test } from "vitest";
import { BASE, testEdge } from "./testing";
import type { TestClient, TestEdge } from "./testing";

let edge: TestEdge;
beforeAll(async () => {
  edge = await testEdge();
});
afterAll(() => edge.close());

const choose = (client: TestClient, locale: string, headers: Record<string, string> = {}): Promise<Response> =>
  client.send("POST", "/self-service/locale", { body: new URLSearchParams({ locale }), headers: { accept: "text/html", ...headers } });

test("the page comes back in the chosen language, which the browser remembers", async () => {
  const client = edge.client();
  const answer = await choose(client, "de", { referer: `${BASE}/login?flow=1`, "sec-fetch-site": "same-origin" });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, `${BASE}/login?flow=1`]);
  expect(client.cookies.get("rung_locale")).toBe("de");
  expect(answer.headers.get("set-cookie")).toContain("Path=/; Max-Age=31536000; HttpOnly");
});

test("it leads nowhere else, and another site cannot choose", async () => {
  const client = edge.client();
  expect((await choose(client, "fr", { referer: "https://evil.example/login" })).headers.get("location")).toBe(`${BASE}/`);
  const foreign = await choose(client, "es", { "sec-fetch-site": "cross-site", origin: "https://evil.example" });
  expect(foreign.headers.get("set-cookie") ?? "").not.toContain("rung_locale");
  expect(client.cookies.get("rung_locale")).toBe("fr");
});

test("a language that nobody speaks here is refused", async () => {
  const client = edge.client();
  await choose(client, "xx\r\nset-cookie: a=b");
  expect(client.cookies.has("rung_locale")).toBe(false);
});
