import type { Prepared, Rejected } from "../factors/factor";
import type { ProjectDb } from "../db/handles";
import type { AuditEntry } from "../model/audit";
import type { Flow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { clearMessages, placeFieldMessages, withFresh, withProblems, withValues } from "../wire/node";
import type { FlowRequest } from "./request";
import type { FlowResult } from "./result";

/** One rejected submission: what the person typed stays (secrets never), the messages stand where they belong. */
export interface Rejection {
  readonly messages: readonly Message[];
  readonly field?: string | undefined;
  /** Several fields at once (traits); wins over `field`. */
  readonly fields?: readonly { readonly field: string; readonly message: Message }[];
  readonly retryAfterSeconds?: number;
  /** A ceremony that was answered is not asked again: its nodes and what the server waits for are new. */
  readonly prepared?: Prepared | undefined;
}

/**
 * Writes the rejection into the flow together with exactly one audit record, and answers the form again.
 * `basis` is the flow's nodes unless a screen changed.
 */
export async function rejectFlow<F extends Flow>(
  flow: F, rejection: Rejection, payload: JsonObject, request: FlowRequest, audit: AuditEntry | null, active?: string,
  /** Written with the rejection, before it: what the owner is told of it. What it throws undoes the whole. */
  also?: (tx: ProjectDb) => Promise<void>,
): Promise<Extract<FlowResult, { kind: "form" }>> {
  const { prepared } = rejection;
  const typed = withValues(clearMessages(prepared ? withFresh(flow.nodes, prepared.nodes) : flow.nodes), payload);
  const placed = place(typed, rejection);
  const messages = placed.left;
  const next = { ...flow, nodes: placed.nodes, messages, active: active ?? flow.active, updatedAt: request.now };
  await request.handle.transaction(async (tx) => {
    if (also) await also(tx);
    // Merged into what is remembered by now: what another submission has spent meanwhile does not come back.
    const remembered = prepared?.internal ? { internalPatch: prepared.internal } : {};
    await tx.updateFlow(flow.id, { nodes: next.nodes, messages, active: next.active, at: request.now, ...remembered });
    if (audit) await tx.appendAudit(audit, request.now);
  });
  return {
    kind: "form", flow: next, rejected: true,
    ...(rejection.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: rejection.retryAfterSeconds }),
  };
}

export function asRejection(outcome: Rejected): Rejection {
  return { messages: outcome.messages, field: outcome.field, prepared: outcome.prepared };
}

/** Messages for nodes that do not exist fall back to the container, so none is ever lost. */
function place(nodes: readonly Node[], rejection: Rejection): { readonly nodes: readonly Node[]; readonly left: readonly Message[] } {
  if (rejection.fields) {
    const { nodes: placed, left } = withProblems(nodes, rejection.fields);
    return { nodes: placed, left: [...rejection.messages, ...left] };
  }
  if (rejection.field === undefined) return { nodes, left: rejection.messages };
  const { nodes: next, placed } = placeFieldMessages(nodes, rejection.field, rejection.messages);
  return { nodes: next, left: placed ? [] : rejection.messages };
}
