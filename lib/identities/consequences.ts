import type { ProjectDb } from "../db/handles";
import type { FactorId } from "../model/assurance";
import type { IdentityId } from "../model/ids";
import type { Session } from "../model/session";
import { sessionAal } from "../policy/aal";
import type { AdminContext } from "./admin-context";

/** Sessions of one person that are looked at in one go; nobody has more. */
const SESSIONS_MAX = 1_000;

/**
 * What has to end when an admin switched a person off, or took or replaced something they prove themselves with (J19, ASVS 7.4.2).
 * `everySession` (switched off, or as the console promises): all of them, at once, so that switching on again revives none. A credential:
 * every session where the project ends others on a credential change; else each live session loses what it proved by that credential,
 * and is judged by the rest.
 *
 * Answers how many sessions ended.
 */
export async function settleSessions(
  tx: ProjectDb, id: IdentityId, change: { readonly everySession: boolean; readonly ended: readonly FactorId[] }, ctx: Pick<AdminContext, "project" | "now">,
): Promise<number> {
  const { project, now } = ctx;
  if (!change.everySession && change.ended.length === 0) return 0;
  await tx.dropParkedChanges(id);
  if (change.everySession || project.config.revokeOthersOnCredentialChange) return tx.revokeOtherSessions(id, null, now);
  let over = 0;
  const { sessions } = await tx.listSessions(id, now, { offset: 0, limit: SESSIONS_MAX });
  for (const session of sessions) if (await judgeAgain(tx, session, change.ended, now)) over += 1;
  return over;
}

/** True when nothing was left of the session. */
async function judgeAgain(tx: ProjectDb, { id, identityId, tokenHash, methods }: Session, ended: readonly FactorId[], now: Date): Promise<boolean> {
  const left = methods.filter(({ method }) => !(ended as readonly string[]).includes(method));
  if (left.length === methods.length) return false;
  // A second factor alone began no session: what stood on the lost first one is over.
  if (!left.some(({ aal, method }) => aal === "aal1" || method === "passkey" || method === "oidc")) return tx.revokeSession(id, identityId, now);
  // Rotated since it was listed: by a proof that is newer than this change is old. It is judged by the locked row.
  const changed = await tx.updateSession(id, tokenHash, { methods: left, aal: sessionAal(left), at: now });
  if (changed !== null) return false;
  const current = await tx.lockSession(id);
  return current === null || current.revokedAt !== null || current.tokenHash === tokenHash ? false : judgeAgain(tx, current, ended, now);
}
