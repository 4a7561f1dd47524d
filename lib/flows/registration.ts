import { REGISTRY } from "../factors/registry";
import { schemaOf } from "../identities/traits";
import { DomainError } from "../model/errors";
import type { RegistrationFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { say } from "../wire/message";
import { methodNode, sortNodes, submitNode } from "../wire/node";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import { expiredMessage, newFlowBase } from "./stored";
import { alreadyAvailable } from "./login";

export type RegistrationScreen = "profile" | "credentials";

/** Switched off: `self_service_flow_disabled`; signed in: `session_already_available` (contract 1.3). */
export function registrationAllowed(request: FlowRequest): void {
  if (!request.project.config.flows.registration.enabled) throw new DomainError("self_service_flow_disabled", { kind: "registration" });
  if (request.session) throw alreadyAvailable(request, request.url.searchParams.get("return_to"));
}

export async function prepareRegistration(request: FlowRequest, deps: EngineDeps): Promise<RegistrationFlow> {
  registrationAllowed(request);
  return buildRegistration(request, deps, newFlowBase("registration", "choose_method", request), []);
}

export async function replaceRegistration(old: RegistrationFlow, request: FlowRequest, deps: EngineDeps): Promise<RegistrationFlow> {
  return buildRegistration(request, deps, newFlowBase("registration", "choose_method", request, old), [expiredMessage(old)]);
}

async function buildRegistration(
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
  const schema = schemaOf(request.project, config.defaultSchemaId);
  const traitNodes = schema.traitNodes("registration", traits);
  const nodes: Node[] = twoScreens && screen === "credentials" ? traitNodes.map(hidden) : [...traitNodes];
  const messages: Message[] = [...flow.messages];
  if (twoScreens && screen === "profile") {
    nodes.push(methodNode("profile", say.signUp()));
  } else {
    const ctx = factorContext(request, deps);
    for (const factor of REGISTRY) {
      if (!factor.enabled(config.methods) || !factor.registration) continue;
      nodes.push(...(await factor.registration.nodes(flow, ctx)).nodes);
    }
  }
  if (twoScreens && screen === "credentials") {
    messages.push(say.chooseCredential());
    nodes.push(submitNode("profile", "screen", "previous", say.registrationBack()));
  }
  return {
    ...flow, nodes: sortNodes("registration", nodes, schema.traitOrder), messages,
    internal: { ...flow.internal, registration: { screen, traits } },
  };
}

function hidden(node: Node): Node {
  if (node.attributes.node_type !== "input") return node;
  return { ...node, attributes: { ...node.attributes, type: "hidden" } };
}
