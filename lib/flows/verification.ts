import { DomainError } from "../model/errors";
import type { VerificationFlow } from "../model/flow";
import type { Message } from "../model/message";
import { askNodes } from "./recovery-or-verification";
import type { EngineDeps, FlowRequest } from "./request";
import { expiredMessage, newFlowBase } from "./stored";

/** Works with and without a session, and never looks at one (contract 1.7). Switched off: `self_service_flow_disabled`. */
export function verificationAllowed(request: FlowRequest): void {
  const { flows, methods } = request.project.config;
  if (!flows.verification.enabled || !methods.code.enabled) throw new DomainError("self_service_flow_disabled", { kind: "verification" });
}

/** A new verification flow, ready to be stored. */
export async function prepareVerification(request: FlowRequest, _deps: EngineDeps): Promise<VerificationFlow> {
  verificationAllowed(request);
  return { ...newFlowBase("verification", "choose_method", request), identityId: null, nodes: askNodes() };
}

/** The flow that replaces an expired one: same wishes, the expiry said first. */
export async function replaceVerification(old: VerificationFlow, request: FlowRequest, _deps: EngineDeps): Promise<VerificationFlow> {
  verificationAllowed(request);
  return anotherVerification(old, expiredMessage(old), request);
}

/** A flow in place of one that is over, for the same person and the same way on. */
export function anotherVerification(old: VerificationFlow, message: Message, request: FlowRequest): VerificationFlow {
  const { verification } = old.internal;
  return {
    ...newFlowBase("verification", "choose_method", request, old), identityId: old.identityId, nodes: askNodes(old.internal.code?.value),
    messages: [message], internal: verification === undefined ? {} : { verification },
  };
}
