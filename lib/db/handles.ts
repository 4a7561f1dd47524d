import type { AuditEntry, AuditRecord } from "../model/audit";
import type { Credential, LookupCode, LookupCredential } from "../model/credential";
import type { Flow, FlowInternal, FlowKind, FlowOf } from "../model/flow";
import type { AddressChannel, Identity, JsonObject, JsonValue } from "../model/identity";
import type { CredentialId, FlowId, IdentityId, LookupCodeId, ProjectId, ProjectKey, SessionId, WorkspaceId } from "../model/ids";
import type { FactorId } from "../model/assurance";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import type { ProjectRow } from "../model/project";
import type { DeviceFacts, Session } from "../model/session";

/*
 * The handles the rest of the house holds. A ProjectHandle is bound to one project: no method takes a project id,
 * and no answer ever contains a row of another project. The implementation is in the files beside this one.
 */

/** Everything whoami and the guard decide from, fetched in one round trip. */
export interface SessionSnapshot {
  readonly session: Session;
  readonly identity: Identity;
  readonly credentials: readonly Credential[];
  /** The project's revision in force at this instant. */
  readonly currentRevision: number;
}

export interface AccountSnapshot {
  readonly identity: Identity;
  readonly credentials: readonly Credential[];
}

export interface ProjectReads {
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
  /** Parameters (PHC prefix) of a random existing password hash, so a dummy costs the same; null when there is none. */
  samplePasswordHash(): Promise<string | null>;
}

export interface NewIdentity {
  readonly id: IdentityId;
  readonly schemaId: string;
  readonly traits: JsonObject;
  readonly state?: "active" | "inactive";
  readonly metadataPublic?: JsonValue | null;
  readonly metadataAdmin?: JsonValue | null;
  readonly externalId?: string | null;
  readonly verifiable: readonly { readonly value: string; readonly via: AddressChannel; readonly verified?: boolean }[];
  readonly recovery: readonly { readonly value: string; readonly via: AddressChannel }[];
  readonly at: Date;
}

export interface IdentityChange {
  /** The version that was read; a mismatch changes nothing. */
  readonly version: number;
  readonly traits?: JsonObject;
  readonly state?: "active" | "inactive";
  readonly metadataPublic?: JsonValue | null;
  readonly metadataAdmin?: JsonValue | null;
  /** When given, the stored sets become exactly these; rows with an unchanged value keep their verification. */
  readonly verifiable?: readonly { readonly value: string; readonly via: AddressChannel }[];
  readonly recovery?: readonly { readonly value: string; readonly via: AddressChannel }[];
  readonly at: Date;
}

export type NewCredential = { readonly enrolledAal?: "aal1" | "aal2" | null; readonly at: Date } & (
  | { readonly type: "password"; readonly hash: string; readonly identifiers: readonly string[] }
  | { readonly type: "totp"; readonly sealedSecret: string; readonly lastStep: number }
  | {
      readonly type: "lookup_secret"; readonly storage: LookupCredential["storage"]; readonly salt: string;
      readonly codes: readonly Pick<LookupCode, "digest" | "sealed">[];
    }
  | { readonly type: "oidc" | "webauthn" | "passkey" | "code"; readonly slot: string; readonly identifiers: readonly string[]; readonly document: JsonObject }
);

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
}


export interface FlowChange {
  readonly state?: Flow["state"];
  readonly active?: string | null;
  readonly nodes?: readonly Node[];
  readonly messages?: readonly Message[];
  readonly internal?: FlowInternal;
  readonly transientPayload?: JsonObject | null;
  readonly at: Date;
}

export interface NewSession {
  readonly session: Omit<Session, "devices">;
  readonly device: DeviceFacts;
}

export interface SessionChange {
  readonly tokenHash?: string;
  readonly methods?: Session["methods"];
  readonly aal?: Session["aal"];
  readonly authenticatedAt?: Date;
  readonly expiresAt?: Date;
  readonly device?: DeviceFacts;
  readonly at: Date;
}

/** What a transaction may do. Unique collisions on identifiers or addresses throw `DuplicateIdentifier`. */
export interface ProjectDb extends ProjectReads, Consuming {
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
  updateFlow(id: FlowId, change: FlowChange): Promise<void>;
  insertSession(session: NewSession): Promise<Session>;
  /** Updates only a live session whose token hash still is `ifTokenHash`; null: it was rotated or revoked meanwhile. */
  updateSession(id: SessionId, ifTokenHash: string, change: SessionChange): Promise<Session | null>;
  /** True when this call ended it. Only a session of `identityId`. */
  revokeSession(id: SessionId, identityId: IdentityId, at: Date): Promise<boolean>;
  /** How many were ended. */
  revokeOtherSessions(identityId: IdentityId, keep: SessionId | null, at: Date): Promise<number>;
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
}

export interface LimitState {
  readonly count: number;
  readonly windowAt: Date;
  readonly waitUntil: Date | null;
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
   * Counts one try unless a wait is running. With `free` tries used up, sets the wait to `baseWaitMs`·2ⁿ up to `maxWaitMs`.
   * `allowed: false` means: a wait was running (nothing counted), evaluate nothing.
   */
  charge(lane: string, key: string, budget: { readonly free: number; readonly baseWaitMs: number; readonly maxWaitMs: number }, now: Date):
    Promise<{ readonly allowed: boolean; readonly count: number; readonly waitUntil: Date | null }>;
  /** Gives one charge back (a server error). */
  refund(lane: string, key: string, now: Date): Promise<void>;
  clear(lane: string, key: string): Promise<void>;
}

export interface NewRevision {
  readonly document: JsonObject;
  readonly author: { readonly kind: "system" | "admin" | "cli" | "file"; readonly id: IdentityId | null; readonly label: string };
  readonly comment: string;
  readonly summary: string;
  readonly at: Date;
}
export interface RevisionRow extends NewRevision {
  readonly number: number;
}

export interface AdminRow {
  readonly identityId: IdentityId;
  readonly role: "owner" | "support";
  readonly createdAt: Date;
}

/** The unbound half: for lib/platform alone. */
export interface PlatformDb {
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
  }, revision: NewRevision): Promise<ProjectRow>;
  findRevision(projectId: ProjectId, number: number): Promise<RevisionRow | null>;
  listRevisions(projectId: ProjectId, query: { readonly limit: number; readonly before?: number }): Promise<readonly RevisionRow[]>;
  /**
   * One transaction: current revision moves from `expected` to `expected + 1`, the revision row is appended, the audit
   * entry chained. Null when the current one was not `expected`: nothing is written.
   */
  appendRevision(projectId: ProjectId, expected: number, revision: NewRevision, audit: AuditEntry): Promise<RevisionRow | null>;
  insertSetupLink(link: { readonly tokenHash: string; readonly expiresAt: Date; readonly at: Date }): Promise<void>;
  findSetupLink(tokenHash: string): Promise<{ readonly expiresAt: Date; readonly usedAt: Date | null } | null>;
  /** Uses the link once and makes the person an owner; joins the transaction that is open, or takes one. False: used, expired or unknown. */
  consumeSetupLink(tokenHash: string, identityId: IdentityId, at: Date): Promise<boolean>;
  findAdmin(identityId: IdentityId): Promise<AdminRow | null>;
  insertAdmin(identityId: IdentityId, role: AdminRow["role"], at: Date): Promise<void>;
  countAdmins(): Promise<number>;
  /** Live sessions, people, and people with a usable-looking second factor of one project. */
  countAdoption(projectId: ProjectId, secondFactorTypes: readonly FactorId[], now: Date): Promise<{
    readonly people: number; readonly withSecondFactor: number; readonly liveSessions: number; readonly liveSessionsToAsk: number;
  }>;
  /** Deletes what expired before `before`, at most `limit` rows a table: flows, flow errors, parked changes, sessions, counters. */
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
  close(): Promise<void>;
}


