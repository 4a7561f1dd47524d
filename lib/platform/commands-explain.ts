import type { Credential } from "../model/credential";
import type { AuthenticationMethod, FactorId } from "../model/assurance";
import type { Database, ProjectHandle } from "../db/handles";
import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { Identity } from "../model/identity";
import type { IdentityId, SessionId } from "../model/ids";
import type { AccessDecision, AccessRequirement, Area, SubjectFacts } from "../model/policy";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import { addMs, DAY_MS } from "../model/time";
import type { Clock } from "../model/time";
import { sessionAal } from "../policy/aal";
import { areaOfPath } from "../policy/areas";
import { simulate } from "../policy/trace";
import { normaliseIdentifier } from "../wire/identity-schema";
import { traceOf } from "./commands-explain-words";
import type { Resolver } from "./resolve";
import { isStorable } from "./text";

export interface ExplainDeps {
  readonly db: Pick<Database, "forProject" | "platform">;
  readonly resolver: Resolver;
  readonly clock: Clock;
  subjectOf(credentials: readonly Credential[], project: Project, identity?: Identity): SubjectFacts;
}

/** What is asked: a person (id or what they sign in with), a place, and which session stands in front of it. */
export interface ExplainQuestion {
  /** Id or short name. */
  readonly project: string;
  readonly identity: string;
  readonly area: Area;
  /** An id, `newest`, or `none`. */
  readonly session: string;
  /** Instead of a session that exists: one with these proofs, each so many seconds old. */
  readonly proofs?: readonly { readonly method: FactorId; readonly ageSeconds: number }[];
}

/** The same facts and the same functions as a request; `trace` says them in words, the last line is the verdict. */
export interface Explanation {
  readonly project: { readonly id: string; readonly slug: string; readonly revision: number };
  readonly identity: { readonly id: string; readonly state: string };
  readonly area: Area;
  readonly requirement: AccessRequirement | null;
  readonly subject: SubjectFacts;
  readonly session: { readonly id: string | null; readonly aal: string; readonly methods: readonly AuthenticationMethod[] } | null;
  readonly decision: AccessDecision;
  readonly trace: readonly string[];
}

/** Why this person would be asked here, or not. Reads only. Throws `not_found` for a project, person or session that is none, `bad_request`. */
export async function explain(deps: ExplainDeps, question: ExplainQuestion): Promise<Explanation> {
  const project = await projectOf(deps, question.project);
  const handle = deps.db.forProject(project.row.id);
  const now = deps.clock.now();
  const account = await accountOf(handle, question.identity);
  const { identity } = account;
  const subject = deps.subjectOf(account.credentials, project, identity);
  const session = question.proofs === undefined
    ? await sessionOf(handle, identity.id, question.session, now) : imagined(question.proofs, subject, now);
  const aal = session === null ? "aal0" : sessionAal(session.methods);
  // A request of somebody who is not active never gets as far as the decision.
  const live = identity.state === "active" ? session : null;
  // A path is judged as the area it belongs to, by the guard's own function.
  const area = question.area.kind === "path" ? areaOfPath(question.area.pathname, project.config) : question.area;
  const { requirement, decision } = simulate({ policy: project.config.policy, area, session: live, subject, now });
  const facts = { project, identity, area, requirement, subject, session, decision, now };
  return {
    project: { id: project.row.id, slug: project.row.slug, revision: project.config.revision }, identity: { id: identity.id, state: identity.state },
    area, requirement, subject, session: session === null ? null : { id: session.id, aal, methods: session.methods }, decision,
    trace: traceOf(facts),
  };
}

/** What a decision is made of; `id` null: a session that is only imagined. */
export type ExplainedSession = Pick<Session, "methods" | "expiresAt" | "revokedAt"> & { readonly id: SessionId | null };

async function projectOf({ db, resolver }: ExplainDeps, which: string): Promise<Project> {
  const row = (await db.platform.listProjects()).find(({ id, slug }) => id === which || slug === which);
  const project = row === undefined ? null : await resolver.byId(row.id);
  if (project === null) throw new DomainError("not_found", { reason: `There is no project ${which}.` });
  return resolver.current(project);
}

async function accountOf(handle: ProjectHandle, which: string) {
  if (isUuid(which)) {
    const byId = await handle.findAccount(which as IdentityId);
    if (byId !== null) return byId;
  } else if (isStorable(which)) {
    const name = normaliseIdentifier(which);
    const types: readonly FactorId[] = ["password", "webauthn", "passkey", "code", "oidc"];
    for (const type of types) {
      const found = await handle.findAccountByIdentifier(type, name);
      if (found !== null) return found;
    }
    const byAddress = (await handle.findAccountByAddress("verifiable", "email", name)) ?? (await handle.findAccountByAddress("verifiable", "sms", name));
    if (byAddress !== null) return byAddress;
  }
  throw new DomainError("not_found", { reason: "There is no such person in this project." });
}

async function sessionOf(handle: ProjectHandle, identityId: IdentityId, which: string, now: Date): Promise<ExplainedSession | null> {
  if (which === "none") return null;
  if (which === "newest") return (await handle.listSessions(identityId, now, { offset: 0, limit: 1 })).sessions[0] ?? null;
  const found = isUuid(which) ? await handle.findSession(which as SessionId) : null;
  if (found === null || found.identityId !== identityId) throw new DomainError("not_found", { reason: "This person has no such session." });
  return found;
}

function imagined(proofs: NonNullable<ExplainQuestion["proofs"]>, subject: SubjectFacts, now: Date): ExplainedSession {
  const methods = proofs.map(({ method, ageSeconds }) => {
    const own = subject.usable.find((entry) => entry.method === method);
    if (own === undefined) throw new DomainError("bad_request", { reason: `This person cannot prove ${method} in this project.` });
    return { method, aal: own.aal, completedAt: addMs(now, -ageSeconds * 1_000) };
  });
  return { id: null, methods, expiresAt: addMs(now, DAY_MS), revokedAt: null };
}
