import { DomainError } from "../model/errors";
import type { Session } from "../model/session";
import type { AccessDecision, Area, SubjectFacts } from "../model/policy";
import type { Project } from "../model/project";
import { decideAccess } from "../policy/access";
import { requirementFor } from "../policy/requirements";
import { startUrl } from "./urls";

/** The one question, asked for an area of this project. An area nobody guards allows at the session's own level. */
export function decideArea(session: Session, subject: SubjectFacts, area: Area, project: Project, now: Date): AccessDecision {
  const requirement = requirementFor(area, project.config.policy, now);
  if (requirement === null) return { kind: "allow", aal: session.aal };
  return decideAccess(session, subject, requirement, now);
}

/** Where a refused person makes progress; null when allowed. The place is never behind the rule that refused. */
export function continueUrl(decision: AccessDecision, project: Project, returnTo: string | null, operation?: string): string | null {
  switch (decision.kind) {
    case "allow":
      return null;
    case "sign_in":
      return startUrl(project, "login", { return_to: returnTo });
    case "step_up":
      return startUrl(project, "login", { aal: "aal2", return_to: returnTo, operation });
    case "reauthenticate":
      return startUrl(project, "login", {
        refresh: "true", aal: decision.to === "aal2" ? "aal2" : null, return_to: returnTo, operation,
      });
    case "enroll":
      return startUrl(project, "settings", { return_to: returnTo });
  }
}

/** Throws what the wire says for a refused settings request; returns when it is allowed. */
export function refuseUnlessAllowed(decision: AccessDecision, project: Project, returnTo: string | null): void {
  const redirectTo = continueUrl(decision, project, returnTo);
  switch (decision.kind) {
    case "allow":
      return;
    case "sign_in":
      throw new DomainError("unauthorized", { redirectTo });
    case "reauthenticate":
      throw new DomainError("session_refresh_required", { redirectTo });
    case "step_up":
    case "enroll":
      throw new DomainError("session_aal2_required", { redirectTo });
  }
}

/** A session that carries a recovery marker: its credential changes are guarded like factors (ruling J14). */
export function beganWithRecovery(session: Session): boolean {
  return session.methods.some(({ method }) => method === "code_recovery" || method === "link_recovery");
}
