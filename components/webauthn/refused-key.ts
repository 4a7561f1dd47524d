import type { FlowView } from "@/components/flow/flow-view";
import type { UnknownKey } from "./signals";

/** The key that the wire says nobody here knows; null for one that merely failed, which stays in its store. */
export function unknownKey(flow: FlowView): UnknownKey | null {
  for (const { context } of flow.ui.messages ?? []) {
    const credentialId = context?.["unknown_credential_id"];
    const rpId = context?.["rp_id"];
    if (typeof credentialId === "string" && typeof rpId === "string") return { credentialId, rpId };
  }
  return null;
}
