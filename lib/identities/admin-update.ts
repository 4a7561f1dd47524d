import type { AccountSnapshot, AddressState, IdentityChange, ProjectDb } from "../db/handles";
import type { Identity, JsonObject, JsonValue, TraitFacts } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { Address } from "../model/owned-address";
import type { AddressImport, IdentityInput } from "../wire/identity-body";
import { adminEntry, againWhenChanged, changedMeanwhile } from "./admin-context";
import type { AdminContext, AdminNotice } from "./admin-context";
import { addressStates, traitsOf } from "./admin-create";
import { followCodeAddresses } from "./code-addresses";
import { settleSessions } from "./consequences";
import { NOTHING_PLANNED, planCredentials, writeCredentials } from "./credential-plan";
import type { CredentialPlan } from "./credential-plan";
import { storedFacts } from "./credential-view";
import { keepingAnOwner } from "./owner-guard";

/** A person as they are to become. */
export interface Wanted {
  readonly schemaId: string;
  /** Null: they stay, and are not held against the schema again. */
  readonly traits: JsonObject | null;
  readonly state: "active" | "inactive";
  readonly metadataPublic: JsonValue | null;
  readonly metadataAdmin: JsonValue | null;
  readonly externalId: string | null;
  /** What is said of addresses; null: every address keeps its verification. */
  readonly verifiable: readonly AddressImport[] | null;
  readonly credentials: (account: AccountSnapshot, facts: TraitFacts) => Promise<CredentialPlan>;
}

/**
 * Replaces a person (contract/admin.md 1.8): metadata and external id that are not said are cleared, schema, state and credentials that
 * are not said stay, addresses follow the traits. Null for an unknown id.
 * Throws `bad_request`, `conflict`, and `DuplicateIdentifier` when a name, address or external id is somebody else's.
 */
export function replaceByAdmin(id: IdentityId, input: IdentityInput, ctx: AdminContext): Promise<AccountSnapshot | null> {
  return againWhenChanged(async () => {
    const account = await ctx.handle.findAccount(id);
    if (account === null) return null;
    const { identity } = account;
    return changePerson(account, {
      schemaId: input.schemaId ?? identity.schemaId, traits: input.traits, state: input.state ?? identity.state,
      metadataPublic: input.metadataPublic, metadataAdmin: input.metadataAdmin, externalId: input.externalId, verifiable: null,
      credentials: ({ credentials }, facts) => planCredentials(input.credentials, { id, facts, credentials }, "merge", ctx),
    }, ctx);
  });
}

/**
 * Switches a person on or off and nothing else; `unchanged` when they are so already, null for an unknown id. Throws `conflict` for the
 * last owner of the installation who could sign in.
 */
export function switchByAdmin(id: IdentityId, state: Identity["state"], ctx: AdminContext): Promise<"done" | "unchanged" | null> {
  return againWhenChanged(async () => {
    const account = await ctx.handle.findAccount(id);
    if (account === null) return null;
    const { schemaId, metadataPublic, metadataAdmin, externalId } = account.identity;
    if (account.identity.state === state) return "unchanged";
    await changePerson(account, {
      schemaId, traits: null, state, metadataPublic, metadataAdmin, externalId, verifiable: null, credentials: () => Promise.resolve(NOTHING_PLANNED),
    }, ctx);
    return "done";
  });
}

/** Writes what is wanted, and ends what has to end with it. Gives up when the person was changed since they were read, and when no owner could sign in any more. */
export async function changePerson(account: AccountSnapshot, wanted: Wanted, ctx: AdminContext): Promise<AccountSnapshot> {
  const { identity } = account;
  const { now, handle } = ctx;
  const checked = wanted.traits === null ? null : traitsOf(ctx, wanted.schemaId, wanted.traits);
  const facts = checked?.facts ?? storedFacts(ctx.project, identity);
  const plan = await wanted.credentials(account, facts);
  const change: Omit<IdentityChange, "at"> = {
    version: identity.version,
    ...(wanted.schemaId === identity.schemaId ? {} : { schemaId: wanted.schemaId }),
    ...(checked === null ? {} : { traits: checked.traits, verifiable: facts.verifiable, recovery: facts.recovery }),
    ...(wanted.state === identity.state ? {} : { state: wanted.state }),
    metadataPublic: wanted.metadataPublic, metadataAdmin: wanted.metadataAdmin, externalId: wanted.externalId,
  };
  const switchedOff = identity.state === "active" && wanted.state === "inactive";
  return handle.transaction((tx) => keepingAnOwner(tx, ctx, identity.id, async () => {
    const updated = await tx.updateIdentity(identity.id, { ...change, at: now }) ?? changedMeanwhile();
    if (plan !== NOTHING_PLANNED && !await isAsRead(tx, account)) changedMeanwhile();
    if (checked !== null) {
      await tx.setPasswordIdentifiers(identity.id, facts.identifiers);
      await followCodeAddresses(tx, identity.id, facts.codeAddresses ?? [], now);
    }
    if (wanted.verifiable !== null) await sayOfAddresses(tx, updated, facts, wanted.verifiable, now);
    await writeCredentials(tx, identity.id, plan, facts, now);
    const ended = await settleSessions(tx, identity.id, { everySession: switchedOff, ended: plan.ended }, ctx);
    await tellOfChange(tx, identity, updated, plan, ctx);
    await tx.appendAudit(adminEntry(ctx, "identity.updated", identity.id, auditDetails(identity, updated, plan, ended)), now);
    return await tx.findAccount(identity.id) ?? changedMeanwhile();
  }));
}

/** What was planned from is still there: a person who enrols something meanwhile does not lose it. */
async function isAsRead(tx: ProjectDb, { identity, credentials }: AccountSnapshot): Promise<boolean> {
  const current = await tx.listCredentials(identity.id);
  return current.length === credentials.length
    && current.every((one, index) => one.id === credentials[index]?.id && one.updatedAt.getTime() === credentials[index].updatedAt.getTime());
}

async function sayOfAddresses(tx: ProjectDb, { id, verifiableAddresses }: Identity, facts: TraitFacts, said: readonly AddressImport[], now: Date): Promise<void> {
  const states = addressStates(facts, said, now);
  for (const row of verifiableAddresses) {
    const state = states.find(({ via, value }) => via === row.via && value === row.value);
    if (state === undefined || (state.verified === row.verified && state.status === row.status)) continue;
    const { verified, status, verifiedAt }: AddressState = state;
    await tx.setAddressState(id, row.id, { verified, status, verifiedAt }, now);
  }
}

/** The owner hears of every credential and address that changed, as if they had changed it themselves (N21, T76). */
async function tellOfChange(tx: ProjectDb, before: Identity, after: Identity, plan: CredentialPlan, ctx: AdminContext): Promise<void> {
  const events: Omit<AdminNotice, "identity" | "dedupe">[] = [
    ...plan.ended.map((method) => ({ template: method === "password" ? "password_changed" as const : "factor_removed" as const, method })),
    ...plan.added.map((method) => ({ template: method === "password" ? "password_changed" as const : "factor_added" as const, method })),
    ...(sameAddresses(before, after) ? [] : [{ template: "address_changed" as const, after }]),
  ];
  for (const event of events) await ctx.tell?.(tx, { ...event, identity: before, dedupe: `${event.template}:${event.method ?? ""}:${String(after.version)}` });
}

function sameAddresses(before: Identity, after: Identity): boolean {
  const list = ({ verifiableAddresses, recoveryAddresses }: Identity): string =>
    [...verifiableAddresses.map(addressKey), "", ...recoveryAddresses.map(addressKey)].sort().join("\n");
  return list(before) === list(after);
}

function addressKey({ via, value }: Address): string {
  return `${via} ${value}`;
}

function auditDetails(before: Identity, after: Identity, plan: CredentialPlan, ended: number): Readonly<Record<string, unknown>> {
  const fields = ["schemaId", "traits", "metadataPublic", "metadataAdmin", "externalId"] as const;
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  return {
    changed: [...changed, ...(sameAddresses(before, after) ? [] : ["addresses"])],
    ...(before.state === after.state ? {} : { state: { from: before.state, to: after.state } }),
    ...(plan.added.length + plan.ended.length === 0 ? {} : { credentialsAdded: plan.added, credentialsEnded: plan.ended }),
    ...(ended === 0 ? {} : { sessionsEnded: ended }),
  };
}
