import type { ProjectDb } from "../db/handles";
import { DomainError, isDuplicateIdentifier } from "../model/errors";
import type { Flow, FlowKind, LoginFlow, RecoveryFlow, RegistrationFlow, SettingsFlow, VerificationFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { isUuid } from "../model/ids";
import type { FlowId } from "../model/ids";
import { say } from "../wire/message";
import type { ReasonCode } from "../wire/message";
import { withValues } from "../wire/node";
import { actAtCreation } from "./at-creation";
import { beginFlow } from "./begin";
import { refuseWhileWaiting } from "./budget";
import { unpark } from "./continuity";
import { prepareExchange } from "./exchange";
import { prepareLogin, replaceLogin } from "./login";
import { loginPreconditions, submitLogin } from "./login-submit";
import { logout, logoutNative, logoutUrl } from "./logout";
import { prepareRecovery, recoveryAllowed, replaceRecovery } from "./recovery";
import { openedLink } from "./recovery-by-admin";
import { submitRecovery } from "./recovery-submit";
import { prepareRegistration, registrationAllowed, replaceRegistration } from "./registration";
import { withSealedNodes } from "./sealed-nodes";
import { submitRegistration } from "./registration-submit";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { isForeignSession, prepareSettings, replaceSettings, settingsAllowed, withoutStaleCodes } from "./settings";
import { settingsEntry, submitSettings } from "./settings-submit";
import { carried } from "./transient";
import { startUrl } from "./urls";
import { prepareVerification, replaceVerification } from "./verification";
import { submitVerification } from "./verification-submit";
import { expiredAtFetch, expiredAtSubmit, isExpired, isOwnBrowser } from "./stored";

export type { EngineDeps, FlowRequest } from "./request";

/** Starts, reads and submits flows. Every promise ends in a value of lib/flows/result.ts or a DomainError. */
export interface Engine {
  start(kind: FlowKind, request: FlowRequest): Promise<Flow>;
  read(kind: FlowKind, id: string | null, request: FlowRequest): Promise<Flow>;
  submit(kind: FlowKind, id: string | null, payload: JsonObject, request: FlowRequest): Promise<FlowResult>;
  /** The browser is back from re-authentication: a parked settings change goes on; without one the form is shown again. */
  resume(id: string | null, request: FlowRequest): Promise<FlowResult>;
  /** A recovery link was opened: a flow of this browser's own, with a button that goes on. */
  openLink(id: string | null, token: string, request: FlowRequest): Promise<RecoveryFlow>;
  /** A 400 that must travel as a flow (contract 2.5 rule 4, 3.4): the reason as message 4000001. */
  refuse(kind: FlowKind, id: string | null, reason: ReasonCode, request: FlowRequest): Promise<FlowResult>;
  logoutUrl(request: FlowRequest, returnTo: string | null): Promise<{ readonly logout_url: string; readonly logout_token: string }>;
  logout(token: string | null, returnTo: string | null, request: FlowRequest): Promise<{ readonly returnTo: string }>;
  logoutNative(sessionToken: string, request: FlowRequest): Promise<void>;
}

/**
 * The order of a submit: 1 load the flow · 2 preconditions of its kind · 3 name the method · 4 charge the budgets ·
 * 5 the factor verifies · 6 hooks that may interrupt · 7 one transaction · 8 give budgets back · 9 decide what is next.
 * Steps 1 and 2 are here, the rest in `<kind>-submit.ts`.
 */
export function createEngine(deps: EngineDeps): Engine {
  const engine = engineOver(deps);
  // Secrets on the screen are sealed in the row: every entry works through a handle that seals and opens.
  const sealed = (request: FlowRequest): FlowRequest => ({ ...request, handle: withSealedNodes(request.handle, deps.keys) });
  return {
    ...engine,
    start: (kind, request) => engine.start(kind, sealed(request)),
    read: (kind, id, request) => engine.read(kind, id, sealed(request)),
    submit: (kind, id, payload, request) => engine.submit(kind, id, payload, sealed(request)),
    resume: (id, request) => engine.resume(id, sealed(request)),
    openLink: (id, token, request) => engine.openLink(id, token, sealed(request)),
    refuse: (kind, id, reason, request) => engine.refuse(kind, id, reason, sealed(request)),
  };
}

function engineOver(deps: EngineDeps): Engine {
  return {
    async start(kind, request) {
      await chargeCreation(request, deps);
      const flow = await prepare(kind, request, deps);
      const made = await beginFlow(flow, request, deps, (tx) => withExchange(tx, flow, request, deps)) ?? flow;
      return made.kind === "login" ? actAtCreation(made, request, deps) : made;
    },
    async read(kind, id, request) {
      const flow = await load(kind, id, request);
      if (flow.kind !== "settings") {
        sameBrowser(flow, request);
        if (isExpired(flow, request.now)) throw expiredAtFetch(flow, request);
        return flow;
      }
      const view = settingsAllowed(flow, request, "fetch");
      if (isForeignSession(flow, view) || isExpired(flow, request.now)) throw expiredAtFetch(flow, request);
      return withoutStaleCodes(flow, view, request);
    },
    async submit(kind, id, payload, request) {
      const flow = await load(kind, id, request);
      switch (flow.kind) {
        case "login": return submitAtLogin(flow, payload, request, deps);
        case "registration": return submitAtRegistration(flow, payload, request, deps);
        case "settings": return submitAtSettings(flow, payload, request, deps);
        case "recovery": return submitAtRecovery(flow, payload, request, deps);
        case "verification": return submitAtVerification(flow, payload, request, deps);
      }
    },
    async resume(id, request) {
      const flow = await load("settings", id, request);
      if (flow.kind !== "settings") throw new DomainError("flow_not_found");
      const view = settingsAllowed(flow, request, "submit");
      if (isForeignSession(flow, view) || isExpired(flow, request.now)) return submitAtSettings(flow, {}, request, deps);
      const parked = await unpark(flow, request, deps.keys);
      return parked === null ? { kind: "form", flow, rejected: false } : submitAtSettings(flow, parked, request, deps);
    },
    async openLink(id, token, request) {
      await chargeCreation(request, deps);
      const link = await load("recovery", id, request);
      if (link.kind !== "recovery") throw new DomainError("flow_not_found");
      recoveryAllowed(request, link.internal.recovery?.byAdmin?.by);
      const flow = await openedLink(link, token, request, deps);
      await beginFlow(flow, request, deps);
      return flow;
    },
    async refuse(kind, id, reason, request) {
      const flow = await load(kind, id, request);
      return rejectFlow(flow, { messages: [say.generic(reason)] }, {}, request, null);
    },
    logoutUrl: async (request, returnTo) => logoutUrl(request, returnTo, deps),
    logout: (token, returnTo, request) => logout(token, returnTo, request, deps),
    logoutNative: (sessionToken, request) => logoutNative(sessionToken, request),
  };
}

/** A new flow with its code, where a native app wants to let a browser do the rest (contract 1.9). */
async function withExchange(tx: ProjectDb, flow: Flow, request: FlowRequest, deps: EngineDeps): Promise<Flow> {
  const exchangeCode = flow.kind === "login" || flow.kind === "registration" ? await prepareExchange(tx, flow, request, deps) : null;
  return exchangeCode === null ? flow : { ...flow, exchangeCode, internal: { ...flow.internal, oidc: { ...flow.internal.oidc, exchange: true } } };
}

async function chargeCreation(request: FlowRequest, deps: EngineDeps): Promise<void> {
  refuseWhileWaiting(await deps.limitsFor(request.handle).chargeCreate("flow", request.device.ipAddress, request.now));
}

function prepare(kind: FlowKind, request: FlowRequest, deps: EngineDeps): Promise<Flow> {
  switch (kind) {
    case "login": return prepareLogin(request, deps);
    case "registration": return prepareRegistration(request, deps);
    case "settings": return prepareSettings(request, deps);
    case "recovery": return prepareRecovery(request, deps);
    case "verification": return prepareVerification(request, deps);
  }
}

async function load(kind: FlowKind, id: string | null, request: FlowRequest): Promise<Flow> {
  if (id === null || id === "") throw new DomainError("flow_id_missing");
  if (!isUuid(id)) throw new DomainError("flow_not_found");
  const flow = await request.handle.findFlow(kind, id as FlowId);
  if (!flow) throw new DomainError("flow_not_found");
  return flow;
}

/** A browser flow belongs to the browser that began it (contract 2.5 rule 2). */
function sameBrowser(flow: Flow, request: FlowRequest): void {
  if (isOwnBrowser(flow, request)) return;
  throw new DomainError("security_csrf_violation", { hint: "This flow was begun in another browser, or its cookie is gone." });
}

async function submitAtLogin(flow: LoginFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  sameBrowser(flow, request);
  const answered = await loginPreconditions(flow, payload, request);
  if (answered) return answered;
  if (isExpired(flow, request.now)) {
    await chargeCreation(request, deps);
    const fresh = await replaceLogin(flow, request, deps);
    const kept = { ...fresh, nodes: withValues(fresh.nodes, payload) };
    await beginFlow(kept, request, deps);
    throw expiredAtSubmit(flow, kept.id, request.now);
  }
  return carried(flow, payload, request, (known) => submitLogin(known, payload, request, deps));
}

async function submitAtRegistration(flow: RegistrationFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  sameBrowser(flow, request);
  registrationAllowed(request);
  if (isExpired(flow, request.now)) {
    await chargeCreation(request, deps);
    const fresh = await replaceRegistration(flow, request, deps);
    const kept = { ...fresh, nodes: withValues(fresh.nodes, payload) };
    await beginFlow(kept, request, deps);
    throw expiredAtSubmit(flow, kept.id, request.now);
  }
  return carried(flow, payload, request, (known) => submitRegistration(known, payload, request, deps, () => signInInstead(known, payload, request, deps)));
}

/** Somebody known here pressed "sign up": a sign-in begins in its place, with its target, and goes on as if it had been begun there. */
async function signInInstead(flow: RegistrationFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  await chargeCreation(request, deps);
  const url = new URL(startUrl(request.project, "login", { return_to: flow.returnTo }));
  const here: FlowRequest = { ...request, url, transport: flow.type, session: null, sessionToken: null };
  const login = await prepareLogin(here, deps);
  await beginFlow(login, here, deps);
  return carried(login, payload, here, (known) => submitLogin(known, payload, here, deps));
}

async function submitAtRecovery(flow: RecoveryFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  sameBrowser(flow, request);
  if (!isExpired(flow, request.now)) return carried(flow, payload, request, (known) => submitRecovery(known, payload, request, deps));
  await chargeCreation(request, deps);
  const fresh = await replaceRecovery(flow, request, deps);
  await beginFlow(fresh, request, deps);
  throw expiredAtSubmit(flow, fresh.id, request.now);
}

async function submitAtVerification(flow: VerificationFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  sameBrowser(flow, request);
  if (!isExpired(flow, request.now)) return carried(flow, payload, request, (known) => submitVerification(known, payload, request, deps));
  await chargeCreation(request, deps);
  const fresh = await replaceVerification(flow, request, deps);
  await beginFlow(fresh, request, deps);
  throw expiredAtSubmit(flow, fresh.id, request.now);
}

async function submitAtSettings(flow: SettingsFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const view = settingsAllowed(flow, request, "submit");
  if (isForeignSession(flow, view) || isExpired(flow, request.now)) {
    await chargeCreation(request, deps);
    const fresh = await replaceSettings(flow, view, request, deps);
    await beginFlow(fresh, request, deps);
    throw expiredAtSubmit(flow, fresh.id, request.now);
  }
  try {
    return await carried(flow, payload, request, (known) => submitSettings(known, view, payload, request, deps));
  } catch (error) {
    if (!isDuplicateIdentifier(error)) throw error;
    return rejectFlow(flow, { messages: [say.identifierTaken()] }, payload, request, settingsEntry("settings.rejected", "rejected", flow, view, "profile", request), "profile");
  }
}
