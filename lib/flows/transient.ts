import { DomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { say } from "../wire/message";
import { isLostRace } from "./grant";
import type { FlowRequest } from "./request";
import type { FlowResult } from "./result";

/** Bytes of JSON that `transient_payload` may have. Differs from Kratos, which sets no limit of its own. */
const MAX_BYTES = 8 * 1024;

/**
 * Runs a submission whose `transient_payload` the hooks are told of (contract 2.7), and keeps it with the flow, for its later steps, once
 * the submission was let in: whoever is over their budget, or comes to a flow that is over, writes nothing. A submission that lost a race for
 * its flow and has no words of its own for that answers the form, with the reason. Throws `bad_request` when it is too large.
 */
export async function carried<F extends Flow>(flow: F, payload: JsonObject, request: FlowRequest, submit: (flow: F) => Promise<FlowResult>): Promise<FlowResult> {
  const transientPayload = transientOf(payload);
  const known: F = transientPayload === null || flow.completedAt !== null ? flow : { ...flow, transientPayload };
  const result = await submit(known).catch((error: unknown) => {
    if (!isLostRace(error)) throw error;
    return beaten(flow, request);
  });
  if (known !== flow && result.kind !== "completed") {
    await request.handle.transaction((tx) => tx.updateFlow(flow.id, { transientPayload, at: request.now }));
  }
  return result;
}

/** Somebody else ended or changed the flow meanwhile: as it is now, and nothing of it is written. */
async function beaten(flow: Flow, request: FlowRequest): Promise<FlowResult> {
  const current: Flow = await request.handle.findFlow(flow.kind, flow.id) ?? flow;
  return { kind: "form", flow: { ...current, messages: [say.generic("changed_meanwhile")] }, rejected: true };
}

/** Anything but an object is left out. */
function transientOf(payload: JsonObject): JsonObject | null {
  const sent = payload["transient_payload"];
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) return null;
  if (Buffer.byteLength(JSON.stringify(sent)) > MAX_BYTES) throw new DomainError("bad_request", { reason: "The field transient_payload takes at most 8192 bytes of JSON." });
  return sent as JsonObject;
}
