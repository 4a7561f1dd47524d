import type { AuditEntry, AuditRecord } from "../model/audit";
import type { AdoptionCount } from "../model/console";
import type { Credential } from "../model/credential";
import type { FlowKind, FlowOf } from "../model/flow";
import type { AddressChannel, Identity, JsonObject } from "../model/identity";
import type { AddressId, CredentialId, FlowId, IdentityId, LookupCodeId, OneTimeCodeId, ProjectId, ProjectKey, SessionId, WorkspaceId } from "../model/ids";
import type { FactorId } from "../model/assurance";
import type { ProjectRow } from "../model/project";
import type { Session } from "../model/session";
import type {
  SessionSnapshot, AccountSnapshot, OneTimeCode, Handover, TokenExchange, OutboxStatus, NewMessage, OutboxMessage, SigningKey,
  EnrolmentPrompt, NewIdentity, IdentityChange, NewCredential, FlowChange, NewSession, SessionChange, LimitState, NewRevision, RevisionRow,
  AdminRow,
} from "./records";

import type { AdminDb } from "./admin-handles";
import type { ConsoleReads } from "./console-handles";
import type { JobDb } from "./job-handles";
import type { KeyDb } from "./key-handles";
import type { OperatorReads, OperatorWrites } from "./operator-handles";
import type { PeopleReads, PeopleWrites } from "./people-handles";
import type { PolicyDb } from "./policy-handles";
import type { AuditedIn, ProjectChange, TenancyDb } from "./tenancy-handles";

export type * from "./admin-handles";
export type * from "./console-handles";
export type * from "./job-handles";
export type * from "./key-handles";
export type * from "./operator-handles";
export type * from "./people-handles";
export type * from "./policy-handles";
export type * from "./records";
export type * from "./tenancy-handles";

/*
 * The handles the rest of the house holds. A ProjectHandle is bound to one project: no method takes a project id,
 * and no answer ever contains a row of another project. The implementation is in the files beside this one.
 */

export interface ProjectReads extends PeopleReads, OperatorReads, ConsoleReads {
  findSessionByTokenHash(tokenHash: string): Promise<SessionSnapshot | null>;
  findSession(id: SessionId): Promise<Session | null>;
  /** Active (not revoked, not expired at `now`) sessions of one person, newest first. */
  listSessions(identityId: IdentityId, now: Date, page: { readonly offset: number; readonly limit: number; readonly exclude?: SessionId }):
    Promise<{ readonly sessions: readonly Session[]; readonly total: number }>;
  findIdentity(id: IdentityId): Promise<Identity | null>;
  findAccount(id: IdentityId): Promise<AccountSnapshot | null>;
  /** By a normalised identifier of one credential type (`password`: whoever signs in with it). */
  findAccountByIdentifier(type: FactorId, identifier: string): Promise<AccountSnapshot | null>;
  listCredentials(identityId: IdentityId): Promise<readonly Credential[]>;
  findFlow<K extends FlowKind>(kind: K, id: FlowId): Promise<FlowOf[K] | null>;
  findFlowError(id: string): Promise<{ readonly id: string; readonly error: JsonObject; readonly createdAt: Date; readonly updatedAt: Date } | null>;
  /** Newest first; `before` is a sequence number to continue from. */
  listAudit(query: { readonly limit: number; readonly before?: number; readonly action?: string; readonly identityId?: IdentityId }): Promise<readonly AuditRecord[]>;
  /** By an address row, whoever's it is; the normalised value. */
  findAccountByAddress(kind: "verifiable" | "recovery", via: AddressChannel, value: string): Promise<AccountSnapshot | null>;
  /** The newest code of a flow that was neither used nor has expired at `now`. */
  findLiveCode(flowId: FlowId, now: Date): Promise<OneTimeCode | null>;
  /** By the SHA-256 of its token: unused and not expired at `now`. */
  findHandover(tokenHash: string, now: Date): Promise<Handover | null>;
  findTokenExchange(initHash: string): Promise<TokenExchange | null>;
  /** True when somebody spent this (`spendOnce`) and it is still remembered. */
  wasSpent(tokenHash: string): Promise<boolean>;
  /** Newest first. For the developer's outbox page and the admin API. */
  listMessages(query: { readonly limit: number; readonly offset?: number; readonly status?: OutboxStatus; readonly identityId?: IdentityId }):
    Promise<readonly OutboxMessage[]>;
  /** Newest first; those that retired before `now` are left out. */
  listSigningKeys(now: Date): Promise<readonly SigningKey[]>;
  findEnrolmentPrompt(identityId: IdentityId): Promise<EnrolmentPrompt | null>;
  /** Parameters (PHC prefix) of a random existing password hash, so a dummy costs the same; null when there is none. */
  samplePasswordHash(): Promise<string | null>;
}

/** Conditional updates: the affected-row count is the verdict, and at most one caller is told `true`. */
export interface Consuming {
  /** set last step where last step < step */
  consumeTotpStep(id: CredentialId, step: number, at: Date): Promise<boolean>;
  /** set used at where used at is null */
  consumeLookupCode(id: LookupCodeId, at: Date): Promise<boolean>;
  /** completed_at is null → at, with the final state; false when the flow had completed before. */
  completeFlow(id: FlowId, state: string, at: Date): Promise<boolean>;
  /** Takes the parked payload of a flow once; null when there is none, it expired, or someone else took it. */
  consumeParkedChange(flowId: FlowId, identityId: IdentityId, at: Date): Promise<string | null>;
  /** used_at is null and not expired → at. Also false when a newer code of the flow replaced it. */
  consumeOneTimeCode(id: OneTimeCodeId, at: Date): Promise<boolean>;
  consumeHandover(id: string, at: Date): Promise<boolean>;
  /** Hands the session of a finished exchange over once. */
  consumeTokenExchange(id: string, at: Date): Promise<boolean>;
  /**
   * A flow's ceremony is over: removes `internal[key]` where its challenge still is this one. Of two answers to one challenge
   * one is told true.
   */
  consumeChallenge(flowId: FlowId, key: "webauthn" | "passkey", challenge: string, at: Date): Promise<boolean>;
  /** New document where the stored one still is at `version` (its `version` member, a rising integer); notes the use. */
  replaceDocument(id: CredentialId, version: number, document: JsonObject, at: Date): Promise<boolean>;
}

/** What a transaction may do. Unique collisions on identifiers or addresses throw `DuplicateIdentifier`. */
export interface ProjectDb extends ProjectReads, Consuming, PeopleWrites, OperatorWrites {
  /** Reads a session and keeps every other writer of it waiting until this transaction ends. */
  lockSession(id: SessionId): Promise<Session | null>;
  insertIdentity(identity: NewIdentity): Promise<Identity>;
  /** The updated identity, or null when the version was stale. */
  updateIdentity(id: IdentityId, change: IdentityChange): Promise<Identity | null>;
  deleteIdentity(id: IdentityId): Promise<boolean>;
  insertCredential(identityId: IdentityId, credential: NewCredential): Promise<CredentialId>;
  /** Insert or replace the one credential of a `single` slot type, keeping its id when it exists. `identifiers` are for a new one only. */
  putPassword(identityId: IdentityId, hash: string, identifiers: readonly string[], at: Date): Promise<CredentialId>;
  /** Replaces the hash only where it still is the one that was read and the person is active; `from` = `to` is a guarded touch. */
  replacePasswordHash(id: CredentialId, from: string, to: string, at: Date): Promise<boolean>;
  setPasswordIdentifiers(identityId: IdentityId, identifiers: readonly string[]): Promise<void>;
  /** Number of credentials removed. */
  deleteCredentials(identityId: IdentityId, type: FactorId): Promise<number>;
  deleteCredential(id: CredentialId): Promise<boolean>;
  touchCredential(id: CredentialId, at: Date): Promise<void>;
  insertFlow<K extends FlowKind>(flow: FlowOf[K]): Promise<void>;
  /** Only while the flow is open (settings flows always are); false: it was completed before, and nothing is written. */
  updateFlow(id: FlowId, change: FlowChange): Promise<boolean>;
  insertSession(session: NewSession): Promise<Session>;
  /** Updates only a live session whose token hash still is `ifTokenHash`; null: it was rotated or revoked meanwhile. */
  updateSession(id: SessionId, ifTokenHash: string, change: SessionChange): Promise<Session | null>;
  /** True when this call ended it. Only a session of `identityId`. */
  revokeSession(id: SessionId, identityId: IdentityId, at: Date): Promise<boolean>;
  /** How many were ended. */
  revokeOtherSessions(identityId: IdentityId, keep: SessionId | null, at: Date): Promise<number>;
  /** Deletes the earlier codes of the flow, then inserts (a resend overwrites the record, not the counters). */
  putOneTimeCode(code: Omit<OneTimeCode, "id">): Promise<OneTimeCodeId>;
  /** Verified from now on, where the address row still has this value. */
  markVerified(identityId: IdentityId, addressId: AddressId, value: string, at: Date): Promise<boolean>;
  /** `pending` → `sent`; a verified address stays verified. */
  markVerificationSent(addressId: AddressId, at: Date): Promise<void>;
  insertHandover(handover: Omit<Handover, "id"> & { readonly tokenHash: string; readonly at: Date }): Promise<string>;
  /** Remembers until `expiresAt` that something made elsewhere was used here; false when it was used before. Of racers one is told true. */
  spendOnce(spent: { readonly flowId: FlowId; readonly tokenHash: string; readonly provider: string; readonly expiresAt: Date; readonly at: Date }): Promise<boolean>;
  insertTokenExchange(exchange: { readonly flowId: FlowId; readonly initHash: string; readonly returnHash: string; readonly expiresAt: Date; readonly at: Date }): Promise<void>;
  /** The sign-in behind an exchange is done; false when there is none for this flow or it was filled before. */
  fillTokenExchange(flowId: FlowId, sessionId: SessionId, sealedToken: string): Promise<boolean>;
  /** Another return address for a restarted flow. */
  moveTokenExchange(from: FlowId, to: FlowId): Promise<void>;
  /** False when a message with this `dedupe` exists already. */
  enqueueMessage(message: NewMessage): Promise<boolean>;
  insertSigningKey(key: SigningKey): Promise<void>;
  retireSigningKey(kid: string, at: Date): Promise<void>;
  /** Notes that the prompt was shown, skipped, or never wanted again. */
  noteEnrolmentPrompt(identityId: IdentityId, what: "shown" | "skipped" | "never", at: Date): Promise<void>;
  parkChange(change: { readonly flowId: FlowId; readonly identityId: IdentityId; readonly sealed: string; readonly expiresAt: Date; readonly at: Date }): Promise<void>;
  dropParkedChanges(identityId: IdentityId): Promise<void>;
  insertFlowError(error: JsonObject, at: Date): Promise<string>;
  /** The last statement of a transaction: appends to the project's hash chain. */
  appendAudit(entry: AuditEntry, at: Date): Promise<AuditRecord>;
}

export interface ProjectHandle extends ProjectReads {
  readonly projectId: ProjectId;
  /** Nothing but statements on `tx` may be awaited inside: the embedded database has one connection. */
  transaction<T>(run: (tx: ProjectDb) => Promise<T>): Promise<T>;
  /** Never part of a transaction. */
  readonly limits: LimitCounters;
  /** One more submission of a secret to this flow, committed at once; null when `max` were counted already (lane L4). */
  countSubmission(flowId: FlowId, max: number): Promise<number | null>;
}

/** One atomic statement each, committed at once. `lane` and `key` are opaque here. */
export interface LimitCounters {
  read(lane: string, key: string): Promise<LimitState | null>;
  /**
   * Takes one token of a leaky bucket holding `burst`, refilled one every `refillMs`. Returns the ms until a token is
   * free, or 0 when one was taken.
   */
  take(lane: string, key: string, bucket: { readonly burst: number; readonly refillMs: number }, now: Date): Promise<number>;
  /**
   * Counts one of at most `max` in a window that begins with its first and lasts `windowMs`. Returns 0 when it was counted, else the
   * ms until the window ends.
   */
  countIn(lane: string, key: string, window: { readonly max: number; readonly windowMs: number }, now: Date): Promise<number>;
  /**
   * Counts one try unless a wait is running. With `free` tries used up, sets the wait to `baseWaitMs`·2ⁿ up to `maxWaitMs`.
   * `allowed: false` means: a wait was running (nothing counted), evaluate nothing.
   */
  charge(lane: string, key: string, budget: { readonly free: number; readonly baseWaitMs: number; readonly maxWaitMs: number }, now: Date):
    Promise<{ readonly allowed: boolean; readonly count: number; readonly waitUntil: Date | null }>;
  /** Gives one charge back (a server error). */
  refund(lane: string, key: string, now: Date): Promise<void>;
  clear(lane: string, key: string): Promise<void>;
}

/** The unbound half: for lib/platform alone. */
export interface PlatformDb extends AdminDb, TenancyDb, JobDb, PolicyDb, KeyDb {
  findProjectBySlug(slug: string): Promise<ProjectRow | null>;
  findDefaultProject(): Promise<ProjectRow | null>;
  findConsoleProject(): Promise<ProjectRow | null>;
  findProjectByHost(host: string): Promise<ProjectRow | null>;
  listProjects(): Promise<readonly ProjectRow[]>;
  insertWorkspace(workspace: { readonly id: WorkspaceId; readonly name: string; readonly at: Date }): Promise<void>;
  listWorkspaces(): Promise<readonly { readonly id: WorkspaceId; readonly name: string; readonly createdAt: Date }[]>;
  /** Inserts the project with revision 1 in one transaction. */
  insertProject(project: {
    readonly id: ProjectId; readonly workspaceId: WorkspaceId; readonly slug: string; readonly name: string; readonly key: ProjectKey;
    readonly kind: "app" | "console"; readonly isDefault: boolean; readonly hosts: readonly string[]; readonly at: Date;
    readonly environment?: ProjectRow["environment"]; readonly homeRegion?: string;
    /** Recorded in the same transaction. */
    readonly audit?: AuditedIn;
  }, revision: NewRevision): Promise<ProjectRow>;
  findRevision(projectId: ProjectId, number: number): Promise<RevisionRow | null>;
  listRevisions(projectId: ProjectId, query: { readonly limit: number; readonly before?: number }): Promise<readonly RevisionRow[]>;
  /**
   * One transaction: current revision moves from `expected` to `expected + 1`, the revision row is appended, the audit
   * entry chained; `also`: attributes that change with it. Null when the current one was not `expected`: nothing is written.
   */
  appendRevision(projectId: ProjectId, expected: number, revision: NewRevision, audit: AuditEntry, also?: { readonly change: ProjectChange; readonly audit: AuditEntry }):
    Promise<RevisionRow | null>;
  insertSetupLink(link: { readonly tokenHash: string; readonly expiresAt: Date; readonly at: Date }): Promise<void>;
  findSetupLink(tokenHash: string): Promise<{ readonly expiresAt: Date; readonly usedAt: Date | null } | null>;
  /** Uses the link once and makes the person an admin (default: owner); joins the transaction that is open, or takes one. False: used, expired or unknown. */
  consumeSetupLink(tokenHash: string, identityId: IdentityId, at: Date, role?: AdminRow["role"]): Promise<boolean>;
  findAdmin(identityId: IdentityId): Promise<AdminRow | null>;
  insertAdmin(identityId: IdentityId, role: AdminRow["role"], at: Date): Promise<void>;
  countAdmins(): Promise<number>;
  /** Live sessions, people, and people with a usable-looking second factor of one project. `progress`: after every part, how many people were read so far, active or not. */
  countAdoption(projectId: ProjectId, secondFactorTypes: readonly FactorId[], now: Date, progress?: (people: number) => void): Promise<AdoptionCount>;
  /** How many active people own a credential of each of these types. Reads everybody, part by part, and tells as above. */
  countOwners(projectId: ProjectId, types: readonly FactorId[], progress?: (people: number) => void): Promise<ReadonlyMap<string, number>>;
  /**
   * Takes messages that are due (`queued`, or `processing` with a lease that ran out), oldest first, over all projects, with
   * FOR UPDATE SKIP LOCKED: each is leased to one caller until `leaseUntil` and its attempts are counted.
   * `kind`: hooks alone, letters and text messages alone, or all (default). `busy`: places left out, each `<project id> <channel>`.
   */
  claimMessages(limit: number, now: Date, leaseUntil: Date, of?: { readonly kind?: "hooks" | "letters" | "all"; readonly busy?: readonly string[] }): Promise<readonly OutboxMessage[]>;
  /** Ends a claim: sent, tried again at `notBefore`, or given up. Only while the claim's attempt is the newest. */
  settleMessage(id: string, attempt: number, outcome:
    | { readonly kind: "sent"; readonly at: Date } | { readonly kind: "retry"; readonly notBefore: Date; readonly error: string; readonly at: Date }
    /** Not this message's fault (no channel, or one that does not answer): the attempt does not count. */
    | { readonly kind: "held"; readonly notBefore: Date; readonly error: string; readonly at: Date }
    /** `begun: false`: given up before this try, which does not count. */
    | { readonly kind: "abandoned"; readonly error: string; readonly begun?: false; readonly at: Date }): Promise<boolean>;
  insertApiKey(key: { readonly projectId: ProjectId | null; readonly workspaceId: WorkspaceId | null; readonly name: string; readonly tokenHash: string; readonly hint: string; readonly createdBy?: string; readonly expiresAt: Date | null; readonly at: Date }): Promise<string>;
  /** By its hash, not expired at `now`; notes the use (to the minute). */
  findApiKey(tokenHash: string, now: Date): Promise<{ readonly id: string; readonly projectId: ProjectId | null; readonly workspaceId: WorkspaceId | null; readonly name: string } | null>;
  deleteApiKey(id: string): Promise<boolean>;
  /** Deletes what expired before `before`, at most `limit` rows a table: flows and what hangs on them, sessions, messages that are done, counters. */
  cleanUp(before: Date, limit: number): Promise<number>;
}

/** What `openDatabase` answers. */
export interface Database {
  forProject(projectId: ProjectId): ProjectHandle;
  readonly platform: PlatformDb;
  /** One trivial statement; throws when the database does not answer. */
  ping(): Promise<void>;
  /** Runs a prepared read of one row by key and nothing else; the yardstick of `npm run bench`. */
  benchRead(): Promise<void>;
  readonly kind: "embedded" | "server";
  /**
   * Copies the embedded store into a directory that does not exist yet, as of one instant: statements wait meanwhile. Opening the
   * copy is opening a store whose process was killed at that instant. Null on a server, which has tools of its own.
   */
  readonly copyTo: ((directory: string) => Promise<void>) | null;
  close(): Promise<void>;
}
