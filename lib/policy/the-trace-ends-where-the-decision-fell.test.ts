import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccessRequirement, ProjectPolicy, SessionFacts, SubjectFacts } from "../model/policy";
import { decideAccess } from "./access";
import { requirementFor } from "./requirements";
import { RULES, simulate } from "./trace";

const NOW = new Date("2026-07-01T10:00:00Z");
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const method = fc.record({
  method: fc.constantFrom("password" as const, "totp" as const, "webauthn" as const, "passkey" as const), aal: fc.constantFrom("aal1" as const, "aal2" as const),
  completedAt: fc.constantFrom(0, 300, 301, 5_000).map(before),
});
const session: fc.Arbitrary<SessionFacts | null> = fc.option(fc.record({
  methods: fc.array(method, { maxLength: 3 }), expiresAt: fc.constantFrom(before(1), before(-60)), revokedAt: fc.constantFrom(null, null, null, before(1)),
}));
const subject: fc.Arbitrary<SubjectFacts> = fc.record({
  availableAal: fc.constantFrom("aal0" as const, "aal1" as const, "aal2" as const),
  usable: fc.array(fc.record({ method: fc.constantFrom("password" as const, "totp" as const, "webauthn" as const), aal: fc.constantFrom("aal1" as const, "aal2" as const) }), { maxLength: 3 }),
});
const requirement: fc.Arbitrary<AccessRequirement> = fc.record({
  aal: fc.constantFrom("aal1" as const, "aal2" as const, "highest_available" as const), maxAgeSeconds: fc.constant(300),
  methods: fc.constantFrom(["totp" as const], ["webauthn" as const, "password" as const]),
}, { requiredKeys: ["aal"] });
const policyWith = (rule: AccessRequirement, wall: boolean): ProjectPolicy => ({
  signIn: "strict", settings: "strict", privilegedMaxAgeSeconds: 300, protectedPaths: [], operations: { act: rule }, enrolment: { mode: wall ? "required" : "optional" },
});

test("the trace has the decision of decideAccess, exactly one deciding rule, and what comes after was not asked", () => {
  fc.assert(fc.property(session, subject, requirement, fc.boolean(), (facts, person, rule, wall) => {
    const policy = policyWith(rule, wall);
    const area = { kind: "operation", name: "act" } as const;
    const trace = simulate({ policy, area, session: facts, subject: person, now: NOW });
    expect(trace.decision).toEqual(decideAccess(facts, person, requirementFor(area, policy, NOW) ?? rule, NOW));
    expect(trace.steps.map(({ rule: name }) => name)).toEqual(RULES);
    const at = trace.steps.findIndex(({ state }) => state === "decided");
    expect(trace.steps.map(({ state }) => state)).toEqual(RULES.map((_, index) => (index < at ? "passed" : index === at ? "decided" : "not_reached")));
    // What the deciding rule looked at agrees with the answer.
    const { rule: decider, facts: seen } = trace.steps[at]!;
    expect(decider === "allow").toBe(trace.decision.kind === "allow");
    if (decider === "level") expect([seen["have"], seen["demanded"]]).toEqual(["aal1", "aal2"]);
    if (decider === "age") expect(Number(seen["ago"] ?? Infinity) >= 300 || !("ago" in seen)).toBe(true);
    if (decider === "accepted_method") expect(seen["methods"]).toEqual(rule.methods);
    if (decider === "enrolment") expect([wall, seen["enrolled"]]).toEqual([true, "yes"]);
  }), { numRuns: 2_000 });
});

test("a path that no rule covers asks for nothing", () => {
  const trace = simulate({ policy: policyWith({ aal: "aal2" }, false), area: { kind: "path", pathname: "/free" }, session: null, subject: { availableAal: "aal0", usable: [] }, now: NOW });
  expect([trace.requirement, trace.decision.kind, trace.steps.find(({ state }) => state === "decided")?.rule]).toEqual([null, "allow", "requirement"]);
});
