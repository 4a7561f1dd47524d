import { REGISTRY } from "../factors/registry";
import { schemaOf } from "../identities/traits";
import { DomainError } from "../model/errors";
import type { RegistrationFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { say } from "../wire/message";
import { methodNode, sortNodes, submitNode } from "../wire/node";
import { askedSchemaId } from "./asked-schema";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import { expiredMessage, newFlowBase } from "./stored";
import { alreadyAvailable } from "./login";
import { safeReturnTo } from "./urls";

export type RegistrationScreen = "profile" | "credentials";

/** Switched off: `self_service_flow_disabled`; signed in: `session_already_available` (contract 1.3). */
export function registrationAllowed(request: FlowRequest): void {
  if (!request.project.config.flows.registration.enabled) throw new DomainError("self_service_flow_disabled", { kind: "registration" });
  if (request.session) throw alreadyAvailable(request, request.url.searchParams.get("return_to"));
}

export async function prepareRegistration(request: FlowRequest, deps: EngineDeps): Promise<RegistrationFlow> {
  registrationAllowed(request);
  const schemaId = askedSchemaId(request);
  // Read from the request's URL when the address is proved; refused here, before a flow exists.
  safeReturnTo(request.project, request.url.searchParams.get("after_verification_return_to"), request.project.config.defaultReturnUrl);
  const base = newFlowBase("registration", "choose_method", request);
  return buildRegistration(request, deps, { ...base, internal: schemaId === null ? {} : { schemaId } }, []);
}

export async function replaceRegistration(old: RegistrationFlow, request: FlowRequest, deps: EngineDeps): Promise<RegistrationFlow> {
  const { schemaId } = old.internal;
  const internal = schemaId === undefined ? {} : { schemaId };
  return buildRegistration(request, deps, { ...newFlowBase("registration", "choose_method", request, old), internal }, [expiredMessage(old)]);
}

export async function buildRegistration(
  request: FlowRequest, deps: EngineDeps, base: ReturnType<typeof newFlowBase<"registration">>, messages: readonly Message[],
): Promise<RegistrationFlow> {
  const screen: RegistrationScreen = request.project.config.registrationStyle === "profile_first" ? "profile" : "credentials";
  return withRegistrationScreen({ ...base, identityId: null, messages }, screen, {}, request, deps);
}

/**
 * The nodes of one screen (contract 5.13). `unified` shows traits and credentials together; `profile_first` asks for the
 * traits, then carries them hidden beside the credentials.
 */
export async function withRegistrationScreen(
  flow: RegistrationFlow, screen: RegistrationScreen, traits: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<RegistrationFlow> {
  const { config } = request.project;
  const twoScreens = config.registrationStyle === "profile_first";
  const schema = schemaOf(request.project, schemaIdOf(flow, request));
  // `feature_flags.password_profile_registration_node_group` (contract 8.6): older screens look for the traits beside the password.
  const traitNodes = schema.traitNodes("registration", traits).map((node): Node => ({ ...node, group: config.features.passwordProfileGroup }));
  const nodes: Node[] = twoScreens && screen === "credentials" ? traitNodes.map(hidden) : [...traitNodes];
  const messages: Message[] = [...flow.messages];
  const first = twoScreens && screen === "profile";
  if (first) nodes.push(methodNode("profile", say.signUp()));
  const ctx = factorContext(request, deps);
  let { internal } = flow;
  for (const factor of REGISTRY) {
    if (!factor.enabled(config.methods) || !factor.registration || (first && factor.registration.firstScreen !== true)) continue;
    const prepared = await factor.registration.nodes({ ...flow, internal }, ctx);
    for (const node of prepared.nodes) if (!nodes.some((known) => isSameScript(known, node))) nodes.push(node);
    internal = { ...internal, ...prepared.internal };
  }
  if (twoScreens && screen === "credentials") {
    messages.push(say.chooseCredential());
    nodes.push(submitNode("profile", "screen", "previous", say.registrationBack()));
  }
  return {
    ...flow, nodes: sortNodes("registration", nodes, schema.traitOrder), messages,
    internal: { ...internal, registration: { screen, traits } },
  };
}

/** The schema of the new person: the one the flow was begun with, else the project's own. */
export function schemaIdOf(flow: RegistrationFlow, request: FlowRequest): string {
  return flow.internal.schemaId ?? request.project.config.defaultSchemaId;
}

/** Two methods of one form may need the same script; it is there once. */
function isSameScript(known: Node, node: Node): boolean {
  return known.attributes.node_type === "script" && node.attributes.node_type === "script" && known.attributes.id === node.attributes.id;
}

function hidden(node: Node): Node {
  if (node.attributes.node_type !== "input") return node;
  return { ...node, attributes: { ...node.attributes, type: "hidden" } };
}
