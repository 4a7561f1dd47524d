import type { AssuranceLevel, FactorId } from "./assurance";
import type { AdminRole } from "./console";
import type { AddressChannel, Identity } from "./identity";

/* What the console shows of people, keys, messages and jobs. */

export interface PersonLine {
  readonly id: string;
  readonly name: string | null;
  readonly address: string | null;
  readonly state: Identity["state"];
  readonly createdAt: Date;
  /** Recovery codes count the codes that are left. */
  readonly factors: readonly { readonly type: FactorId; readonly count: number }[];
  /** Of the newest live session; null: signed in nowhere. */
  readonly level: AssuranceLevel | null;
  readonly lastSeenAt: Date | null;
}
/** Who somebody is: state, addresses, what their account says of them. */
export interface PersonFacts {
  readonly id: string;
  readonly displayName: string;
  readonly state: Identity["state"];
  readonly schemaId: string;
  readonly externalId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly availableAal: AssuranceLevel;
  /** One line each, in the order of the document. */
  readonly traits: readonly { readonly path: string; readonly value: string }[];
  readonly addresses: readonly { readonly value: string; readonly via: AddressChannel; readonly verified: boolean; readonly recovery: boolean }[];
}
/** A factor as the console shows it: what, which, since when. Never a secret. */
export interface FactorLine {
  /** Names the row that would go. */
  readonly id: string;
  readonly type: FactorId;
  /** What the person or the provider calls it; null where there is nothing to tell apart. */
  readonly name: string | null;
  readonly addedAt: Date;
  readonly lastUsedAt: Date | null;
  /** Level of the session that enrolled it. */
  readonly enrolledAal: "aal1" | "aal2" | null;
  /** Of recovery codes. */
  readonly codesLeft: number | null;
  /** False: without it nobody could sign in any more. */
  readonly removable: boolean;
}
/** Which ways back in the project offers somebody. */
export interface RecoveryOffer {
  readonly code: boolean;
  readonly link: boolean;
}

export interface AdminLine {
  readonly id: string;
  readonly name: string | null;
  readonly address: string | null;
  readonly role: AdminRole;
  readonly since: Date;
  readonly state: Identity["state"];
}

/** A key without its token. */
export interface KeyLine {
  readonly id: string;
  readonly name: string;
  /** Its beginning and its last characters. */
  readonly hint: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** It opens nothing any more. */
  readonly over: boolean;
}
/** Project keys open the people of one project; workspace keys open the projects of a workspace and nobody's people. */
export type KeyScopeName = "project" | "workspace";
/** How long a new key lives. */
export type KeyLife = "month" | "quarter" | "year" | "never";

/** A message without anything of its content. */
export interface MessageLine {
  readonly id: string;
  readonly channel: "email" | "sms" | "hook";
  readonly template: string;
  readonly recipientHint: string;
  readonly status: "queued" | "processing" | "sent" | "abandoned";
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

/** Long work: how far it is, and who ordered it. */
export interface JobLine {
  readonly id: string;
  readonly kind: string;
  readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
  /** Null until it is known. */
  readonly total: number | null;
  readonly done: number;
  readonly failed: number;
  readonly error: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** Until then its output can be read; null while it is not over. */
  readonly outputUntil: Date | null;
}

export type LogVerdict =
  /** `to` is the last entry that was looked at; `complete`: it is also the one the project's chain ends with. */
  | { readonly ok: true; readonly from: number; readonly to: number; readonly complete: boolean }
  /** The first entry that does not hold: missing, changed, or not the one the head of the chain names. */
  | { readonly ok: false; readonly sequence: number };
/** The chain as it ends now. */
export interface LogHead {
  readonly sequence: number;
  readonly hash: string;
}
