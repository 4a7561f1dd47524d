import { randomId } from "../crypto/token";
import type { Factor, RegistrationOutcome } from "../factors/factor";
import { createIdentity } from "../identities/create";
import type { AuthenticationMethod } from "../model/assurance";
import type { AuditEntry } from "../model/audit";
import { isDuplicateIdentifier } from "../model/errors";
import type { ContinueWith, RegistrationFlow } from "../model/flow";
import type { Identity, JsonObject, TraitFacts } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { continueUrl } from "./decide";
import { grantNew, lostTheRace, settle } from "./grant";
import type { Granted } from "./grant";
import { askAfter, hooksAfter, tellAfter } from "./hooks";
import type { HookFacts } from "./hooks";
import { patchPerson } from "./hooks-patch";
import { nextState } from "./machine";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { schemaIdOf } from "./registration";
import { inOrder, takenLikeNew } from "./taken";
import { afterUrl, returnToOr } from "./urls";
import { planVerification, startVerification } from "./verify-address";

export type Registered = Extract<RegistrationOutcome, { kind: "registered" }>;
interface Done { readonly identity: Identity; readonly granted: Granted | null; readonly shown: readonly ContinueWith[] }
export interface Traits { readonly traits: JsonObject; readonly facts: TraitFacts }

/**
 * Steps 6 to 9 of a registration whose factor said yes. The person gets their id before the hooks are asked, so that a hook
 * knows whom it speaks of (contract/admin.md 5.2). Throws when an address is taken, and when the race was lost.
 */
export async function completeRegistration(
  flow: RegistrationFlow, factor: Factor, outcome: Registered, typed: Traits, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const state = nextState("registration", flow.state, "challenge_passed") ?? lostTheRace();
  const id = outcome.identityId ?? (randomId() as IdentityId);
  const schemaId = schemaIdOf(flow, request);
  const asked: HookFacts = { flow, method: factor.id, identity: { id, schemaId, traits: typed.traits }, session: null };
  const verdict = await askAfter(asked, request, deps);
  if (verdict.kind === "interrupt") {
    const fields = verdict.messages.map(({ field, message }) => ({ field: field ?? "", message }));
    return rejectFlow(flow, { messages: [], fields }, payload, request, registrationEntry("rejected", flow, factor.id, request, null), factor.id);
  }
  const patched = patchPerson({ schemaId, ...typed, verified: outcome.verified ?? [] }, verdict.patch, request);
  if (!patched.ok) {
    return rejectFlow(flow, { messages: [], fields: patched.problems }, payload, request, registrationEntry("rejected", flow, factor.id, request, null), factor.id);
  }
  const { person } = patched;
  const verified = person.verified ?? [];
  const withSession = person.state !== "inactive" && hooksAfter(request.project, "registration", factor.id).includes("session");
  const plan = await planVerification(flow, factor.id, person.facts.verifiable.filter(({ value }) => !verified.includes(value)), request, deps);
  const done = await request.handle.transaction(async (tx): Promise<Done> => {
    if (!(await tx.completeFlow(flow.id, state, request.now))) lostTheRace();
    const identity = await createIdentity(tx, { ...person, id, now: request.now });
    if (!(await outcome.commit(tx, identity.id))) lostTheRace();
    const granted = withSession ? await grantNew(tx, request, flow.type, identity.id, proved(outcome, identity)) : null;
    await tellAfter(tx, { ...asked, identity, session: granted?.session ?? null }, request, deps);
    const shown = await startVerification(tx, plan, identity.id, request, deps);
    await tx.appendAudit({
      ...registrationEntry("ok", flow, factor.id, request, identity.id), sessionId: granted?.session.id ?? null,
    }, request.now);
    return { identity, granted, shown };
  }).catch(async (error: unknown): Promise<Done> => {
    if (!isDuplicateIdentifier(error)) throw error;
    const alike = await takenLikeNew({ flow, method: factor.id, id, schemaId: person.schemaId, typed: person, verified, plan }, request, deps);
    if (alike === null) throw error;
    return alike;
  });
  return answer(flow, factor, done, request);
}

/** A code was read in a mailbox of this person: the session remembers which, so that it is no second factor of theirs (J5). */
function proved({ method, verified = [] }: Registered, identity: Identity): AuthenticationMethod {
  const address = method.method === "code" ? identity.verifiableAddresses.find(({ value }) => verified.includes(value)) : undefined;
  return address === undefined ? method : { ...method, addressId: address.id };
}

async function answer(
  flow: RegistrationFlow, factor: Factor, done: Done, request: FlowRequest,
): Promise<FlowResult> {
  const { project } = request;
  const returnTo = returnToOr(project, flow.returnTo, afterUrl(project, "registration", factor.id, project.config.defaultReturnUrl));
  const settled = done.granted ? await settle(done.granted, request) : null;
  const continueWith: ContinueWith[] = [...done.shown];
  if (flow.type === "api" && settled) continueWith.push({ action: "set_ory_session_token", ory_session_token: settled.issued.token });
  if (flow.type === "browser") continueWith.push({ action: "redirect_browser_to", redirect_browser_to: returnTo });
  const next = settled?.next ?? { kind: "allow" as const, aal: "aal0" as const };
  return {
    kind: "completed", flow: { ...flow, state: "passed_challenge", completedAt: request.now, active: factor.id },
    issued: settled?.issued ?? null, identity: settled?.identity ?? inOrder(done.identity), next, returnTo,
    continueAt: continueUrl(next, project, flow.returnTo), continueWith,
  };
}

export function registrationEntry(
  result: "ok" | "rejected", flow: RegistrationFlow, method: string, request: FlowRequest, identityId: IdentityId | null,
): AuditEntry {
  return {
    action: result === "ok" ? "registration.completed" : "registration.rejected", result,
    actor: identityId ? { kind: "person", identityId } : { kind: "anonymous" }, identityId,
    ipAddress: request.device.ipAddress, details: { method, flow: flow.id },
  };
}
