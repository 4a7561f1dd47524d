import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuthenticationMethod, FactorId } from "../model/assurance";
import type { AccessDecision, AccessRequirement, Area, ProjectPolicy, SessionFacts, SubjectFacts, UsableMethod } from "../model/policy";
import { atLeast, availableAal, lastProvedAt, sessionAal } from "./aal";
import { decideAccess } from "./access";
import { requirementFor } from "./requirements";
import { signInState } from "./sign-in-state";

const T = Date.UTC(2026, 2, 1);
const FACTORS = ["password", "oidc", "totp", "webauthn", "passkey", "lookup_secret", "code"] as const;
const SECOND: readonly FactorId[] = ["totp", "webauthn", "lookup_secret", "code"];

const level = fc.constantFrom("aal1" as const, "aal2" as const);
const factor = fc.constantFrom(...FACTORS);
const instant = fc.integer({ min: T - 5000, max: T + 5000 }).map((ms) => new Date(ms));
const method: fc.Arbitrary<AuthenticationMethod> = fc.record({
  method: fc.oneof(factor, fc.constantFrom("code_recovery" as const, "link_recovery" as const)), aal: level, completedAt: instant,
});
const session: fc.Arbitrary<SessionFacts> = fc.record({
  methods: fc.array(method, { maxLength: 5 }), expiresAt: instant, revokedAt: fc.option(instant, { freq: 9, nil: null }),
});
const maybeSession = fc.option(session, { freq: 9, nil: null });
const usable: fc.Arbitrary<UsableMethod> = factor.chain((name) =>
  fc.record({ method: fc.constant(name), aal: SECOND.includes(name) ? fc.constant("aal2" as const) : name === "passkey" || name === "oidc" ? level : fc.constant("aal1" as const) }));
const personWith = (methods: readonly UsableMethod[]): SubjectFacts => ({
  availableAal: availableAal(methods.map((own) => (SECOND.includes(own.method) ? { first: 0, second: 1 } : { first: 1, second: 0 }))),
  usable: methods,
});
const person = fc.array(usable, { maxLength: 6 }).map(personWith);
const requirement: fc.Arbitrary<AccessRequirement> = fc.record(
  {
    aal: fc.constantFrom("aal1" as const, "aal2" as const, "highest_available" as const),
    maxAgeSeconds: fc.integer({ min: 0, max: 8 }), methods: fc.array(factor, { minLength: 1, maxLength: 3 }), enrolled: fc.boolean(),
  },
  { requiredKeys: ["aal"] },
);
const area: fc.Arbitrary<Area> = fc.oneof(
  fc.record({ kind: fc.constantFrom("session" as const, "settings" as const, "factor_change" as const) }),
  fc.record({ kind: fc.constant("privileged_change" as const), recovered: fc.boolean() }),
  fc.record({ kind: fc.constant("path" as const), pathname: fc.webPath() }),
  fc.record({ kind: fc.constant("operation" as const), name: fc.constantFrom("pay", "other", "__proto__", "constructor") }),
);
const policyOf = (model: "strict" | "lax"): ProjectPolicy => ({
  signIn: model, settings: model, privilegedMaxAgeSeconds: 3, enrolment: { mode: "required-from-date", from: new Date(T) },
  protectedPaths: [{ prefix: "/", requirement: { aal: "highest_available" } }], operations: { pay: { aal: "aal2", maxAgeSeconds: 3 } },
});
/** How much an answer asks of a person, least first. */
const burden = (decision: AccessDecision): number => ["allow", "reauthenticate", "step_up", "enroll", "sign_in"].indexOf(decision.kind);
const decideIn = (model: "strict" | "lax", where: Area, facts: SessionFacts | null, subject: SubjectFacts, now: Date): AccessDecision => {
  const asked = requirementFor(where, policyOf(model), now);
  return asked === null ? { kind: "allow", aal: "aal1" } : decideAccess(facts, subject, asked, now);
};

describe("promises of the decision", () => {
  it("Lax never asks more than Strict", () => {
    fc.assert(fc.property(area, maybeSession, person, instant, (where, facts, subject, now) => {
      const lax = decideIn("lax", where, facts, subject, now);
      const strict = decideIn("strict", where, facts, subject, now);
      return burden(lax) <= burden(strict);
    }), { numRuns: 5000 });
  });

  it("Strict never locks out a person who has only a password", () => {
    const alone = personWith([{ method: "password", aal: "aal1" }]);
    fc.assert(fc.property(fc.array(instant, { minLength: 1, maxLength: 4 }), instant, (proofs, now) => {
      const facts: SessionFacts = {
        methods: proofs.map((completedAt) => ({ method: "password", aal: "aal1", completedAt })), expiresAt: new Date(T + 1_000_000), revokedAt: null,
      };
      const strict: ProjectPolicy = { ...policyOf("strict"), enrolment: { mode: "optional" } };
      for (const kind of ["session", "settings"] as const) {
        expect(decideAccess(facts, alone, requirementFor({ kind }, strict, now) ?? { aal: "aal2" }, now)).toEqual({ kind: "allow", aal: "aal1" });
      }
      // Before a change of factors they may be asked for the password again, and for nothing they do not have.
      const change = decideAccess(facts, alone, requirementFor({ kind: "factor_change" }, strict, now) ?? { aal: "aal2" }, now);
      expect(["allow", "reauthenticate"]).toContain(change.kind);
      if (change.kind === "reauthenticate") expect(change.to).toBe("aal1");
    }));
  });

  it("owning one more factor never makes a request easier, and never signs anybody out", () => {
    fc.assert(fc.property(maybeSession, fc.array(usable, { maxLength: 5 }), usable, requirement, instant, (facts, owned, added, asked, now) => {
      const { enrolled: _wall, ...rest } = asked;
      const before = decideAccess(facts, personWith(owned), rest, now);
      const after = decideAccess(facts, personWith([...owned, added]), rest, now);
      return (after.kind !== "allow" || before.kind === "allow") && (after.kind === "sign_in") === (before.kind === "sign_in");
    }), { numRuns: 5000 });
  });

  it("a person with a second factor always passes the enrolment wall", () => {
    fc.assert(fc.property(maybeSession, person, requirement, instant, (facts, subject, asked, now) => {
      const decision = decideAccess(facts, subject, { ...asked, enrolled: true }, now);
      return subject.availableAal !== "aal2" || decision.kind !== "enroll" || decision.reason !== "enrolment_required";
    }));
  });

  it("time that passes never adds access", () => {
    fc.assert(fc.property(area, maybeSession, person, instant, fc.nat(20_000), (where, facts, subject, now, later) => {
      const then = new Date(now.getTime() + later);
      for (const model of ["strict", "lax"] as const) {
        if (decideIn(model, where, facts, subject, then).kind === "allow") expect(decideIn(model, where, facts, subject, now).kind).toBe("allow");
      }
    }), { numRuns: 5000 });
  });

  it("an allowed session stands at least at the level that was demanded, by an accepted and recent proof", () => {
    fc.assert(fc.property(session, person, requirement, instant, (facts, subject, asked, now) => {
      const decision = decideAccess(facts, subject, asked, now);
      if (decision.kind !== "allow") return;
      const demanded = asked.aal === "aal2" || (asked.aal === "highest_available" && subject.availableAal === "aal2") ? "aal2" : "aal1";
      expect(decision.aal).toBe(sessionAal(facts.methods));
      expect(atLeast(decision.aal, demanded)).toBe(true);
      if (asked.maxAgeSeconds !== undefined) expect(now.getTime() - lastProvedAt(facts.methods, demanded, asked.methods)).toBeLessThanOrEqual(asked.maxAgeSeconds * 1000);
    }), { numRuns: 5000 });
  });

  it("every refusal names something the person can do", () => {
    fc.assert(fc.property(maybeSession, person, requirement, instant, (facts, subject, asked, now) => {
      const decision = decideAccess(facts, subject, asked, now);
      const { methods } = asked;
      if (decision.kind === "step_up") expect(subject.availableAal).toBe("aal2");
      if ((decision.kind === "step_up" || decision.kind === "reauthenticate") && methods !== undefined) {
        expect(subject.usable.some((own) => atLeast(own.aal, decision.to) && methods.includes(own.method))).toBe(true);
      }
    }), { numRuns: 5000 });
  });

  it("never throws, whatever the dates and numbers are, and what cannot be read is refused", () => {
    const anyDate = fc.oneof(instant, fc.constant(new Date(Number.NaN)), fc.date({ noInvalidDate: false }));
    const anyNumber = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, -1, Number.POSITIVE_INFINITY));
    fc.assert(fc.property(
      fc.array(fc.record({ method: factor, aal: level, completedAt: anyDate })), anyDate, fc.option(anyDate), person, anyNumber, anyDate,
      (methods, expiresAt, revokedAt, subject, maxAgeSeconds, now) => {
        const facts = { methods, expiresAt, revokedAt };
        const decision = decideAccess(facts, subject, { aal: "highest_available", maxAgeSeconds }, now);
        signInState(decision);
        if (Number.isNaN(now.getTime()) || Number.isNaN(expiresAt.getTime()) || Number.isNaN(maxAgeSeconds)) expect(decision.kind).not.toBe("allow");
      },
    ), { numRuns: 5000 });
  });
});
