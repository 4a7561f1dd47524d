import type { ChallengeSent, Commit, GoUpstream, NextScreen } from "../factors/factor";
import type { AuditEntry } from "../model/audit";
import type { FactorId } from "../model/assurance";
import type { FlowInternal, FlowStates, LoginFlow, RegistrationFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { say } from "../wire/message";
import { sortNodes } from "../wire/node";
import { sendPurpose } from "./budget";
import { lostTheRace } from "./grant";
import { nextState } from "./machine";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";

type Challenged = LoginFlow | RegistrationFlow;

/**
 * A code is on its way. The send budgets (lane L5) are charged first, for known and unknown recipients alike; then one
 * transaction stores the code, the letter and the flow's next screen. Answers 400 for login and registration (contract 5.9).
 */
export async function sendChallenge(
  flow: Challenged, method: FactorId, outcome: ChallengeSent, payload: JsonObject, audit: AuditEntry, request: FlowRequest, deps: EngineDeps,
  traitOrder: readonly string[] = [],
): Promise<FlowResult> {
  const { recipient } = outcome;
  // A second step is reached by a first factor alone; whoever else asks is known by their device, or by nothing.
  const second = flow.kind === "login" && flow.requestedAal === "aal2" && request.session !== null;
  const purpose = second ? "second_factor" : sendPurpose(outcome.prepared.internal?.code?.identityId ?? null, request);
  const answer = await deps.limitsFor(request.handle).chargeSend(recipient, request.device.ipAddress, request.project.config.courier, request.now, purpose);
  if (answer.kind === "wait") {
    const seconds = answer.retryAfterSeconds;
    const rejection = { messages: [say.generic("too_many_attempts_wait", { seconds })], retryAfterSeconds: seconds };
    return rejectFlow(flow, rejection, payload, request, { ...audit, action: `${flow.kind}.throttled` }, method);
  }
  const state = sentState(flow) ?? lostTheRace();
  const nodes = sortNodes(flow.kind, outcome.prepared.nodes, traitOrder);
  const next = { ...flow, state, nodes, messages: outcome.messages, internal: { ...flow.internal, ...outcome.prepared.internal }, active: method, updatedAt: request.now };
  await request.handle.transaction(async (tx) => {
    if (!(await outcome.commit(tx))) lostTheRace();
    const patch = patchOf(flow, outcome.prepared.internal);
    if (!(await tx.updateFlow(flow.id, { state, nodes, messages: next.messages, internalPatch: patch, active: method, at: request.now }))) lostTheRace();
    await tx.appendAudit({ ...audit, action: `${flow.kind}.challenge_sent`, result: "ok" }, request.now);
  });
  return { kind: "form", flow: next, rejected: true };
}

function sentState(flow: Challenged): FlowStates["login"] | null {
  return flow.kind === "login" ? nextState("login", flow.state, "challenge_sent") : nextState("registration", flow.state, "challenge_sent");
}

/** What is new in `internal`, with the name that a screen has just asked for: what is as it was is not written again, for it may be spent by now. */
function patchOf(flow: Challenged, internal: Partial<FlowInternal> = {}): Partial<FlowInternal> {
  const { identifier } = flow.internal;
  const changed = Object.entries(internal).filter(([name, value]) => value !== flow.internal[name as keyof FlowInternal]);
  return { ...(identifier === undefined ? {} : { identifier }), ...Object.fromEntries(changed) };
}

/** Another screen of the same flow: its nodes become exactly these. */
export async function showNext<F extends Challenged>(
  flow: F, method: FactorId, screen: NextScreen, request: FlowRequest,
): Promise<FlowResult> {
  const next = await rewrite(flow, { nodes: screen.prepared.nodes, messages: screen.messages, internal: screen.prepared.internal ?? {}, active: method }, request);
  return { kind: "form", flow: next, rejected: true, navigates: screen.navigates };
}

/** The browser leaves for an identity provider; what must be known at its return is stored first. */
export async function goUpstream<F extends Challenged>(flow: F, method: FactorId, outcome: GoUpstream, request: FlowRequest): Promise<FlowResult> {
  const internal = { ...flow.internal, ...outcome.internal };
  await request.handle.transaction(async (tx) => {
    if (!(await tx.updateFlow(flow.id, { internalPatch: outcome.internal ?? {}, active: method, at: request.now }))) lostTheRace();
  });
  return { kind: "upstream", flow: { ...flow, internal, active: method }, to: outcome.to.href };
}

/** Stores other nodes and messages; answers the flow as it is then. `internal`: what is remembered beside, or instead of, the flow's. */
export async function rewrite<F extends Challenged>(
  flow: F, change: { readonly nodes: readonly Node[]; readonly messages: readonly Message[]; readonly internal: Partial<FlowInternal>; readonly active: string | null; readonly commit?: Commit | undefined },
  request: FlowRequest,
): Promise<F> {
  const nodes = sortNodes(flow.kind, change.nodes);
  const internal = { ...flow.internal, ...change.internal };
  await request.handle.transaction(async (tx) => {
    if (change.commit && !(await change.commit(tx))) lostTheRace();
    const written = { nodes, messages: change.messages, internalPatch: patchOf(flow, change.internal), active: change.active, at: request.now };
    if (!(await tx.updateFlow(flow.id, written))) lostTheRace();
  });
  return { ...flow, nodes, messages: change.messages, internal, active: change.active, updatedAt: request.now };
}
