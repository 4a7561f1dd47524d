import type { FlowView, InputNode } from "@/components/flow/flow-view";
import { findInput, inGroup, isField, isHidden, isSubmit } from "@/components/flow/flow-view";

/** Contract 6.3: a provider answered, and the form asks for what it did not say. */
const CONTINUES = 1040003;

/** Buttons that send the whole form, its own one first: the password, a code, the profile, a provider's missing answers. */
export function signUpButtons(flow: FlowView): readonly InputNode[] {
  const submits = (["password", "code", "profile"] as const).flatMap((group) => inGroup(flow, group).filter(isSubmit))
    .filter(({ attributes }) => attributes.name === "method");
  return [...inGroup(flow, "oidc").filter(isSubmit).filter(continuesWithProvider), ...submits];
}

/** The provider knows who this is; the rest of the form belongs to it. */
export function continuesWithProvider(node: InputNode): boolean {
  return node.attributes.name === "provider" && node.meta.label?.id === CONTINUES;
}

/** Traits to fill in, then what the credentials ask for; a key's name stands with its button. */
export function signUpFields(flow: FlowView): readonly InputNode[] {
  return inGroup(flow, "default", "password").filter(isField);
}

/** On the second of two screens the traits are known and carried along. */
export function isSecondScreen(flow: FlowView): boolean {
  const traits = inGroup(flow, "default");
  return traits.length > 0 && traits.every(isHidden);
}

/** Back to the traits. */
export function backButton(flow: FlowView): InputNode | null {
  return inGroup(flow, "profile").filter(isSubmit).find(({ attributes }) => attributes.name === "screen") ?? null;
}

/** The button and the options with which a browser makes a passkey or a key for the new account; null where it can't. */
export function newKey(flow: FlowView, group: "passkey" | "webauthn"): { readonly trigger: InputNode; readonly options: string; readonly name: InputNode | null } | null {
  const nodes = inGroup(flow, group);
  const trigger = findInput(nodes, `${group}_register_trigger`);
  if (trigger === null) return null;
  const data = findInput(nodes, "passkey_create_data")?.attributes.value ?? trigger.attributes.value;
  return { trigger, options: String(data ?? ""), name: findInput(nodes, "webauthn_register_displayname") };
}
