import type { OneTimeCode } from "../db/handles";
import type { RecoveryFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { say } from "../wire/message";
import { methodOf } from "../wire/payload";
import { textOf } from "../wire/values";
import { chargeCode, forgiveCodes, refuseWhileWaiting } from "./budget";
import type { Budget } from "./budget";
import { isLostRace } from "./grant";
import { recoveryAllowed } from "./recovery";
import { linkSecret } from "./recovery-by-admin";
import type { ByAdmin } from "./recovery-by-admin";
import { recover } from "./recovery-finish";
import { codeTyped, countTry, endFlow, entryOf, hasCode, sendAndShow } from "./recovery-or-verification";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";

/**
 * A recovery submit after its browser and expiry were checked. Order: 1 still allowed, nobody signed in · 2 the source's budget ·
 * 3 not passed already · 4 a code was typed: counted, then judged · 5 an address was typed: a code goes there.
 *
 * A wrong code answers 200 with the flow (contract 5.15), and so does a right one of somebody who is switched off.
 */
export async function submitRecovery(flow: RecoveryFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const byAdmin = flow.internal.recovery?.byAdmin;
  recoveryAllowed(request, byAdmin?.by);
  const startedAtMs = performance.now();
  refuseWhileWaiting(await deps.limitsFor(request.handle).chargeSource(request.device.ipAddress, request.now));
  if (flow.completedAt) {
    const message = flow.state === "passed_challenge" ? say.recoveryDone() : say.recoveryFailed();
    return rejectFlow(flow, { messages: [message] }, payload, request, null);
  }
  if (byAdmin?.by === "link") return submitLink(flow, byAdmin, payload, request, deps);
  if (methodOf("recovery", payload) !== "code") return rejectFlow(flow, { messages: [say.noRecoveryMethod()] }, payload, request, null);
  if (!hasCode(payload)) {
    // No code goes anywhere in a flow that an admin began: who it is for is settled, and where they read mail is not.
    if (byAdmin !== undefined) return rejectFlow(flow, { messages: [say.missing("code")], field: "code" }, payload, request, null, "code");
    return sendAndShow(flow, payload, request, deps);
  }

  if (await countTry(flow, request) === null) return endFlow(flow, request);
  const budget = await chargeCode(flow, request, deps);
  const result = budget.refused ? await wrongCode(flow, payload, request, budget.refused.retryAfterSeconds)
    : await judge(flow, payload, budget, request, deps);
  // A completed sign-in is never delayed; what known and unknown people share is.
  if (result.kind !== "completed") await deps.floor(startedAtMs);
  return result;
}

/** The button behind a link. Nobody guesses 190 bits, so no budget is charged beyond the source's. */
async function submitLink(flow: RecoveryFlow, byAdmin: ByAdmin, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const token = textOf(payload, "token");
  const live = byAdmin.of === undefined || token === null ? null : await linkSecret(byAdmin.of, byAdmin, token, request, deps);
  const result = await tryCode(flow, live, payload, request, deps);
  if (result !== null) return result;
  const messages = [token === null ? say.recoveryTokenMissing() : say.recoveryTokenWrong()];
  return rejectFlow(flow, { messages }, payload, request, entryOf("rejected", flow, request, null), "link");
}

/** A code that is evaluated: a right one ends the failures counted against its address and its person's sign-in by code. */
async function judge(flow: RecoveryFlow, payload: JsonObject, budget: Budget, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const live = await codeTyped(flow, payload, request, deps);
  const result = await tryCode(flow, live, payload, request, deps).catch(async (error: unknown) => {
    await budget.refund();
    throw error;
  });
  if (result === null) return wrongCode(flow, payload, request, await budget.fail());
  // Not passed is not wrong either: a hook that interrupted says why.
  if (result.kind !== "completed" || !live?.identityId) await budget.refund();
  else {
    await budget.succeed();
    await forgiveCodes(live.identityId, live.value, request, deps);
  }
  return result;
}

async function tryCode(
  flow: RecoveryFlow, live: OneTimeCode | null, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult | null> {
  if (live === null || live.identityId === null) return null;
  try {
    return await recover(flow, live, live.identityId, payload, request, deps);
  } catch (error) {
    if (!isLostRace(error)) throw error;
    return null;
  }
}

async function wrongCode(flow: RecoveryFlow, payload: JsonObject, request: FlowRequest, waitSeconds: number | null): Promise<FlowResult> {
  const wait = waitSeconds === null ? {} : { retryAfterSeconds: waitSeconds };
  const rejected = await rejectFlow(flow, { messages: [say.recoveryCodeWrong()], ...wait }, payload, request, entryOf("rejected", flow, request, null), "code");
  return { ...rejected, rejected: false };
}
