import { factorFor } from "../factors/registry";
import { DomainError } from "../model/errors";
import type { SettingsFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Area } from "../model/policy";
import type { SessionView } from "../sessions/read";
import { say } from "../wire/message";
import { methodOf } from "../wire/payload";
import { chargeSettings, refuseWhileWaiting } from "./budget";
import { park } from "./continuity";
import { beganWithRecovery, decideArea, refuseUnlessAllowed } from "./decide";
import { wrongSecret } from "./login-entry";
import { profileChange } from "./profile";
import { asRejection, rejectFlow } from "./reject";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { settingsStep } from "./settings";
import { finish, settingsEntry, show } from "./settings-finish";
import { actionUrl } from "./urls";
import { verifyingNewAddresses } from "./verify-address-hooks";

export { settingsEntry } from "./settings-finish";

/** A settings submit after its session, level, owner and expiry were checked. */
export async function submitSettings(
  flow: SettingsFlow, view: SessionView, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const { project } = request;
  const limits = deps.limitsFor(request.handle);
  refuseWhileWaiting(await limits.chargeSource(request.device.ipAddress, request.now));
  const named = methodOf("settings", payload);
  if (named === null) return rejectFlow(flow, { messages: [say.noSettingsMethod()] }, payload, request, null);

  if (named === "profile") {
    if (!project.config.methods.profile.enabled) throw new DomainError("method_disabled", { method: named });
    const change = profileChange(view, payload, request);
    if (change.kind === "rejected") {
      return rejectFlow(flow, { messages: [], fields: change.problems }, payload, request, null, named);
    }
    await guard(change.area, flow, view, named, payload, request, deps);
    // An address that may be somebody's: asking is as dear as registering.
    if (change.area.kind === "factor_change") refuseWhileWaiting(await limits.chargeCreate("registration", request.device.ipAddress, request.now));
    const { outcome, answer } = await verifyingNewAddresses(flow, view.identity, change.verifiable, change.outcome, request, deps);
    return answer(await finish({ flow, view, method: named, area: change.area, proposed: change.proposed }, outcome, payload, request, deps));
  }
  if (named === "identifier_first") return rejectFlow(flow, { messages: [say.noSettingsMethod()] }, payload, request, null);

  const factor = factorFor(named);
  if (factor && !factor.enabled(project.config.methods)) throw new DomainError("method_disabled", { method: named });
  if (!factor?.settings) return rejectFlow(flow, { messages: [say.noSettingsMethod()] }, payload, request, null);
  const area: Area = factor.settings.area === "factor_change"
    ? { kind: "factor_change" } : { kind: "privileged_change", recovered: beganWithRecovery(view.session) };
  await guard(area, flow, view, named, payload, request, deps);

  const change = { flow, view, method: named, area };
  const budget = await chargeSettings(factor, view.identity.id, request, deps);
  if (budget.refused) {
    const rejection = { messages: [wrongSecret(named)], retryAfterSeconds: budget.refused.retryAfterSeconds };
    return rejectFlow(flow, rejection, payload, request, settingsEntry("settings.throttled", "rejected", flow, view, named, request), named);
  }
  const outcome = await factor.settings.submit(settingsStep(flow, view, request), payload, factorContext(request, deps))
    .catch(async (error: unknown) => { await budget.refund(); throw error; });
  if (outcome.kind !== "rejected" || outcome.counts === false) await budget.refund();
  switch (outcome.kind) {
    case "rejected":
      return rejectFlow(flow, asRejection(outcome), payload, request, settingsEntry("settings.rejected", "rejected", flow, view, named, request), named);
    case "go_upstream":
      await request.handle.transaction((tx) =>
        tx.updateFlow(flow.id, { internalPatch: outcome.internal ?? {}, active: named, at: request.now }));
      return { kind: "upstream", flow: { ...flow, active: named }, to: outcome.to.href };
    case "shown":
      return show(change, outcome, payload, request, deps);
    case "changed": {
      const result = await finish(change, outcome, payload, request, deps);
      // Bound anew: a hundred failures against the old secret say nothing about the new one.
      if (result.kind === "completed") await limits.clearFactor(view.identity.id, factor.id);
      return result;
    }
  }
}

/**
 * Refuses a change behind its guard, with its audit record; the payload waits, sealed, until the person has proved
 * themselves again.
 */
async function guard(
  area: Area, flow: SettingsFlow, view: SessionView, method: string, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<void> {
  const decision = decideArea(view.session, view.subject, area, request.project, request.now);
  if (decision.kind === "allow") return;
  const entry = settingsEntry("settings.refused", "rejected", flow, view, method, request, { decision: decision.kind });
  await request.handle.transaction(async (tx) => {
    if (decision.kind === "reauthenticate" || decision.kind === "step_up") await park(tx, flow, payload, request, deps.keys);
    await tx.appendAudit(entry, request.now);
  });
  refuseUnlessAllowed(decision, request.project, actionUrl(request.project, "settings", flow.id));
}
