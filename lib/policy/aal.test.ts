import { describe, expect, it } from "vitest";
import type { AssuranceLevel, AuthenticationMethod, MethodName } from "../model/assurance";
import { atLeast, availableAal, lastProvedAt, sessionAal } from "./aal";

const methods = (text: string): AuthenticationMethod[] =>
  text.split(" ").filter(Boolean).map((word) => {
    const [name, aal, second = "0"] = word.split(":");
    return { method: name as MethodName, aal: aal === "2" ? "aal2" : "aal1", completedAt: new Date(Number(second) * 1000) };
  });

describe("a level is a fold over the completed methods (contract 4.1)", () => {
  it.each<[string, AssuranceLevel]>([
    ["", "aal0"],
    ["password:1", "aal1"],
    ["password:1 password:1", "aal1"],
    ["password:1 totp:2", "aal2"],
    ["totp:2 password:1", "aal2"],
    ["totp:2", "aal1"],
    ["totp:2 lookup_secret:2", "aal1"],
    ["code_recovery:1 totp:2", "aal2"],
    ["code_recovery:1", "aal1"],
    ["oidc:1", "aal1"],
    ["oidc:2", "aal2"],
    ["passkey:1", "aal1"],
    ["passkey:2", "aal2"],
    ["passkey:1 webauthn:2", "aal2"],
    ["webauthn:1", "aal1"],
    ["webauthn:2", "aal1"],
  ])("[%s] is %s", (text, level) => {
    expect(sessionAal(methods(text))).toBe(level);
  });
});

describe("what a person can reach (contract 4.3)", () => {
  it.each([
    [[], "aal0"],
    [[{ first: 0, second: 0 }], "aal0"],
    [[{ first: 1, second: 0 }, { first: 0, second: 0 }], "aal1"],
    [[{ first: 1, second: 0 }, { first: 0, second: 1 }], "aal2"],
    [[{ first: 0, second: 2 }], "aal2"],
  ] as const)("%j is %s", (counts, level) => {
    expect(availableAal(counts)).toBe(level);
  });
});

it("orders the levels", () => {
  const levels = ["aal0", "aal1", "aal2"] as const;
  for (const [have, left] of levels.entries()) for (const [need, right] of levels.entries()) expect(atLeast(left, right)).toBe(have >= need);
});

describe("the newest proof of a level", () => {
  const history = methods("password:1:50 totp:2:20 webauthn:2:10 password:1:40");
  it("counts higher levels for lower demands, and never the other way round", () => {
    expect(lastProvedAt(history, "aal1")).toBe(50_000);
    expect(lastProvedAt(history, "aal2")).toBe(20_000);
  });
  it("counts the accepted methods only", () => {
    expect(lastProvedAt(history, "aal2", ["webauthn"])).toBe(10_000);
    expect(lastProvedAt(history, "aal2", ["password"])).toBe(Number.NEGATIVE_INFINITY);
    expect(lastProvedAt(history, "aal1", [])).toBe(Number.NEGATIVE_INFINITY);
  });
});
