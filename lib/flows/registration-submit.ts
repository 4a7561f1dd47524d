import type { Factor, RegistrationOutcome } from "../factors/factor";
import { factorFor } from "../factors/registry";
import { createIdentity } from "../identities/create";
import { checkTraits } from "../identities/traits";
import type { CheckedTraits } from "../identities/traits";
import type { AuditEntry } from "../model/audit";
import { DomainError, isDuplicateIdentifier } from "../model/errors";
import type { ContinueWith, RegistrationFlow } from "../model/flow";
import type { Identity, JsonObject, TraitFacts } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { say } from "../wire/message";
import { methodOf } from "../wire/payload";
import { refuseWhileWaiting } from "./budget";
import { grantNew, isLostRace, lostTheRace, settle } from "./grant";
import type { Granted } from "./grant";
import { continueUrl } from "./decide";
import { hooksAfter } from "./hooks";
import { nextState } from "./machine";
import { asRejection, rejectFlow } from "./reject";
import { registrationAllowed, withRegistrationScreen } from "./registration";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { afterUrl, returnToOr } from "./urls";

type Registered = Extract<RegistrationOutcome, { kind: "registered" }>;
interface Traits { readonly traits: JsonObject; readonly facts: TraitFacts }

export async function submitRegistration(
  flow: RegistrationFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  registrationAllowed(request);
  const startedAtMs = performance.now();
  const limits = deps.limitsFor(request.handle);
  refuseWhileWaiting(await limits.chargeSource(request.device.ipAddress, request.now));
  if (flow.completedAt) return rejectFlow(flow, { messages: [say.registrationDone()] }, payload, request, null);

  if (payload["screen"] === "previous") return showScreen(flow, "profile", flow.internal.registration?.traits ?? {}, payload, request, deps);
  const named = methodOf("registration", payload);
  if (named === "profile" && request.project.config.registrationStyle === "profile_first") {
    const checked = traitsOf(payload, request);
    if (!checked.ok) return rejectFlow(flow, { messages: [], fields: checked.problems }, payload, request, null, "profile");
    return showScreen(flow, "credentials", checked.traits, payload, request, deps);
  }
  const factor = named === null || named === "profile" ? null : factorFor(named);
  if (factor && !factor.enabled(request.project.config.methods)) throw new DomainError("method_disabled", { method: factor.id });
  if (!factor?.registration) return rejectFlow(flow, { messages: [say.noRegistrationMethod()] }, payload, request, null);

  const checked = traitsOf(payload, request);
  if (!checked.ok) return rejectFlow(flow, { messages: [], fields: checked.problems }, payload, request, null, factor.id);
  const outcome = await factor.registration.submit(flow, payload, checked, factorContext(request, deps));
  const refused = entry("registration.rejected", "rejected", flow, factor.id, request, null);
  if (outcome.kind === "rejected") return rejectFlow(flow, asRejection(outcome), payload, request, refused, factor.id);

  refuseWhileWaiting(await limits.chargeCreate("registration", request.device.ipAddress, request.now));
  try {
    return await complete(flow, factor, outcome, checked, request);
  } catch (error) {
    const taken = isDuplicateIdentifier(error);
    if (!taken && !isLostRace(error)) throw error;
    await deps.floor(startedAtMs);
    return rejectFlow(flow, { messages: [taken ? say.identifierTaken() : say.registrationDone()] }, payload, request, refused, factor.id);
  }
}

function traitsOf(payload: JsonObject, request: FlowRequest): CheckedTraits {
  return checkTraits(request.project, request.project.config.defaultSchemaId, payload["traits"] ?? {});
}

/** Moving between the screens of `profile_first` answers 400 with the flow, although nothing failed (contract 5.13). */
async function showScreen(
  flow: RegistrationFlow, screen: "profile" | "credentials", traits: JsonObject, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const next = await withRegistrationScreen({ ...flow, messages: [] }, screen, traits, request, deps);
  await request.handle.transaction((tx) =>
    tx.updateFlow(flow.id, { nodes: next.nodes, messages: next.messages, internal: next.internal, active: "profile", at: request.now }));
  return { kind: "form", flow: { ...next, active: "profile" }, rejected: true };
}

async function complete(flow: RegistrationFlow, factor: Factor, outcome: Registered, checked: Traits, request: FlowRequest): Promise<FlowResult> {
  const state = nextState("registration", flow.state, "challenge_passed");
  if (!state) lostTheRace();
  const withSession = hooksAfter(request.project, "registration", factor.id).includes("session");
  const done = await request.handle.transaction(async (tx): Promise<{ identity: Identity; granted: Granted | null }> => {
    if (!(await tx.completeFlow(flow.id, state, request.now))) lostTheRace();
    const identity = await createIdentity(tx, {
      schemaId: request.project.config.defaultSchemaId, traits: checked.traits, facts: checked.facts, now: request.now,
    });
    if (!(await outcome.commit(tx, identity.id))) lostTheRace();
    const granted = withSession ? await grantNew(tx, request, flow.type, identity.id, outcome.method) : null;
    await tx.appendAudit({
      ...entry("registration.completed", "ok", flow, factor.id, request, identity.id), sessionId: granted?.session.id ?? null,
    }, request.now);
    return { identity, granted };
  });
  return answer(flow, factor, done, request);
}

async function answer(
  flow: RegistrationFlow, factor: Factor, done: { readonly identity: Identity; readonly granted: Granted | null }, request: FlowRequest,
): Promise<FlowResult> {
  const { project } = request;
  const returnTo = returnToOr(project, flow.returnTo, afterUrl(project, "registration", factor.id, project.config.defaultReturnUrl));
  const settled = done.granted ? await settle(done.granted, request) : null;
  const continueWith: ContinueWith[] = [];
  if (flow.type === "api" && settled) continueWith.push({ action: "set_ory_session_token", ory_session_token: settled.issued.token });
  if (flow.type === "browser") continueWith.push({ action: "redirect_browser_to", redirect_browser_to: returnTo });
  const next = settled?.next ?? { kind: "allow" as const, aal: "aal0" as const };
  return {
    kind: "completed", flow: { ...flow, state: "passed_challenge", completedAt: request.now, active: factor.id },
    issued: settled?.issued ?? null, identity: settled?.identity ?? done.identity, next, returnTo,
    continueAt: continueUrl(next, project, flow.returnTo), continueWith,
  };
}

function entry(
  action: string, result: "ok" | "rejected", flow: RegistrationFlow, method: string, request: FlowRequest, identityId: IdentityId | null,
): AuditEntry {
  return {
    action, result, actor: identityId ? { kind: "person", identityId } : { kind: "anonymous" }, identityId,
    ipAddress: request.device.ipAddress, details: { method, flow: flow.id },
  };
}
