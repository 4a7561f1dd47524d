import { describe, expect, test } from "vitest";
import { isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import { exceptionFor } from "../actions/private-exceptions";
import { parseProjectConfig } from "./parse";

const PLACE = { baseUrl: "https://id.shop.example", projectKey: "abcdefghij" as ProjectKey, name: "Shop" };
const documentWith = (name: JsonObject): JsonObject => {
  const schema = { type: "object", properties: { traits: { type: "object", properties: { name: { type: "string", ...name } } } } };
  return { identity: { schemas: [{ id: "person", url: `base64://${Buffer.from(JSON.stringify(schema)).toString("base64")}` }] } };
};
const problemOf = (document: JsonObject): unknown => {
  try {
    parseProjectConfig(document, 1, PLACE);
    return null;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return error.details["problems"];
  }
};

describe("a pattern in an identity schema", () => {
  test("is accepted where it runs in linear time, however it would run elsewhere", () => {
    for (const pattern of ["^(a+)+$", "^\\p{Lu}", "(?i)^x"]) expect(problemOf(documentWith({ pattern }))).toBeNull();
  });

  test.each([
    ["(?=x)a", /the pattern "\(\?=x\)a" cannot be used: look-around/], ["(a)\\1", /back-references/], ["x".repeat(1_001), /is longer than 1000 characters/],
    ["(a{1000})".repeat(20), /repeats too much/],
  ])("%s is refused with the key and a sentence when it is saved", (pattern, sentence) => {
    for (const document of [documentWith({ pattern }), documentWith({ type: "object", patternProperties: { [pattern]: { type: "string" } } })]) {
      expect(problemOf(document)).toMatchObject([{ path: "/identity/schemas/0/url", message: expect.stringMatching(sentence) as string }]);
    }
  });

  test("stops no project whose schema is in force already", () => {
    const config = parseProjectConfig(documentWith({ pattern: "(?=x)a" }), 1, { ...PLACE, stored: true });
    expect(config.schemas.map(({ id }) => id)).toEqual(["person"]);
    expect(problemOf(documentWith({ pattern: "(?=x)a" }))).toHaveLength(1);
  });
});

test("a glob of an exception ends too, whatever address it is held against", () => {
  const glob = `http://10.0.0.5/${"**a".repeat(600)}`;
  expect(exceptionFor(new URL(`http://10.0.0.5/${"a".repeat(1_500)}b`), [glob])).toBe(false);
  expect(exceptionFor(new URL(`http://10.0.0.5/${"a".repeat(700)}`), [glob])).toBe(true);
  // It would match, after a while: nothing is opened for what takes so long.
  expect(exceptionFor(new URL(`http://10.0.0.5/${"a".repeat(20_000)}`), [glob])).toBe(false);
});
