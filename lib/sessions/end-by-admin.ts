import type { ProjectDb, SessionTarget } from "../db/handles";
import type { AuditActor } from "../model/audit";
import type { IdentityId, SessionId } from "../model/ids";

export type { SessionTarget } from "../db/handles";

/** Who ends sessions for somebody else, as the audit log will name them. */
export interface EndedBy {
  readonly actor: AuditActor;
  readonly ipAddress: string | null;
  /** More for the audit log: a reason, the id of a key. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** How one call over every session of a project is bounded (contract/admin.md 1.15). */
export const WILDCARD_BATCH = 5_000;
/** No set of five hundred people has more. */
const NO_BOUND = 1_000_000;

/** Ends one session, whoever's it is; its row stays. False: unknown, or over already; nothing is written then. */
export async function endSession(tx: ProjectDb, id: SessionId, by: EndedBy, now: Date): Promise<boolean> {
  const session = await tx.lockSession(id);
  if (session === null || (await tx.endSessions({ sessions: [id] }, 1, now)) === 0) return false;
  await tx.appendAudit({
    action: "session.ended", result: "ok", actor: by.actor, identityId: session.identityId, sessionId: id, ipAddress: by.ipAddress, details: { ...by.details },
  }, now);
  return true;
}

/** Ends every session of one person; answers how many. The rows stay. */
export async function endSessionsOf(tx: ProjectDb, identityId: IdentityId, by: EndedBy, now: Date): Promise<number> {
  const count = await tx.endSessions({ identities: [identityId] }, NO_BOUND, now);
  return noted(tx, count, identityId, { how: "ended" }, by, now);
}

/** Removes every session row of one person, ended ones too; answers how many. */
export async function removeSessionsOf(tx: ProjectDb, identityId: IdentityId, by: EndedBy, now: Date): Promise<number> {
  const count = await tx.deleteSessions({ identities: [identityId] }, NO_BOUND);
  return noted(tx, count, identityId, { how: "removed" }, by, now);
}

/** Ends or removes the sessions of many; `more`: a call for all met its bound, and goes on with the next. */
export async function manageSessions(
  tx: ProjectDb, action: "disable" | "delete", target: SessionTarget, by: EndedBy, now: Date,
): Promise<{ readonly processed: number; readonly more: boolean }> {
  const limit = target === "all" ? WILDCARD_BATCH : NO_BOUND;
  const processed = action === "disable" ? await tx.endSessions(target, limit, now) : await tx.deleteSessions(target, limit);
  const whose = target === "all" ? { of: "everybody" } : "sessions" in target ? { sessions: target.sessions } : { identities: target.identities };
  await noted(tx, processed, null, { how: action === "disable" ? "ended" : "removed", ...whose }, by, now);
  return { processed, more: target === "all" && processed === limit };
}

async function noted(
  tx: ProjectDb, count: number, identityId: IdentityId | null, details: Readonly<Record<string, unknown>>, by: EndedBy, now: Date,
): Promise<number> {
  if (count === 0) return 0;
  await tx.appendAudit({
    action: "sessions.ended", result: "ok", actor: by.actor, identityId, ipAddress: by.ipAddress, details: { ...by.details, ...details, count },
  }, now);
  return count;
}
