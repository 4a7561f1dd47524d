import type { ContinueWith, Flow } from "../model/flow";
import type { Identity, JsonObject, JsonValue } from "../model/identity";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { identityToWire } from "./identity";
import { rfc3339 } from "./message";
import { csrfNode } from "./node";

export interface FlowRendering {
  /** Absolute URL the form posts to: `<public>/self-service/<kind>?flow=<id>`. */
  readonly action: string;
  /** A freshly masked token for a browser flow; null for a native one. */
  readonly csrfToken: string | null;
  readonly baseUrl: string;
  /** The person, for a settings flow. */
  readonly identity?: Identity;
  /** Sent by settings and recovery on success; an empty list is left out. */
  readonly continueWith?: readonly ContinueWith[];
}

/**
 * The flow as clients read it, with exactly the fields of contract 5.1. What the server remembers for itself (`internal`, the
 * anti-forgery hash, whose session it is) is not copied: every field here is named, none is spread from the row.
 */
export function flowToWire(flow: Flow, rendering: FlowRendering): JsonObject {
  return {
    id: flow.id,
    ...(hasOrganisation(flow) ? { organization_id: null } : {}),
    type: flow.type,
    expires_at: rfc3339(flow.expiresAt),
    issued_at: rfc3339(flow.issuedAt),
    request_url: flow.requestUrl,
    ...(flow.returnTo === null || flow.returnTo === "" ? {} : { return_to: flow.returnTo }),
    ...(flow.active === null || flow.active === "" ? {} : { active: flow.active }),
    ui: uiToWire(flow, rendering),
    ...(flow.kind === "login" ? { created_at: rfc3339(flow.createdAt), updated_at: rfc3339(flow.updatedAt) } : {}),
    ...(flow.kind === "login" ? { refresh: flow.refresh, requested_aal: flow.requestedAal } : {}),
    ...(flow.kind === "settings" && rendering.identity !== undefined ? { identity: identityToWire(rendering.identity, rendering) } : {}),
    ...((flow.kind === "login" || flow.kind === "registration") && flow.internal.schemaId !== undefined ? { identity_schema: flow.internal.schemaId } : {}),
    ...(flow.exchangeCode === undefined ? {} : { session_token_exchange_code: flow.exchangeCode }),
    state: flow.state,
    ...(flow.transientPayload === null ? {} : { transient_payload: flow.transientPayload }),
    ...continueWithOf(flow, rendering),
  };
}

/** `<public>/self-service/<kind>?flow=<id>`, where a form of this flow posts to. */
export function flowAction(flow: Pick<Flow, "id" | "kind">, baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, "")}/self-service/${flow.kind}?flow=${encodeURIComponent(flow.id)}`;
}

export function nodeToWire(node: Node): JsonObject {
  return {
    type: node.type,
    group: node.group,
    attributes: asJson(node.attributes),
    messages: node.messages.map(messageToWire),
    meta: node.meta.label === undefined ? {} : { label: messageToWire(node.meta.label) },
  };
}

export function messageToWire(message: Message): JsonObject {
  const hasContext = message.context !== undefined && Object.keys(message.context).length > 0;
  return { id: message.id, text: message.text, type: message.type, ...(hasContext ? { context: asJson(message.context) } : {}) };
}

function uiToWire(flow: Flow, rendering: FlowRendering): JsonObject {
  const own = flow.nodes.filter((node) => !isCsrf(node));
  const nodes = flow.type === "browser" && rendering.csrfToken !== null ? [csrfNode(rendering.csrfToken), ...own] : own;
  const finished = flow.kind === "verification" && flow.state === "passed_challenge";
  return {
    action: rendering.action,
    method: finished ? "GET" : "POST",
    nodes: nodes.map(nodeToWire),
    ...(flow.messages.length === 0 ? {} : { messages: flow.messages.map(messageToWire) }),
  };
}

function hasOrganisation(flow: Flow): boolean {
  return flow.kind === "login" || flow.kind === "registration" || flow.kind === "settings";
}

function continueWithOf(flow: Flow, rendering: FlowRendering): JsonObject {
  const items = rendering.continueWith ?? [];
  if (items.length === 0 || (flow.kind !== "settings" && flow.kind !== "recovery")) return {};
  return { continue_with: continueWithToWire(items) };
}

/** The items of `continue_with` as JSON; each already has the wire's own names (contract 5.16). */
export function continueWithToWire(items: readonly ContinueWith[]): JsonValue {
  return asJson(items);
}

function isCsrf(node: Node): boolean {
  return node.attributes.node_type === "input" && node.attributes.name === "csrf_token";
}

/** Plain JSON of a value that is data already; drops what JSON has no word for. */
function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
