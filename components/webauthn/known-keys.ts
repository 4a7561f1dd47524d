import type { FlowView } from "@/components/flow/flow-view";
import { inGroup, isSubmit, valueIn } from "@/components/flow/flow-view";
import { creationOptions, credentialIdFromHex } from "./options";
import type { KnownKeys } from "./signals";

/** What a settings flow knows about the person's keys; null where it offers no passkeys, and so no user handle. */
export function knownKeys(flow: FlowView): KnownKeys | null {
  const creation = creationOptions(valueIn(inGroup(flow, "passkey"), "passkey_create_data"));
  if (creation === null) return null;
  const { rp, user } = creation.options;
  const ids = inGroup(flow, "passkey", "webauthn").filter(isSubmit)
    .filter(({ attributes }) => attributes.name === "passkey_remove" || attributes.name === "webauthn_remove")
    .map(({ attributes }) => credentialIdFromHex(String(attributes.value ?? "")))
    .filter((id) => id !== null);
  if (rp.id === undefined) return null;
  return { rpId: rp.id, userId: user.id, name: user.name, displayName: user.displayName, credentialIds: ids };
}
