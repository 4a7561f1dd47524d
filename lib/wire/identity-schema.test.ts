import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../model/identity";
import type { TraitProblem } from "./identity-schema";
import { compileIdentitySchema, normaliseIdentifier, toE164 } from "./identity-schema";

const schema: JsonObject = {
  $id: "https://example.org/customer.schema.json", $schema: "http://json-schema.org/draft-07/schema#", title: "Customer", type: "object",
  properties: { traits: {
    type: "object", required: ["email", "name"], additionalProperties: false,
    properties: {
      email: { type: "string", format: "email", title: "E-mail", minLength: 3, "ory.sh/kratos": {
        credentials: { password: { identifier: true }, totp: { account_name: true } }, verification: { via: "email" }, recovery: { via: "email" } } },
      name: { type: "object", required: ["first"], properties: { first: { type: "string", title: "First name", maxLength: 5 }, last: { type: "string", pattern: "^[A-Z]" } } },
      phone: { type: "string", format: "tel", title: "Phone", "ory.sh/kratos": { verification: { via: "sms" } } },
      age: { type: "integer", minimum: 18, exclusiveMaximum: 150 }, score: { type: "number", multipleOf: 5, maximum: 100 },
      news: { type: "boolean" }, terms: { type: "boolean", const: true }, site: { type: "string", format: "uri" }, born: { type: "string", format: "date" },
      seen: { type: "string", format: "date-time" }, tags: { type: "array", items: { type: "string" }, uniqueItems: true, minItems: 1, maxItems: 3 },
      plan: { type: "string", enum: ["free", "paid"] },
    },
  } },
};
const compiled = compileIdentitySchema(schema);
const good = { email: "ada@example.test", name: { first: "Ada" } };
const problems = (traits: unknown): readonly (readonly [string, number])[] => {
  const result = compiled.validate(traits);
  return result.ok ? [] : result.problems.map((problem: TraitProblem) => [problem.field, problem.message.id] as const);
};
const accepted = (traits: JsonObject): JsonObject => {
  const result = compiled.validate(traits);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.traits;
};

describe("the form", () => {
  const attributes = (kind: "registration" | "settings", values: JsonObject = {}): Record<string, unknown>[] =>
    compiled.traitNodes(kind, values).map((node) => ({ group: node.group, ...node.attributes }) as Record<string, unknown>);

  test("has one node per trait in schema order, each of its type", () => {
    expect(attributes("registration").map((node) => [node["name"], node["type"], node["required"] ?? false])).toEqual([
      ["traits.email", "email", true], ["traits.name.first", "text", true], ["traits.name.last", "text", false], ["traits.phone", "tel", false],
      ["traits.age", "number", false], ["traits.score", "number", false], ["traits.news", "checkbox", false], ["traits.terms", "checkbox", true],
      ["traits.site", "url", false], ["traits.born", "date", false], ["traits.seen", "datetime-local", false], ["traits.plan", "text", false],
    ]);
    expect(compiled.traitOrder).toContain("traits.tags");
  });

  test("belongs to the group of its flow, and is labelled by the schema's titles", () => {
    expect(new Set(attributes("registration").map((node) => node["group"]))).toEqual(new Set(["default"]));
    expect(new Set(attributes("settings").map((node) => node["group"]))).toEqual(new Set(["profile"]));
    expect(compiled.traitNodes("settings", {})[0]?.meta.label).toEqual({ id: 1070002, type: "info", text: "E-mail", context: { title: "E-mail", name: "traits.email" } });
    expect(compiled.traitNodes("settings", {})[2]?.meta).toEqual({});
    expect(attributes("settings")[0]).toMatchObject({ autocomplete: "email" });
  });

  test("shows the values it is given", () => {
    const shown = attributes("settings", { ...good, news: false, seen: "2026-07-01T10:00:00Z" });
    expect(shown.map((node) => node["value"]).filter((value) => value !== undefined)).toEqual(["ada@example.test", "Ada", false, "2026-07-01T10:00:00"]);
  });
});

describe("what is wrong, by id and field", () => {
  test.each([
    [{}, [["traits.email", 4000002], ["traits.name.first", 4000002]]], [null, [["traits.email", 4000002], ["traits.name.first", 4000002]]], [undefined, [["traits.email", 4000002], ["traits.name.first", 4000002]]],
    ["text", [["traits", 4000026]]], [[good], [["traits", 4000026]]],
    [{ ...good, name: { last: "A" } }, [["traits.name.first", 4000002]]], [{ email: "", name: { first: "" } }, [["traits.email", 4000002], ["traits.name.first", 4000002]]],
    [{ ...good, email: "nobody" }, [["traits.email", 4000040]]], [{ ...good, email: "a" }, [["traits.email", 4000003], ["traits.email", 4000040]]],
    [{ ...good, phone: "call me" }, [["traits.phone", 4000041]]], [{ ...good, name: { first: "Adalbert" } }, [["traits.name.first", 4000017]]],
    [{ ...good, name: { first: "Ada", last: "l" } }, [["traits.name.last", 4000004]]], [{ ...good, age: 17 }, [["traits.age", 4000018]]],
    [{ ...good, age: "150" }, [["traits.age", 4000021]]], [{ ...good, age: "old" }, [["traits.age", 4000026]]], [{ ...good, age: 20.5 }, [["traits.age", 4000026]]],
    [{ ...good, score: 101 }, [["traits.score", 4000020], ["traits.score", 4000022]]], [{ ...good, terms: "false" }, [["traits.terms", 4000029]]],
    [{ ...good, email: true }, [["traits.email", 4000026]]], [{ ...good, email: null }, [["traits.email", 4000026]]], [{ ...good, tags: [] }, [["traits.tags", 4000024]]],
    [{ ...good, tags: ["a", "a", "b", "c"] }, [["traits.tags", 4000023], ["traits.tags", 4000025]]], [{ ...good, plan: "gold" }, [["traits.plan", 4000030]]],
    [{ ...good, born: "yesterday" }, [["traits.born", 4000004]]], [{ ...good, other: 1 }, [["traits.other", 4000001]]],
    [{ ...good, email: `${"a".repeat(300)}@example.test` }, [["traits.email", 4000017]]],
  ] as const)("%j", (traits, expected) => {
    expect([...problems(traits)].sort()).toEqual([...expected].sort());
  });

  test("contexts carry the numbers", () => {
    const result = compiled.validate({ ...good, name: { first: "Adalbert" } });
    expect(result.ok ? null : result.problems[0]?.message.context).toEqual({ max_length: 5, actual_length: 8 });
  });
});

describe("what a form sends is read by the schema's types", () => {
  test("numbers, boxes, times, blanks and phones", () => {
    expect(accepted({ email: " Ada@Example.test ", name: { first: "Ada", last: "" }, age: "42", news: "on", terms: "true", phone: "0049 (30) 123-456", seen: "2026-07-01T10:00", site: "" })).toEqual({
      email: "Ada@Example.test", name: { first: "Ada" }, age: 42, news: true, terms: true, phone: "+4930123456", seen: "2026-07-01T10:00:00Z",
    });
  });
  test("a group left wholly empty is absent", () => {
    const optional = compileIdentitySchema({ properties: { traits: { type: "object", properties: { name: { type: "object", required: ["first"], properties: { first: { type: "string" } } } } } } });
    expect(optional.validate({ name: { first: "" } })).toEqual({ ok: true, traits: {} });
  });
  test("no key reaches a prototype", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom("__proto__", "constructor", "prototype"), (value, key) => {
      compiled.validate(JSON.parse(`{"email":"a@b.test","name":{"first":"A","${key}":${JSON.stringify(value)}},"${key}":{"polluted":true}}`));
      compiled.validate(value);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    }), { numRuns: 100 });
  });
});

describe("what the schema says about traits", () => {
  test("identifiers and addresses are normalised and unique", () => {
    expect(compiled.facts({ ...good, email: " ADA@Example.test", phone: "+49 30 123456" })).toEqual({
      identifiers: ["ada@example.test"], verifiable: [{ value: "ada@example.test", via: "email" }, { value: "+4930123456", via: "sms" }],
      recovery: [{ value: "ada@example.test", via: "email" }], totpAccountName: " ADA@Example.test",
    });
    expect(compiled.facts({})).toEqual({ identifiers: [], verifiable: [], recovery: [], totpAccountName: null });
  });
  test("the sign-in field is named when there is exactly one", () => {
    expect([compiled.identifierTitle, compiled.identifierName]).toEqual(["E-mail", "traits.email"]);
    const two = compileIdentitySchema({ properties: { traits: { properties: {
      a: { type: "string", title: "A", "ory.sh/kratos": { credentials: { password: { identifier: true } } } }, b: { type: "string", "ory.sh/kratos": { credentials: { password: { identifier: true } } } } } } } });
    expect([two.identifierTitle, two.facts({ a: "X", b: "x " }).identifiers]).toEqual([null, ["x"]]);
  });
  test("an address without a format is held to one", () => {
    const bare = compileIdentitySchema({ properties: { traits: { properties: { mail: { type: "string", "ory.sh/kratos": { recovery: { via: "email" } } } } } } });
    expect(bare.validate({ mail: "nobody" })).toMatchObject({ ok: false, problems: [{ field: "traits.mail", message: { id: 4000040 } }] });
  });
  test("names that look equal are equal", () => {
    expect([" Ａda\u200b ", "ADA", "+49 (30) 123-456", "0049 30 123456", "1234567"].map(normaliseIdentifier)).toEqual(["ada", "ada", "+4930123456", "+4930123456", "1234567"]);
    expect([toE164("+49 30 123456"), toE164("12345678"), toE164("+0123456789"), toE164("+1")]).toEqual(["+4930123456", null, null, null]);
  });
});

test("one schema object is compiled once, and one that cannot be served is refused", () => {
  expect(compileIdentitySchema(schema)).toBe(compiled);
  const trait = (extension: JsonObject): JsonObject => ({ properties: { traits: { properties: { a: { type: "string", "ory.sh/kratos": extension } } } } });
  for (const broken of [
    {}, { properties: { traits: { type: "object" } } }, trait({ verification: { via: "pigeon" } }), trait({ credentials: { magic: {} } }),
    { properties: { traits: { properties: { a: { type: "strnig" } } } } }, { properties: { traits: { properties: { a: { $ref: "https://elsewhere.test/x" } } } } },
  ] as JsonObject[]) expect(() => compileIdentitySchema(broken)).toThrowError(expect.objectContaining({ code: "config_invalid" }));
});
