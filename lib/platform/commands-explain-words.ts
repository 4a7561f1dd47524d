import { formatDuration } from "../config/durations";
import type { AccessDecision, AccessRequirement, Area, SubjectFacts } from "../model/policy";
import type { Identity } from "../model/identity";
import type { Project } from "../model/project";
import { sessionAal } from "../policy/aal";
import type { ExplainedSession } from "./commands-explain";

interface Facts {
  readonly project: Project;
  readonly identity: Identity;
  readonly area: Area;
  readonly requirement: AccessRequirement | null;
  readonly subject: SubjectFacts;
  readonly session: ExplainedSession | null;
  readonly decision: AccessDecision;
  readonly now: Date;
}

/** The steps of a decision in words, in the order in which they count. Says nothing about a person but their methods and levels. */
export function traceOf(facts: Facts): readonly string[] {
  const { project, requirement, subject, session, decision, now, identity } = facts;
  const lines = [`${ruleOf(facts)} (project ${project.row.slug}, revision ${String(project.config.revision)})`, ...demandOf(requirement)];
  if (identity.state === "inactive") lines.push("The person is inactive: no session of theirs counts.");
  lines.push(subject.usable.length === 0
    ? "The person could prove nothing now."
    : `The person could prove: ${subject.usable.map(({ method, aal }) => `${method} (${aal})`).join(", ")}; the best they can reach is ${subject.availableAal}.`);
  lines.push(session === null ? "There is no live session." : standing(session, now));
  return [...lines, `So: ${verdictOf(decision)}`];
}

function ruleOf({ area, project, requirement }: Facts): string {
  const { policy } = project.config;
  const model = (strict: "strict" | "lax"): string => (strict === "strict" ? "Strict, highest_available" : "Lax, aal1");
  switch (area.kind) {
    case "session": return `Sign-in is ${model(policy.signIn)}: session.whoami.required_aal`;
    case "settings": return `Settings are ${model(policy.settings)}: selfservice.flows.settings.required_aal`;
    case "privileged_change":
    case "factor_change": return "A change of credentials asks for a recent proof: selfservice.flows.settings.privileged_session_max_age";
    case "path": return area.wayIn === true ? `${area.pathname} is a way in, which no rule covers` : requirement === null ? `No rule of rung.protected_paths covers ${area.pathname}` : `${area.pathname} is covered by a rule of rung.protected_paths`;
    case "operation": return Object.hasOwn(policy.operations, area.name)
      ? `The operation ${area.name} has its rule in rung.operations`
      : `The operation ${area.name} is not named in rung.operations and is guarded like a change of factors`;
  }
}

function demandOf(requirement: AccessRequirement | null): readonly string[] {
  if (requirement === null) return ["Nothing is asked for: everybody passes, signed in or not."];
  const level = { aal1: "any first factor (aal1)", aal2: "a second factor, from everybody (aal2)", highest_available: "the best level that this person can reach (highest_available)" }[requirement.aal];
  const age = requirement.maxAgeSeconds === undefined ? "" : `, proved within the last ${formatDuration(requirement.maxAgeSeconds * 1_000)}`;
  const methods = requirement.methods === undefined ? "" : `, by ${requirement.methods.join(" or ")}`;
  const enrolled = requirement.enrolled === true ? ["Enrolment is due: a usable second factor is a condition."] : [];
  return [`It asks for ${level}${age}${methods}.`, ...enrolled];
}

function standing(session: ExplainedSession, now: Date): string {
  const proofs = session.methods.map(({ method, aal, completedAt, enrolled }) =>
    `${method} (${aal}, ${ageOf(completedAt, now)} ago${enrolled === true ? ", enrolled only" : ""})`);
  const what = session.id === null ? "The imagined session" : `The session ${session.id}`;
  return `${what} stands at ${sessionAal(session.methods)}: ${proofs.length === 0 ? "nothing proved" : proofs.join(", ")}.`;
}

function verdictOf(decision: AccessDecision): string {
  switch (decision.kind) {
    case "allow": return `they are not asked (allow at ${decision.aal}).`;
    case "sign_in": return `they have to sign in (${decision.reason}).`;
    case "step_up": return `they are asked for their second factor (${decision.reason}).`;
    case "reauthenticate": return `they have to prove ${decision.to === "aal2" ? "a second" : "a first"} factor again (${decision.reason}).`;
    case "enroll": return `they have to set up a second factor first (${decision.reason}).`;
  }
}

/** In whole seconds; a proof from a clock that ran ahead is new. */
function ageOf(at: Date, now: Date): string {
  return formatDuration(Math.max(0, Math.floor((now.getTime() - at.getTime()) / 1_000)) * 1_000);
}
