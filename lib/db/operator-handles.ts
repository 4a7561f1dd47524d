import type { Identity } from "../model/identity";
import type { IdentityId, SessionId } from "../model/ids";
import type { Session } from "../model/session";
import type { OutboxMessage, OutboxStatus } from "./records";

/* Sessions and messages as operators see and end them. Implemented in operator.ts. */

/** A row of the newest-first lists: where a page ended. What somebody makes up is harmless. */
export interface ListPlace {
  readonly at: Date;
  readonly id: string;
}

export interface SessionWithPerson {
  readonly session: Session;
  readonly identity: Identity;
}

export type StoredLetter = OutboxMessage & { readonly updatedAt: Date };

/** Which sessions an operator ends: at most as many ids as the caller lets through. */
export type SessionTarget = { readonly sessions: readonly SessionId[] } | { readonly identities: readonly IdentityId[] } | "all";

export interface OperatorReads {
  /**
   * Every session of the project, newest first. With `active` one call looks at a bounded number of rows, so a page may hold fewer
   * than were asked for and still have a `next`.
   */
  listAllSessions(query: { readonly limit: number; readonly after: ListPlace | null; readonly active: boolean | null; readonly now: Date }):
    Promise<{ readonly rows: readonly SessionWithPerson[]; readonly next: ListPlace | null }>;
  /** Every session of one person, newest first, ended ones too; `active` narrows. */
  listSessionsOf(identityId: IdentityId, query: { readonly limit: number; readonly offset: number; readonly active: boolean | null; readonly now: Date }):
    Promise<{ readonly sessions: readonly Session[]; readonly total: number }>;
  /** StoredLetters and text messages, never hooks, newest first. `recipientMacs`: of one address, under every key. */
  listLetters(query: { readonly limit: number; readonly after: ListPlace | null; readonly status: OutboxStatus | null; readonly recipientMacs: readonly string[] | null }):
    Promise<{ readonly rows: readonly StoredLetter[]; readonly next: ListPlace | null }>;
  findLetter(id: string): Promise<StoredLetter | null>;
}

export interface OperatorWrites {
  /** Ends live sessions, at most `limit`; the rows stay. Answers how many. */
  endSessions(target: SessionTarget, limit: number, at: Date): Promise<number>;
  /** Removes session rows, live or not, at most `limit`. Answers how many. */
  deleteSessions(target: SessionTarget, limit: number): Promise<number>;
}
