import { randomId } from "../crypto/token";
import type { ProjectReads } from "../db/handles";
import type { IdentityToCreate } from "../identities/create";
import type { ContinueWith, RegistrationFlow } from "../model/flow";
import type { Identity, JsonObject, JsonValue } from "../model/identity";
import type { AddressId, IdentityId } from "../model/ids";
import type { Address } from "../model/owned-address";
import { lostTheRace } from "./grant";
import { hooksAfter } from "./hooks";
import { nextState } from "./machine";
import type { EngineDeps, FlowRequest } from "./request";
import { beginVerification, showVerification } from "./verify-address";
import type { VerificationPlan } from "./verify-address";

/**
 * May a registration answer alike whether its address is taken or not (ruling J9)? It may where a letter can tell the owner and no
 * session betrays the difference. With the hook `session` the answer reveals that the address is taken: somebody is signed in, or not.
 */
export function answersAlike(method: string, { project }: FlowRequest): boolean {
  const { mitigateEnumeration, flows, methods } = project.config;
  return mitigateEnumeration && flows.verification.enabled && methods.code.enabled && !hooksAfter(project, "registration", method).includes("session");
}

export interface TakenRegistration {
  readonly flow: RegistrationFlow;
  readonly method: string;
  readonly id: IdentityId;
  readonly schemaId: string;
  /** As it would have been stored, with what a hook changed. */
  readonly typed: Pick<IdentityToCreate, "traits" | "facts" | "state" | "metadataPublic" | "externalId">;
  readonly verified: readonly string[];
  readonly plan: VerificationPlan;
}
export interface LikeNew {
  readonly identity: Identity;
  readonly granted: null;
  readonly shown: readonly ContinueWith[];
}

/**
 * A registration whose address belongs to somebody, answered like a new one: a person who is nowhere stored, a verification flow that
 * no code passes, a letter to the owner instead of the code, and to an address that is nobody's the letter it would have had.
 * Differs from Kratos, which says that the address is taken. Null where
 * the answer has to say so: the project does not want this, or what is taken is a name and not the address that would be written to.
 */
export async function takenLikeNew(taken: TakenRegistration, request: FlowRequest, deps: EngineDeps): Promise<LikeNew | null> {
  const { flow, method, plan } = taken;
  if (!answersAlike(method, request)) return null;
  const owned = new Set<Address>();
  for (const address of plan.addresses) if (await isOwned(address, request.handle)) owned.add(address);
  if (owned.size === 0) return null;
  const identity = imagined(taken, request.now);
  const state = nextState("registration", flow.state, "challenge_passed") ?? lostTheRace();
  return request.handle.transaction(async (tx) => {
    if (!(await tx.completeFlow(flow.id, state, request.now))) lostTheRace();
    const shown: ContinueWith[] = [];
    for (const address of plan.addresses) {
      const { via, value, send } = address;
      const decoy = { template: owned.has(address) ? "registration_taken" : "verification_code" } as const;
      const begun = await beginVerification(tx, { identity, address: { via, value }, returnTo: plan.returnTo, send, decoy }, request, deps);
      if (plan.show) shown.push(showVerification(begun, address, request));
    }
    await tx.appendAudit({
      action: "registration.rejected", result: "rejected", actor: { kind: "anonymous" }, identityId: null, ipAddress: request.device.ipAddress,
      details: { method, flow: flow.id, reason: "taken" },
    }, request.now);
    return { identity, granted: null, shown };
  });
}

/** All ways in which an address can be somebody's. */
async function isOwned({ via, value }: Address, db: ProjectReads): Promise<boolean> {
  return await db.findAccountByAddress("verifiable", via, value) !== null || await db.findAccountByAddress("recovery", via, value) !== null
    || await db.findAccountByIdentifier("password", value) !== null || await db.findAccountByIdentifier("code", value) !== null;
}

/** A person in an order of their own: how they were typed, and how a database keeps them, is not seen (ruling J9). */
export function inOrder(identity: Identity): Identity {
  const byValue = (left: Address, right: Address): number => (`${left.via}:${left.value}` < `${right.via}:${right.value}` ? -1 : 1);
  return {
    ...identity, traits: sorted(identity.traits) as JsonObject, metadataPublic: sorted(identity.metadataPublic) as JsonValue | null,
    verifiableAddresses: [...identity.verifiableAddresses].sort(byValue), recoveryAddresses: [...identity.recoveryAddresses].sort(byValue),
  };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

/** The person as they would have been stored. */
function imagined({ id, schemaId, typed, verified }: TakenRegistration, now: Date): Identity {
  const row = { createdAt: now, updatedAt: now };
  const newId = () => randomId() as AddressId;
  return {
    id, schemaId, state: typed.state ?? "active", stateChangedAt: now, traits: typed.traits, metadataPublic: typed.metadataPublic ?? null,
    metadataAdmin: null, externalId: typed.externalId ?? null, version: 1, ...row,
    verifiableAddresses: typed.facts.verifiable.map(({ via, value }) => (verified.includes(value)
      ? { id: newId(), value, via, verified: true, status: "completed", verifiedAt: now, ...row }
      : { id: newId(), value, via, verified: false, status: "pending", verifiedAt: null, ...row })),
    recoveryAddresses: typed.facts.recovery.map(({ via, value }) => ({ id: newId(), value, via, ...row })),
  };
}
