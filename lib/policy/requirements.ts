import type { AccessRequirement, Area, ProjectPolicy } from "../model/policy";
import { requiredAalOf } from "./enforcement";
import { enrolmentDue } from "./enrolment";
import { longestMatch } from "./paths";

/**
 * What the project's policy asks for in an area; null when it asks for nothing (a path that no rule covers).
 *
 * | area | level | within |
 * | --- | --- | --- |
 * | session, settings | their enforcement model | — |
 * | privileged_change | the settings model | the privileged window |
 * | privileged_change after recovery, factor_change | highest_available | the privileged window |
 * | path | the longest matching prefix; the ways in: nothing | as configured |
 * | operation | as configured; unnamed: as factor_change | as configured |
 *
 * Once enrolment is due, session, path and operation also ask for an enrolled second factor. Settings and changes of factors
 * never do: the way out must not be behind the wall.
 */
export function requirementFor(area: Area, policy: ProjectPolicy, now: Date): AccessRequirement | null {
  switch (area.kind) {
    case "session":
      return walled({ aal: requiredAalOf(policy.signIn) }, policy, now);
    case "settings":
      return { aal: requiredAalOf(policy.settings) };
    case "privileged_change":
      if (area.recovered === true) return factorChange(policy);
      return { aal: requiredAalOf(policy.settings), maxAgeSeconds: policy.privilegedMaxAgeSeconds };
    case "factor_change":
      return factorChange(policy);
    case "path": {
      const rule = area.wayIn === true ? null : longestMatch(area.pathname, policy.protectedPaths);
      return rule === null ? null : walled(rule.requirement, policy, now);
    }
    case "operation": {
      const named = Object.hasOwn(policy.operations, area.name) ? policy.operations[area.name] : undefined;
      return walled(named ?? factorChange(policy), policy, now);
    }
  }
}

/** Guarded even under Lax: whoever changes factors must prove the best the person has, and recently (ADR 0004). */
function factorChange(policy: ProjectPolicy): AccessRequirement {
  return { aal: "highest_available", maxAgeSeconds: policy.privilegedMaxAgeSeconds };
}

function walled(requirement: AccessRequirement, policy: ProjectPolicy, now: Date): AccessRequirement {
  return enrolmentDue(policy.enrolment, now) ? { ...requirement, enrolled: true } : requirement;
}
