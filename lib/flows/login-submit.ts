import { factorFor } from "../factors/registry";
import type { Alarm, Factor, LoginOutcome, LoginStep, Rejected } from "../factors/factor";
import type { AuditEntry } from "../model/audit";
import type { FactorId } from "../model/assurance";
import { DomainError } from "../model/errors";
import type { LoginFlow } from "../model/flow";
import type { Identity, JsonObject } from "../model/identity";
import { log } from "../observability/log";
import { atLeast } from "../policy/aal";
import { say } from "../wire/message";
import { withValues } from "../wire/node";
import { methodOf } from "../wire/payload";
import { textOf } from "../wire/values";
import { chargeLogin, refuseWhileWaiting } from "./budget";
import type { Budget } from "./budget";
import { isLostRace, lostTheRace } from "./grant";
import { submitIdentifierFirst } from "./identifier-first-submit";
import { loginStep, withLoginNodes } from "./login";
import { loginEntry, wrongSecret } from "./login-entry";
import { completeLogin } from "./login-finish";
import { tellOwner } from "./notices";
import { registerInstead } from "./register-instead";
import { asRejection, rejectFlow } from "./reject";
import type { Rejection } from "./reject";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { goUpstream, rewrite, sendChallenge, showNext } from "./screens";
import { safeReturnTo } from "./urls";

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

/** Steps 3 to 9 of a submit for login: name, charge, verify, ask the hooks, write, decide. */
export async function submitLogin(flow: LoginFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const startedAtMs = performance.now();
  const level = flow.requestedAal === "aal2" ? "second" : "first";
  refuseWhileWaiting(await deps.limitsFor(request.handle).chargeSource(request.device.ipAddress, request.now));
  if (flow.completedAt) return rejectFlow(flow, { messages: [say.loginDone()] }, payload, request, null);

  const named = methodOf("login", payload);
  if (named === "identifier_first") return submitIdentifierFirst(flow, payload, request, deps);
  const factor = named === null ? null : factorFor(named);
  if (factor && !factor.enabled(request.project.config.methods)) throw new DomainError("method_disabled", { method: factor.id });
  if (!factor?.login?.levels.includes(level)) {
    return rejectFlow(flow, { messages: [say.noLoginMethod()] }, payload, request, null);
  }

  const step = loginStep(flow, request);
  const person = step.identity?.id ?? null;
  const audit = loginEntry("login.rejected", flow, factor.id, request, person);
  if (await isExhausted(flow, factor, payload, request)) {
    return rejectFlow(flow, { messages: [say.generic("flow_exhausted")] }, payload, request, audit, factor.id);
  }
  const subject = (level === "second" ? null : factor.login.subjectOf?.(payload, flow)) ?? person;
  const budget = await chargeLogin(factor, level, subject, request, deps);
  const count = (result: "ok" | "rejected" | "waiting"): void => deps.metrics.signIn({ method: factor.id, level, result });
  if (budget.refused) {
    count("waiting");
    const result = await refuseWaiting(flow, factor, budget.refused, budget, payload, request, deps);
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
    const result = await refuseSecret(flow, factor, outcome, budget, step, payload, request, deps);
    if (level === "first") await deps.floor(startedAtMs);
    return result;
  }
  if (outcome.kind !== "authenticated") {
    await budget.refund();
    const result = await showWhatFollows(flow, factor.id, outcome, payload, audit, request, deps);
    if (level === "first") await deps.floor(startedAtMs);
    return result;
  }
  if (level === "second" && outcome.identityId !== person) throw new DomainError("security_identity_mismatch");

  try {
    const result = await completeLogin(flow, factor.id, level, outcome, payload, request, deps);
    await budget.succeed();
    if (result.kind === "completed") count("ok");
    return result;
  } catch (error) {
    if (!isLostRace(error)) {
      await budget.refund();
      throw error;
    }
    const lost = loginEntry("login.rejected", flow, factor.id, request, outcome.identityId);
    return rejectFlow(flow, { messages: [wrongSecret(factor.id)] }, payload, request, lost, factor.id);
  }
}

/** Lane L4: a code is tried a few times in one flow, over all codes that were sent for it, and then the flow is over. */
async function isExhausted(flow: LoginFlow, factor: Factor, payload: JsonObject, request: FlowRequest): Promise<boolean> {
  if (factor.id !== "code" || textOf(payload, "code") === null) return false;
  return await request.handle.countSubmission(flow.id, request.project.config.methods.code.maxSubmissions) === null;
}

/** A try during a wait: not evaluated, not counted, and it looks like a wrong secret. */
async function refuseWaiting(
  flow: LoginFlow, factor: Factor, refused: NonNullable<Budget["refused"]>, budget: Budget, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const rejection = { messages: [wrongSecret(factor.id)], retryAfterSeconds: refused.retryAfterSeconds };
  const audit = loginEntry("login.throttled", flow, factor.id, request, budget.person);
  const account = budget.person === null ? null : await request.handle.findAccount(budget.person);
  return rejectFlow(flow, rejection, payload, request, audit, factor.id, account === null ? undefined : (tx) => tellOwner(tx, {
    // One letter for each day on which somebody keeps guessing.
    template: "factor_waiting", identity: account.identity, method: factor.id, dedupe: `waiting:${factor.id}:${request.now.toISOString().slice(0, 10)}`,
  }, request, deps));
}

/** A wrong secret: counted, written down, and told to the owner where it matters. */
async function refuseSecret(
  flow: LoginFlow, factor: Factor, outcome: Extract<LoginOutcome, { kind: "rejected" }>, budget: Budget, step: LoginStep,
  payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const counts = outcome.counts !== false;
  let held: number | null = null;
  if (counts) held = await budget.fail();
  else await budget.refund();
  const rejection = held === null ? asRejection(outcome) : { messages: [wrongSecret(factor.id)], retryAfterSeconds: held };
  // Stopped is not removed: the level a person must reach never falls because somebody guessed at their factor.
  const stopped = counts && budget.last;
  const identity = step.identity ?? (stopped ? await ownerOf(budget, request) : null);
  const audit = becauseOf(outcome, loginEntry(stopped ? "factor.stopped" : "login.rejected", flow, factor.id, request, identity?.id ?? null));
  // Somebody wrote into the database past the server: whoever runs it must hear of it (security.md part 8).
  if (outcome.because === "tampered") log.error({ method: factor.id, flow: flow.id, requestId: request.requestId }, "a stored key does not carry its seal");
  if (outcome.alarm) return raiseAlarm(flow, factor.id, outcome, outcome.alarm, rejection, audit, payload, request, deps);
  if (!counts || identity === null || (step.level === "first" && !stopped)) return rejectFlow(flow, rejection, payload, request, audit, factor.id);
  // A right password and then a wrong second factor: the owner hears of it once a session (OWASP, multifactor authentication).
  const template = stopped ? "factor_stopped" as const : "second_factor_failed" as const;
  return rejectFlow(flow, rejection, payload, request, audit, factor.id, (tx) =>
    tellOwner(tx, { template, identity, method: factor.id, dedupe: `${template}:${factor.id}:${request.session?.session.id ?? flow.id}` }, request, deps));
}

/** Whose way to sign in was just stopped by a visitor who has shown nothing yet; nobody, where nobody has the name. */
async function ownerOf({ person }: Budget, { handle }: FlowRequest): Promise<Identity | null> {
  return person === null ? null : (await handle.findAccount(person))?.identity ?? null;
}

/** A key that may have a copy. Where its answer was accepted meanwhile it was one answer sent twice, and no news at all. */
async function raiseAlarm(
  flow: LoginFlow, method: FactorId, outcome: Rejected, alarm: Alarm, rejection: Rejection, plain: AuditEntry, payload: JsonObject,
  request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const news = becauseOf(outcome, loginEntry(alarm.action, flow, method, request, alarm.identityId));
  const owner = (await request.handle.findAccount(alarm.identityId))?.identity;
  try {
    return await rejectFlow(flow, rejection, payload, request, news, method, async (tx) => {
      if (!(await alarm.commit(tx))) lostTheRace();
      if (owner) await tellOwner(tx, { template: "key_cloned", identity: owner, method, label: alarm.label, dedupe: `key_cloned:${flow.id}` }, request, deps);
    });
  } catch (error) {
    if (!isLostRace(error)) throw error;
    return rejectFlow(flow, rejection, payload, request, plain, method);
  }
}

/** The check that refused, for whoever reads the audit log; a person is told one sentence for all of them. */
function becauseOf({ because }: Rejected, entry: AuditEntry): AuditEntry {
  return because === undefined ? entry : { ...entry, details: { ...entry.details, because } };
}

/** Nothing is proved yet: a code leaves, another screen, or another place. */
async function showWhatFollows(
  flow: LoginFlow, method: FactorId, outcome: Exclude<LoginOutcome, { kind: "rejected" | "authenticated" }>, payload: JsonObject, audit: AuditEntry,
  request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  switch (outcome.kind) {
    case "challenge_sent":
      return sendChallenge(flow, method, outcome, payload, audit, request, deps);
    case "next_screen":
      return showNext(flow, method, outcome, request);
    case "go_upstream":
      return goUpstream(flow, method, outcome, request);
    case "register_instead":
      return registerInstead(flow, outcome.internal, outcome.payload, request, deps);
    case "prove_to_link": {
      const draft = await withLoginNodes({ ...flow, internal: { ...flow.internal, ...outcome.internal } }, request, deps);
      const nodes = withValues(draft.nodes, { identifier: outcome.identifier });
      const next = await rewrite(flow, { nodes, messages: outcome.messages, internal: draft.internal, active: null, commit: outcome.commit }, request);
      return { kind: "form", flow: next, rejected: true };
    }
  }
}
