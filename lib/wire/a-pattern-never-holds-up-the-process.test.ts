import { RE2JS } from "re2js";
import { describe, expect, test, vi } from "vitest";
import type { JsonObject } from "../model/identity";
import { compilePattern, MAX_PATTERN_CHARACTERS, MAX_PATTERNS, MAX_WORK } from "../model/pattern";
import { compileIdentitySchema } from "./identity-schema";

const schemaWith = (email: JsonObject, traits: JsonObject = {}): JsonObject => ({
  type: "object", properties: { traits: { type: "object", properties: { name: { type: "string", ...email } }, ...traits } },
});
/** Two to the power of forty steps for an engine that goes back: it would not come to an end. */
const EVIL = "^(a+)+$";
const LURE = `${"a".repeat(40)}b`;

describe("a pattern that goes back and forth for ever elsewhere", () => {
  test("is answered, because every pattern of a schema runs in the linear engine", () => {
    const compile = vi.spyOn(RE2JS, "compile");
    const schema = compileIdentitySchema(schemaWith({ pattern: EVIL }, { patternProperties: { "^(x+)+$": { type: "string" } }, additionalProperties: false }));
    expect(compile.mock.calls.map(([source]) => source)).toEqual(expect.arrayContaining([EVIL, "^(x+)+$"]));
    compile.mockRestore();
    expect(schema.validate({ name: LURE })).toMatchObject({ ok: false, problems: [{ field: "traits.name", message: { id: 4000004 } }] });
    expect(schema.validate({ name: "aaa" })).toMatchObject({ ok: true });
    expect(schema.validate({ [`${"x".repeat(40)}y`]: "1" })).toMatchObject({ ok: false });
    expect(schema.validate({ xxx: "1" })).toMatchObject({ ok: true });
  });

  test("never reaches JavaScript's engine: no check of a value runs a pattern of the schema", () => {
    const schema = compileIdentitySchema(schemaWith({ pattern: EVIL }));
    const asked: string[] = [];
    const spies = (["test", "exec"] as const).map((name) => {
      const own = RegExp.prototype[name] as (this: RegExp, text: string) => never;
      return vi.spyOn(RegExp.prototype, name).mockImplementation(function (this: RegExp, text: string) {
        asked.push(this.source);
        return own.call(this, text);
      });
    });
    schema.validate({ name: "aaab" });
    for (const spy of spies) spy.mockRestore();
    expect(asked).not.toContain(EVIL);
  });
});

describe("linear is not short", () => {
  // Nine thousand instructions, for every one of 60,000 characters: half a minute for one form.
  const LONG = `^[ab]*a${"[ab]{900}".repeat(9)}$`;
  const text = "ab".repeat(30_000);

  test("more work than a value is worth is not begun, and the value refused, also where the pattern's no would have been a yes", () => {
    const calls = vi.fn<(steps: number, characters: number) => void>();
    const compile = RE2JS.compile.bind(RE2JS);
    const spy = vi.spyOn(RE2JS, "compile").mockImplementation((...given) => {
      const compiled = compile(...given);
      const own = compiled.test.bind(compiled);
      return Object.assign(compiled, { test: (input: string) => {
        calls(compiled.programSize(), input.length);
        return own(input);
      } });
    });
    const schemas = [{ pattern: LONG }, { not: { pattern: LONG } }].map((name) => compileIdentitySchema(schemaWith(name)));
    // Each of these alone would do, all of them together would not.
    const many = compileIdentitySchema(schemaWith({ anyOf: Array.from({ length: 60 }, (_, index) => ({ pattern: `^c{${String(index)}}[^ab]` })) }));
    spy.mockRestore();
    for (const schema of schemas) expect(schema.validate({ name: text }).ok).toBe(false);
    expect(calls).not.toHaveBeenCalled();
    expect(many.validate({ name: text }).ok).toBe(false);
    expect(calls.mock.calls.reduce((sum, [steps, characters]) => sum + steps * characters, 0)).toBeLessThanOrEqual(MAX_WORK);
    expect(calls.mock.calls.length).toBeLessThan(60);
  });

  test("the next value begins anew, and an ordinary long one passes", () => {
    const schema = compileIdentitySchema(schemaWith({ pattern: "^[^<>]{0,1000}$" }));
    for (let times = 0; times < 20; times += 1) expect(schema.validate({ name: "word ".repeat(200) }).ok).toBe(true);
  });
});

describe("what the engine reads", () => {
  test.each([
    ["^\\d{4}-\\d{2}$", "2026-07", "2026-7"], ["^\\p{L}+$", "Zoë", "Zo3"], ["^.$", "😀", "ab"], ["^\\u0041\\u{42}$", "AB", "ab"], ["^(?<year>\\d+)$", "1", "x"],
    ["^[\\w.+-]+@garden\\.test$", "a.b+c@garden.test", "a@garden.tests"], ["^a$", "a", "a\n"], ["\\/x\\-y", "/x-y", "x"], ["^[^]$", "\n", "ab"], ["^\\bfoo\\b", "foo bar", "food"],
  ])("%s fits %j and not %j, as JavaScript has it with its u flag", (source, fits, not) => {
    const compiled = compilePattern(source);
    expect(compiled.ok && [compiled.pattern.test(fits), compiled.pattern.test(not)]).toEqual([true, false]);
    if (!/\\u00|\\-/.test(source)) expect([new RegExp(source, "u").test(fits), new RegExp(source, "u").test(not)]).toEqual([true, false]);
  });

  test.each(["(?=a)b", "(?!a)b", "(?<=a)b", "(a)\\1", "(?<x>a)\\k<x>", "[", "(((((a{10}){10}){10}){10}){10}){10}", "a{1001}", `${"(a{1000})".repeat(20)}`, "x".repeat(MAX_PATTERN_CHARACTERS + 1)])(
    "%s is refused, with a reason", (source) => {
      const compiled = compilePattern(source);
      expect(compiled.ok ? "" : compiled.reason).toMatch(/^(cannot be used: look-around|is longer than 1000|repeats too much)/);
    });
});

describe("a pattern in a schema that is in force already, which cannot be evaluated", () => {
  test("stops nothing but the value it judges: that is refused, whatever stands around it", () => {
    const bad = { pattern: "^(?!admin)" };
    for (const name of [bad, { not: bad }, { anyOf: [bad, { type: "string" }] }, { if: bad, then: { type: "string" } }]) {
      const schema = compileIdentitySchema(schemaWith(name));
      expect([name, schema.validate({ name: "rose" }).ok, schema.validate({ name: "rose" }).ok, schema.validate({}).ok]).toEqual([name, false, false, true]);
    }
    expect(compileIdentitySchema(schemaWith(bad)).validate({ name: "rose" })).toMatchObject({ problems: [{ field: "traits.name" }] });
  });

  test("so are those above the number that a schema may hold", () => {
    const many = Array.from({ length: MAX_PATTERNS + 1 }, (_, index) => ({ pattern: `^a{0,${String(index + 1)}}$` }));
    expect(compileIdentitySchema(schemaWith({ anyOf: many.slice(0, MAX_PATTERNS) })).validate({ name: "a" }).ok).toBe(true);
    expect(compileIdentitySchema(schemaWith({ allOf: many })).validate({ name: "a" }).ok).toBe(false);
  });
});
