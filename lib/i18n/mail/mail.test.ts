import { describe, expect, test } from "vitest";
import { LOCALES } from "../locale";
import { argumentsOf } from "../template";
import { mailInstant, MAIL_CATALOGUES, mailWords } from "./text";
import type { MailKey } from "./text";

const keys = Object.keys(MAIL_CATALOGUES.en).sort() as MailKey[];

describe.each(LOCALES)("letters in %s", (locale) => {
  const texts: Readonly<Record<string, string>> = MAIL_CATALOGUES[locale];

  test("have the same keys as English", () => {
    expect(Object.keys(texts).sort()).toEqual(keys);
  });

  test("use the same arguments as English", () => {
    for (const key of keys) expect([key, argumentsOf(texts[key] ?? "")]).toEqual([key, argumentsOf(MAIL_CATALOGUES.en[key])]);
  });

  test("are one line each, without markup, and no subject is longer than a phone shows of it twice", () => {
    for (const key of keys) expect([key, texts[key]]).toEqual([key, expect.stringMatching(/^[^<>\n\r\t]+$/)]);
    for (const key of keys.filter((name) => name.endsWith(".subject"))) expect((texts[key] ?? "").length, key).toBeLessThanOrEqual(76);
  });

  test("begin a code's subject and text message with the code", () => {
    const words = mailWords(locale);
    for (const key of ["code.subject", "code.sms"] as const) expect(words(key, { code: "012345", brand: "Garden" })).toMatch(/^012345 .*Garden/);
  });

  test("say how long a code is good in the right number", () => {
    const words = mailWords(locale);
    expect(words("code.valid", { minutes: 10 })).toContain("10 ");
    expect(words("code.valid", { minutes: 1 })).not.toMatch(/\d/);
  });

  test("write instants out, in UTC", () => {
    expect(mailInstant(locale, new Date("2026-07-01T10:05:00.000Z"))).toMatch(/2026.*10:05.*UTC$/);
  });
});
