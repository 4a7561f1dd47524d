import { hashToken, newSessionToken } from "../crypto/token";
import type { ProjectDb } from "../db/handles";
import type { AuthenticationMethod } from "../model/assurance";
import type { DeviceFacts, Session } from "../model/session";
import { atLeast, lastProvedAt, sessionAal } from "../policy/aal";
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

/** More entries than this, and older ones that a newer one of the same method and level covers are dropped. */
const METHODS_MAX = 20;

/**
 * Records one more completed authentication in a session. Differs from Kratos: 3 and 4 (ADR 0008, 0009).
 *
 * 1. The row is read again and locked: of two upgrades at the same moment neither is lost.
 * 2. The method is appended, never merged (contract 4.2), and the level is folded anew from all of them. What was
 *    enrolled at a level the session had already is marked: it proves nothing anew.
 * 3. A browser session gets a new token and the old one is unknown from this commit on; a native one keeps its token
 *    and `token` is null (J1). The id never changes.
 * 4. The end of the session moves only when a first factor was proved again: to now plus the lifespan, and at `aal2` no
 *    further than the lifespan after the newest second proof (ADR 0009, NIST SP 800-63B-4 2.2.3).
 *
 * Null when the session ended, was revoked or was rotated since it was read: the caller grants nothing.
 */
export async function upgradeSession(
  tx: ProjectDb,
  upgrade: Upgrade,
): Promise<{ readonly session: Session; readonly token: string | null } | null> {
  const { kind, device, now } = upgrade;
  const current = await tx.lockSession(upgrade.session.id);
  if (current === null || current.tokenHash !== upgrade.session.tokenHash || !isLive(current, now)) return null;
  const proved: AuthenticationMethod = kind === "enrolled" && atLeast(current.aal, upgrade.method.aal)
    ? { ...upgrade.method, enrolled: true } : upgrade.method;
  const methods = bounded([...current.methods, proved]);
  const token = current.kind === "browser" ? newSessionToken() : null;
  const session = await tx.updateSession(current.id, current.tokenHash, {
    ...(token === null ? {} : { tokenHash: hashToken(token) }),
    methods,
    aal: sessionAal(methods),
    authenticatedAt: now,
    expiresAt: kind === "first_again" ? prolonged(current, methods, upgrade) : current.expiresAt,
    device,
    at: now,
  });
  return session === null ? null : { session, token };
}

/** Never earlier than it was. */
function prolonged(current: Session, methods: readonly AuthenticationMethod[], { lifespanMs, now }: Upgrade): Date {
  const whole = now.getTime() + lifespanMs;
  const end = atLeast(sessionAal(methods), "aal2") ? Math.min(whole, lastProvedAt(methods, "aal2") + lifespanMs) : whole;
  return new Date(Math.max(current.expiresAt.getTime(), end));
}

/** A session that is refreshed for weeks stays small; the level and the newest proof of each kind never change by it. */
function bounded(methods: readonly AuthenticationMethod[]): readonly AuthenticationMethod[] {
  if (methods.length <= METHODS_MAX) return methods;
  return methods.filter((entry, index) => index >= methods.length - METHODS_MAX / 2
    || !methods.slice(index + 1).some((later) => later.method === entry.method && later.aal === entry.aal && later.enrolled === entry.enrolled
      && later.provider === entry.provider && later.addressId === entry.addressId));
}
