import type { FactorId } from "../model/assurance";
import type { AccessDecision, AccessRequirement, SessionFacts, SubjectFacts } from "../model/policy";
import { atLeast, lastProvedAt, sessionAal } from "./aal";

/**
 * May this session do what the requirement guards? Answers every input and never throws; a date or a number that cannot be
 * read counts against the session.
 *
 * Order: 1 no session · 2 revoked · 3 expired · 4 no method · 5 must own a second factor and does not ·
 *        6 level too low (step up if the person can, enrol if not) ·
 *        7 level not proved by an accepted method · 8 proof too old *at the demanded level* · 9 allow.
 *
 * In 6 to 8 nobody is sent to prove what they do not have: without a usable, accepted method of the demanded level the answer
 * is to enrol one.
 */
export function decideAccess(
  session: SessionFacts | null, subject: SubjectFacts, requirement: AccessRequirement, now: Date,
): AccessDecision {
  if (session === null) return { kind: "sign_in", reason: "no_session" };
  if (session.revokedAt !== null) return { kind: "sign_in", reason: "session_revoked" };
  if (!(session.expiresAt.getTime() > now.getTime())) return { kind: "sign_in", reason: "session_expired" };
  const aal = sessionAal(session.methods);
  if (aal === "aal0") return { kind: "sign_in", reason: "no_method" };

  if (requirement.enrolled === true && subject.availableAal !== "aal2" && aal !== "aal2") {
    return { kind: "enroll", reason: "enrolment_required" };
  }

  const demanded = demandedLevel(requirement, subject);
  const { methods: accepted, maxAgeSeconds } = requirement;
  const provable = canProve(subject, demanded, accepted);
  if (!atLeast(aal, demanded)) {
    if (subject.availableAal !== "aal2") return { kind: "enroll", reason: "no_second_factor" };
    if (accepted !== undefined && !provable) return { kind: "enroll", reason: "no_accepted_factor" };
    return { kind: "step_up", to: "aal2", reason: "aal_too_low" };
  }

  const provedAt = lastProvedAt(session.methods, demanded, accepted);
  if (accepted !== undefined && provedAt === Number.NEGATIVE_INFINITY) {
    if (!provable) return { kind: "enroll", reason: "no_accepted_factor" };
    return { kind: "reauthenticate", to: demanded, reason: "method_not_accepted" };
  }

  if (maxAgeSeconds !== undefined && !(now.getTime() - provedAt <= maxAgeSeconds * 1000)) {
    if (!provable && accepted !== undefined) return { kind: "enroll", reason: "no_accepted_factor" };
    // At aal1 there is always a way back to a first factor: recovery. At aal2 there is none but a new second factor.
    if (!provable && demanded === "aal2") return { kind: "enroll", reason: "no_second_factor" };
    return { kind: "reauthenticate", to: demanded, reason: "authentication_too_old" };
  }

  return { kind: "allow", aal };
}

/** `highest_available` is settled per person: `aal2` for whoever can reach it now, `aal1` for everybody else. */
function demandedLevel(requirement: AccessRequirement, subject: SubjectFacts): "aal1" | "aal2" {
  if (requirement.aal === "aal1") return "aal1";
  if (requirement.aal === "highest_available") return subject.availableAal === "aal2" ? "aal2" : "aal1";
  return "aal2";
}

function canProve(subject: SubjectFacts, level: "aal1" | "aal2", accepted: readonly FactorId[] | undefined): boolean {
  return subject.usable.some(
    (own) => atLeast(own.aal, level) && (accepted === undefined || accepted.includes(own.method)),
  );
}
