import type { IdentityPatch } from "../actions/call";
import type { ProjectDb } from "../db/handles";
import type { IdentityToCreate } from "../identities/create";
import { checkTraits, planTraitChange } from "../identities/traits";
import type { CheckedTraits } from "../identities/traits";
import { applyTraitPlan } from "../identities/update";
import { DomainError } from "../model/errors";
import type { Identity, JsonObject, TraitFacts } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { sameAddress } from "../model/owned-address";
import type { Address } from "../model/owned-address";
import { revokeOtherSessions } from "../sessions/revoke";
import { normaliseAddress } from "../wire/identity-schema";
import type { FlowRequest } from "./request";

export interface PersonToBe {
  readonly schemaId: string;
  readonly traits: JsonObject;
  readonly facts: TraitFacts;
  readonly verified?: readonly string[];
}
type Problems = Extract<CheckedTraits, { ok: false }>["problems"];
/** What `createIdentity` takes, but for the id and the instant. */
export type PatchedPerson = Omit<IdentityToCreate, "id" | "now">;

/**
 * A person who is about to be stored, as a hook wants them (contract/admin.md 5.4): traits are held against the schema again, and
 * addresses count as verified only where the traits name them. `null` changes nothing.
 */
export function patchPerson(
  person: PersonToBe, patch: IdentityPatch | null, request: FlowRequest,
): { readonly ok: true; readonly person: PatchedPerson } | { readonly ok: false; readonly problems: Problems } {
  const { schemaId = person.schemaId, traits = person.traits, state, metadataPublic, metadataAdmin, externalId } = patch ?? {};
  if (!request.project.config.schemas.some((schema) => schema.id === schemaId)) throw new DomainError("hook_failed", { reason: "unknown schema_id" });
  const checked = patch?.traits === undefined && patch?.schemaId === undefined
    ? { ok: true as const, traits: person.traits, facts: person.facts } : checkTraits(request.project, schemaId, traits);
  if (!checked.ok) return checked;
  const proved = [...(person.verified ?? []), ...(patch?.verified ?? []).map(normalised)];
  return {
    ok: true,
    person: {
      schemaId, traits: checked.traits, facts: checked.facts,
      ...(state === undefined ? {} : { state }),
      ...(metadataPublic === undefined ? {} : { metadataPublic }),
      ...(metadataAdmin === undefined ? {} : { metadataAdmin }),
      ...(externalId === undefined ? {} : { externalId: externalId === "" ? null : externalId }),
      verified: checked.facts.verifiable.map(({ value }) => value).filter((value) => proved.includes(value)),
    },
  };
}

/** What of a patch cannot be: found before the transaction, so that the form can show it. Empty when all of it can. */
export function patchProblems(schemaId: string, patch: IdentityPatch | null, request: FlowRequest): Problems {
  if (patch?.traits === undefined) return [];
  const checked = checkTraits(request.project, schemaId, patch.traits);
  return checked.ok ? [] : checked.problems;
}

/** The addresses that a patch brings to somebody, and whether it changes any. `known`: those that the step itself brings. */
export function addressesOfPatch(
  identity: Identity, patch: IdentityPatch | null, known: readonly Address[], request: FlowRequest,
): { readonly changed: boolean; readonly fresh: readonly Address[] } {
  const plan = patch?.traits === undefined ? null : planTraitChange(identity, patch.traits, request.project);
  if (!plan?.ok || !plan.touchesAddresses) return { changed: false, fresh: [] };
  const proved = (patch?.verified ?? []).map(normalised);
  const had = [...identity.verifiableAddresses, ...known];
  return { changed: true, fresh: plan.facts.verifiable.filter((one) => !proved.includes(one.value) && !had.some((other) => sameAddress(one, other))) };
}

/**
 * The same for a person who exists, after the change that the hook was asked about, in its transaction. A `schema_id` is left alone:
 * nobody changes schema by saving a form. Whom the hook switches off loses every session. `seen`: the version that the hook was asked about, and
 * whether the step itself may have made the next one. False when the person was changed meanwhile; the transaction must not commit then.
 */
export async function patchStored(
  tx: ProjectDb, id: IdentityId, patch: IdentityPatch | null, seen: { readonly version: number; readonly changedHere: boolean }, request: FlowRequest,
): Promise<boolean> {
  if (patch === null) return true;
  let identity = (await tx.findAccount(id))?.identity;
  if (identity === undefined || (identity.version !== seen.version && !(seen.changedHere && identity.version === seen.version + 1))) return false;
  if (patch.traits !== undefined) {
    const plan = planTraitChange(identity, patch.traits, request.project);
    if (!plan.ok) throw new DomainError("hook_failed", { reason: "traits" });
    const changed = plan.unchanged ? identity : await applyTraitPlan(tx, id, plan, request.now);
    if (changed === null) return false;
    identity = changed;
  }
  const { state, metadataPublic, metadataAdmin, externalId } = patch;
  if (state !== undefined || metadataPublic !== undefined || metadataAdmin !== undefined || externalId !== undefined) {
    const updated = await tx.updateIdentity(id, {
      version: identity.version, at: request.now,
      ...(state === undefined ? {} : { state }),
      ...(metadataPublic === undefined ? {} : { metadataPublic }),
      ...(metadataAdmin === undefined ? {} : { metadataAdmin }),
      ...(externalId === undefined ? {} : { externalId: externalId === "" ? null : externalId }),
    });
    if (updated === null) return false;
    identity = updated;
    if (state === "inactive") await revokeOtherSessions(tx, id, null, request.now);
  }
  const proved = (patch.verified ?? []).map(normalised);
  for (const address of identity.verifiableAddresses) {
    if (!address.verified && proved.includes(address.value)) await tx.markVerified(id, address.id, address.value, request.now);
  }
  return true;
}

function normalised(value: string): string {
  return normaliseAddress(value, value.includes("@") ? "email" : "sms") ?? value;
}
