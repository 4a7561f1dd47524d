import type { Factor } from "../factors/factor";
import { factorFor } from "../factors/registry";
import { checkTraits, schemaOf } from "../identities/traits";
import type { CheckedTraits } from "../identities/traits";
import { DomainError, isDuplicateIdentifier } from "../model/errors";
import type { RegistrationFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { say } from "../wire/message";
import { methodOf } from "../wire/payload";
import { textOf } from "../wire/values";
import { chargeCode, refuseWhileWaiting } from "./budget";
import { isLostRace, lostTheRace } from "./grant";
import { registrationAllowed, schemaIdOf, withRegistrationScreen } from "./registration";
import { completeRegistration, registrationEntry } from "./registration-finish";
import type { Registered, Traits } from "./registration-finish";
import { asRejection, rejectFlow } from "./reject";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { goUpstream, sendChallenge, showNext } from "./screens";
import { answersAlike } from "./taken";

/** What a factor that brings its own traits is handed. */
const NO_TRAITS: Extract<CheckedTraits, { ok: true }> = {
  ok: true, traits: {}, facts: { identifiers: [], verifiable: [], recovery: [], totpAccountName: null },
};

/**
 * Steps 3 to 9 of a registration: the screens of `profile_first`, the traits, the factor, the person. `signIn` begins a sign-in in this
 * registration's place; null where this registration took a sign-in's place itself.
 */
export async function submitRegistration(
  flow: RegistrationFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps, signIn: (() => Promise<FlowResult>) | null = null,
): Promise<FlowResult> {
  registrationAllowed(request);
  refuseWhileWaiting(await deps.limitsFor(request.handle).chargeSource(request.device.ipAddress, request.now));
  if (flow.completedAt) return rejectFlow(flow, { messages: [say.registrationDone()] }, payload, request, null);

  if (payload["screen"] === "previous") return showScreen(flow, "profile", flow.internal.registration?.traits ?? {}, request, deps);
  const named = methodOf("registration", payload);
  if (named === "profile" && request.project.config.registrationStyle === "profile_first") {
    const checked = traitsOf(flow, payload, request);
    if (!checked.ok) return rejectFlow(flow, { messages: [], fields: checked.problems }, payload, request, null, "profile");
    return showScreen(flow, "credentials", checked.traits, request, deps);
  }
  const factor = named === null ? null : factorFor(named);
  if (factor && !factor.enabled(request.project.config.methods)) throw new DomainError("method_disabled", { method: factor.id });
  if (!factor?.registration) return rejectFlow(flow, { messages: [say.noRegistrationMethod()] }, payload, request, null);
  return tryFactor(flow, factor, payload, request, deps, signIn);
}

async function tryFactor(
  flow: RegistrationFlow, factor: Factor, payload: JsonObject, request: FlowRequest, deps: EngineDeps, signIn: (() => Promise<FlowResult>) | null,
): Promise<FlowResult> {
  const startedAtMs = performance.now();
  const refused = registrationEntry("rejected", flow, factor.id, request, null);
  if (await isExhausted(flow, factor, payload, request)) {
    return rejectFlow(flow, { messages: [say.generic("flow_exhausted")] }, payload, request, refused, factor.id);
  }
  const budget = factor.id === "code" && textOf(payload, "code") !== null ? await chargeCode(flow, request, deps) : null;
  if (budget?.refused) {
    const rejection = { messages: [say.registrationCodeWrong()], retryAfterSeconds: budget.refused.retryAfterSeconds };
    return rejectFlow(flow, rejection, payload, request, refused, factor.id);
  }
  const typed = factor.registration?.ownTraits === true ? NO_TRAITS : traitsOf(flow, payload, request);
  if (!typed.ok) return rejectFlow(flow, { messages: [], fields: typed.problems }, payload, request, null, factor.id);
  const outcome = await factor.registration?.submit(flow, payload, typed, factorContext(request, deps));
  const held = budget === null ? null : outcome?.kind === "rejected" && outcome.counts !== false ? await budget.fail() : await budget.refund().then(() => null);
  switch (outcome?.kind) {
    case undefined:
      return rejectFlow(flow, { messages: [say.noRegistrationMethod()] }, payload, request, null);
    case "rejected":
      return rejectFlow(flow, { ...asRejection(outcome), ...(held === null ? {} : { retryAfterSeconds: held }) }, payload, request, refused, factor.id);
    case "challenge_sent": {
      const { traitOrder } = schemaOf(request.project, schemaIdOf(flow, request));
      const result = await sendChallenge(flow, factor.id, outcome, payload, refused, request, deps, traitOrder);
      await deps.floor(startedAtMs);
      return result;
    }
    case "next_screen":
      return showNext(flow, factor.id, outcome, request);
    case "go_upstream":
      return goUpstream(flow, factor.id, outcome, request);
    case "sign_in_instead":
      return signIn === null ? rejectFlow(flow, { messages: [say.identifierTaken()] }, payload, request, refused, factor.id) : signIn();
    case "registered":
      return createPerson(flow, factor, outcome, outcome.traits ?? typed, payload, request, deps, startedAtMs);
  }
}

async function createPerson(
  flow: RegistrationFlow, factor: Factor, outcome: Registered, traits: Traits, payload: JsonObject, request: FlowRequest, deps: EngineDeps, startedAtMs: number,
): Promise<FlowResult> {
  refuseWhileWaiting(await deps.limitsFor(request.handle).chargeCreate("registration", request.device.ipAddress, request.now));
  try {
    const result = await completeRegistration(flow, factor, outcome, traits, payload, request, deps);
    if (answersAlike(factor.id, request)) await deps.floor(startedAtMs);
    return result;
  } catch (error) {
    const taken = isDuplicateIdentifier(error);
    if (!taken && !isLostRace(error)) throw error;
    await deps.floor(startedAtMs);
    const refused = registrationEntry("rejected", flow, factor.id, request, null);
    return rejectFlow(flow, { messages: [taken ? say.identifierTaken() : say.registrationDone()] }, payload, request, refused, factor.id);
  }
}

/** Lane L4, as at sign-in: a few tries of a code in one flow. */
async function isExhausted(flow: RegistrationFlow, factor: Factor, payload: JsonObject, request: FlowRequest): Promise<boolean> {
  if (factor.id !== "code" || textOf(payload, "code") === null) return false;
  return await request.handle.countSubmission(flow.id, request.project.config.methods.code.maxSubmissions) === null;
}

function traitsOf(flow: RegistrationFlow, payload: JsonObject, request: FlowRequest): CheckedTraits {
  return checkTraits(request.project, schemaIdOf(flow, request), payload["traits"] ?? {});
}

/** Moving between the screens of `profile_first` answers 400 with the flow, although nothing failed (contract 5.13). */
async function showScreen(
  flow: RegistrationFlow, screen: "profile" | "credentials", traits: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const next = await withRegistrationScreen({ ...flow, messages: [] }, screen, traits, request, deps);
  const written = await request.handle.transaction((tx) =>
    tx.updateFlow(flow.id, { nodes: next.nodes, messages: next.messages, internal: next.internal, active: "profile", at: request.now }));
  if (!written) lostTheRace();
  return { kind: "form", flow: { ...next, active: "profile" }, rejected: true };
}
