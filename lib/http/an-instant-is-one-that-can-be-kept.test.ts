import { describe, expect, test } from "vitest";
import type { JsonObject } from "../model/identity";
import { isInstant, parseInstant } from "../model/time";
import { readIdentityBody } from "../wire/identity-body";
import { placeOf } from "./admin-list";
import { readInstant } from "./console-api";

const ID = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
const two = (value: number): string => String(value).padStart(2, "0");

/** Texts that look like an instant and lie outside the years 1 to 9999: every offset that carries the last second on, or the first one back. */
const OUTSIDE = Array.from({ length: 24 }, (_, hours) => [0, 1, 30, 59].map((minutes) => `${two(hours)}:${two(minutes)}`)).flat()
  .filter((offset) => offset !== "00:00").flatMap((offset) => [`9999-12-31T23:59:59-${offset}`, `9999-12-31t23:59:59.999-${offset}`, `0001-01-01T00:00:00+${offset}`]);
/** Texts that are no instant. */
const NONE = [
  "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-04-31T00:00:00Z", "2025-02-29T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z",
  "2026-03-01T09:00:00", "2026-03-01T09:00Z", "2026-03-01", "2026-03-01 09:00:00Z", "2026-03-01T09:00:00+24:00", "2026-03-01T09:00:00+0100", "+010000-01-01T00:00:00Z",
  "10000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "infinity", "tomorrow", "1772355600", "2026-03-01T09:00:00Zx", "\u0660026-03-01T09:00:00Z",
];
const WITHIN: Readonly<Record<string, string>> = {
  "9999-12-31T23:59:59Z": "9999-12-31T23:59:59.000Z", "9999-12-31T23:59:59.999999999+23:59": "9999-12-31T00:00:59.999Z", "0001-01-01T00:00:00-23:59": "0001-01-01T23:59:00.000Z",
  "2024-02-29t09:00:00z": "2024-02-29T09:00:00.000Z", "2026-03-01T09:00:00.5+02:00": "2026-03-01T07:00:00.500Z",
};

test("what is read can be kept: the years 1 to 9999, whatever the offset", () => {
  expect(OUTSIDE).toHaveLength(285);
  for (const text of [...OUTSIDE, ...NONE]) expect(parseInstant(text), text).toBeNull();
  for (const [text, at] of Object.entries(WITHIN)) expect(parseInstant(text)?.toISOString(), text).toBe(at);
  expect([new Date(253_402_300_800_000), new Date(-62_135_596_800_001), new Date(Number.NaN)].map(isInstant)).toEqual([false, false, false]);
});

describe("everything that reads one answers 400 and says which and how", () => {
  const body = (credentials: JsonObject, address: JsonObject = {}): JsonObject => ({
    schema_id: "", traits: { email: "a@x.test" }, credentials, verifiable_addresses: [{ value: "a@x.test", via: "email", verified: true, ...address }],
  });
  const key = (text: string) => ({ id: "aWQ=", public_key: "a2V5", added_at: text });
  const READERS: Readonly<Record<string, (text: string) => unknown>> = {
    verified_at: (text) => readIdentityBody(body({}, { status: "completed", verified_at: text }), "strict"),
    used_at: (text) => readIdentityBody(body({ lookup_secret: { config: { codes: [{ code: "abcd1234", used_at: text }] } } }), "strict"),
    "added_at": (text) => readIdentityBody(body({ webauthn: { config: { credentials: [key(text)], user_handle: "YWJj" } } }), "strict"),
    "credentials.passkey": (text) => readIdentityBody(body({ passkey: { config: { credentials: [key(text)], user_handle: "YWJj" } } }), "lenient"),
    expires_at: (text) => readInstant(text, "expires_at"),
    "page_token": (text) => placeOf(JSON.stringify({ created_at: text, id: ID })),
  };
  test.each(Object.keys(READERS))("%s", (name) => {
    const read = READERS[name]!;
    const refusal = (text: string): { readonly code?: unknown; readonly details?: { readonly reason?: unknown } } => {
      try {
        return { details: { reason: read(text) } };
      } catch (error) {
        return error as object;
      }
    };
    for (const text of [...OUTSIDE, ...NONE]) {
      const { code, details } = refusal(text);
      expect([text, code]).toEqual([text, "bad_request"]);
      expect(String(details?.reason)).toMatch(name === "page_token" ? /page token/ : new RegExp(`${name}.*must be an instant of the years 1 to 9999, such as`));
    }
    for (const text of Object.keys(WITHIN)) expect(refusal(text).code, text).toBeUndefined();
  });
});
