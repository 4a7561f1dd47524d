import { sendCode } from "../courier/outbox/one-time-code";
import type { ProjectDb } from "../db/handles";
import type { SendPurpose } from "../limits/charge";
import type { ContinueWith, Flow, FlowKind, VerificationFlow } from "../model/flow";
import type { Identity } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { addressIdOf, sameAddress } from "../model/owned-address";
import type { Address } from "../model/owned-address";
import { hooksAfter } from "./hooks";
import { askNodes, codeMemory, sentMessage, sentNodes } from "./recovery-or-verification";
import type { EngineDeps, FlowRequest } from "./request";
import { newFlowBase } from "./stored";
import { returnToOr, uiUrl } from "./urls";

export interface VerificationToBegin {
  readonly identity: Identity;
  readonly address: Address;
  /** Where `continue` leads once it is verified; null: the project's place. */
  readonly returnTo: string | null;
  /** False: the address was written to a moment ago. The flow begins with the button that sends a code. Default true. */
  readonly send?: boolean;
  /** Somebody else's address: a flow that no code passes, with this letter to its owner; or nobody's, which gets the usual one (ruling J9). */
  readonly decoy?: { readonly template: "registration_taken" | "verification_code" };
}

/** A verification flow of this browser for one address, its code in the outbox, all in the caller's transaction. */
export async function beginVerification(tx: ProjectDb, begin: VerificationToBegin, request: FlowRequest, deps: EngineDeps): Promise<VerificationFlow> {
  const { identity, address, send = true, decoy } = begin;
  const { project, now } = request;
  const person = decoy === undefined ? identity : null;
  const base = newFlowBase("verification", send ? "sent_email" : "choose_method", request, { requestUrl: request.url.href, returnTo: null });
  const flow: VerificationFlow = {
    ...base, identityId: identity.id, active: "code",
    nodes: send ? sentNodes("verification", address) : askNodes(address.value),
    messages: send ? [sentMessage("verification", address)] : [],
    internal: { verification: { continueAt: begin.returnTo }, ...(send ? { code: codeMemory(address, person, now) } : {}) },
  };
  await tx.insertFlow(flow);
  if (!send) return flow;
  const addressId = person === null ? null : addressIdOf(person, address);
  await sendCode(tx, deps.keys, {
    project, flow, purpose: "verification", to: address, identityId: person?.id ?? null, addressId,
    // The code of the usual letter belongs to nobody: it passes nothing (lib/flows/verification-submit.ts).
    template: decoy?.template ?? "verification_code", decoy: decoy?.template === "registration_taken", locale: request.locale,
  }, now);
  if (addressId !== null) await tx.markVerificationSent(addressId, now);
  return flow;
}

/** What a completed step will verify: decided and charged before its transaction, carried out inside it. */
export interface VerificationPlan {
  readonly addresses: readonly (Address & { readonly send: boolean })[];
  /** Hook `show_verification_ui`: the person is led to the flow. */
  readonly show: boolean;
  readonly returnTo: string | null;
}

/**
 * Which of these unverified addresses get a code (contract 4.12): at registration and in settings all, where verification is on; at
 * a first step of a sign-in where the hook `verification` says so. Charges the send budgets, so it never runs in a transaction.
 */
export async function planVerification(
  flow: Flow, method: string, unverified: readonly Address[], request: FlowRequest, deps: EngineDeps,
): Promise<VerificationPlan> {
  const { project, now } = request;
  const hooks = hooksAfter(project, flow.kind, method);
  const wanted = flow.kind !== "login" || (flow.requestedAal === "aal1" && hooks.includes("verification"));
  const { verification } = project.config.flows;
  if (!wanted || !verification.enabled || !project.config.methods.code.enabled) return { addresses: [], show: false, returnTo: null };
  const limits = deps.limitsFor(request.handle);
  const addresses: (Address & { send: boolean })[] = [];
  for (const { via, value } of unverified) {
    const answer = await limits.chargeSend({ via, value }, request.device.ipAddress, project.config.courier, now, purposeOf({ via, value }, request));
    addresses.push({ via, value, send: answer.kind === "go" });
  }
  return { addresses, show: hooks.includes("show_verification_ui"), returnTo: returnToAfter(flow, request) };
}

/** An address that is only being added is anybody's: it takes nothing from what its owner may need. */
function purposeOf(address: Address, request: FlowRequest): SendPurpose {
  const own = request.session?.identity;
  return own?.verifiableAddresses.some((one) => sameAddress(one, address)) === true ? "known_device" : "public";
}

/** Begins what was planned, in the transaction of the step. Answers what `continue_with` says of it; addresses proved meanwhile are left alone. */
export async function startVerification(
  tx: ProjectDb, plan: VerificationPlan, identityId: IdentityId, request: FlowRequest, deps: EngineDeps,
): Promise<readonly ContinueWith[]> {
  if (plan.addresses.length === 0) return [];
  const identity = await tx.findIdentity(identityId);
  const shown: ContinueWith[] = [];
  for (const { send, ...address } of plan.addresses) {
    const row = identity?.verifiableAddresses.find((one) => sameAddress(one, address));
    if (!identity || row === undefined || row.verified) continue;
    const flow = await beginVerification(tx, { identity, address, returnTo: plan.returnTo, send }, request, deps);
    if (plan.show) shown.push(showVerification(flow, address, request));
  }
  return shown;
}

/** The item of `continue_with` for a flow; its page is for browsers. */
export function showVerification(flow: VerificationFlow, { value }: Address, { project }: FlowRequest): ContinueWith {
  const url = flow.type === "browser" ? { url: uiUrl(project, "verification", flow.id) } : {};
  return { action: "show_verification_ui", flow: { id: flow.id, verifiable_address: value, ...url } };
}

/** `after_verification_return_to` of a registration, else where the step itself was to lead; a place that is not allowed is dropped. */
function returnToAfter(flow: Flow, { project }: FlowRequest): string | null {
  const asked = AFTER_VERIFICATION.has(flow.kind) ? new URL(flow.requestUrl).searchParams.get("after_verification_return_to") : null;
  const candidate = asked ?? flow.returnTo;
  return candidate === null ? null : returnToOr(project, candidate, project.config.defaultReturnUrl);
}
const AFTER_VERIFICATION: ReadonlySet<FlowKind> = new Set<FlowKind>(["registration"]);
