import type { Factor } from "../factors/factor";
import { shouldDisable } from "../limits/charge";
import type { CodeLane, FactorTry, Limits, RateAnswer, SendPurpose } from "../limits/charge";
import { DomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import type { IdentityId } from "../model/ids";
import type { EngineDeps, FlowRequest } from "./request";

/** What one try may cost and what becomes of the charge. */
export interface Budget {
  /** A wait is running, or the method stopped after a hundred failures: evaluate nothing. Null: go on. */
  readonly refused: { readonly retryAfterSeconds: number } | null;
  /** Whose secret is tried, where such a person exists. Never tells a caller. */
  readonly person: IdentityId | null;
  /** This try, if it fails too, is the one that stops the method. */
  readonly last: boolean;
  /** Nothing secret was guessed, or the server failed: the try never happened. */
  refund(): Promise<void>;
  /** The secret was right: only the authenticator used is cleared. */
  succeed(): Promise<void>;
  /** The secret was wrong. Answers seconds to hold the answer when this source sprays over many people. */
  fail(): Promise<number | null>;
}

/** Differs from Kratos, which has no limits. How long a stopped method tells its visitor to wait: it will not come back by waiting, so no promise is made. */
const STOPPED_RETRY_SECONDS = 3600;

const nothing = async (): Promise<void> => {};
const FREE: Budget = { refused: null, person: null, last: false, refund: nothing, succeed: nothing, fail: async () => null };

/** Throws `too_many_requests` while a rate lane is empty. */
export function refuseWhileWaiting(answer: RateAnswer): void {
  if (answer.kind === "wait") throw new DomainError("too_many_requests", { retryAfterSeconds: answer.retryAfterSeconds });
}

/**
 * Charges the factor before anything is verified; committed at once, outside every transaction. `subject` is whose secret is tried: the person at a second step, and what was typed as identifier at a first one, also
 * when somebody is signed in already: nobody guesses another person's password on a lane of their own.
 */
export async function chargeLogin(
  factor: Factor, level: "first" | "second", subject: string | null, request: FlowRequest, deps: EngineDeps,
): Promise<Budget> {
  const limits = deps.limitsFor(request.handle);
  const { ipAddress } = request.device;
  if (!factor.login?.typed || subject === null) return FREE;
  const known = level === "second" ? (subject as IdentityId) : await identityOf(factor, subject, request);
  const attempt = attemptAt(factor, level, known ?? subject, known !== null && request.isKnownDevice(known));
  const budget = { ...(await chargeAttempt(attempt, limits, request)), person: known };
  if (budget.refused || level === "second") return budget;
  return {
    ...budget,
    async fail() {
      const spray = await limits.noteFailure(ipAddress, attempt.subject, request.now);
      return spray.kind === "wait" ? spray.retryAfterSeconds : null;
    },
  };
}

/** A secret can be guessed at the settings form too: the same lanes, and the same wait (security.md 6, rule 1). */
export async function chargeSettings(factor: Factor, identityId: IdentityId, request: FlowRequest, deps: EngineDeps): Promise<Budget> {
  if (!factor.login?.typed) return FREE;
  const level = factor.login.levels.includes("second") ? "second" : "first";
  return chargeAttempt(attemptAt(factor, level, identityId, request.isKnownDevice(identityId)), deps.limitsFor(request.handle), request);
}

const CODE_LANES = { recovery: "code_recovery", verification: "code_verification", registration: "code_registration" } as const satisfies Record<string, CodeLane>;

/**
 * One try of a code of a recovery, a verification or a registration, charged to the address it went to over all flows, whether anybody
 * has that address or not (N18). Where no code was sent nothing can be guessed. There is no stop after a hundred failures: a
 * stranger must not end somebody's only way back, and the wait bounds the guesses.
 */
export async function chargeCode(flow: Pick<Flow, "internal"> & { readonly kind: keyof typeof CODE_LANES }, request: FlowRequest, deps: EngineDeps): Promise<Budget> {
  const sent = flow.internal.code;
  if (sent === undefined) return FREE;
  const limits = deps.limitsFor(request.handle);
  const method = CODE_LANES[flow.kind];
  const deviceTrusted = sent.identityId !== null && request.isKnownDevice(sent.identityId);
  const attempt: FactorTry = { subject: `${method}:${sent.value}`, lane: "password", method, deviceTrusted };
  const verdict = await limits.chargeFactor(attempt, request.now);
  if (verdict.kind === "wait") return { ...FREE, refused: { retryAfterSeconds: verdict.retryAfterSeconds } };
  return {
    ...FREE,
    person: sent.identityId,
    refund: () => limits.refundFactor(attempt, request.now),
    succeed: () => limits.succeedFactor(attempt),
    async fail() {
      const spray = await limits.noteFailure(request.device.ipAddress, attempt.subject, request.now);
      return spray.kind === "wait" ? spray.retryAfterSeconds : null;
    },
  };
}

/** Whoever reads the codes at an address again may sign in with them again: failures that strangers counted against them are over. */
export async function forgiveCodes(identityId: IdentityId, address: string, request: FlowRequest, deps: EngineDeps): Promise<void> {
  const limits = deps.limitsFor(request.handle);
  for (const subject of [identityId, address]) await limits.clearFactor(ownSubject("code", subject), "code");
}

/** On whose word something is sent to somebody before they proved anything here; an unknown recipient is nobody's device. */
export function sendPurpose(person: IdentityId | null, request: FlowRequest): SendPurpose {
  return person !== null && request.isKnownDevice(person) ? "known_device" : "public";
}

function attemptAt(factor: Factor, level: "first" | "second", subject: string, deviceTrusted: boolean): FactorTry {
  const own = level === "first" ? ownSubject(factor.id, subject) : subject;
  return { subject: own, lane: level === "second" ? "typed_second" : "password", method: factor.id, deviceTrusted };
}

/** Waits of two first factors are two waits: codes guessed for somebody never make their password wait. */
function ownSubject(method: Factor["id"], subject: string): string {
  return method === "password" ? subject : `${method}:${subject}`;
}

async function chargeAttempt(attempt: FactorTry, limits: Limits, request: FlowRequest): Promise<Budget> {
  const verdict = await limits.chargeFactor(attempt, request.now);
  if (verdict.kind === "wait") return { ...FREE, refused: { retryAfterSeconds: verdict.retryAfterSeconds } };
  if (verdict.kind === "disabled") return { ...FREE, refused: { retryAfterSeconds: STOPPED_RETRY_SECONDS } };
  return {
    refused: null,
    person: null,
    last: shouldDisable(verdict.failures),
    refund: () => limits.refundFactor(attempt, request.now),
    succeed: () => limits.succeedFactor(attempt),
    fail: async () => null,
  };
}

/** The same query for known and unknown people, so that neither takes longer. */
async function identityOf(factor: Factor, subject: string, request: FlowRequest): Promise<IdentityId | null> {
  const account = await request.handle.findAccountByIdentifier(factor.id, subject);
  return account?.identity.id ?? null;
}
