import type { OneTimeCode } from "../db/handles";
import { DomainError } from "../model/errors";
import type { VerificationFlow } from "../model/flow";
import type { Identity, JsonObject } from "../model/identity";
import { sameAddress } from "../model/owned-address";
import { say } from "../wire/message";
import { anchorNode } from "../wire/node";
import { methodOf } from "../wire/payload";
import { beginFlow } from "./begin";
import { chargeCode, forgiveCodes, refuseWhileWaiting } from "./budget";
import type { Budget } from "./budget";
import { isLostRace, lostTheRace } from "./grant";
import { askAfter, tellAfter } from "./hooks";
import type { HookFacts } from "./hooks";
import { nextState } from "./machine";
import { codeTyped, countTry, endFlow, entryOf, hasCode, sendAndShow } from "./recovery-or-verification";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { afterUrl, returnToOr } from "./urls";
import { anotherVerification, verificationAllowed } from "./verification";

/**
 * A verification submit after its browser and expiry were checked. Order: 1 still allowed · 2 the source's budget · 3 not over
 * already · 4 a code was typed: counted, then judged · 5 an address was typed: a code goes there.
 *
 * No session is read, begun, raised or ended, whoever passes it in whatever browser (security.md T60).
 */
export async function submitVerification(flow: VerificationFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  verificationAllowed(request);
  const startedAtMs = performance.now();
  const limits = deps.limitsFor(request.handle);
  refuseWhileWaiting(await limits.chargeSource(request.device.ipAddress, request.now));
  if (flow.completedAt) {
    refuseWhileWaiting(await limits.chargeCreate("flow", request.device.ipAddress, request.now));
    return beginAgain(flow, request, deps);
  }
  if (methodOf("verification", payload) !== "code") return rejectFlow(flow, { messages: [say.noVerificationMethod()] }, payload, request, null);
  if (!hasCode(payload)) return sendAndShow(flow, payload, request, deps);

  if (await countTry(flow, request) === null) return endFlow(flow, request);
  const budget = await chargeCode(flow, request, deps);
  const result = budget.refused ? await wrongCode(flow, payload, request, budget.refused.retryAfterSeconds)
    : await judge(flow, payload, budget, request, deps);
  await deps.floor(startedAtMs);
  return result;
}

/** A flow that is over starts over as another one: 410 with its id for a script, its page for a page (contract 1.7). */
async function beginAgain(flow: VerificationFlow, request: FlowRequest, deps: EngineDeps): Promise<never> {
  const message = flow.state === "passed_challenge" ? say.verificationDone() : say.verificationFailed();
  const fresh = anotherVerification(flow, message, request);
  await beginFlow(fresh, request, deps);
  throw new DomainError("self_service_flow_replaced", { kind: "verification", useFlowId: fresh.id });
}

/** A code that is evaluated: a right one ends the failures counted against its address and its person's sign-in by code. */
async function judge(flow: VerificationFlow, payload: JsonObject, budget: Budget, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const live = await codeTyped(flow, payload, request, deps);
  const result = await tryCode(flow, live, payload, request, deps).catch(async (error: unknown) => {
    await budget.refund();
    throw error;
  });
  if (result === null) return wrongCode(flow, payload, request, await budget.fail());
  // Not passed is not wrong either: a hook that interrupted says why.
  if (!result.flow.completedAt || !live?.identityId) await budget.refund();
  else {
    await budget.succeed();
    await forgiveCodes(live.identityId, live.value, request, deps);
  }
  return result;
}

async function tryCode(
  flow: VerificationFlow, live: OneTimeCode | null, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult | null> {
  const account = live?.identityId ? await request.handle.findAccount(live.identityId) : null;
  if (live === null || account?.identity.state !== "active") return null;
  try {
    return await pass(flow, live, account.identity, payload, request, deps);
  } catch (error) {
    if (!isLostRace(error)) throw error;
    return null;
  }
}

async function pass(
  flow: VerificationFlow, live: OneTimeCode, identity: Identity, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const { now } = request;
  const state = nextState("verification", flow.state, "challenge_passed") ?? lostTheRace();
  const row = identity.verifiableAddresses.find((address) => sameAddress(address, live)) ?? lostTheRace();
  const facts: HookFacts = { flow, method: "code", identity, session: null };
  const verdict = await askAfter(facts, request, deps);
  if (verdict.kind === "interrupt") {
    const fields = verdict.messages.map(({ field, message }) => ({ field: field ?? "", message }));
    return rejectFlow(flow, { messages: [], fields }, payload, request, entryOf("rejected", flow, request, identity), "code");
  }
  const next: VerificationFlow = {
    ...flow, state, active: "code", completedAt: now, updatedAt: now,
    nodes: [anchorNode("code", "continue", wayOn(flow, request), say.continue())],
    messages: [live.via === "sms" ? say.phoneVerified() : say.emailVerified()],
  };
  await request.handle.transaction(async (tx) => {
    if (!(await tx.consumeOneTimeCode(live.id, now))) lostTheRace();
    // Written while it is open: a flow that is over is never changed.
    if (!(await tx.updateFlow(flow.id, { nodes: next.nodes, messages: next.messages, active: "code", at: now }))) lostTheRace();
    if (!(await tx.completeFlow(flow.id, state, now))) lostTheRace();
    if (!(await tx.markVerified(identity.id, row.id, live.value, now))) lostTheRace();
    await tellAfter(tx, facts, request, deps);
    await tx.appendAudit({ ...entryOf("completed", flow, request, identity), result: "ok" }, now);
  });
  return { kind: "form", flow: next, rejected: false };
}

/** Where `continue` leads: what the registration asked for, the flow's own `return_to`, the project's place. */
function wayOn(flow: VerificationFlow, { project }: FlowRequest): string {
  const otherwise = afterUrl(project, "verification", "code", project.config.defaultReturnUrl);
  return returnToOr(project, flow.internal.verification?.continueAt ?? flow.returnTo, otherwise);
}

async function wrongCode(flow: VerificationFlow, payload: JsonObject, request: FlowRequest, waitSeconds: number | null): Promise<FlowResult> {
  const wait = waitSeconds === null ? {} : { retryAfterSeconds: waitSeconds };
  const rejected = await rejectFlow(flow, { messages: [say.verificationCodeWrong()], ...wait }, payload, request, entryOf("rejected", flow, request, null), "code");
  return { ...rejected, rejected: false };
}
