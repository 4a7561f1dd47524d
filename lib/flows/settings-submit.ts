import type { SettingsOutcome } from "../factors/factor";
import { factorFor, REGISTRY } from "../factors/registry";
import type { AuditEntry } from "../model/audit";
import { DomainError } from "../model/errors";
import type { FlowInternal, SettingsFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Area } from "../model/policy";
import { subjectFacts } from "../sessions/subject";
import type { SessionView } from "../sessions/read";
import { revokeOtherSessions } from "../sessions/revoke";
import { say } from "../wire/message";
import { methodOf } from "../wire/payload";
import { chargeSettings, refuseWhileWaiting } from "./budget";
import { park } from "./continuity";
import { beganWithRecovery, decideArea, refuseUnlessAllowed } from "./decide";
import { grantUpgrade, isLostRace, lostTheRace } from "./grant";
import type { Granted } from "./grant";
import { hooksAfter } from "./hooks";
import { wrongSecret } from "./login-submit";
import { nextState } from "./machine";
import { profileChange } from "./profile";
import { asRejection, rejectFlow } from "./reject";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { settingsStep, withSettingsNodes } from "./settings";
import { actionUrl, afterUrl, safeReturnTo, uiUrl } from "./urls";

type Changed = Extract<SettingsOutcome, { kind: "changed" }>;

/** A settings submit after its session, level, owner and expiry were checked. */
export async function submitSettings(
  flow: SettingsFlow, view: SessionView, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const { project } = request;
  const named = methodOf("settings", payload);
  if (named === null) return rejectFlow(flow, { messages: [say.noSettingsMethod()] }, payload, request, null);

  const limits = deps.limitsFor(request.handle);
  refuseWhileWaiting(await limits.chargeSource(request.device.ipAddress, request.now));

  if (named === "profile") {
    if (!project.config.methods.profile.enabled) throw new DomainError("method_disabled", { method: named });
    const change = profileChange(view, payload, request);
    if (change.kind === "rejected") {
      return rejectFlow(flow, { messages: [], fields: change.problems }, payload, request, null, named);
    }
    await guard(change.area, flow, view, payload, request, deps);
    return finish(flow, view, named, change.outcome, payload, request, deps);
  }

  const factor = factorFor(named);
  if (factor && !factor.enabled(project.config.methods)) throw new DomainError("method_disabled", { method: named });
  if (!factor?.settings) return rejectFlow(flow, { messages: [say.noSettingsMethod()] }, payload, request, null);
  const area: Area = factor.settings.area === "factor_change"
    ? { kind: "factor_change" } : { kind: "privileged_change", recovered: beganWithRecovery(view.session) };
  await guard(area, flow, view, payload, request, deps);

  const budget = await chargeSettings(factor, view.identity.id, request, deps);
  if (budget.refused) {
    const rejection = { messages: [wrongSecret(named)], retryAfterSeconds: budget.refused.retryAfterSeconds };
    return rejectFlow(flow, rejection, payload, request, entry("settings.throttled", "rejected", flow, view, named, request), named);
  }
  const outcome = await factor.settings.submit(settingsStep(flow, view, request), payload, factorContext(request, deps))
    .catch(async (error: unknown) => { await budget.refund(); throw error; });
  if (outcome.kind !== "rejected" || outcome.counts === false) await budget.refund();
  switch (outcome.kind) {
    case "rejected":
      return rejectFlow(flow, asRejection(outcome), payload, request, entry("settings.rejected", "rejected", flow, view, named, request), named);
    case "shown":
      return show(flow, view, named, outcome, request, deps);
    case "changed": {
      const result = await finish(flow, view, named, outcome, payload, request, deps);
      // Bound anew: a hundred failures against the old secret say nothing about the new one.
      if (result.kind === "completed") await limits.clearFactor(view.identity.id, factor.id);
      return result;
    }
  }
}

/** Refuses a change behind its guard; the payload waits, sealed, until the person has proved themselves again. */
async function guard(area: Area, flow: SettingsFlow, view: SessionView, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<void> {
  const decision = decideArea(view.session, view.subject, area, request.project, request.now);
  if (decision.kind === "allow") return;
  if (decision.kind === "reauthenticate" || decision.kind === "step_up") await park(flow, payload, request, deps.keys);
  refuseUnlessAllowed(decision, request.project, actionUrl(request.project, "settings", flow.id));
}

async function show(
  flow: SettingsFlow, view: SessionView, method: string, outcome: Extract<SettingsOutcome, { kind: "shown" }>, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const internal = { ...flow.internal, ...outcome.prepared.internal };
  const next = await withSettingsNodes(
    { ...flow, internal, active: method, state: "show_form" }, view, request, deps, { factorId: method, nodes: outcome.prepared.nodes }, []);
  await request.handle.transaction(async (tx) => {
    await tx.updateFlow(flow.id, {
      nodes: next.nodes, messages: [], internal: next.internal, active: method, state: "show_form", at: request.now,
    });
    if (outcome.action) await tx.appendAudit(entry(outcome.action, "ok", flow, view, method, request), request.now);
  });
  return { kind: "form", flow: next, rejected: false };
}

/** One transaction for the change, the session it may raise, the sessions it ends and the audit link. */
async function finish(
  flow: SettingsFlow, view: SessionView, method: string, outcome: Changed, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const { project, now } = request;
  const state = nextState("settings", flow.state, "saved") ?? flow.state;
  const endOthers = (outcome.revokesOthers && project.config.revokeOthersOnCredentialChange)
    || hooksAfter(project, "settings", method).includes("revoke_active_sessions");
  const internal = without(flow.internal, outcome.forget ?? []);
  let granted: Granted | null;
  try {
    granted = await request.handle.transaction(async (tx) => {
      if (!(await outcome.commit(tx))) lostTheRace();
      const raised = outcome.completed ? await grantUpgrade(tx, request, outcome.completed, "enrolled") : null;
      if (endOthers) await revokeOtherSessions(tx, view.identity.id, view.session.id, now);
      await tx.updateFlow(flow.id, { state, internal, at: now });
      await tx.appendAudit(entry(outcome.action, "ok", flow, view, method, request), now);
      return raised;
    });
  } catch (error) {
    if (!isLostRace(error)) throw error;
    const audit = entry("settings.rejected", "rejected", flow, view, method, request);
    return rejectFlow(flow, { messages: [say.generic("changed_meanwhile")] }, payload, request, audit, method);
  }
  return saved({ ...flow, state, internal, active: method }, view, method, granted, request, deps);
}

/** The page as it is after the change, with "saved" on top; written when everything visible is done. */
async function saved(
  flow: SettingsFlow, view: SessionView, method: string, granted: Granted | null, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const { project, handle, now } = request;
  const account = await handle.findAccount(view.identity.id);
  if (!account) throw new DomainError("unauthorized");
  const session = granted?.session ?? view.session;
  const subject = subjectFacts(account.credentials, project.config.methods, REGISTRY);
  const fresh: SessionView = { ...view, session, identity: account.identity, credentials: account.credentials, subject };
  const next = await withSettingsNodes(flow, fresh, request, deps, undefined, [say.changesSaved()]);
  await handle.transaction((tx) => tx.updateFlow(flow.id, { nodes: next.nodes, messages: next.messages, internal: next.internal, active: flow.active, at: now }));
  const returnTo = safeReturnTo(project, flow.returnTo, afterUrl(project, "settings", method, uiUrl(project, "settings", flow.id)));
  const decision = decideArea(session, subject, { kind: "session" }, project, now);
  return {
    kind: "completed", flow: next, identity: account.identity, returnTo, continueAt: null,
    issued: {
      session, identity: account.identity, token: granted?.token ?? request.sessionToken ?? "", rotateCsrf: false, knownDevice: decision.kind === "allow",
    },
    next: decision,
    continueWith: flow.type === "browser" ? [{ action: "redirect_browser_to", redirect_browser_to: returnTo }] : [],
  };
}

function without(internal: FlowInternal, keys: readonly (keyof FlowInternal)[]): FlowInternal {
  return Object.fromEntries(Object.entries(internal).filter(([key]) => !(keys as readonly string[]).includes(key)));
}

function entry(action: string, result: "ok" | "rejected", flow: SettingsFlow, view: SessionView, method: string, request: FlowRequest): AuditEntry {
  return {
    action, result, actor: { kind: "person", identityId: view.identity.id }, identityId: view.identity.id, sessionId: view.session.id,
    ipAddress: request.device.ipAddress, details: { method, flow: flow.id },
  };
}
