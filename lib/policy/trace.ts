import type { DecisionTrace } from "../model/console-impact";
import type { AccessDecision, AccessRequirement, Area, ProjectPolicy, SessionFacts, SubjectFacts } from "../model/policy";
import { decideAccess } from "./access";
import { atLeast, lastProvedAt, sessionAal } from "./aal";
import { requirementFor } from "./requirements";

/** The questions of `decideAccess`, in its order. The first that is answered against the session decides. */
export const RULES = [
  "requirement", "session", "revoked", "expired", "method", "enrolment", "level", "accepted_method", "age", "allow",
] as const satisfies readonly TraceStep["rule"][];
export type RuleId = TraceStep["rule"];
export type TraceStep = DecisionTrace["steps"][number];
export type Trace = DecisionTrace;
export interface SimulateInput {
  readonly policy: ProjectPolicy;
  readonly area: Area;
  readonly session: SessionFacts | null;
  readonly subject: SubjectFacts;
  readonly now: Date;
}

/**
 * Who is asked what here, and why: the decision of `decideAccess` itself with the rule that made it. A path that no rule covers
 * asks for nothing, so everybody may pass. Pure; never throws.
 */
export function simulate({ policy, area, session, subject, now }: SimulateInput): Trace {
  const requirement = requirementFor(area, policy, now);
  if (requirement === null) {
    const aal = session === null ? "aal0" : sessionAal(session.methods);
    return { area, requirement, decision: { kind: "allow", aal }, steps: stepsUpTo("requirement", factsOf(null, session, subject, now)) };
  }
  const decision = decideAccess(session, subject, requirement, now);
  return { area, requirement, decision, steps: stepsUpTo(decidingRule(decision, requirement, session, subject), factsOf(requirement, session, subject, now)) };
}

/** Which rule an answer comes from. To enrol can be the answer to the level, to the accepted methods and to the age. */
function decidingRule(decision: AccessDecision, requirement: AccessRequirement, session: SessionFacts | null, subject: SubjectFacts): RuleId {
  if (decision.kind === "allow") return "allow";
  switch (decision.reason) {
    case "no_session": return "session";
    case "session_revoked": return "revoked";
    case "session_expired": return "expired";
    case "no_method": return "method";
    case "enrolment_required": return "enrolment";
    case "aal_too_low": return "level";
    case "method_not_accepted": return "accepted_method";
    case "authentication_too_old": return "age";
    case "no_second_factor": case "no_accepted_factor": {
      const methods = session?.methods ?? [];
      const demanded = demandedOf(requirement, subject);
      if (!atLeast(sessionAal(methods), demanded)) return "level";
      const unproved = lastProvedAt(methods, demanded, requirement.methods) === Number.NEGATIVE_INFINITY;
      return requirement.methods !== undefined && unproved ? "accepted_method" : "age";
    }
  }
}

function demandedOf(requirement: AccessRequirement | null, subject: SubjectFacts): "aal1" | "aal2" {
  if (requirement === null || requirement.aal === "aal1") return "aal1";
  return requirement.aal === "aal2" || subject.availableAal === "aal2" ? "aal2" : "aal1";
}

function stepsUpTo(deciding: RuleId, facts: (rule: RuleId) => TraceStep["facts"]): readonly TraceStep[] {
  const at = RULES.indexOf(deciding);
  return RULES.map((rule, index) => ({
    rule, state: index < at ? "passed" : index === at ? "decided" : "not_reached", facts: index <= at ? facts(rule) : {},
  }));
}

function factsOf(requirement: AccessRequirement | null, session: SessionFacts | null, subject: SubjectFacts, now: Date) {
  const have = session === null ? "aal0" : sessionAal(session.methods);
  const demanded = demandedOf(requirement, subject);
  const proved = session === null ? Number.NEGATIVE_INFINITY : lastProvedAt(session.methods, demanded, requirement?.methods);
  return (rule: RuleId): TraceStep["facts"] => {
    switch (rule) {
      case "requirement": return {
        level: requirement?.aal ?? "", methods: requirement?.methods ?? [],
        ...(requirement?.maxAgeSeconds === undefined ? {} : { seconds: requirement.maxAgeSeconds }),
      };
      case "method": return { methods: (session?.methods ?? []).map(({ method }) => method) };
      case "enrolment": return { available: subject.availableAal, enrolled: requirement?.enrolled === true ? "yes" : "no" };
      case "level": return { have, demanded, available: subject.availableAal };
      case "accepted_method": return { methods: requirement?.methods ?? [], usable: subject.usable.map(({ method }) => method) };
      case "age": return {
        ...(requirement?.maxAgeSeconds === undefined ? {} : { seconds: requirement.maxAgeSeconds }),
        ...(Number.isFinite(proved) ? { ago: Math.max(0, Math.floor((now.getTime() - proved) / 1_000)) } : {}),
      };
      case "allow": return { have };
      default: return {};
    }
  };
}
