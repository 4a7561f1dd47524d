import { hashToken, newSessionToken, randomId } from "../crypto/token";
import type { ProjectDb } from "../db/handles";
import type { AuthenticationMethod } from "../model/assurance";
import type { IdentityId, SessionId } from "../model/ids";
import type { DeviceFacts, Session } from "../model/session";
import { addMs } from "../model/time";
import { sessionAal } from "../policy/aal";

export interface NewSessionFacts {
  /** Chosen beforehand where a hook was told of it; absent: a new one. */
  readonly id?: SessionId;
  readonly identityId: IdentityId;
  readonly kind: Session["kind"];
  /** The methods just completed, in order. */
  readonly methods: readonly AuthenticationMethod[];
  readonly lifespanMs: number;
  readonly device: DeviceFacts;
  readonly now: Date;
}

/**
 * Starts a session with a fresh token; one the client brought along is never adopted (J1). The token is returned here
 * and stored nowhere: the row keeps its SHA-256.
 */
export async function issueSession(tx: ProjectDb, facts: NewSessionFacts): Promise<{ readonly session: Session; readonly token: string }> {
  const token = newSessionToken();
  const session = await tx.insertSession({
    session: {
      id: facts.id ?? (randomId() as SessionId),
      identityId: facts.identityId,
      kind: facts.kind,
      tokenHash: hashToken(token),
      methods: facts.methods,
      aal: sessionAal(facts.methods),
      authenticatedAt: facts.now,
      issuedAt: facts.now,
      expiresAt: addMs(facts.now, facts.lifespanMs),
      revokedAt: null,
    },
    device: facts.device,
  });
  return { session, token };
}
