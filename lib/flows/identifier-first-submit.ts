import type { AccountSnapshot } from "../db/handles";
import type { Factor } from "../factors/factor";
import { REGISTRY } from "../factors/registry";
import type { FactorId } from "../model/assurance";
import type { LoginFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Node } from "../model/node";
import { normaliseIdentifier, readAddress } from "../wire/identity-schema";
import { say } from "../wire/message";
import { hiddenNode, nodeName } from "../wire/node";
import { textOf } from "../wire/values";
import { isIdentifierFirst } from "./identifier-first";
import { loginStep } from "./login";
import { loginEntry } from "./login-entry";
import { asRejection, rejectFlow } from "./reject";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { rewrite, sendChallenge } from "./screens";

const METHOD = "identifier_first";

/**
 * Somebody said who they are (contract 5.12). Answers the flow with the name kept in a hidden field and what can follow.
 *
 * Order: 1 the style asks for it · 2 a name · 3 while enumeration is mitigated, what the project offers to everybody, without
 * looking anybody up; else what this person has, and 4000037 for nobody · 4 where a code is all there is, it is sent at once.
 * Known and unknown people are answered alike and no earlier than the floor.
 */
export async function submitIdentifierFirst(flow: LoginFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const startedAtMs = performance.now();
  if (!isIdentifierFirst(flow, request)) return rejectFlow(flow, { messages: [say.noLoginMethod()] }, payload, request, null);
  const identifier = textOf(payload, "identifier")?.trim() ?? "";
  if (normaliseIdentifier(identifier) === "") {
    return rejectFlow(flow, { messages: [say.missing("identifier")], field: "identifier" }, payload, request, null, METHOD);
  }
  const result = await answerTo(identifier, flow, payload, request, deps);
  await deps.floor(startedAtMs);
  return result;
}

async function answerTo(identifier: string, flow: LoginFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const { methods, mitigateEnumeration } = request.project.config;
  const offered = REGISTRY.filter((factor) => factor.enabled(methods) && factor.login?.levels.includes("first") === true);
  const account = mitigateEnumeration ? null : await accountOf(identifier, offered, request);
  const usable = mitigateEnumeration ? offered : offered.filter((factor) => account !== null && factor.count(account.credentials, methods).first > 0);
  if (usable.length === 0) return nobody(identifier, flow, payload, request, deps);

  const named: LoginFlow = { ...flow, internal: { ...flow.internal, identifier } };
  const [only] = usable;
  if (usable.length === 1 && only?.id === "code") return sendAtOnce(only, identifier, named, request, deps);
  const prepared = await nodesOf(usable, named, account, request, deps);
  const nodes = [hiddenNode("default", "identifier", identifier), ...prepared.nodes];
  const next = await rewrite(named, { nodes, messages: [], internal: prepared.internal, active: METHOD }, request);
  return { kind: "form", flow: next, rejected: true };
}

/** Trying out names is counted like failing at many of them (lane L3). */
async function nobody(identifier: string, flow: LoginFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const spray = await deps.limitsFor(request.handle).noteFailure(request.device.ipAddress, normaliseIdentifier(identifier), request.now);
  const wait = spray.kind === "wait" ? { retryAfterSeconds: spray.retryAfterSeconds } : {};
  return rejectFlow(flow, { messages: [say.accountNotFound()], ...wait }, payload, request, loginEntry("login.rejected", flow, METHOD, request, null), METHOD);
}

async function sendAtOnce(code: Factor, identifier: string, flow: LoginFlow, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const payload: JsonObject = { method: code.id, identifier };
  const audit = loginEntry("login.rejected", flow, code.id, request, null);
  const outcome = await code.login?.submit(loginStep(flow, request), payload, factorContext(request, deps));
  if (outcome?.kind === "challenge_sent") return sendChallenge(flow, code.id, outcome, payload, audit, request, deps);
  const rejection = outcome?.kind === "rejected" ? asRejection(outcome) : { messages: [say.noLoginMethod()] };
  return rejectFlow(flow, rejection, payload, request, audit, METHOD);
}

/** Every factor's own nodes, without the field that was answered; what is wanted twice is there once. */
async function nodesOf(
  factors: readonly Factor[], flow: LoginFlow, account: AccountSnapshot | null, request: FlowRequest, deps: EngineDeps,
): Promise<{ readonly nodes: readonly Node[]; readonly internal: LoginFlow["internal"] }> {
  const ctx = factorContext(request, deps);
  const nodes: Node[] = [];
  let { internal } = flow;
  for (const factor of factors) {
    const prepared = await factor.login?.nodes(loginStep({ ...flow, internal }, request), ctx);
    for (const node of prepared?.nodes ?? []) {
      const again = node.attributes.node_type === "script" && nodes.some((known) => known.attributes.node_type === "script");
      if (!again && nodeName(node) !== "identifier" && isTheirs(node, account)) nodes.push(node);
    }
    internal = { ...internal, ...prepared?.internal };
  }
  return { nodes, internal };
}

/** Of the providers only those that this person is linked with, where it is known who they are. */
function isTheirs({ attributes, group }: Node, account: AccountSnapshot | null): boolean {
  if (account === null || group !== "oidc" || attributes.node_type !== "input" || attributes.name !== "provider") return true;
  const provider = `${String(attributes.value)}:`;
  return account.credentials.some((credential) => credential.type === "oidc" && credential.identifiers.some((name) => name.startsWith(provider)));
}

const BY_NAME: readonly FactorId[] = ["password", "code", "passkey", "webauthn"];

/** By any name that signs in here, else by an address of theirs. */
async function accountOf(identifier: string, offered: readonly Factor[], { handle }: FlowRequest): Promise<AccountSnapshot | null> {
  const name = normaliseIdentifier(identifier);
  const address = readAddress(identifier);
  const found = await Promise.all([
    ...BY_NAME.filter((id) => offered.some((factor) => factor.id === id)).map((id) => handle.findAccountByIdentifier(id, name)),
    address === null ? null : handle.findAccountByAddress("verifiable", address.via, address.value),
  ]);
  return found.find((account) => account !== null) ?? null;
}
