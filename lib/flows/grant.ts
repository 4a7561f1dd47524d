import type { ProjectDb } from "../db/handles";
import type { AuthenticationMethod } from "../model/assurance";
import type { Transport } from "../model/flow";
import type { Identity } from "../model/identity";
import type { SessionId } from "../model/ids";
import type { AccessDecision, SubjectFacts } from "../model/policy";
import type { Session } from "../model/session";
import { atLeast } from "../policy/aal";
import { issueSession } from "../sessions/issue";
import { upgradeSession } from "../sessions/upgrade";
import { subjectFacts } from "../sessions/subject";
import { REGISTRY } from "../factors/registry";
import { decideArea } from "./decide";
import type { FlowRequest } from "./request";
import type { IssuedSession } from "./result";

/** A session as a transaction left it, and the token to hand out; null where the old one stays valid. */
export interface Granted {
  readonly session: Session;
  readonly token: string | null;
  readonly fresh: boolean;
}

/** Thrown inside a transaction to undo it: somebody else was first. Never leaves lib/flows. */
const LOST = Symbol("lost the race");
export function lostTheRace(): never {
  throw LOST;
}
export function isLostRace(error: unknown): boolean {
  return error === LOST;
}

/** A new session for whoever proved a first factor. */
export async function grantNew(
  tx: ProjectDb, request: FlowRequest, kind: Transport, identityId: Identity["id"], method: AuthenticationMethod, id?: SessionId,
): Promise<Granted> {
  const { session, token } = await issueSession(tx, {
    ...(id === undefined ? {} : { id }), identityId, kind, methods: [method], lifespanMs: request.project.config.session.lifespanMs,
    device: request.device, now: request.now,
  });
  return { session, token, fresh: true };
}

/** The session in front of the request, raised or renewed; the race is lost when it was rotated or ended meanwhile. */
export async function grantUpgrade(
  tx: ProjectDb, request: FlowRequest, method: AuthenticationMethod, kind: "first_again" | "second" | "enrolled",
): Promise<Granted> {
  const view = request.session;
  if (!view) lostTheRace();
  const upgraded = await upgradeSession(tx, {
    session: view.session, method, kind, lifespanMs: request.project.config.session.lifespanMs, device: request.device, now: request.now,
  });
  if (!upgraded) lostTheRace();
  return { session: upgraded.session, token: upgraded.token, fresh: false };
}

/** A complete sign-in: as far as this person can go. Only such a browser is known from then on, under Lax too. */
export function isComplete(session: Session, subject: SubjectFacts): boolean {
  return atLeast(session.aal, subject.availableAal);
}

/** Decides the session area with the credentials as they are now, and packs the session for the edge. */
export async function settle(granted: Granted, request: FlowRequest): Promise<{
  readonly issued: IssuedSession; readonly identity: Identity; readonly next: AccessDecision;
}> {
  const { project, handle, now } = request;
  const account = await handle.findAccount(granted.session.identityId);
  if (!account) lostTheRace();
  const subject = subjectFacts(account.credentials, project.config.methods, REGISTRY, account.identity);
  const next = decideArea(granted.session, subject, { kind: "session" }, project, now);
  const issued: IssuedSession = {
    session: granted.session, identity: account.identity, token: granted.token ?? request.sessionToken ?? "",
    rotateCsrf: granted.fresh && request.session?.identity.id !== account.identity.id,
    knownDevice: isComplete(granted.session, subject),
  };
  return { issued, identity: account.identity, next };
}
