import { expect, test } from "vitest";
import { acceptsJson, wantsHtml, wantsJson } from "./negotiate";

const of = (accept: string | null, contentType?: string): Headers => {
  const headers = new Headers();
  if (accept !== null) headers.set("accept", accept);
  if (contentType !== undefined) headers.set("content-type", contentType);
  return headers;
};

test.each([
  [null, false], ["", false], ["*/*", false], ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false],
  ["application/json", true], ["application/json, text/plain, */*", true], ["text/html;q=0.8, application/json", true],
  ["application/json;q=0.5, text/html", false], ["application/json;q=0", false], ["application/*", true], ["image/png", false],
  ["APPLICATION/JSON", true], ["application/json;q=abc", false], ["text/*;q=0.4, application/json;q=0.5", true],
])("Accept %j negotiates to JSON: %j", (accept, json) => {
  expect([acceptsJson(of(accept)), wantsHtml(of(accept))]).toEqual([json, accept === "image/png" || !json]);
});

test("a JSON body asks for JSON, a charset parameter defeats that", () => {
  expect(wantsJson(of("text/html", "application/json"))).toBe(true);
  expect(wantsJson(of("text/html", "application/json; charset=utf-8"))).toBe(false);
  expect(wantsJson(of(null, "application/x-www-form-urlencoded"))).toBe(false);
});
