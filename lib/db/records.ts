import type { AdminRole } from "../model/console";
import type { Credential, LookupCode, LookupCredential } from "../model/credential";
import type { Flow, FlowInternal } from "../model/flow";
import type { AddressChannel, Identity, JsonObject, JsonValue } from "../model/identity";
import type { AddressId, FlowId, IdentityId, OneTimeCodeId, ProjectId, SessionId } from "../model/ids";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import type { DeviceFacts, Session } from "../model/session";

/* The rows that go in and out of the handles. Instants are Date; ids are branded; nothing here names a project but what crosses them. */

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

export type CodePurpose = "login" | "second_factor" | "registration" | "recovery" | "verification";
/** A code on its way. The digits are nowhere: `mac` is `keys.macHex("code", project, flow, purpose, via, value, digits)`. */
export interface OneTimeCode {
  readonly id: OneTimeCodeId;
  readonly flowId: FlowId;
  readonly purpose: CodePurpose;
  readonly identityId: IdentityId | null;
  readonly addressId: AddressId | null;
  readonly via: AddressChannel;
  readonly value: string;
  readonly mac: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}
export interface Handover {
  readonly id: string;
  readonly flowId: FlowId;
  readonly provider: string;
  readonly sealed: string;
  readonly expiresAt: Date;
}
export interface TokenExchange {
  readonly id: string;
  readonly flowId: FlowId;
  readonly returnHash: string;
  readonly sessionId: SessionId | null;
  readonly sealedToken: string | null;
  readonly expiresAt: Date;
  readonly consumedAt: Date | null;
}
export type OutboxChannel = AddressChannel | "hook";
export type OutboxStatus = "queued" | "processing" | "sent" | "abandoned";
export interface NewMessage {
  readonly channel: OutboxChannel;
  readonly template: string;
  readonly recipientHint: string;
  /** HMAC of the normalised recipient, to find messages to an address; null for a hook. */
  readonly recipientMac?: string | null;
  /** Sealed (`outbox`) JSON: recipient, locale and data. Bound to project id and `dedupe`. */
  readonly sealed: string;
  /** Same key in one project, same message: the second is not written. */
  readonly dedupe: string;
  readonly identityId: IdentityId | null;
  readonly notBefore: Date;
  readonly expiresAt: Date | null;
  readonly at: Date;
}
export interface OutboxMessage extends NewMessage {
  readonly id: string;
  readonly projectId: ProjectId;
  readonly status: OutboxStatus;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly publicJwk: JsonObject;
  readonly sealed: string;
  readonly createdAt: Date;
  readonly retiresAt: Date | null;
}
export interface EnrolmentPrompt {
  readonly shown: number;
  readonly skipped: number;
  readonly never: boolean;
  readonly skippedAt: Date | null;
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
  readonly schemaId?: string;
  readonly traits?: JsonObject;
  readonly state?: "active" | "inactive";
  readonly metadataPublic?: JsonValue | null;
  readonly metadataAdmin?: JsonValue | null;
  /** When given, the stored sets become exactly these; rows with an unchanged value keep their verification. */
  readonly verifiable?: readonly { readonly value: string; readonly via: AddressChannel }[];
  readonly recovery?: readonly { readonly value: string; readonly via: AddressChannel }[];
  readonly externalId?: string | null;
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

export interface FlowChange {
  readonly state?: Flow["state"];
  readonly active?: string | null;
  readonly nodes?: readonly Node[];
  readonly messages?: readonly Message[];
  readonly internal?: FlowInternal;
  /** Merged into what is remembered by then, member by member: what another request spent or stored meanwhile stays as it is. */
  readonly internalPatch?: Partial<FlowInternal>;
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

export interface LimitState {
  readonly count: number;
  readonly windowAt: Date;
  readonly waitUntil: Date | null;
}

export interface NewRevision {
  readonly document: JsonObject;
  readonly author: { readonly kind: "system" | "admin" | "cli" | "file"; readonly id: IdentityId | null; readonly label: string };
  readonly comment: string;
  readonly summary: string;
  /** Of the rung.yml it came from; absent or null for every other author. */
  readonly fileDigest?: string | null;
  readonly at: Date;
}
export interface RevisionRow extends NewRevision {
  readonly number: number;
}

export interface AdminRow {
  readonly identityId: IdentityId;
  readonly role: AdminRole;
  readonly createdAt: Date;
}
