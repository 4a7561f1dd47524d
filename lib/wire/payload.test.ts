import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDomainError } from "../model/errors";
import { isTrue, methodOf, parsePayload, textOf } from "./payload";

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return "accepted";
  } catch (error) {
    return isDomainError(error) ? error.code : `not a domain error: ${String(error)}`;
  }
};

describe("what is read", () => {
  test("dots of a form nest, text stays text, the last of two wins", () => {
    expect(parsePayload(FORM, "traits.email=a%40b.test&traits.name.first=Ada+L&traits.ok=false&traits.ok=true&method=profile")).toEqual({
      traits: { email: "a@b.test", name: { first: "Ada L" }, ok: "true" }, method: "profile",
    });
  });
  test("JSON comes as it is, with a charset and with any case of the type", () => {
    expect(parsePayload("Application/JSON; charset=utf-8", '{"traits":{"a":[1,true,null]},"totp_unlink":true}')).toEqual({ traits: { a: [1, true, null] }, totp_unlink: true });
  });
  test("no body is an empty form", () => {
    for (const type of [FORM, JSON_TYPE, null, ""]) expect(parsePayload(type, "")).toEqual({});
  });
});

describe("what is refused", () => {
  test.each(["text/plain", "multipart/form-data; boundary=x", "application/jsonx"])("%s is no type of ours", (type) => {
    expect(codeOf(() => parsePayload(type, "a=b"))).toBe("unsupported_media_type");
  });
  test.each(["{", "[]", '"text"', "1", "null", "true", "{'a':1}"])("the JSON %s", (body) => {
    expect(codeOf(() => parsePayload(JSON_TYPE, body))).toBe("bad_request");
  });
  test.each(["__proto__", "constructor", "prototype"])("a field named %s, anywhere, in JSON and in a form", (key) => {
    for (const body of [`{"${key}":1}`, `{"a":{"${key}":{"b":1}}}`, `{"a":[{"${key}":1}]}`]) expect(codeOf(() => parsePayload(JSON_TYPE, body))).toBe("bad_request");
    for (const body of [`${key}=1`, `${key}.a=1`, `traits.${key}.polluted=1`]) expect(codeOf(() => parsePayload(FORM, body))).toBe("bad_request");
  });
  test.each(["flow", "method", "csrf_token"])("the field %s sent twice", (name) => {
    expect(codeOf(() => parsePayload(FORM, `${name}=a&x=1&${name}=b`))).toBe("bad_request");
    expect(codeOf(() => parsePayload(JSON_TYPE, `{"${name}":"a","x":{"${name}":1},"${name}":"b"}`))).toBe("bad_request");
    expect(codeOf(() => parsePayload(JSON_TYPE, `{"${name}":"a","x":{"${name}":"\\"","y":"{"}}`))).toBe("accepted");
  });
  test("a repeated key hidden behind an escape", () => {
    expect(codeOf(() => parsePayload(JSON_TYPE, '{"method":"password","\\u006dethod":"totp"}'))).toBe("bad_request");
  });
  test("more than eight levels or two hundred fields", () => {
    expect(codeOf(() => parsePayload(JSON_TYPE, `${'{"a":'.repeat(8)}1${"}".repeat(8)}`))).toBe("accepted");
    expect(codeOf(() => parsePayload(JSON_TYPE, `${'{"a":'.repeat(9)}1${"}".repeat(9)}`))).toBe("bad_request");
    expect(codeOf(() => parsePayload(FORM, `${"a.".repeat(8)}b=1`))).toBe("bad_request");
    const many = Array.from({ length: 201 }, (_, at) => `f${at}=1`).join("&");
    expect(codeOf(() => parsePayload(FORM, many))).toBe("bad_request");
    expect(codeOf(() => parsePayload(JSON_TYPE, JSON.stringify({ a: Array(201).fill(1) })))).toBe("bad_request");
  });
  test("what no database column can hold", () => {
    expect(codeOf(() => parsePayload(FORM, "identifier=a%00b"))).toBe("bad_request");
    expect(codeOf(() => parsePayload(JSON_TYPE, '{"identifier":"a\\u0000b"}'))).toBe("bad_request");
    expect(codeOf(() => parsePayload(JSON_TYPE, '{"identifier":"\\ud800"}'))).toBe("bad_request");
  });
  test("a field that is both a value and a group", () => {
    expect(codeOf(() => parsePayload(FORM, "traits=x&traits.email=y"))).toBe("bad_request");
    expect(codeOf(() => parsePayload(FORM, "traits.email=y&traits=x"))).toBe("bad_request");
  });
});

test("no body throws anything but a domain error, and none pollutes", () => {
  const part = fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("__proto__", "constructor", "prototype", "traits", "toString", "a.b", "", "."));
  const form = fc.array(fc.tuple(fc.array(part, { maxLength: 12 }), fc.string({ unit: "grapheme" }))).map((fields) =>
    fields.map(([path, value]) => `${encodeURIComponent(path.join("."))}=${encodeURIComponent(value)}`).join("&"));
  const body = fc.oneof(fc.string(), fc.json({ maxDepth: 12 }), form, fc.json().map((text) => text.replace(/"[^"]*":/, '"__proto__":')));
  fc.assert(fc.property(fc.constantFrom(FORM, JSON_TYPE, null, "text/html"), body, (type, text) => {
    expect(codeOf(() => expectPlain(parsePayload(type, text)))).toMatch(/^(accepted|bad_request|unsupported_media_type)$/);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  }), { numRuns: 400 });
});

function expectPlain(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(expectPlain);
  if (typeof value !== "object" || value === null) return;
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error("prototype changed");
  for (const key of Object.keys(value)) {
    if (key === "__proto__" || key === "constructor" || key === "prototype") throw new Error(`kept ${key}`);
    expectPlain((value as Record<string, unknown>)[key]);
  }
}

describe("whom a submission is for", () => {
  test.each([
    ["login", { method: "password", totp_code: "1" }, "password"], ["login", { method: "", totp_code: "123456" }, "totp"], ["login", { lookup_secret: "x" }, "lookup_secret"],
    ["login", { address: "a@b.test", csrf_token: "x" }, "code"], ["login", { resend: "", password: "p" }, "password"], ["login", { method: "profile" }, null],
    ["login", { method: "identifier_first", identifier: "a" }, "identifier_first"], ["registration", { method: "identifier_first" }, null],
    ["login", { method: "nonsense", password: "p" }, null], ["login", { method: "toString" }, null], ["login", {}, null], ["login", { identifier: "a" }, null],
    ["registration", { method: "profile", traits: {} }, "profile"], ["registration", { method: "password" }, "password"], ["registration", { screen: "previous" }, "profile"],
    ["settings", { totp_unlink: true }, "totp"], ["settings", { totp_unlink: "true" }, "totp"], ["settings", { totp_unlink: false, lookup_secret_confirm: "true" }, "lookup_secret"],
    ["settings", { lookup_secret_reveal: "true" }, "lookup_secret"], ["settings", { lookup_secret_disable: true }, "lookup_secret"],
    ["settings", { lookup_secret_regenerate: "true" }, "lookup_secret"], ["settings", { webauthn_remove: "ab" }, "webauthn"],
    ["settings", { passkey_settings_register: "{}" }, "passkey"], ["settings", { passkey_remove: "ab" }, "passkey"], ["settings", { unlink: "acme" }, "oidc"],
    ["settings", { method: "profile", traits: {} }, "profile"], ["settings", { password: "p" }, null], ["settings", { traits: {} }, null],
    ["recovery", { email: "a@b.test" }, "code"], ["recovery", { email: "", code: "123456" }, "code"], ["verification", { code: "1" }, "code"],
  ] as const)("%s %j → %s", (kind, payload, expected) => {
    expect(methodOf(kind, payload)).toBe(expected);
  });
});

test("true in JSON and in forms, and fields that hold text", () => {
  expect([true, "true", "on", "1"].map(isTrue)).toEqual([true, true, true, true]);
  expect([false, "false", "", "yes", null, 1, undefined].map(isTrue)).not.toContain(true);
  expect([textOf({ a: "x" }, "a"), textOf({ a: "" }, "a"), textOf({ a: 1 }, "a"), textOf({}, "toString")]).toEqual(["x", null, null, null]);
});
