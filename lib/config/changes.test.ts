import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import { projectTemplate } from "./defaults";
import { describeChange } from "./diff";
import { durationInWords, formatDuration, parseDurationMs } from "./durations";
import { applyPatch } from "./patch";
import { parseYaml, printYaml } from "./yaml";

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "no error";
  } catch (error) {
    return isDomainError(error) ? `${error.code}: ${String(error.details["reason"] ?? JSON.stringify(error.details["problems"]))}` : String(error);
  }
};

describe("a patch", () => {
  const lax = "aal1";
  it("takes the command line's paths and the API's", () => {
    const wanted = { session: { whoami: { required_aal: lax } } };
    for (const path of ["/session/whoami/required_aal", "/services/identity/config/session/whoami/required_aal"]) {
      expect(applyPatch({ session: { whoami: { required_aal: "highest_available" } } }, [{ op: "replace", path, value: lax }])).toEqual(wanted);
      // Left out means: the default is in force. Replacing it sets it.
      expect(applyPatch({}, [{ op: "replace", path, value: lax }])).toEqual(wanted);
    }
  });
  it("removes a key back to its default, also when it has it already", () => {
    expect(applyPatch({ session: { lifespan: "1h" } }, [{ op: "remove", path: "/session/lifespan" }])).toEqual({ session: {} });
    expect(applyPatch({}, [{ op: "remove", path: "/session/lifespan" }])).toEqual({});
    expect(codeOf(() => applyPatch({}, [{ op: "remove", path: "/session/lifespam" }]))).toContain("nothing at /session/lifespam");
  });
  it("works on lists, moves, copies and tests", () => {
    const before: JsonObject = { selfservice: { allowed_return_urls: ["/a", "/b"] } };
    const at = "/selfservice/allowed_return_urls";
    expect(applyPatch(before, [{ op: "add", path: `${at}/-`, value: "/c" }, { op: "remove", path: `${at}/0` }])).toEqual({ selfservice: { allowed_return_urls: ["/b", "/c"] } });
    expect(applyPatch({ rung: { brand: { name: "A" } } }, [{ op: "test", path: "/rung/brand/name", value: "A" }, { op: "copy", from: "/rung/brand/name", path: "/revision" }]))
      .toEqual({ rung: { brand: { name: "A" } }, revision: "A" });
    expect(codeOf(() => applyPatch(before, [{ op: "test", path: `${at}/0`, value: "/b" }]))).toContain("not the one that was expected");
    expect(codeOf(() => applyPatch({}, [{ op: "add", path: `${at}/-`, value: "/c" }]))).toContain("does not fit");
  });
  it("never touches the document it was given, and applies all or nothing", () => {
    const before: JsonObject = { session: { lifespan: "1h", whoami: {} } };
    const copy = structuredClone(before);
    applyPatch(before, [{ op: "replace", path: "/session/lifespan", value: "2h" }, { op: "add", path: "/session/whoami/required_aal", value: lax }]);
    expect(codeOf(() => applyPatch(before, [{ op: "replace", path: "/session/lifespan", value: "2h" }, { op: "remove", path: "/no" }]))).toContain("bad_request");
    expect(before).toEqual(copy);
  });
  it.each([
    [null, "list"], [[], "at least one"], [{}, "list"], [[null], "object"], [[{ op: "set", path: "/a", value: 1 }], "op must be"], [[{ op: "add", value: 1 }], "path must be text"],
    [[{ op: "add", path: "session", value: 1 }], "begin with"], [[{ op: "add", path: "/session" }], "needs a value"], [[{ op: "add", path: "", value: {} }], "never the whole"],
    [[{ op: "move", path: "/a" }], "from must be text"], [[{ op: "add", path: "/__proto__/x", value: 1 }], "no document has"],
    [[{ op: "add", path: "/constructor/prototype/x", value: 1 }], "no document has"], [[{ op: "copy", from: "/__proto__", path: "/a" }], "no document has"],
    [[{ op: "move", from: "/session", path: "/cookies" }], "does not fit"], [Array.from({ length: 201 }, () => ({})), "at most 200"],
  ])("%j is refused", (operations, words) => {
    const told = codeOf(() => applyPatch({}, operations));
    expect(told).toMatch(/^bad_request: /);
    expect(told).toContain(words);
  });
  it("does not grow without end: forty copies, each twice the one before, are refused", () => {
    const copies = Array.from({ length: 40 }, () => ({ op: "copy", from: "/x", path: "/x/-" }));
    expect(codeOf(() => applyPatch({ x: ["a text of some length"] }, copies))).toMatch(/bad_request: .*too large/);
  });
  it("follows no path without end", () => {
    expect(codeOf(() => applyPatch({}, [{ op: "add", path: "/x".repeat(65), value: 1 }]))).toMatch(/bad_request: .*64 parts/);
  });
  it("reaches no prototype, whatever is thrown at it", () => {
    const key = fc.constantFrom("__proto__", "constructor", "prototype", "session", "a", "0", "-", "~1", "toString");
    const operation = fc.record({ op: fc.constantFrom("add", "replace", "remove", "move", "copy", "test"), path: fc.array(key).map((keys) => keys.map((k) => `/${k}`).join("")), from: fc.array(key).map((keys) => keys.map((k) => `/${k}`).join("")), value: fc.jsonValue() });
    fc.assert(fc.property(fc.array(operation, { minLength: 1, maxLength: 4 }), (operations) => {
      codeOf(() => applyPatch({ session: { a: [1] } }, operations));
      expect(Object.keys(Object.prototype)).toEqual([]);
    }), { numRuns: 2000 });
  });
});

describe("a change in words", () => {
  it("is nothing when only a default was written down", () => {
    expect(describeChange({}, { session: { lifespan: "24h0m0s", whoami: { required_aal: "highest_available" } } })).toEqual([]);
    expect(describeChange(projectTemplate("app"), projectTemplate("app"))).toEqual([]);
  });
  it("names Strict and Lax, not the wire's words", () => {
    expect(describeChange(projectTemplate("app", { lax: true }), projectTemplate("app"))).toEqual(["Sign-in: Lax to Strict", "Account settings: Lax to Strict"]);
  });
  it("tells operations and paths whole", () => {
    expect(describeChange({}, { rung: { operations: { pay: { required_aal: "aal2", max_age: "5m0s", methods: ["totp", "passkey"] } } } }))
      .toEqual(["Operation pay: set to aal2, within 5 minutes, by totp or passkey"]);
    expect(describeChange({ rung: { protected_paths: [{ prefix: "/x", required_aal: "aal1" }] } }, { rung: { protected_paths: [] } })).toContain("Protected path /x: removed (was aal1)");
    expect(describeChange({ rung: { protected_paths: [{ prefix: "/x", required_aal: "aal1" }] } }, { rung: { protected_paths: [{ prefix: "/x", required_aal: "aal2" }] } }))
      .toEqual(["Protected path /x: aal1 to aal2"]);
  });
  it("says on and off, and durations in words", () => {
    expect(describeChange({}, { selfservice: { methods: { totp: { enabled: true } }, flows: { settings: { privileged_session_max_age: "15m0s" } } } }))
      .toEqual(["Privileged window: 1 hour to 15 minutes", "Authenticator app: off to on"]);
  });
  it("never tells a value that may be secret", () => {
    const secret = "hunter2";
    const hook = [{ hook: "web_hook", config: { auth: secret } }];
    const told = describeChange({}, {
      secrets: { cipher: [secret] }, courier: { smtp: { connection_uri: secret } },
      selfservice: { methods: { oidc: { config: { providers: [{ client_secret: secret }] } } }, flows: { login: { after: { hooks: hook, password: { hooks: hook } } } } },
    });
    expect(told).toHaveLength(5);
    expect(told.join()).not.toContain(secret);
  });
});

describe("durations", () => {
  it.each([["15m", 900_000], ["1h30m", 5_400_000], ["24h0m0s", 86_400_000], ["500ms", 500], ["1500us", 1.5], ["1000000ns", 1], ["1m1m", 120_000], ["0s", 0]] as const)("%s", (text, ms) => {
    expect(parseDurationMs(text)).toBeCloseTo(ms, 9);
  });
  it.each(["", "15", "m", "1.5h", "-1h", "1 h", "1H", "1d", "1h ", `${"9".repeat(400)}h`])("%j is none", (text) => {
    expect(parseDurationMs(text)).toBeNull();
  });
  it("print as Go prints them and read back the same", () => {
    expect([0, 500, 90_000, 900_000, 86_400_000, 1_500].map(formatDuration)).toEqual(["0s", "500ms", "1m30s", "15m0s", "24h0m0s", "1s500ms"]);
    fc.assert(fc.property(fc.nat(2_000_000_000), (ms) => parseDurationMs(formatDuration(ms)) === ms));
  });
  it("and in words", () => {
    expect([0, 1_000, 900_000, 5_400_000, 7_200_000].map(durationInWords)).toEqual(["0 seconds", "1 second", "15 minutes", "1 hour 30 minutes", "2 hours"]);
  });
});

describe("YAML", () => {
  const TEXT = "# who may pay\nsession:\n  lifespan: 24h # a day\n  whoami: { required_aal: highest_available }\n\nrung:\n  # the shop\n  brand:\n    name: Shop\n";
  it("keeps comments and style where nothing changed", () => {
    const document = parseYaml(TEXT);
    expect(printYaml(document, TEXT)).toBe(TEXT);
    const changed = applyPatch(document, [{ op: "replace", path: "/session/lifespan", value: "1h" }, { op: "add", path: "/rung/enrolment", value: { mode: "nudge" } }]);
    const printed = printYaml(changed, TEXT);
    for (const kept of ["# who may pay", "lifespan: 1h # a day", "{ required_aal: highest_available }", "# the shop", "mode: nudge"]) expect(printed).toContain(kept);
    expect(parseYaml(printed)).toEqual(changed);
  });
  it("forgets a key with its group when it was removed", () => {
    expect(parseYaml(printYaml({ session: { lifespan: "24h" } }, TEXT))).toEqual({ session: { lifespan: "24h" } });
  });
  it("prints a fresh document in alphabetical order", () => {
    expect(printYaml({ b: 1, a: { d: [1, "x"], c: true } } as JsonObject)).toBe("a:\n  c: true\n  d:\n    - 1\n    - x\nb: 1\n");
  });
  it("reads JSON, and nothing as an empty document", () => {
    expect(parseYaml("{\"a\": [1, null]}")).toEqual({ a: [1, null] });
    expect([parseYaml(""), parseYaml("# only a comment")]).toEqual([{}, {}]);
  });
  it("leaves dates and yes as text", () => {
    expect(parseYaml("from: 2027-01-01T00:00:00Z\nanswer: yes")).toEqual({ from: "2027-01-01T00:00:00Z", answer: "yes" });
  });
  it.each(["a: [", "- a", "just text", "a: 1\na: 2", "a: .nan", "a: !!js/function x", "a: *nowhere", `a: &a [x]\n${Array.from({ length: 99 }, (_, i) => `k${i}: [*a, *a, *a]`).join("\n")}`])("%j is refused", (text) => {
    expect(codeOf(() => parseYaml(text))).toMatch(/^config_invalid/);
  });
  it("round-trips the templates", () => {
    for (const kind of ["app", "console"] as const) expect(parseYaml(printYaml(projectTemplate(kind)))).toEqual(projectTemplate(kind));
  });
});
