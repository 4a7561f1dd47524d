import type { KeyRing } from "../crypto/keys";
import { constantTimeEqual } from "../crypto/token";
import type { ProjectDb } from "../db/handles";
import type { IdentityId, SessionId } from "../model/ids";
import type { Session } from "../model/session";

/** Ends one session of this person. False when it is somebody else's, unknown, or over already. */
export function revokeSession(tx: ProjectDb, id: SessionId, identityId: IdentityId, now: Date): Promise<boolean> {
  return tx.revokeSession(id, identityId, now);
}

/** Ends every other session of this person (J19); `keep: null` ends all. Answers how many were ended. */
export function revokeOtherSessions(tx: ProjectDb, identityId: IdentityId, keep: SessionId | null, now: Date): Promise<number> {
  return tx.revokeOtherSessions(identityId, keep, now);
}

const PREFIX = "ory_lo_";
const MAC_CHARACTERS = 32;

/**
 * The logout token of a session: `ory_lo_` and 32 characters, 128 bits. The same for as long as the session token
 * lives, so a link on an open page works until the next proof, and nothing has to be stored.
 */
export function logoutTokenOf(session: Session, keys: KeyRing): string {
  return PREFIX + keys.macHex("logout", session.id, session.tokenHash).slice(0, MAC_CHARACTERS);
}

/**
 * True when `token` is this session's logout token, compared in constant time. One made under an older key of the ring
 * still counts: rotating keys must not break the sign-out of a page that is open.
 */
export function isLogoutTokenOf(session: Session, token: string, keys: KeyRing): boolean {
  return keys
    .macsHex("logout", session.id, session.tokenHash)
    .map((mac) => constantTimeEqual(PREFIX + mac.slice(0, MAC_CHARACTERS), token))
    .includes(true);
}
