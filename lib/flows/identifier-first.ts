import type { Factor } from "../factors/factor";
import { schemaOf } from "../identities/traits";
import type { FactorId } from "../model/assurance";
import type { LoginFlow } from "../model/flow";
import type { Node } from "../model/node";
import { say } from "../wire/message";
import { inputNode, methodNode } from "../wire/node";
import type { FlowRequest } from "./request";

/** Factors that know by themselves who is there: their buttons stand beside the first field already. */
const KNOWS_WHO: readonly FactorId[] = ["passkey", "oidc"];

/** True for a plain sign-in of a project with `selfservice.flows.login.style: identifier_first` (contract 5.12): never a refresh, never a second step. */
export function isIdentifierFirst(flow: Pick<LoginFlow, "requestedAal" | "refresh">, request: FlowRequest): boolean {
  return request.project.config.loginStyle === "identifier_first" && flow.requestedAal === "aal1" && !flow.refresh;
}

/** Does a factor's own node belong on the first screen, before anybody named themselves? */
export function needsNoIdentifier(factor: Factor): boolean {
  return KNOWS_WHO.includes(factor.id);
}

/** The first screen: who are you, and on. */
export function identifierFirstNodes(flow: LoginFlow, request: FlowRequest): readonly Node[] {
  const { project } = request;
  const title = schemaOf(project, flow.internal.schemaId ?? project.config.defaultSchemaId).identifierTitle;
  const label = title === null ? say.identifierLabel() : say.traitLabel(title, "identifier");
  return [
    inputNode("identifier_first", "identifier", "text", {
      value: flow.internal.identifier ?? "", required: true, autocomplete: "username webauthn", label,
    }),
    methodNode("identifier_first", say.continue()),
  ];
}
