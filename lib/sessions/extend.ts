import type { ProjectDb } from "../db/handles";
import type { SessionId } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import type { Session } from "../model/session";
import { addMs } from "../model/time";
import { isLive } from "./read";

/**
 * Moves the end of a session to now plus the lifespan (contract 1.10), once `expires_at − earliest_possible_extend` has passed;
 * before that, and for a session that is over, nothing changes. Level, methods and every proof stay as they are: extending never
 * makes a session fresher (J16), so whoever demands a recent proof asks for it as before.
 * Differs from Kratos: a session that ended or was revoked is not brought back, and no end is moved to an earlier instant.
 *
 * Answers the session as it is then, and whether it was extended; null for an unknown id.
 */
export async function extendSession(
  tx: ProjectDb, id: SessionId, config: Pick<ProjectConfig, "session" | "earliestExtendMs">, now: Date,
): Promise<{ readonly session: Session; readonly extended: boolean } | null> {
  const current = await tx.lockSession(id);
  if (current === null) return null;
  const expiresAt = addMs(now, config.session.lifespanMs);
  const early = config.earliestExtendMs !== null && addMs(current.expiresAt, -config.earliestExtendMs) > now;
  if (early || !isLive(current, now) || expiresAt <= current.expiresAt) return { session: current, extended: false };
  const session = await tx.updateSession(current.id, current.tokenHash, { expiresAt, at: now });
  return { session: session ?? current, extended: session !== null };
}
