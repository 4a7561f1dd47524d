import type { EnrolmentPolicy, EnrolmentState, SubjectFacts } from "../model/policy";

/** True once owning a second factor has become a condition: at once, or from the policy's date on. */
export function enrolmentDue(policy: EnrolmentPolicy, now: Date): boolean {
  if (policy.mode === "required") return true;
  return policy.mode === "required-from-date" && !(now.getTime() < policy.from.getTime());
}

/**
 * What to tell a person about their second factor. `nudge` and `due` are a banner, `overdue` is a wall.
 *
 * Order: 1 owns a usable one → satisfied · 2 optional or nudge, as the policy says · 3 date ahead → due · 4 overdue.
 */
export function enrolmentState(subject: SubjectFacts, policy: EnrolmentPolicy, now: Date): EnrolmentState {
  if (subject.availableAal === "aal2") return { kind: "satisfied" };
  if (policy.mode === "optional" || policy.mode === "nudge") return { kind: policy.mode };
  if (policy.mode === "required-from-date" && !enrolmentDue(policy, now)) return { kind: "due", at: policy.from };
  return { kind: "overdue" };
}
