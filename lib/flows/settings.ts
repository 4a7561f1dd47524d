import { countAll, REGISTRY } from "../factors/registry";
import type { SettingsStep } from "../factors/factor";
import { factsOf, schemaOf } from "../identities/traits";
import { DomainError } from "../model/errors";
import type { SettingsFlow } from "../model/flow";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { atLeast } from "../policy/aal";
import type { SessionView } from "../sessions/read";
import { profileSubmitNode, sortNodes } from "../wire/node";
import { decideArea, refuseUnlessAllowed } from "./decide";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import { expiredMessage, newFlowBase } from "./stored";
import { actionUrl, startUrl, uiUrl } from "./urls";

/** A new settings flow for whoever is signed in, when the settings area allows (contract 1.4, 4.7). */
export async function prepareSettings(request: FlowRequest, deps: EngineDeps): Promise<SettingsFlow> {
  const view = request.session;
  const returnTo = request.url.searchParams.get("return_to");
  if (!view) {
    const back = returnTo || request.url.href;
    throw new DomainError("session_inactive", { redirectTo: startUrl(request.project, "login", { return_to: back }) });
  }
  const base = newFlowBase("settings", "show_form", request);
  const back = request.transport === "browser" ? request.url.href : null;
  refuseUnlessAllowed(decideArea(view.session, view.subject, { kind: "settings" }, request.project, request.now), request.project, back);
  await request.handle.transaction((tx) => tx.dropParkedChanges(view.identity.id));
  return withSettingsNodes({ ...base, identityId: view.identity.id, sessionId: view.session.id }, view, request, deps);
}

export async function replaceSettings(old: SettingsFlow, view: SessionView, request: FlowRequest, deps: EngineDeps): Promise<SettingsFlow> {
  const base = newFlowBase("settings", "show_form", request, old);
  return withSettingsNodes({ ...base, identityId: view.identity.id, sessionId: view.session.id, messages: [expiredMessage(old)] }, view, request, deps);
}

/** Order: 1 a session (401, no id) · 2 the settings area (403) · 3 the flow's owner (403). */
export function settingsAllowed(flow: SettingsFlow, request: FlowRequest, door: "fetch" | "submit"): SessionView {
  const view = request.session;
  const { project, now } = request;
  if (!view) throw new DomainError("unauthorized", { redirectTo: startUrl(project, "login", { return_to: uiUrl(project, "settings", flow.id) }) });
  if (door === "fetch") sameOwner(flow, view);
  const back = flow.type === "api" ? null : door === "fetch" ? uiUrl(project, "settings", flow.id) : actionUrl(project, "settings", flow.id);
  refuseUnlessAllowed(decideArea(view.session, view.subject, { kind: "settings" }, project, now), project, back);
  sameOwner(flow, view);
  return view;
}

function sameOwner(flow: SettingsFlow, view: SessionView): void {
  if (flow.identityId !== view.identity.id) throw new DomainError("security_identity_mismatch");
}

/**
 * Differs from Kratos: a flow of the same person begun in another session: over, as far as this one is concerned. What it shows, a secret to
 * scan or codes to write down, was made for that session; nobody can plant or read it across two of them.
 */
export function isForeignSession(flow: SettingsFlow, view: SessionView): boolean {
  return flow.sessionId !== view.session.id;
}

/** Nodes that show codes are for whoever could ask for them right now; the rest of the form stays. */
export function withoutStaleCodes(flow: SettingsFlow, view: SessionView, request: FlowRequest): SettingsFlow {
  const decision = decideArea(view.session, view.subject, { kind: "factor_change" }, request.project, request.now);
  if (decision.kind === "allow") return flow;
  return { ...flow, nodes: flow.nodes.filter(({ attributes }) => attributes.node_type !== "text" || attributes.id !== "lookup_secret_codes") };
}

export function settingsStep(flow: SettingsFlow, view: SessionView, request: FlowRequest): SettingsStep {
  return {
    flow, identity: view.identity, credentials: view.credentials,
    sessionAal: atLeast(view.session.aal, "aal2") ? "aal2" : "aal1", facts: factsOf(request.project, view.identity),
    firstFactors: countAll(view.credentials, request.project.config.methods, view.identity).reduce((sum, { first }) => sum + first, 0),
  };
}

/**
 * All nodes of the settings page, made from the person as they are now. `shown` replaces the nodes of one factor:
 * codes just revealed, a set waiting for its confirmation.
 */
export async function withSettingsNodes(
  flow: SettingsFlow, view: SessionView, request: FlowRequest, deps: EngineDeps,
  shown?: { readonly factorId: string; readonly nodes: readonly Node[] }, messages: readonly Message[] = flow.messages,
): Promise<SettingsFlow> {
  const { config } = request.project;
  const schema = schemaOf(request.project, view.identity.schemaId);
  const nodes: Node[] = config.methods.profile.enabled
    ? [...schema.traitNodes("settings", view.identity.traits), profileSubmitNode()] : [];
  const ctx = factorContext(request, deps);
  let internal = flow.internal;
  for (const factor of REGISTRY) {
    if (!factor.enabled(config.methods) || !factor.settings) continue;
    if (shown && shown.factorId === factor.id) {
      nodes.push(...shown.nodes);
      continue;
    }
    const prepared = await factor.settings.nodes(settingsStep({ ...flow, internal }, view, request), ctx);
    for (const node of prepared.nodes) if (node.type !== "script" || !nodes.some(({ type }) => type === "script")) nodes.push(node);
    internal = { ...internal, ...prepared.internal };
  }
  return { ...flow, nodes: sortNodes("settings", nodes, schema.traitOrder), messages, internal };
}
