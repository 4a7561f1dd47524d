import { hashToken, newSessionToken } from "../crypto/token";
import type { ProjectDb } from "../db/handles";
import type { AuthenticationMethod } from "../model/assurance";
import type { DeviceFacts, Session } from "../model/session";
import { addMs } from "../model/time";
import { sessionAal } from "../policy/aal";
import { isLive } from "./read";

export interface Upgrade {
  /** The session as the request read it. */
  readonly session: Session;
  readonly method: AuthenticationMethod;
  /** A first factor proved again, a second one proved, or a factor proved by enrolling it. */
  readonly kind: "first_again" | "second" | "enrolled";
  readonly lifespanMs: number;
  readonly device: DeviceFacts;
  readonly now: Date;
}

/**
 * Records one more completed authentication in a session.
 *
 * 1. The method is appended, never merged (contract 4.2), and the level is folded anew from all of them.
 * 2. A browser session gets a new token and the old one is unknown from this commit on; a native one keeps its token
 *    and `token` is null (J1). The id never changes.
 * 3. The end of the session moves only when a first factor was proved again: now plus the lifespan (ADR 0009).
 *
 * Null when the session ended, was revoked or was rotated since it was read: the caller grants nothing.
 */
export async function upgradeSession(
  tx: ProjectDb,
  upgrade: Upgrade,
): Promise<{ readonly session: Session; readonly token: string | null } | null> {
  const { method, kind, lifespanMs, device, now } = upgrade;
  const current = await latest(tx, upgrade.session);
  if (current === null || !isLive(current, now)) return null;
  const methods = [...current.methods, method];
  const token = current.kind === "browser" ? newSessionToken() : null;
  const session = await tx.updateSession(current.id, upgrade.session.tokenHash, {
    ...(token === null ? {} : { tokenHash: hashToken(token) }),
    methods,
    aal: sessionAal(methods),
    authenticatedAt: now,
    expiresAt: kind === "first_again" ? addMs(now, lifespanMs) : current.expiresAt,
    device,
    at: now,
  });
  return session === null ? null : { session, token };
}

/** A rotated token guards what was read; a token that stays does not, so a native session is read again. */
async function latest(tx: ProjectDb, session: Session): Promise<Session | null> {
  return session.kind === "browser" ? session : tx.findSession(session.id);
}
