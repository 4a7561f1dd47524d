import type { Node } from "../../model/node";
import { say } from "../../wire/message";
import { hiddenNode, inputNode, methodNode } from "../../wire/node";

/** A first sign-in (contract 5.4). `title`: what the identity schema calls the name people sign in with. */
export function loginNodes(title: string | null): readonly Node[] {
  const label = title === null ? say.identifierLabel() : say.traitLabel(title, "identifier");
  return [
    inputNode("default", "identifier", "text", { value: "", required: true, label }),
    passwordNode("current-password"),
    methodNode("password", say.signInWithPassword()),
  ];
}

/** "It's still you": the name is known and not asked for again. */
export function refreshNodes(identifier: string): readonly Node[] {
  return [
    hiddenNode("default", "identifier", identifier),
    passwordNode("current-password"),
    methodNode("password", say.signIn()),
  ];
}

export function registrationNodes(): readonly Node[] {
  return [passwordNode("new-password"), methodNode("password", say.signUp())];
}

export function settingsNodes(): readonly Node[] {
  return [passwordNode("new-password"), methodNode("password", say.save())];
}

function passwordNode(autocomplete: "current-password" | "new-password"): Node {
  return inputNode("password", "password", "password", { required: true, autocomplete, label: say.passwordLabel() });
}
