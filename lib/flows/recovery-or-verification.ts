import { sendCode } from "../courier/outbox/one-time-code";
import { isCodeOf, ONE_TIME_CODE_DIGITS } from "../crypto/one-time-code";
import type { OneTimeCode, ProjectDb } from "../db/handles";
import type { AuditEntry } from "../model/audit";
import type { RecoveryFlow, VerificationFlow } from "../model/flow";
import type { Identity, JsonObject } from "../model/identity";
import { addressIdOf } from "../model/owned-address";
import type { Address } from "../model/owned-address";
import type { Node } from "../model/node";
import { readDigits } from "../wire/digits";
import { readAddress } from "../wire/identity-schema";
import { say } from "../wire/message";
import { hiddenNode, inputNode, methodNode, sortNodes, submitNode } from "../wire/node";
import { textOf } from "../wire/values";
import { sendPurpose } from "./budget";
import { lostTheRace } from "./grant";
import { nextState } from "./machine";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";

/* What the two flows share: an address is typed, a code goes there, the code is typed in (contract 5.15). */

export type CodeFlow = RecoveryFlow | VerificationFlow;
const TEMPLATES = {
  recovery: { code: "recovery_code", unknown: "recovery_unknown" },
  verification: { code: "verification_code", unknown: "verification_unknown" },
} as const;

/** The first screen. `address`: what was typed before, where it is known. */
export function askNodes(address?: string): readonly Node[] {
  const value = address === undefined ? {} : { value: address };
  return [inputNode("code", "email", "email", { ...value, required: true, autocomplete: "email", label: say.emailLabel() }), methodNode("code", say.continue())];
}

/** The second screen: the code, and the button that sends another one. */
export function sentNodes(kind: CodeFlow["kind"], { value }: Address): readonly Node[] {
  const field = kind === "recovery"
    ? inputNode("code", "code", "text", { pattern: "[0-9]+", maxlength: ONE_TIME_CODE_DIGITS, label: say.recoveryCodeLabel() })
    : inputNode("code", "code", "text", { label: say.verificationCodeLabel() });
  return sortNodes(kind, [
    field, hiddenNode("code", "method", "code"), methodNode("code", say.continue()), submitNode("code", "email", value, say.resendCode()),
  ]);
}

/** A code was typed; blanks alone are none. It wins over an `email` beside it, which the form always has. */
export function hasCode(payload: JsonObject): boolean {
  const typed = textOf(payload, "code");
  return typed !== null && typed.trim() !== "";
}

/** One more try of a code in this flow (lane L4); null: they are used up, over all codes that were sent for it. */
export function countTry(flow: CodeFlow, request: FlowRequest): Promise<number | null> {
  return request.handle.countSubmission(flow.id, request.project.config.methods.code.maxSubmissions);
}

/** The tries are used up: the flow is over, though nobody passed it, and no resend revives it. */
export async function endFlow(flow: CodeFlow, request: FlowRequest): Promise<FlowResult> {
  const messages = [say.generic("flow_exhausted")];
  await request.handle.transaction(async (tx) => {
    // Written while it is open: a flow that is over is never changed.
    await tx.updateFlow(flow.id, { nodes: [], messages, active: "code", at: request.now });
    await tx.completeFlow(flow.id, flow.state, request.now);
    await tx.appendAudit(entryOf("rejected", flow, request, null), request.now);
  });
  return { kind: "form", flow: { ...flow, nodes: [], messages, active: "code", completedAt: request.now, updatedAt: request.now }, rejected: true };
}

/** The live code that was typed, or null: wrong, used, old, another flow's, or one that nobody was sent. All cost the same. */
export async function codeTyped(flow: CodeFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<OneTimeCode | null> {
  const read = readDigits(payload["code"], ONE_TIME_CODE_DIGITS);
  const live = await request.handle.findLiveCode(flow.id, request.now);
  const place = { projectId: request.project.row.id, flowId: flow.id, purpose: flow.kind, via: live?.via ?? "email", value: live?.value ?? "" };
  const matches = isCodeOf(deps.keys, place, live?.mac ?? "", read.kind === "code" ? read.digits : "");
  return live !== null && matches && read.kind === "code" && live.purpose === flow.kind ? live : null;
}

/**
 * Sends a code to the address typed and shows where it goes. For an address that nobody has, and for somebody switched off, status,
 * screen, queries and charges are the same (ruling J9); a letter that says "nobody here" leaves where the project wants it.
 */
export async function sendAndShow(flow: CodeFlow, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const startedAtMs = performance.now();
  const typed = textOf(payload, "email") ?? textOf(payload, "recovery_address");
  if (typed === null && flow.state === "sent_email") {
    return rejectFlow(flow, { messages: [say.missing("code")], field: "code" }, payload, request, null, "code");
  }
  if (typed === null) return rejectFlow(flow, { messages: [say.missing("email")], field: "email" }, payload, request, null, "code");
  const to = readAddress(typed);
  if (to === null) return rejectFlow(flow, { messages: [say.notEmail(typed)], field: "email" }, payload, request, null, "code");

  const account = await request.handle.findAccountByAddress(flow.kind === "recovery" ? "recovery" : "verifiable", to.via, to.value);
  const person = account?.identity.state === "active" ? account.identity : null;
  const answer = await deps.limitsFor(request.handle).chargeSend(
    to, request.device.ipAddress, request.project.config.courier, request.now, sendPurpose(person?.id ?? null, request),
  );
  if (answer.kind === "wait") {
    const seconds = answer.retryAfterSeconds;
    const rejection = { messages: [say.generic("too_many_attempts_wait", { seconds })], retryAfterSeconds: seconds };
    const result = await rejectFlow(flow, rejection, payload, request, entryOf("throttled", flow, request, null), "code");
    await deps.floor(startedAtMs);
    return result;
  }
  const state = nextState(flow.kind, flow.state, "challenge_sent") ?? lostTheRace();
  const next: CodeFlow = {
    ...flow, state, active: "code", nodes: sentNodes(flow.kind, to), messages: [sentMessage(flow.kind, to)],
    internal: { ...flow.internal, code: codeMemory(to, person, request.now) }, updatedAt: request.now,
  };
  await request.handle.transaction(async (tx) => {
    if (!(await tx.updateFlow(flow.id, { state, active: "code", nodes: next.nodes, messages: next.messages, internal: next.internal, at: request.now }))) lostTheRace();
    await storeCode(tx, next, to, person, account !== null, request, deps);
    await tx.appendAudit({ ...entryOf("challenge_sent", flow, request, person), result: "ok" }, request.now);
  });
  await deps.floor(startedAtMs);
  return { kind: "form", flow: next, rejected: false };
}

/** What a flow remembers of the last code. */
export function codeMemory(to: Address, person: Identity | null, now: Date) {
  return { ...to, addressId: person === null ? null : addressIdOf(person, to), identityId: person?.id ?? null, sentAt: now.getTime() };
}

export function sentMessage(kind: CodeFlow["kind"], { via }: Address) {
  if (kind === "recovery") return say.recoveryCodeSent();
  return via === "sms" ? say.verificationTextSent() : say.verificationCodeSent();
}

async function storeCode(
  tx: ProjectDb, flow: CodeFlow, to: Address, person: Identity | null, isSomebody: boolean, request: FlowRequest, deps: EngineDeps,
): Promise<void> {
  const { project } = request;
  const names = TEMPLATES[flow.kind];
  // A stranger is written to by mail only: nobody makes a project pay for text messages to whomever.
  const tellsStranger = !isSomebody && to.via === "email" && project.config.notifyUnknown[flow.kind];
  const template = person !== null ? names.code : tellsStranger ? names.unknown : null;
  await sendCode(tx, deps.keys, {
    project, flow, purpose: flow.kind, to, identityId: person?.id ?? null, addressId: person === null ? null : addressIdOf(person, to),
    template, decoy: person === null, locale: request.locale,
  }, request.now);
  const row = person?.verifiableAddresses.find(({ via, value }) => via === to.via && value === to.value);
  if (flow.kind === "verification" && row !== undefined) await tx.markVerificationSent(row.id, request.now);
}

/** `recovery.<step>` or `verification.<step>`; rejected until the caller says otherwise. */
export function entryOf(step: string, flow: CodeFlow, request: FlowRequest, person: Identity | null): AuditEntry {
  return {
    action: `${flow.kind}.${step}`, result: "rejected", identityId: person?.id ?? null,
    actor: person === null ? { kind: "anonymous" } : { kind: "person", identityId: person.id },
    sessionId: request.session?.session.id ?? null, ipAddress: request.device.ipAddress, details: { method: "code", flow: flow.id },
  };
}
