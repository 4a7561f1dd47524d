import { describe, expect, test } from "vitest";
import { dir, negotiateLocale } from "./locale";
import { problemTexts } from "./problem";
import { argumentsOf, parseTemplate } from "./template";
import { isTextKey, translator } from "./text";

const NOW = new Date("2026-07-01T10:00:00Z");
const minutesAgo = (count: number): Date => new Date(NOW.getTime() - count * 60_000);

describe("which language", () => {
  test.each([
    ["de-AT,de;q=0.9,en;q=0.8", null, "de"], ["ja,fr;q=0.4,es;q=0.5", null, "es"], ["ja", null, "en"], [null, null, "en"], ["", "", "en"],
    ["de", "fr", "fr"], ["de", "xx", "de"], ["de;q=0,fr;q=0.1", null, "fr"], ["*", null, "en"], ["es;q=nonsense,fr;q=0.1", null, "fr"],
    [";;;,,q=1", "__proto__", "en"], [`${"x,".repeat(10_000)}de`, null, "en"],
  ] as const)("Accept-Language %j, cookie %j → %s", (header, cookie, expected) => {
    expect(negotiateLocale(header, cookie)).toBe(expected);
  });
  test("which way it is written", () => {
    expect([dir("en"), dir("ar"), dir("he-IL")]).toEqual(["ltr", "rtl", "rtl"]);
  });
});

describe("a sentence", () => {
  const { t } = translator("en");
  test("fills in its arguments and chooses its plural", () => {
    expect(t("common.signedInAs", { name: "Ada {name}" })).toBe("Signed in as Ada {name}");
    expect(t("secondFactor.lookupLeft", { count: 1 })).toBe("You have one code left.");
    expect(t("secondFactor.lookupLeft", { count: 4 })).toBe("You have 4 codes left.");
    expect(translator("fr").t("secondFactor.lookupLeft", { count: 0 })).toBe("Il vous reste 0 code.");
    expect(translator("de").t("console.twoFactor.adoption", { enrolled: 1200, total: 5400 })).toContain("1.200 von 5.400");
  });
  test("that misses an argument shows its key, never a hole", () => {
    expect(t("common.signedInAs")).toBe("common.signedInAs");
    expect(t("common.signedInAs", { toString: "x" })).toBe("common.signedInAs");
  });
  test("is parsed once, and refused when its braces are wrong", () => {
    expect(parseTemplate("a {b}")).toBe(parseTemplate("a {b}"));
    for (const wrong of ["{", "{a", "{a b}", "{a, wat}", "{a, plural, one {x}}"]) expect(() => parseTemplate(wrong)).toThrow();
    expect(argumentsOf("{b} {count, plural, one {{a}} other {{count} x}}")).toEqual(["a", "b", "count"]);
  });
  test("keys from data are checked", () => {
    expect([isTextKey("method.totp"), isTextKey("method.wat"), isTextKey("toString")]).toEqual([true, false, false]);
  });
});

describe("a message of the wire", () => {
  const de = translator("de");
  test("is said in the reader's language, by its id and context", () => {
    expect(de.message({ id: 1010006, type: "info", text: "Code from your app" })).toBe("Code aus Ihrer App");
    expect(de.message({ id: 4000032, type: "error", text: "…", context: { min_length: 8, actual_length: 3 } })).toBe("Mindestens 8 Zeichen.");
    expect(de.message({ id: 1050014, type: "info", text: "…", context: { used_at: "2026-07-01T10:05:00Z" } })).toBe("benutzt am 1. Juli 2026");
  });
  test("a list says each of its messages", () => {
    const secrets = [{ id: 1050009, type: "info", text: "a1", context: { secret: "a1" } }, { id: 1050014, type: "info", text: "…", context: { used_at: "2026-07-01T10:05:00Z" } }];
    expect(de.message({ id: 1050015, type: "info", text: "…", context: { secrets } })).toBe("a1, benutzt am 1. Juli 2026");
  });
  test("a generic refusal is said by its reason", () => {
    expect(de.message({ id: 4000001, type: "error", text: "x", context: { reason: "x", reason_code: "already_signed_in" } })).toBe("Sie sind schon angemeldet.");
    expect(de.message({ id: 4000001, type: "error", text: "x", context: { reason: "From a hook", reason_code: "nobody_knows" } })).toBe("From a hook");
  });
  test("falls back to its own text", () => {
    expect(de.message({ id: 77, type: "info", text: "as it came" })).toBe("as it came");
    expect(de.message({ id: 1010023, type: "info", text: "Send the code" })).toBe("Send the code");
  });
});

describe("numbers and times", () => {
  const { relative, duration, money, percent, list, dateTime } = translator("en");
  test("how long ago", () => {
    expect([0, 3, 59.7, 23 * 60 + 50, 60 * 48].map((minutes) => relative(minutesAgo(minutes), NOW))).toEqual(["now", "3 minutes ago", "1 hour ago", "yesterday", "2 days ago"]);
    expect(relative(minutesAgo(-15), NOW)).toBe("in 15 minutes");
    expect(translator("de").relative(minutesAgo(1), NOW)).toBe("vor 1 Minute");
  });
  test("how long, how much, which", () => {
    expect([duration(900), duration(3_600), duration(30), duration(86_400)]).toEqual(["15 minutes", "1 hour", "30 seconds", "1 day"]);
    expect([money(12.5, "EUR"), percent(0.07), list(["a", "b", "c"])]).toEqual(["€12.50", "7%", "a, b, and c"]);
  });
  test("in the reader's zone, and in UTC when it is unknown", () => {
    expect(translator("de", { timeZone: "Europe/Berlin" }).dateTime(NOW)).toContain("12:00");
    expect(dateTime(NOW)).toMatch(/10:00/);
    expect(translator("en", { timeZone: "Moon/Base" }).dateTime(NOW)).toBe(dateTime(NOW));
  });
});

test("a problem page finds its words by id, then by status", () => {
  expect(problemTexts({ code: 403, id: "security_csrf_violation" }).title).toBe("problem.csrfTitle");
  expect(problemTexts({ code: 403 }).title).toBe("problem.forbiddenTitle");
  expect(problemTexts({ code: 410 }).title).toBe("expired.title");
  expect(problemTexts({ code: 418 }).title).toBe("problem.title");
  expect(problemTexts({ code: 400, id: "toString" }).title).toBe("problem.title");
});
