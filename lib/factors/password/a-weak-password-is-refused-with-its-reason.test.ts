import { describe, expect, it } from "vitest";
import { judgePassword } from "./rules";

const RULES = { minLength: 8, identifierSimilarityCheck: true, blocklist: true };
const LISTED = new Set(["password123", "sunshine1", "correcthorse"]);
const CONTEXT = {
  identifiers: ["ada.lovelace@example.test"], serviceName: "Gardenia",
  isListed: (password: string) => LISTED.has(password.toLowerCase()),
};
const judge = (typed: string, rules = RULES, context = CONTEXT) => judgePassword(typed, rules, context).kind;

describe("password rules", () => {
  it.each([
    ["nothing", "", "missing"],
    ["seven characters", "x7!qPz2", "too_short"],
    ["seven emoji", "\u{1f333}\u{1f98a}\u{1f344}\u{1f9ed}\u{1f511}\u{1f6f6}\u{1f9f5}", "too_short"],
    ["eight emoji", "\u{1f333}\u{1f98a}\u{1f344}\u{1f9ed}\u{1f511}\u{1f6f6}\u{1f9f5}\u{1f56f}", "ok"],
    ["eight characters without any composition", "wqvkzjxb", "ok"],
    ["blanks, also at the ends", "  two little bees  ", "ok"],
    ["300 characters", "qmzxvkwj".repeat(40).slice(0, 300), "ok"],
    ["1,024 bytes", "qmzxvkwj".repeat(128), "ok"],
    ["1,025 bytes", `${"qmzxvkwj".repeat(128)}y`, "too_long"],
    ["a tab", "wqvk\tzjxb", "control_character"],
    ["a zero byte", "wqvk\u0000zjxb", "control_character"],
    ["the identifier", "ada.lovelace@example.test", "similar"],
    ["the identifier in other letters", "ADA.LOVELACE@EXAMPLE.TEST", "similar"],
    ["the identifier backwards", "tset.elpmaxe@ecalevol.ada", "similar"],
    ["the local part and a number", "ada.lovelace99", "similar"],
    ["the local part backwards", "ecalevol.ada", "similar"],
    ["the local part, slightly changed", "ada.l0vel4ce", "similar"],
    ["the name of the service", "gardenia", "service_name"],
    ["the name of the service and a number", "Gardenia2026", "service_name"],
    ["a listed password", "password123", "listed"],
    ["a listed password in other letters", "PassWord123", "listed"],
    ["something unrelated", "a-lamp-in-the-window", "ok"],
  ])("%s", (_name, typed, verdict) => {
    expect(judge(typed)).toBe(verdict);
  });

  it("a listed password with the local part at either end stays listed", () => {
    const context = { ...CONTEXT, identifiers: ["bo@example.test"] };
    expect(judge("correcthorseBO", RULES, context)).toBe("listed");
    expect(judge("bosunshine1", RULES, context)).toBe("listed");
    expect(judge("correcthorsexx", RULES, context)).toBe("ok");
  });

  it("a short name rules nothing out", () => {
    expect(judge("bonfire-light", RULES, { ...CONTEXT, identifiers: ["bo"] })).toBe("ok");
  });

  it("composed and decomposed accents are one password, counted once", () => {
    const composed = judgePassword("\u00e9\u00e8\u00ea\u00eb\u00fc\u00f6\u00e4\u00df", RULES, CONTEXT);
    const decomposed = judgePassword("e\u0301e\u0300e\u0302e\u0308u\u0308o\u0308a\u0308\u00df", RULES, CONTEXT);
    expect(composed.kind).toBe("ok");
    expect(decomposed).toEqual(composed);
    expect(judge("e\u0301e\u0301e\u0301e\u0301e\u0301")).toBe("too_short");
  });

  it("names the minimum of the project", () => {
    expect(judgePassword("x7!qPz2mkT", { ...RULES, minLength: 15 }, CONTEXT)).toEqual({ kind: "too_short", minLength: 15, actualLength: 10 });
  });

  it("checks that are switched off do not refuse", () => {
    const off = { ...RULES, identifierSimilarityCheck: false, blocklist: false };
    expect(["ada.lovelace99", "Gardenia2026", "password123"].map((typed) => judge(typed, off))).toEqual(["ok", "ok", "ok"]);
  });
});
