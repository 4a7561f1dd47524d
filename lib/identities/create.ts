import { randomId } from "../crypto/token";
import type { NewIdentity, ProjectDb } from "../db/handles";
import type { Identity, JsonObject, TraitFacts } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { followCodeAddresses } from "./code-addresses";

export interface IdentityToCreate {
  /** Fixed beforehand by a ceremony (a passkey's user handle) or told to a hook; absent: a new one. */
  readonly id?: IdentityId;
  readonly schemaId: string;
  /** Checked by `checkTraits`, never raw input. */
  readonly traits: JsonObject;
  readonly facts: TraitFacts;
  readonly state?: "active" | "inactive";
  readonly metadataPublic?: NewIdentity["metadataPublic"];
  readonly metadataAdmin?: NewIdentity["metadataAdmin"];
  readonly externalId?: string | null;
  /** Values proved elsewhere (an import, an admin's word); everything else begins unverified. */
  readonly verified?: readonly string[];
  readonly now: Date;
}

/**
 * Stores a new person with the addresses their traits name, and where codes to sign in with go. All other credentials are their
 * factors' business.
 *
 * Throws `DuplicateIdentifier` when an address belongs to somebody else in this project; the transaction is over then.
 */
export async function createIdentity(tx: ProjectDb, person: IdentityToCreate): Promise<Identity> {
  const { facts, now, verified = [] } = person;
  const identity = await tx.insertIdentity({
    id: person.id ?? (randomId() as IdentityId),
    schemaId: person.schemaId,
    traits: person.traits,
    ...(person.state === undefined ? {} : { state: person.state }),
    ...(person.metadataPublic === undefined ? {} : { metadataPublic: person.metadataPublic }),
    ...(person.metadataAdmin === undefined ? {} : { metadataAdmin: person.metadataAdmin }),
    ...(person.externalId === undefined ? {} : { externalId: person.externalId }),
    verifiable: facts.verifiable.map((address) => ({ ...address, verified: verified.includes(address.value) })),
    recovery: facts.recovery,
    at: now,
  });
  const codeAddresses = facts.codeAddresses ?? [];
  if (codeAddresses.length > 0) await followCodeAddresses(tx, identity.id, codeAddresses, now);
  return identity;
}
