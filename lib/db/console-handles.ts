import type { AuditRecord } from "../model/audit";
import type { AssuranceLevel, FactorId } from "../model/assurance";
import type { LogVerdict } from "../model/console-people";
import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { Session } from "../model/session";
import type { OutboxMessage, OutboxStatus } from "./records";

/*
 * What the pages of the console read of one project. Every list is a keyset page: `next` goes on after it, null at the end. With a
 * filter one call looks at a bounded number of rows, so a page may hold fewer people than were asked for and still have a `next`.
 * Implemented in console.ts and the files beside it.
 */

/** The place to go on from; opaque to whoever is not lib/db, and harmless when somebody makes one up. */
export type PageKey = readonly [string, string];

export interface ConsolePage<Row> {
  readonly rows: readonly Row[];
  readonly next: PageKey | null;
  /** How many rows were looked at. */
  readonly looked: number;
}

/** `unseen`: neither confirmed nor made after `seenBefore`. `mail_only`: mailed or texted codes, and nothing stronger beside a password. */
export type PeoplePageFilter = "no_second_factor" | "mail_only" | "unseen" | "admin_without_factor";

export interface PeoplePageQuery {
  readonly limit: number;
  readonly after: PageKey | null;
  /** `address`: in the order of what people sign in with; whoever signs in with no address is not in it. */
  readonly sort: "newest" | "address";
  /** Normalised beginning of an address or other identifier; implies `sort: "address"`. */
  readonly prefix?: string;
  readonly state?: "active" | "inactive";
  readonly filter?: PeoplePageFilter;
  /** Factors that count as a second one in this project. */
  readonly secondFactors: readonly FactorId[];
  readonly seenBefore: Date;
  readonly now: Date;
}

export interface PersonListRow {
  readonly id: IdentityId;
  readonly traits: JsonObject;
  readonly state: "active" | "inactive";
  readonly createdAt: Date;
  /** Of the first address row, else what the person signs in with. */
  readonly address: string | null;
  /** Recovery codes count the codes that are left. */
  readonly factors: readonly { readonly type: FactorId; readonly count: number }[];
  /** Level of the newest live session; null: signed in nowhere. */
  readonly level: AssuranceLevel | null;
  /** The newest proof that is still on record. */
  readonly lastSeenAt: Date | null;
}

export interface LiveSessionsQuery {
  readonly limit: number;
  readonly after: PageKey | null;
  readonly aal?: "aal1" | "aal2";
  readonly now: Date;
}
export interface LiveSessionRow {
  readonly session: Session;
  readonly address: string | null;
  readonly traits: JsonObject;
}

export interface AuditQuery {
  readonly limit: number;
  /** Only entries before this sequence. */
  readonly before?: number;
  readonly action?: string;
  /** Actions that begin so: `factor.`. */
  readonly actionPrefix?: string;
  readonly actorKind?: AuditRecord["actor"]["kind"];
  /** Who did it. */
  readonly actorId?: IdentityId;
  /** Whom it is about. */
  readonly identityId?: IdentityId;
  readonly result?: AuditRecord["result"];
  readonly from?: Date;
  readonly until?: Date;
}

export type { LogVerdict as AuditVerdict } from "../model/console-people";

export interface MessagesQuery {
  readonly limit: number;
  readonly after: PageKey | null;
  readonly status?: OutboxStatus;
  readonly identityId?: IdentityId;
}
/** A message without anything of its content. */
export type MessageRow = Pick<OutboxMessage,
  "id" | "channel" | "template" | "recipientHint" | "identityId" | "status" | "attempts" | "lastError" | "createdAt" | "sentAt" | "notBefore" | "expiresAt">;

export interface ConsoleReads {
  peoplePage(query: PeoplePageQuery): Promise<ConsolePage<PersonListRow>>;
  liveSessionsPage(query: LiveSessionsQuery): Promise<ConsolePage<LiveSessionRow>>;
  /** Newest first. `next` is a sequence. */
  searchAudit(query: AuditQuery): Promise<{ readonly rows: readonly AuditRecord[]; readonly next: number | null; readonly looked: number }>;
  findAudit(sequence: number): Promise<AuditRecord | null>;
  /** In order, from a sequence on: what an export walks. */
  auditFrom(sequence: number, through: number, limit: number): Promise<readonly AuditRecord[]>;
  /** The head of the chain as the project names it. */
  auditHead(): Promise<{ readonly sequence: number; readonly hash: string }>;
  /** Checks the chain from `from` on, at most `limit` entries, a part at a time. */
  verifyAudit(from: number, limit: number): Promise<LogVerdict>;
  messagesPage(query: MessagesQuery): Promise<ConsolePage<MessageRow>>;
}
