import { DomainError } from "../model/errors";
import type { RecoveryFlow } from "../model/flow";
import { isTrue } from "../wire/payload";
import { alreadyAvailable } from "./login";
import { askNodes } from "./recovery-or-verification";
import type { EngineDeps, FlowRequest } from "./request";
import { expiredMessage, newFlowBase } from "./stored";

/** Switched off: `self_service_flow_disabled`; signed in: `session_already_available` (contract 1.6). */
export function recoveryAllowed(request: FlowRequest, by: "code" | "link" = "code"): void {
  const { flows, methods } = request.project.config;
  if (!flows.recovery.enabled || !methods[by].enabled) throw new DomainError("self_service_flow_disabled", { kind: "recovery" });
  if (request.session) throw alreadyAvailable(request, request.url.searchParams.get("return_to"));
}

/** A new recovery flow, ready to be stored. It knows nobody: whoever reads the mailbox is who they say. */
export async function prepareRecovery(request: FlowRequest, _deps: EngineDeps): Promise<RecoveryFlow> {
  recoveryAllowed(request);
  return {
    ...newFlowBase("recovery", "choose_method", request), identityId: null, nodes: askNodes(),
    internal: { recovery: { skipSettings: isTrue(request.url.searchParams.get("skip_settings")) } },
  };
}

/** The flow that replaces an expired one: same wishes, the expiry said first. */
export async function replaceRecovery(old: RecoveryFlow, request: FlowRequest, _deps: EngineDeps): Promise<RecoveryFlow> {
  recoveryAllowed(request);
  return {
    ...newFlowBase("recovery", "choose_method", request, old), identityId: null, nodes: askNodes(typedAddress(old)),
    messages: [expiredMessage(old)], internal: { recovery: { skipSettings: old.internal.recovery?.skipSettings ?? false } },
  };
}

/** What an admin began went to no address, and is not begun again by itself. */
function typedAddress({ internal }: RecoveryFlow): string | undefined {
  return internal.recovery?.byAdmin === undefined ? internal.code?.value : undefined;
}
