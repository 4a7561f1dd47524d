import type { JsonObject, JsonValue } from "../model/identity";
import type { AddressId, CredentialId, IdentityId, LookupCodeId } from "../model/ids";
import type { FactorId } from "../model/assurance";
import type { AccountSnapshot, NewIdentity } from "./records";

/* People as the admin API lists, finds and changes them. Implemented in people.ts and people-writes.ts. */

/** At most one way to narrow a list. */
export type PeopleFilter =
  | { readonly kind: "all" }
  | { readonly kind: "ids"; readonly ids: readonly IdentityId[] }
  /** `normalised` for names and addresses, `exact` for accounts of providers. */
  | { readonly kind: "identifier"; readonly normalised: string; readonly exact: string }
  | { readonly kind: "prefix"; readonly prefix: string };

export interface PeopleQuery {
  readonly filter: PeopleFilter;
  /** With credentials; else every account comes without any. */
  readonly expand: boolean;
  /** Only people behind this id; null: from the first. */
  readonly after: IdentityId | null;
  readonly limit: number;
  readonly offset?: number;
}

/** A name, address or external id that only one person of a project can have. `of`: the credential type, the channel, or empty. */
export interface Claim {
  readonly kind: "credential" | "verifiable" | "recovery" | "external";
  readonly of: string;
  readonly value: string;
}

export interface PeopleReads {
  /** In the order of their ids. */
  listPeople(query: PeopleQuery): Promise<readonly AccountSnapshot[]>;
  /** How many there are; of a search by prefix 10,000 at most. */
  countPeople(filter: PeopleFilter): Promise<number>;
  findAccountByExternalId(externalId: string): Promise<AccountSnapshot | null>;
  /** Those among the claims that somebody has. */
  findTaken(claims: readonly Claim[]): Promise<readonly Claim[]>;
  /**
   * The owners of the installation who are people of this project; none in any project but the console's. In a transaction nobody
   * else makes or unmakes an owner by way of `changeAdmin`, or asks this, until it ends.
   */
  lockOwners(): Promise<readonly IdentityId[]>;
}

/** One credential as its row holds it. */
export interface StoredCredential {
  readonly id: CredentialId;
  readonly type: FactorId;
  readonly slot: string;
  readonly config: JsonObject;
  readonly identifiers: readonly string[];
  /** Of a set of recovery codes. */
  readonly codes?: readonly StoredCode[];
}
export interface StoredCode {
  readonly position: number;
  readonly digest: string;
  readonly sealed: string | null;
  readonly usedAt: Date | null;
}
export interface AddressState {
  readonly verified: boolean;
  readonly status: "pending" | "sent" | "completed";
  readonly verifiedAt: Date | null;
}
export interface NewPerson extends Omit<NewIdentity, "verifiable" | "at"> {
  readonly state: "active" | "inactive";
  readonly metadataPublic: JsonValue | null;
  readonly metadataAdmin: JsonValue | null;
  readonly externalId: string | null;
  readonly verifiable: readonly (AddressState & NewIdentity["recovery"][number])[];
  readonly credentials: readonly StoredCredential[];
}

export interface PeopleWrites {
  /** Stores many people, each table by one statement. False: somebody has one of their names; the transaction must be given up. */
  insertPeople(people: readonly NewPerson[], at: Date): Promise<boolean>;
  /** The same for credentials of one person who is there. */
  insertCredentialRows(identityId: IdentityId, credentials: readonly StoredCredential[], at: Date): Promise<boolean>;
  /** What an admin says of an address. False when the person has no such row. */
  setAddressState(identityId: IdentityId, addressId: AddressId, state: AddressState, at: Date): Promise<boolean>;
  /** Codes of a set: taken out, marked, put in. */
  changeLookupCodes(credentialId: CredentialId, change: {
    readonly remove: readonly LookupCodeId[]; readonly mark: readonly { readonly id: LookupCodeId; readonly usedAt: Date | null }[];
    readonly add: readonly StoredCode[];
  }, at: Date): Promise<void>;
}
