import type { AddressId, IdentityId } from "./ids";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export type AddressChannel = "email" | "sms";

export interface VerifiableAddress {
  readonly id: AddressId;
  /** Normalised: lower-case e-mail, E.164 number. */
  readonly value: string;
  readonly via: AddressChannel;
  readonly verified: boolean;
  readonly status: "pending" | "sent" | "completed";
  readonly verifiedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface RecoveryAddress {
  readonly id: AddressId;
  readonly value: string;
  readonly via: AddressChannel;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Identity {
  readonly id: IdentityId;
  readonly schemaId: string;
  readonly state: "active" | "inactive";
  readonly stateChangedAt: Date | null;
  readonly traits: JsonObject;
  readonly metadataPublic: JsonValue | null;
  readonly metadataAdmin: JsonValue | null;
  readonly externalId: string | null;
  readonly verifiableAddresses: readonly VerifiableAddress[];
  readonly recoveryAddresses: readonly RecoveryAddress[];
  /** Rises with every write; an update names the version it read. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Whether the person showed that an address is theirs. Anybody may write anybody's into their profile. `value`: normalised. */
export function hasConfirmed({ verifiableAddresses }: Pick<Identity, "verifiableAddresses">, value: string): boolean {
  return verifiableAddresses.some((address) => address.verified && address.value === value);
}

/** What the schema says about some traits: which values identify, verify, recover, and name the account in an app. */
export interface TraitFacts {
  /** Normalised, unique, lower-case; these sign a person in with a password. */
  readonly identifiers: readonly string[];
  readonly verifiable: readonly { readonly value: string; readonly via: AddressChannel }[];
  readonly recovery: readonly { readonly value: string; readonly via: AddressChannel }[];
  /** Where codes to sign in with go (`credentials.code`); absent: nowhere. */
  readonly codeAddresses?: readonly { readonly value: string; readonly via: AddressChannel }[];
  /** Shown by the authenticator app; null: the caller falls back to the first identifier, then the identity id. */
  readonly totpAccountName: string | null;
}
