import type { Node } from "../../model/node";
import type { OidcProviderConfig } from "../../model/project";
import { say } from "../../wire/message";
import { submitNode } from "../../wire/node";

/** One button for each provider (contract 5.10). */
export function loginNodes(providers: readonly OidcProviderConfig[]): readonly Node[] {
  return providers.map(({ id, label }) => submitNode("oidc", "provider", id, say.signInWithProvider({ provider: label, providerId: id })));
}

export function registrationNodes(providers: readonly OidcProviderConfig[]): readonly Node[] {
  return providers.map(({ id, label }) => submitNode("oidc", "provider", id, say.signUpWithProvider({ provider: label, providerId: id })));
}

/** The provider has answered; the form asks for what it did not say. */
export function continueNode({ id }: OidcProviderConfig): Node {
  return submitNode("oidc", "provider", id, say.signUpContinue());
}

export function linkNode({ id, label }: OidcProviderConfig): Node {
  return submitNode("oidc", "link", id, say.linkProvider(label));
}

export function unlinkNode({ id, label }: OidcProviderConfig): Node {
  return submitNode("oidc", "unlink", id, say.unlinkProvider(label));
}
