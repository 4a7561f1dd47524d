import type { Factor, LoginStep } from "../factors/factor";
import { REGISTRY } from "../factors/registry";
import { DomainError } from "../model/errors";
import type { LoginFlow } from "../model/flow";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import { requirementFor } from "../policy/requirements";
import { atLeast } from "../policy/aal";
import { say } from "../wire/message";
import { sortNodes } from "../wire/node";
import { isTrue } from "../wire/payload";
import { askedSchemaId } from "./asked-schema";
import { identifierFirstNodes, isIdentifierFirst, needsNoIdentifier } from "./identifier-first";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import { expiredMessage, newFlowBase } from "./stored";
import { safeReturnTo } from "./urls";

/** What a login was asked for, after the step-up matrix of contract 3.6. */
interface Asked {
  readonly aal: "aal1" | "aal2";
  readonly refresh: boolean;
  readonly operation: string | null;
}

/**
 * Order: 1 an unknown level · 2 nobody here and aal2 asked · 3 nobody here: a plain sign-in ·
 *        4 refresh · 5 a higher level than the session has · 6 nothing to do: already available.
 */
export function askedOf(request: FlowRequest): Asked {
  const query = request.url.searchParams;
  const aal = (query.get("aal") || "aal1").toLowerCase();
  if (aal !== "aal1" && aal !== "aal2") {
    throw new DomainError("bad_request", { reason: "The parameter aal takes aal1 or aal2." });
  }
  const operation = operationOf(query.get("operation"));
  const { session } = request;
  if (!session) {
    if (aal === "aal2") throw new DomainError("session_aal1_required");
    return { aal, refresh: false, operation: null };
  }
  const refresh = isTrue(query.get("refresh"));
  if (refresh || !atLeast(session.session.aal, aal)) return { aal, refresh, operation };
  throw alreadyAvailable(request, query.get("return_to"));
}

/** The name of an operation as a project may spell it; anything else is refused, never stored. */
function operationOf(name: string | null): string | null {
  if (name === null || name === "") return null;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) throw new DomainError("bad_request", { reason: "The parameter operation is not the name of an operation." });
  return name;
}

export function alreadyAvailable(request: FlowRequest, returnTo: string | null): DomainError {
  const { project } = request;
  return new DomainError("session_already_available", { returnTo: safeReturnTo(project, returnTo, project.config.defaultReturnUrl) });
}

/** A new login flow, ready to be stored. */
export async function prepareLogin(request: FlowRequest, deps: EngineDeps): Promise<LoginFlow> {
  const asked = askedOf(request);
  // It has a meaning at aal1 only (contract 1.2): later steps belong to somebody whose schema is known.
  const schemaId = asked.aal === "aal1" && !asked.refresh ? askedSchemaId(request) : null;
  return buildLogin(request, deps, { ...asked, schemaId }, newFlowBase("login", "choose_method", request), []);
}

/** The flow that replaces an expired one: same wishes, the expiry said first. */
export async function replaceLogin(old: LoginFlow, request: FlowRequest, deps: EngineDeps): Promise<LoginFlow> {
  const asked = { aal: old.requestedAal, refresh: old.refresh, operation: old.internal.operation ?? null, schemaId: old.internal.schemaId ?? null };
  return buildLogin(request, deps, asked, newFlowBase("login", "choose_method", request, old), [expiredMessage(old)]);
}

async function buildLogin(
  request: FlowRequest, deps: EngineDeps, asked: Asked & { readonly schemaId: string | null }, base: ReturnType<typeof newFlowBase<"login">>, first: readonly Message[],
): Promise<LoginFlow> {
  const view = request.session;
  const bound = asked.refresh || asked.aal === "aal2" ? view : null;
  const messages = [...first];
  if (asked.refresh) messages.push(say.pleaseConfirm());
  if (asked.aal === "aal2" && view && !atLeast(view.session.aal, "aal2")) messages.push(say.secondStepNeeded());
  const draft: LoginFlow = {
    ...base, requestedAal: asked.aal, refresh: asked.refresh, messages,
    sessionId: bound?.session.id ?? null, identityId: bound?.identity.id ?? null,
    internal: { ...(asked.operation ? { operation: asked.operation } : {}), ...(asked.schemaId === null ? {} : { schemaId: asked.schemaId }) },
  };
  const made = await withLoginNodes(draft, request, deps);
  // Their one second factor is the mailbox that signed them in: nothing here, and nothing in the settings, takes them further.
  const stuck = asked.aal === "aal2" && made.nodes.length === 0 && view !== null && atLeast(view.subject.availableAal, "aal2");
  return stuck ? { ...made, messages: [...made.messages, say.generic("no_other_second_factor")] } : made;
}

/** Rebuilds the nodes: what can be offered here and now, to this person. */
export async function withLoginNodes(flow: LoginFlow, request: FlowRequest, deps: EngineDeps): Promise<LoginFlow> {
  const step = loginStep(flow, request);
  const ctx = factorContext(request, deps);
  const asksName = isIdentifierFirst(flow, request);
  const nodes: Node[] = asksName ? [...identifierFirstNodes(flow, request)] : [];
  let internal = flow.internal;
  for (const factor of offered(flow, request)) {
    if (asksName && !needsNoIdentifier(factor)) continue;
    const prepared = await factor.login?.nodes(step, ctx);
    if (!prepared) continue;
    for (const node of prepared.nodes) if (!nodes.some((known) => sameNode(known, node))) nodes.push(node);
    internal = { ...internal, ...prepared.internal };
  }
  return { ...flow, nodes: sortNodes("login", nodes), internal };
}

export function loginStep(flow: LoginFlow, request: FlowRequest): LoginStep {
  const level = flow.requestedAal === "aal2" ? "second" : "first";
  const view = flow.identityId !== null && request.session?.identity.id === flow.identityId ? request.session : null;
  return { flow, level, identity: view?.identity ?? null, credentials: view?.credentials ?? [], methods: view?.session.methods ?? [] };
}

/** Factors with a login of this level that the project enabled, narrowed by the operation that asked where it names methods. */
function offered(flow: LoginFlow, request: FlowRequest): readonly Factor[] {
  const level = flow.requestedAal === "aal2" ? "second" : "first";
  const { config } = request.project;
  const able = REGISTRY.filter((factor) => factor.enabled(config.methods) && factor.login?.levels.includes(level));
  const operation = flow.internal.operation;
  if (operation === undefined || level === "first" || !request.session) return able;
  const accepted = requirementFor({ kind: "operation", name: operation }, config.policy, request.now)?.methods;
  if (!accepted) return able;
  const usable = request.session.subject.usable.filter((entry) => entry.aal === "aal2" && accepted.includes(entry.method));
  return usable.length === 0 ? able : able.filter((factor) => accepted.includes(factor.id));
}

/** The identifier is asked for once, and the script is loaded once, however many methods want them. */
function sameNode(a: Node, b: Node): boolean {
  const left = a.attributes;
  const right = b.attributes;
  if (left.node_type === "script" && right.node_type === "script") return left.id === right.id;
  return left.node_type === "input" && right.node_type === "input" && left.name === right.name && left.name === "identifier";
}
