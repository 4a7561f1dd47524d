import type { ProjectDb, ProjectReads } from "../db/handles";
import { againWhenChanged, changedMeanwhile } from "../identities/admin-context";
import { planTraitChange, schemaOf } from "../identities/traits";
import type { TraitPlan } from "../identities/traits";
import { applyTraitPlan } from "../identities/update";
import { isDuplicateIdentifier } from "../model/errors";
import type { Identity, JsonObject } from "../model/identity";
import { sameAddress } from "../model/owned-address";
import type { Address } from "../model/owned-address";
import type { Project } from "../model/project";
import { maskAddress } from "../platform/audit";
import { revokeOtherSessions } from "../sessions/revoke";
import { tellOwner } from "./notices";
import { openRevert, REVERTED } from "./revert-link";
import type { RevertGrant } from "./revert-link";
import type { EngineDeps, FlowRequest } from "./request";

/**
 * What a link that takes a change of address back can do now. `invalid`: it is none of ours. `ended`: past its time. `gone`: nobody
 * is there, or they are switched off; a stranger is not told which. `back`: the address is theirs again. `taken`: somebody else's.
 * `no_place`: the schema has no such trait any more, or does not take the address there.
 */
export type RevertState = "open" | "invalid" | "ended" | "gone" | "back" | "taken" | "no_place";

type Judged =
  | { readonly kind: Exclude<RevertState, "open" | "invalid"> }
  | { readonly kind: "open"; readonly identity: Identity; readonly plan: Extract<TraitPlan, { ok: true }> };

type RevertRequest = Pick<FlowRequest, "project" | "handle" | "device" | "locale" | "now">;

/** What a page may say of a link before anybody pressed. Reads only: mail scanners open links. */
export async function revertState(token: string, { project, handle, now }: Pick<RevertRequest, "project" | "handle" | "now">, deps: Pick<EngineDeps, "keys">): Promise<RevertState> {
  const grant = openRevert(deps.keys, project, token);
  return grant === null ? "invalid" : (await judge(handle, grant, project, now)).kind;
}

/**
 * Puts the old address back (T76), in one transaction: the traits it stood in, its row, verified because whoever pressed reads that
 * mailbox, the names that sign in and where codes go. Changes that wait and every session end; codes and flows that carry the other
 * address find that it is the person's no more. Both addresses are told, with no link: a revert is not reverted. It signs nobody in,
 * proves no factor and switches nobody on. `done`, or why not; the slower of two presses reads `back`.
 *
 * Throws `conflict` when the person is changed without end meanwhile.
 */
export async function revertAddress(token: string, request: RevertRequest, deps: Pick<EngineDeps, "keys">): Promise<RevertState | "done"> {
  const { project, handle, now } = request;
  const grant = openRevert(deps.keys, project, token);
  if (grant === null) return "invalid";
  try {
    return await againWhenChanged(() => handle.transaction(async (tx) => {
      const judged = await judge(tx, grant, project, now);
      if (judged.kind !== "open") return judged.kind;
      await putBack(tx, grant, judged, request, deps);
      return "done";
    }));
  } catch (error) {
    // Somebody else took it between the question and the writing.
    if (isDuplicateIdentifier(error)) return "taken";
    throw error;
  }
}

async function putBack(
  tx: ProjectDb, grant: RevertGrant, { identity, plan }: Extract<Judged, { kind: "open" }>, request: RevertRequest, deps: Pick<EngineDeps, "keys">,
): Promise<void> {
  const { now, device } = request;
  const updated = await applyTraitPlan(tx, identity.id, plan, now) ?? changedMeanwhile();
  const row = updated.verifiableAddresses.find((one) => sameAddress(one, mailOf(grant))) ?? changedMeanwhile();
  await tx.markVerified(identity.id, row.id, row.value, now);
  await tx.dropParkedChanges(identity.id);
  const sessionsEnded = await revokeOtherSessions(tx, identity.id, null, now);
  await tellOwner(tx, {
    template: "address_reverted", identity, after: updated, dedupe: `address_reverted:${String(updated.version)}`,
  }, request, deps);
  await tx.appendAudit({
    action: REVERTED, result: "ok", actor: { kind: "anonymous", label: maskAddress(grant.value) }, identityId: identity.id, ipAddress: device.ipAddress,
    details: { traits: grant.places.map((path) => path.join(".")), changedAt: grant.changedAt.toISOString(), sessionsEnded },
  }, now);
}

async function judge(db: ProjectReads, grant: RevertGrant, project: Project, now: Date): Promise<Judged> {
  if (grant.endsAt.getTime() <= now.getTime()) return { kind: "ended" };
  const identity = await db.findIdentity(grant.identityId);
  if (identity?.state !== "active") return { kind: "gone" };
  if ([...identity.verifiableAddresses, ...identity.recoveryAddresses].some((one) => sameAddress(one, mailOf(grant)))) return { kind: "back" };
  if (!project.config.schemas.some(({ id }) => id === identity.schemaId)) return { kind: "no_place" };
  const traits = traitsWith(grant, identity, project);
  const plan = traits === null ? null : planTraitChange(identity, traits, project);
  if (plan?.ok !== true || !plan.facts.verifiable.some((one) => sameAddress(one, mailOf(grant)))) return { kind: "no_place" };
  return await isTaken(db, grant, identity) ? { kind: "taken" } : { kind: "open", identity, plan };
}

/**
 * The traits with the address at each of its places. Where it stood in a list, the addresses that came into the account with the
 * change or after it leave again; nobody knows which of them came in its stead.
 */
function traitsWith({ value, places, changedAt }: RevertGrant, { schemaId, traits, verifiableAddresses }: Identity, project: Project): JsonObject | null {
  const schema = schemaOf(project, schemaId);
  const instead = new Set(verifiableAddresses.filter((one) => one.via === "email" && one.createdAt.getTime() >= changedAt.getTime()).map((one) => one.value));
  return places.reduce<JsonObject | null>((sofar, path) => (sofar === null ? null : schema.putMail(sofar, { path, value, instead })), traits);
}

async function isTaken(db: ProjectReads, { value }: RevertGrant, { id }: Identity): Promise<boolean> {
  const owners = [
    await db.findAccountByAddress("verifiable", "email", value), await db.findAccountByAddress("recovery", "email", value),
    await db.findAccountByIdentifier("password", value), await db.findAccountByIdentifier("code", value),
  ];
  return owners.some((owner) => owner !== null && owner.identity.id !== id);
}

function mailOf({ value }: RevertGrant): Address {
  return { via: "email", value };
}
