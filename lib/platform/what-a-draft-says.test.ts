import { describe, expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import type { JsonObject } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import { parseProjectConfig } from "../config/parse";
import { decideAccess } from "../policy/access";
import { looseningsOf } from "./loosening";
import { mergeThree, same } from "./merge";
import { asTest, simulate } from "./simulate";

const NOW = new Date("2026-07-01T10:00:00Z");

describe("two changes of one document", () => {
  const base = { session: { lifespan: "24h", whoami: { required_aal: "aal1" } }, rung: { protected_paths: [{ prefix: "/a", required_aal: "aal2" }, { prefix: "/b", required_aal: "aal1" }] } };
  test.each([
    ["what only they changed is theirs", base, { ...base, session: { lifespan: "1h", whoami: { required_aal: "aal1" } } }, { ...base, session: { lifespan: "1h", whoami: { required_aal: "aal1" } } }],
    ["both sides of one group stay", { ...base, session: { lifespan: "2h", whoami: { required_aal: "aal1" } } }, { ...base, session: { lifespan: "24h", whoami: { required_aal: "highest_available" } } },
      { ...base, session: { lifespan: "2h", whoami: { required_aal: "highest_available" } } }],
    ["what both changed is mine", { ...base, session: { lifespan: "2h" } }, { ...base, session: { lifespan: "3h", whoami: { required_aal: "aal1" } } }, { ...base, session: { lifespan: "2h" } }],
    ["what I took away stays away", { session: base.session }, base, { session: base.session }],
    ["paths meet by their prefix", { ...base, rung: { protected_paths: [{ prefix: "/b", required_aal: "aal1" }, { prefix: "/mine", required_aal: "aal2" }] } },
      { ...base, rung: { protected_paths: [{ prefix: "/a", required_aal: "aal2" }, { prefix: "/b", required_aal: "aal2" }] } },
      { ...base, rung: { protected_paths: [{ prefix: "/b", required_aal: "aal2" }, { prefix: "/mine", required_aal: "aal2" }] } }],
  ] as readonly (readonly [string, JsonObject, JsonObject, JsonObject])[])("%s", (_name, mine, theirs, merged) => {
    expect(mergeThree(base, mine, theirs)).toEqual(merged);
  });
  test("the order of keys is no difference", () => {
    expect([same({ a: 1, b: [1, { c: 2, d: 3 }] }, { b: [1, { d: 3, c: 2 }], a: 1 }), same({ a: 1 }, { a: 2 }), same(undefined, null)]).toEqual([true, false, false]);
  });
});

describe("a change that protects less", () => {
  const merged = (left: JsonObject, right: JsonObject): JsonObject => Object.fromEntries([...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => {
    const [a, b] = [left[key], right[key]];
    const both = [a, b].every((value) => typeof value === "object" && value !== null && !Array.isArray(value));
    return [key, both ? merged(a as JsonObject, b as JsonObject) : b ?? a ?? null];
  }));
  const config = (patch: JsonObject) => parseProjectConfig(merged(projectTemplate("app"), patch), 1, { baseUrl: "http://localhost:4000", projectKey: "abcdefghij" as ProjectKey, name: "Acme" });
  const kinds = (from: JsonObject, to: JsonObject): readonly string[] => looseningsOf(config(from), config(to), NOW).map(({ kind, name }) => `${kind} ${name}`.trim());
  const paths = (...rules: readonly JsonObject[]): JsonObject => ({ rung: { protected_paths: rules } });
  test.each([
    ["nothing", {}, {}, []],
    ["Strict to Lax", {}, { session: { whoami: { required_aal: "aal1" } } }, ["sign_in"]],
    ["Lax to Strict", { session: { whoami: { required_aal: "aal1" } } }, {}, []],
    ["settings", {}, { selfservice: { flows: { settings: { required_aal: "aal1", privileged_session_max_age: "1h" } } } }, ["settings", "window"]],
    ["a longer session", {}, { session: { lifespan: "25h" } }, ["lifespan"]],
    ["a shorter one", {}, { session: { lifespan: "1h" } }, []],
    ["a path dropped", {}, paths({ prefix: "/payment", required_aal: "aal2", max_age: "15m" }), ["path /orders"]],
    ["a path under a stricter one", paths({ prefix: "/a", required_aal: "aal2" }, { prefix: "/a/b", required_aal: "highest_available" }), paths({ prefix: "/a", required_aal: "aal2" }), []],
    ["a longer age", paths({ prefix: "/a", required_aal: "aal2", max_age: "5m" }), paths({ prefix: "/a", required_aal: "aal2", max_age: "6m" }), ["path /a"]],
    ["any age", paths({ prefix: "/a", required_aal: "aal2", max_age: "5m" }), paths({ prefix: "/a", required_aal: "aal2" }), ["path /a"]],
    ["one more method", paths({ prefix: "/a", required_aal: "aal2", methods: ["totp"] }), paths({ prefix: "/a", required_aal: "aal2", methods: ["totp", "lookup_secret"] }), ["path /a"]],
    ["an operation", {}, { rung: { operations: { "payment.create": { required_aal: "aal1", max_age: "5m", methods: ["password"] } } } }, ["operation payment.create"]],
    ["a factor off", {}, { selfservice: { methods: { totp: { enabled: false } } } }, ["second_factor totp"]],
    ["passkeys count", { selfservice: { methods: { passkey: { config: { aal2_on_user_verification: false } } } } }, {}, ["passkey_counts"]],
    ["a later date", { rung: { enrolment: { mode: "required-from-date", from: "2026-08-01T00:00:00Z" } } }, { rung: { enrolment: { mode: "required-from-date", from: "2026-09-01T00:00:00Z" } } }, ["enrolment"]],
    ["no wall", { rung: { enrolment: { mode: "required" } } }, {}, ["enrolment"]],
  ] as readonly (readonly [string, JsonObject, JsonObject, readonly string[]])[])("%s", (_name, from, to, found) => {
    // A wall asks in every path and operation; what else it moves is told too.
    expect(kinds(from, to).filter((kind) => !kind.startsWith("operation ") || found.includes(kind))).toEqual(found);
  });
});

test("what the simulator copies is a test", () => {
  const { policy } = parseProjectConfig(projectTemplate("app"), 1, { baseUrl: "http://localhost:4000", projectKey: "abcdefghij" as ProjectKey, name: "Acme" });
  const session = { methods: [{ method: "password", aal: "aal1", completedAt: NOW }], expiresAt: new Date(NOW.getTime() + 1_000), revokedAt: null } as const;
  const subject = { availableAal: "aal2", usable: [{ method: "password", aal: "aal1" }, { method: "totp", aal: "aal2" }] } as const;
  const input = { policy, area: { kind: "path", pathname: "/payment/new" }, session, subject, now: NOW } as const;
  const line = asTest(input, simulate(input));
  expect(line).toBe('test("/payment/new: step_up, aal_too_low", () => { expect(decideAccess('
    + '{ methods: [{ method: "password", aal: "aal1", completedAt: new Date("2026-07-01T10:00:00.000Z") }], expiresAt: new Date("2026-07-01T10:00:01.000Z"), revokedAt: null }, '
    + '{ availableAal: "aal2", usable: [{ method: "password", aal: "aal1" }, { method: "totp", aal: "aal2" }] }, '
    + '{ aal: "aal2", maxAgeSeconds: 900 }, new Date("2026-07-01T10:00:00.000Z"))).toEqual({ kind: "step_up", to: "aal2", reason: "aal_too_low" }); });');
  // The same call, typed by hand.
  expect(decideAccess(session, subject, { aal: "aal2", maxAgeSeconds: 900 }, NOW)).toEqual({ kind: "step_up", to: "aal2", reason: "aal_too_low" });
});
