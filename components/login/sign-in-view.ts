import { waitsForCode } from "@/components/flow/code-sent";
import type { FlowView, InputNode } from "@/components/flow/flow-view";
import { allOf, inGroup, isField, isHidden, isSubmit, messageOf, valueIn } from "@/components/flow/flow-view";
import { offersKey } from "@/components/webauthn/key-form";

/** Which of the first step's screens a flow asks for. */
export type SignInScreen = "sent_code" | "link" | "key_ready" | "identifier" | "method" | "sign_in";

/** Contract 6.1: signing in links an account; the security key may be used now. */
const LINKS = 1010016;

export function signInScreen(flow: FlowView): SignInScreen {
  if (waitsForCode(flow)) return "sent_code";
  if (messageOf(flow, LINKS) !== null) return "link";
  if (inGroup(flow, "identifier_first").some(isSubmit)) return "identifier";
  const nodes = allOf(flow);
  const hidden = nodes.filter(isHidden).some(({ attributes }) => attributes.name === "identifier");
  if (flow.refresh !== true && hidden && offersKey(flow, "webauthn") && mainButtons(flow).length === 0 && !offersKey(flow, "passkey")) return "key_ready";
  return hidden && flow.refresh !== true ? "method" : "sign_in";
}

/** What an account to be linked is called, and at which provider. */
export interface LinkView {
  readonly provider: string;
  readonly address: string;
}
export function linkView(flow: FlowView): LinkView | null {
  const context = messageOf(flow, LINKS)?.context;
  if (context === undefined) return null;
  const word = (name: string): string => (typeof context[name] === "string" ? context[name] : "");
  return { provider: word("provider"), address: word("duplicate_identifier") || word("duplicateIdentifier") };
}

/** What was typed before, or is known: hidden on this screen. */
export function knownIdentifier(flow: FlowView): string {
  return valueIn(allOf(flow).filter(isHidden), "identifier");
}

/** Buttons that go with the account name, the form's own one first: go on, password, then a code or a key. */
export function mainButtons(flow: FlowView): readonly InputNode[] {
  return (["identifier_first", "password", "code", "webauthn"] as const).flatMap((group) =>
    inGroup(flow, group).filter(isSubmit).filter(({ attributes }) => attributes.name === "method"));
}

/** Fields of that form: the account name once, whoever asks for it, then the password. */
export function mainFields(flow: FlowView): readonly InputNode[] {
  const fields = inGroup(flow, "default", "identifier_first", "password").filter(isField);
  return fields.filter((node, index) => fields.findIndex((other) => other.attributes.name === node.attributes.name) === index);
}

/** Addresses that a code can go to: one button each (contract 5.9). */
export function codeAddresses(flow: FlowView): readonly InputNode[] {
  return inGroup(flow, "code").filter(isSubmit).filter(({ attributes }) => attributes.name === "address");
}

/** Buttons of identity providers. */
export function socialButtons(flow: FlowView): readonly InputNode[] {
  return inGroup(flow, "oidc").filter(isSubmit).filter(({ attributes }) => attributes.name === "provider");
}

/** True where a person chooses between at least two ways to go on; one alone needs no mark. */
export function isChoice(flow: FlowView): boolean {
  const keys = (["passkey", "webauthn"] as const).filter((group) => offersKey(flow, group));
  return mainButtons(flow).length + keys.length + codeAddresses(flow).length + socialButtons(flow).length > 1;
}
