import { factorFor } from "../factors/registry";
import type { LoginOutcome } from "../factors/factor";
import type { AuditEntry } from "../model/audit";
import type { FactorId } from "../model/assurance";
import { DomainError } from "../model/errors";
import type { LoginFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { atLeast } from "../policy/aal";
import { revokeOtherSessions } from "../sessions/revoke";
import { say } from "../wire/message";
import { methodOf } from "../wire/payload";
import { chargeLogin, refuseWhileWaiting } from "./budget";
import { continueUrl } from "./decide";
import { grantNew, grantUpgrade, isLostRace, lostTheRace, settle } from "./grant";
import type { Granted } from "./grant";
import { hooksAfter } from "./hooks";
import { loginStep } from "./login";
import { nextState } from "./machine";
import { asRejection, rejectFlow } from "./reject";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { afterUrl, returnToOr, safeReturnTo } from "./urls";

type Authenticated = Extract<LoginOutcome, { kind: "authenticated" }>;

/** Who may submit this login now (contract 1.2). Answers a result where the answer is a flow, null to go on. */
export async function loginPreconditions(flow: LoginFlow, payload: JsonObject, request: FlowRequest): Promise<FlowResult | null> {
  const view = request.session;
  if (!view) {
    if (flow.requestedAal === "aal2") throw new DomainError("session_aal1_required");
    return null;
  }
  if (flow.requestedAal === "aal2" && flow.sessionId !== view.session.id) {
    throw new DomainError("security_identity_mismatch", { reason: "This second step belongs to another sign-in." });
  }
  if (flow.refresh || !atLeast(view.session.aal, flow.requestedAal)) return null;
  const { project } = request;
  const rejected = await rejectFlow(flow, { messages: [say.generic("already_signed_in")] }, payload, request, null);
  return { ...rejected, pageGoesTo: safeReturnTo(project, flow.returnTo, project.config.defaultReturnUrl) };
}

/** Steps 3 to 9 of a submit for login: name, charge, verify, write, decide. */
export async function submitLogin(flow: LoginFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const startedAtMs = performance.now();
  const level = flow.requestedAal === "aal2" ? "second" : "first";
  refuseWhileWaiting(await deps.limitsFor(request.handle).chargeSource(request.device.ipAddress, request.now));
  if (flow.completedAt) return rejectFlow(flow, { messages: [say.loginDone()] }, payload, request, null);

  const named = methodOf("login", payload);
  const factor = named === null || named === "profile" ? null : factorFor(named);
  if (factor && !factor.enabled(request.project.config.methods)) throw new DomainError("method_disabled", { method: factor.id });
  if (!factor?.login?.levels.includes(level)) {
    return rejectFlow(flow, { messages: [say.noLoginMethod()] }, payload, request, null);
  }

  const step = loginStep(flow, request);
  const subject = (level === "second" ? null : factor.login.subjectOf?.(payload)) ?? step.identity?.id ?? null;
  const budget = await chargeLogin(factor, level, subject, request, deps);
  const person = step.identity?.id ?? null;
  const count = (result: "ok" | "rejected" | "waiting"): void => deps.metrics.signIn({ method: factor.id, level, result });
  if (budget.refused) {
    count("waiting");
    const rejection = { messages: [wrongSecret(factor.id)], retryAfterSeconds: budget.refused.retryAfterSeconds };
    const result = await rejectFlow(flow, rejection, payload, request, entry("login.throttled", flow, factor.id, request, person), factor.id);
    await deps.floor(startedAtMs);
    return result;
  }

  let outcome: LoginOutcome;
  try {
    outcome = await factor.login.submit(step, payload, factorContext(request, deps));
  } catch (error) {
    await budget.refund();
    throw error;
  }
  if (outcome.kind === "rejected") {
    count("rejected");
    let held: number | null = null;
    if (outcome.counts === false) await budget.refund();
    else held = await budget.fail();
    const rejection = held === null ? asRejection(outcome) : { messages: [wrongSecret(factor.id)], retryAfterSeconds: held };
    // Stopped is not removed: the level a person must reach never falls because somebody guessed at their factor.
    const action = outcome.counts !== false && budget.last ? "factor.stopped" : "login.rejected";
    const result = await rejectFlow(flow, rejection, payload, request, entry(action, flow, factor.id, request, person), factor.id);
    if (level === "first") await deps.floor(startedAtMs);
    return result;
  }
  if (level === "second" && outcome.identityId !== step.identity?.id) throw new DomainError("security_identity_mismatch");

  let granted: Granted;
  try {
    granted = await completeLogin(flow, factor.id, level, outcome, request);
  } catch (error) {
    if (!isLostRace(error)) throw error;
    const audit = entry("login.rejected", flow, factor.id, request, outcome.identityId);
    return rejectFlow(flow, { messages: [wrongSecret(factor.id)] }, payload, request, audit, factor.id);
  }
  await budget.succeed();
  count("ok");
  return loginAnswer(flow, factor.id, granted, request);
}

/** One transaction: the factor's commit first, then session, flow state, hooks and the audit link. */
async function completeLogin(
  flow: LoginFlow, method: FactorId, level: "first" | "second", outcome: Authenticated, request: FlowRequest,
): Promise<Granted> {
  const state = nextState("login", flow.state, "challenge_passed");
  if (!state) lostTheRace();
  const samePerson = request.session?.identity.id === outcome.identityId;
  return request.handle.transaction(async (tx) => {
    if (outcome.commit && !(await outcome.commit(tx))) lostTheRace();
    if (!(await tx.completeFlow(flow.id, state, request.now))) lostTheRace();
    const granted = level === "second" ? await grantUpgrade(tx, request, outcome.method, "second")
      : flow.refresh && samePerson ? await grantUpgrade(tx, request, outcome.method, "first_again")
      : await grantNew(tx, request, flow.type, outcome.identityId, outcome.method);
    if (hooksAfter(request.project, "login", method).includes("revoke_active_sessions")) {
      await revokeOtherSessions(tx, outcome.identityId, granted.session.id, request.now);
    }
    await tx.appendAudit({ ...entry("login.completed", flow, method, request, outcome.identityId), result: "ok", sessionId: granted.session.id }, request.now);
    return granted;
  });
}

async function loginAnswer(flow: LoginFlow, method: FactorId, granted: Granted, request: FlowRequest): Promise<FlowResult> {
  const { project } = request;
  const { issued, identity, next } = await settle(granted, request);
  const returnTo = returnToOr(project, flow.returnTo, afterUrl(project, "login", method, project.config.defaultReturnUrl));
  return {
    kind: "completed", flow: { ...flow, state: "passed_challenge", completedAt: request.now, active: method }, issued, identity, next, returnTo,
    continueAt: continueUrl(next, project, flow.returnTo),
    continueWith: flow.type === "browser" ? [{ action: "redirect_browser_to", redirect_browser_to: returnTo }] : [],
  };
}

/** What a wrong secret of this method says; a wait and a lost race say the same, so neither tells whether it was right. */
export function wrongSecret(method: FactorId) {
  switch (method) {
    case "totp": return say.totpWrong();
    case "lookup_secret": return say.lookupWrong();
    default: return say.wrongCredentials();
  }
}

function entry(action: string, flow: LoginFlow, method: string, request: FlowRequest, identityId: IdentityId | null): AuditEntry {
  return {
    action, result: "rejected", actor: identityId ? { kind: "person", identityId } : { kind: "anonymous" }, identityId,
    sessionId: request.session?.session.id ?? null, ipAddress: request.device.ipAddress,
    details: { method, aal: flow.requestedAal, refresh: flow.refresh, flow: flow.id },
  };
}

