import { randomId } from "../crypto/token";
import { DomainError } from "../model/errors";
import type { Flow, FlowBase, FlowKind, FlowStates } from "../model/flow";
import type { FlowId } from "../model/ids";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { addMs } from "../model/time";
import { sayExpired } from "../wire/message";
import type { FlowRequest } from "./request";
import { restartUrl, safeReturnTo, startUrl } from "./urls";

/** What every new flow has in common. Refuses a `return_to` outside the allow-list before a flow exists. */
export function newFlowBase<K extends FlowKind>(
  kind: K, state: FlowStates[K], request: FlowRequest, origin?: { readonly requestUrl: string; readonly returnTo: string | null },
): FlowBase<K> {
  const { project, now } = request;
  const returnTo = origin ? origin.returnTo : request.url.searchParams.get("return_to");
  safeReturnTo(project, returnTo, project.config.defaultReturnUrl);
  return {
    id: randomId() as FlowId, kind, type: request.transport, state, active: null,
    requestUrl: origin ? origin.requestUrl : request.url.href,
    returnTo: returnTo === "" ? null : returnTo,
    nodes: [], messages: [], internal: {}, transientPayload: null,
    csrfHash: request.transport === "browser" ? request.csrfHash : null,
    issuedAt: now, expiresAt: addMs(now, project.config.flows[kind].lifespanMs), completedAt: null, createdAt: now, updatedAt: now,
  };
}

/**
 * May this browser touch the flow (contract 2.5 rule 2)? It began it; or the flow was begun in front of this very person by a step that gave
 * the browser a new secret: the settings of the own session after a recovery, a verification after a sign-up. An app's flow is nobody's browser's.
 */
export function isOwnBrowser(flow: Flow, request: Pick<FlowRequest, "csrfHash" | "session">): boolean {
  // An admin made it, in no browser: its secret is the code, and the form's token is this browser's own.
  if (flow.kind === "recovery" && flow.csrfHash === null) return flow.internal.recovery?.byAdmin?.by === "code" || flow.type === "api";
  if (flow.type === "api" || flow.csrfHash === request.csrfHash) return true;
  if (flow.kind === "settings") return flow.sessionId === request.session?.session.id;
  return flow.kind === "verification" && flow.identityId !== null && flow.identityId === request.session?.identity.id;
}

export function isExpired(flow: Flow, now: Date): boolean {
  return flow.expiresAt.getTime() <= now.getTime();
}

/** The sentence with which a replacement flow starts. */
export function expiredMessage(flow: Flow): Message {
  return sayExpired(flow.kind, flow.expiresAt);
}

/** 410 of a fetch (contract 3.7): where to begin again, for browsers; the endpoint, for native clients. */
export function expiredAtFetch(flow: Flow, request: FlowRequest): DomainError {
  const { project, now } = request;
  const again = flow.type === "api"
    ? { api: startUrl(project, flow.kind).replace(/browser$/, "api") }
    : { redirectTo: restartUrl(project, flow), returnTo: flow.returnTo };
  return new DomainError("self_service_flow_expired", {
    atFetch: true, kind: flow.kind, transport: flow.type, expiredAt: flow.expiresAt, sinceMs: now.getTime() - flow.expiresAt.getTime(), ...again,
  });
}

/** 410 of a submit: the replacement flow is ready under `useFlowId`. */
export function expiredAtSubmit(flow: Flow, replacement: FlowId, now: Date): DomainError {
  return new DomainError("self_service_flow_expired", {
    kind: flow.kind, expiredAt: flow.expiresAt, sinceMs: now.getTime() - flow.expiresAt.getTime(), useFlowId: replacement,
  });
}

/** Values a person typed before, looked up by node name. */
export function nodeValue(nodes: readonly Node[], name: string): string | null {
  for (const { attributes } of nodes) {
    if (attributes.node_type === "input" && attributes.name === name && typeof attributes.value === "string") return attributes.value;
  }
  return null;
}
