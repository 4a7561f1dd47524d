import type { Rejected } from "../factors/factor";
import type { AuditEntry } from "../model/audit";
import type { Flow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { clearMessages, placeFieldMessages, withProblems, withValues } from "../wire/node";
import type { FlowRequest } from "./request";
import type { FlowResult } from "./result";

/** One rejected submission: what the person typed stays (secrets never), the messages stand where they belong. */
export interface Rejection {
  readonly messages: readonly Message[];
  readonly field?: string | undefined;
  /** Several fields at once (traits); wins over `field`. */
  readonly fields?: readonly { readonly field: string; readonly message: Message }[];
  readonly retryAfterSeconds?: number;
}

/**
 * Writes the rejection into the flow together with exactly one audit record, and answers the form again.
 * `basis` is the flow's nodes unless a screen changed.
 */
export async function rejectFlow<F extends Flow>(
  flow: F, rejection: Rejection, payload: JsonObject, request: FlowRequest, audit: AuditEntry | null, active?: string,
): Promise<Extract<FlowResult, { kind: "form" }>> {
  const typed = withValues(clearMessages(flow.nodes), payload);
  const placed = place(typed, rejection);
  const messages = placed.left;
  const next = { ...flow, nodes: placed.nodes, messages, active: active ?? flow.active, updatedAt: request.now };
  await request.handle.transaction(async (tx) => {
    await tx.updateFlow(flow.id, { nodes: next.nodes, messages, active: next.active, at: request.now });
    if (audit) await tx.appendAudit(audit, request.now);
  });
  return {
    kind: "form", flow: next, rejected: true,
    ...(rejection.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: rejection.retryAfterSeconds }),
  };
}

export function asRejection(outcome: Rejected): Rejection {
  return { messages: outcome.messages, field: outcome.field };
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
