import type { ProjectDb } from "../db/handles";
import type { Identity } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { followCodeAddresses } from "./code-addresses";
import type { TraitPlan } from "./traits";

/**
 * Saves planned traits: the traits, the address rows, the names a password signs in with, and where codes go, in the caller's
 * transaction. Null when the person was changed since the plan was made; nothing is written then.
 *
 * Throws `DuplicateIdentifier` when an address or name belongs to somebody else in this project.
 */
export async function applyTraitPlan(
  tx: ProjectDb, id: IdentityId, plan: Extract<TraitPlan, { ok: true }>, now: Date,
): Promise<Identity | null> {
  const updated = await tx.updateIdentity(id, { ...plan.change, at: now });
  if (updated === null) return null;
  if (plan.identifiers !== null) await tx.setPasswordIdentifiers(id, plan.identifiers);
  await followCodeAddresses(tx, id, plan.facts.codeAddresses ?? [], now);
  return updated;
}

/** Switches a person off or on. Null when changed meanwhile. Ending their sessions is the caller's next statement. */
export function setIdentityState(
  tx: ProjectDb, identity: Pick<Identity, "id" | "version">, state: Identity["state"], now: Date,
): Promise<Identity | null> {
  return tx.updateIdentity(identity.id, { version: identity.version, state, at: now });
}
