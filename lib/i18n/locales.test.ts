import { describe, expect, test } from "vitest";
import { LOCALES } from "./locale";
import { argumentsOf } from "./template";
import { CATALOGUES } from "./text";

const keys = Object.keys(CATALOGUES.en).sort() as (keyof typeof CATALOGUES.en)[];

describe.each(LOCALES)("%s", (locale) => {
  const texts: Readonly<Record<string, string>> = CATALOGUES[locale];

  test("has the same keys as English", () => {
    expect(Object.keys(texts).sort()).toEqual(keys);
  });

  test("asks for the same arguments, parses, and says something", () => {
    const different = keys.filter((key) => {
      const text = texts[key] ?? "";
      return text.trim() === "" || argumentsOf(text).join() !== argumentsOf(CATALOGUES.en[key]).join();
    });
    expect(different).toEqual([]);
  });

  test("is translated", () => {
    const equal = keys.filter((key) => texts[key] === CATALOGUES.en[key] && /[a-z]{4,} [a-z]{2,}/i.test(CATALOGUES.en[key].replace(/\{.*\}/, "")));
    expect(locale === "en" ? [] : equal).toEqual([]);
  });

  test("keeps the words of specialists away from people", () => {
    const people = keys.filter((key) => !key.startsWith("console.") && /\b(TOTP|AAL\d?|aal\d|MFA|2FA|lookup|CSRF)\b/.test(texts[key] ?? ""));
    expect(people).toEqual([]);
  });
});
