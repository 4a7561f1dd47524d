import type { ProjectDb } from "../db/handles";
import type { IdentityId } from "../model/ids";
import { codeAddressesOf, codeDocument, sameAddress } from "../model/owned-address";
import type { Address } from "../model/owned-address";

/**
 * Keeps the person's `code` credential what the schema says of their traits (`credentials.code`): nobody enrols a mailbox, it comes
 * with the address. Writes nothing when it is right already.
 *
 * Throws `DuplicateIdentifier` when an address signs somebody else in.
 */
export async function followCodeAddresses(tx: ProjectDb, id: IdentityId, addresses: readonly Address[], now: Date): Promise<void> {
  const present = codeAddressesOf(await tx.listCredentials(id));
  if (present === null ? addresses.length === 0 : isSame(present, addresses)) return;
  if (present !== null) await tx.deleteCredentials(id, "code");
  if (addresses.length === 0) return;
  await tx.insertCredential(id, {
    type: "code", slot: "single", identifiers: addresses.map(({ value }) => value), document: codeDocument(addresses), at: now,
  });
}

function isSame(left: readonly Address[], right: readonly Address[]): boolean {
  return left.length === right.length && left.every((one) => right.some((other) => sameAddress(one, other)));
}
