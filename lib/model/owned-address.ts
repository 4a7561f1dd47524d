import type { AuthenticationMethod } from "./assurance";
import type { Credential } from "./credential";
import type { AddressChannel, Identity, JsonObject } from "./identity";
import type { AddressId } from "./ids";

export interface Address {
  readonly via: AddressChannel;
  /** Normalised: lower-case e-mail, E.164 number. */
  readonly value: string;
}

export function sameAddress(left: Address, right: Address): boolean {
  return left.via === right.via && left.value === right.value;
}

/** The row by which a session remembers an address: the verifiable one where there is one, else the recovery one. */
export function addressIdOf(identity: Identity, address: Address): AddressId | null {
  const found = [...identity.verifiableAddresses, ...identity.recoveryAddresses].find((row) => sameAddress(row, address));
  return found?.id ?? null;
}

/**
 * The addresses that proved something in a session (ruling J5). Null when one of them is no longer known: nobody can tell then
 * which mailbox it was, so none may be offered.
 */
export function provedAddresses(identity: Identity, methods: readonly AuthenticationMethod[]): readonly Address[] | null {
  const rows = [...identity.verifiableAddresses, ...identity.recoveryAddresses];
  const proved: Address[] = [];
  for (const { addressId } of methods) {
    if (addressId === undefined) continue;
    const row = rows.find(({ id }) => id === addressId);
    if (row === undefined) return null;
    proved.push({ via: row.via, value: row.value });
  }
  return proved;
}

/** The document of a `code` credential: where codes to sign in with go. */
export function codeDocument(addresses: readonly Address[]): JsonObject {
  return { addresses: addresses.map(({ via, value }) => ({ via, value })) };
}

/** The addresses of a person's `code` credential; null when there is no such credential. */
export function codeAddressesOf(credentials: readonly Credential[]): readonly Address[] | null {
  const credential = credentials.find(({ type }) => type === "code");
  if (credential?.type !== "code") return null;
  const listed = credential.document["addresses"];
  return Array.isArray(listed) ? listed.filter(isAddress) : [];
}

function isAddress(value: unknown): value is Address {
  if (typeof value !== "object" || value === null) return false;
  const { via, value: text } = value as Readonly<Record<string, unknown>>;
  return (via === "email" || via === "sms") && typeof text === "string" && text !== "";
}
