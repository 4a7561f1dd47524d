import type { Message } from "../../model/message";
import type { Node } from "../../model/node";
import type { Address } from "../../model/owned-address";
import { say } from "../../wire/message";
import { hiddenNode, inputNode, methodNode, submitNode } from "../../wire/node";

/** A first sign-in (contract 5.9). `title`: what the identity schema calls the name people sign in with. */
export function identifierNodes(title: string | null): readonly Node[] {
  const label = title === null ? say.identifierLabel() : say.traitLabel(title, "identifier");
  return [inputNode("default", "identifier", "text", { value: "", required: true, label }), methodNode("code", say.sendLoginCode())];
}

/** One button for each address; there is no `method` node beside them. */
export function addressNodes(addresses: readonly Address[]): readonly Node[] {
  return addresses.map(({ via, value }) => submitNode("code", "address", value, say.sendCodeTo(value, via)));
}

/** The code is on its way: where it is typed in, and another one. */
export function sentNodes(level: "first" | "second", { via, value }: Address): readonly Node[] {
  const identifier = level === "first"
    ? hiddenNode("default", "identifier", value)
    : inputNode("code", "identifier", "hidden", { value, label: say.sendCodeTo(value, via) });
  return [identifier, ...codeNodes(say.loginCodeLabel())];
}

export function registrationNodes(): readonly Node[] {
  return [methodNode("code", say.sendRegistrationCode())];
}

/** `traits` are shown no more, but travel with the code. */
export function registrationSentNodes(traits: readonly Node[]): readonly Node[] {
  const hidden = traits.map((node): Node =>
    node.attributes.node_type === "input" ? { ...node, attributes: { ...node.attributes, type: "hidden" } } : node);
  return [...hidden, ...codeNodes(say.registrationCodeLabel())];
}

function codeNodes(label: Message): readonly Node[] {
  return [
    hiddenNode("code", "method", "code"),
    inputNode("code", "code", "text", { required: true, autocomplete: "one-time-code", label }),
    methodNode("code", say.continue()),
    submitNode("code", "resend", "code", say.resendCode()),
  ];
}
