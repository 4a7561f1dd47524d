import { continueUrl } from "../flows/decide";
import { DomainError } from "../model/errors";
import type { AccessDecision, Area } from "../model/policy";
import { sessionAal } from "../policy/aal";
import { decideAccess } from "../policy/access";
import { areaOfPath } from "../policy/areas";
import { requirementFor } from "../policy/requirements";
import type { Exchange } from "./exchange";

type Judged = Pick<Exchange, "project" | "session" | "now">;

/** The one question for this request. An area that nobody guards still wants a live session. */
export function judge({ project, session, now }: Judged, area: Area): AccessDecision {
  const requirement = requirementFor(area, project.config.policy, now) ?? { aal: "aal1" as const };
  return decideAccess(session?.session ?? null, session?.subject ?? { availableAal: "aal0", usable: [] }, requirement, now);
}

/** The same for a path of the project's public base; one that no rule covers asks for nothing at all. */
export function judgePath({ project, session, now }: Judged, pathname: string): AccessDecision {
  const area = areaOfPath(pathname, project.config);
  if (requirementFor(area, project.config.policy, now) !== null) return judge({ project, session, now }, area);
  return { kind: "allow", aal: sessionAal(session?.session.methods ?? []) };
}

/** Throws what the wire says when the session area refuses: 401 without id, 403 with the way on (contract 1.9, 4.5). */
export function requireSessionArea(judged: Judged): NonNullable<Exchange["session"]> {
  const decision = judge(judged, { kind: "session" });
  if (decision.kind === "sign_in" || judged.session === null) throw new DomainError("unauthorized");
  if (decision.kind !== "allow") {
    throw new DomainError("session_aal2_required", { redirectTo: continueUrl(decision, judged.project, null) });
  }
  return judged.session;
}
