import type { KeyRing } from "../crypto/keys";
import type { LimitCounters } from "../db/handles";
import type { FactorId } from "../model/assurance";
import type { AddressChannel } from "../model/identity";
import type { CourierConfig } from "../model/project";
import { BUDGETS, LANES } from "./lanes";
import type { Budgets, WindowBudget } from "./lanes";
import { sourceKey } from "./source";

export type RateAnswer =
  | { readonly kind: "go" }
  /** Evaluate nothing; answer 429 with `Retry-After` in whole seconds. */
  | { readonly kind: "wait"; readonly retryAfterSeconds: number };

export type FactorAnswer =
  /** `failures`: consecutive ones of this method if this try fails too. Ask `shouldDisable` then. */
  | { readonly kind: "go"; readonly failures: number }
  | { readonly kind: "wait"; readonly retryAfterSeconds: number }
  /** A hundred in a row: nothing is evaluated until the method is bound anew (`clearFactor`). Looks like a wrong secret. */
  | { readonly kind: "disabled" };

/** Codes that are no sign-in but can be guessed like one: their waits are the address's they went to. */
export type CodeLane = "code_recovery" | "code_verification" | "code_registration";

/** One try of one typed secret. */
export interface FactorTry {
  /** Identity id; for a first factor the normalised identifier as typed, known or not. */
  readonly subject: string;
  /** All typed second factors of a person share one wait, over every door. */
  readonly lane: "password" | "typed_second";
  readonly method: FactorId | CodeLane;
  /** The request carries the signed cookie of an earlier complete sign-in of this person. */
  readonly deviceTrusted: boolean;
}

/** Where a code goes: the normalised address, known or not. */
export interface SendRecipient {
  readonly via: AddressChannel;
  readonly value: string;
}
/**
 * On whose word something is sent. What anybody can cause (`public`) takes nothing from what a person needs who proved a first factor
 * (`second_factor`) or comes on a device that signed them in before (`known_device`). An unknown recipient is always `public`.
 */
export type SendPurpose = "public" | "second_factor" | "known_device";
export type SmsBudget = Pick<CourierConfig, "smsPerDay" | "smsPrefixes">;

/**
 * Budgets of one project. Every charge is committed when its promise resolves; no rollback undoes it. Without an address
 * there is no source lane.
 */
export interface Limits {
  /** Before each post that tries a secret. */
  chargeSource(ipAddress: string | null, now: Date): Promise<RateAnswer>;
  /** Before a flow or an account is created. */
  chargeCreate(kind: "flow" | "registration", ipAddress: string | null, now: Date): Promise<RateAnswer>;
  /** Before the factor looks at the secret. A try during a wait is neither evaluated nor counted. */
  chargeFactor(attempt: FactorTry, now: Date): Promise<FactorAnswer>;
  /** The secret was right: clears what this try counted against, and no other method or device. */
  succeedFactor(attempt: FactorTry): Promise<void>;
  /** Gives the try back: the server failed, or nothing secret was guessed. */
  refundFactor(attempt: FactorTry, now: Date): Promise<void>;
  /** The method was bound anew (a new password, a new app, a new set of codes): its failures are over. */
  clearFactor(subject: string, method: FactorId): Promise<void>;
  /**
   * Before a code or a letter is asked for, whether anybody has the address or not: both answer alike. Nothing gives these back,
   * least of all a resend. A number outside the project's prefixes is told to wait as well. Half of the day's text messages is reserved
   * for purposes other than `public`. Default `public`.
   */
  chargeSend(recipient: SendRecipient, ipAddress: string | null, sms: SmsBudget, now: Date, purpose?: SendPurpose): Promise<RateAnswer>;
  /**
   * After a wrong secret at a first factor. Too many different identifiers failing from one source hold its failures:
   * a 429 replaces the answer "wrong", so that a list of stolen pairs cannot be tried quickly. Successes pass.
   */
  noteFailure(ipAddress: string | null, subject: string, now: Date): Promise<RateAnswer>;
}

const GO: RateAnswer = { kind: "go" };
/** Counts without ever waiting. */
const COUNT_ONLY = { free: 1_000_000_000, baseWaitMs: 0, maxWaitMs: 0 } as const;

export function createLimits(counters: LimitCounters, keys: Pick<KeyRing, "macHex">, budgets: Budgets = BUDGETS): Limits {
  // A counter never holds a name or an address: the table tells nobody who failed.
  const keyOf = (...parts: readonly string[]): string => keys.macHex("limits", ...parts);
  const waitLane = (attempt: FactorTry): { lane: string; key: string } => ({
    lane: (attempt.deviceTrusted ? LANES.deviceWait : LANES.factorWait)[attempt.lane],
    key: keyOf(attempt.lane, attempt.subject),
  });
  // A known device stops by its own failures only: a stranger's hundred do not lock the owner out (security.md T48).
  const failureKey = (attempt: Pick<FactorTry, "subject" | "method" | "deviceTrusted">): string =>
    keyOf(attempt.method, attempt.subject, attempt.deviceTrusted ? "known" : "unknown");

  const rate = async (lane: string, source: string | null, budget: Budgets["source"], now: Date): Promise<RateAnswer> => {
    if (source === null) return GO;
    const freeInMs = await counters.take(lane, keyOf(source), { burst: budget.burst, refillMs: budget.refillMs }, now);
    return freeInMs === 0 ? GO : waitFor(freeInMs);
  };

  const counted = async (lane: string, key: string, window: WindowBudget, now: Date): Promise<RateAnswer> => {
    const freeInMs = await counters.countIn(lane, key, window, now);
    return freeInMs === 0 ? GO : waitFor(freeInMs);
  };
  /** The windows a message must have room in, shortest first: one refused by the first takes nothing from the others. */
  const sendWindows = (
    { via, value }: SendRecipient, source: string | null, sms: SmsBudget, purpose: SendPurpose,
  ): readonly (readonly [string, string, WindowBudget])[] => {
    const own = purpose === "public" ? [via, value] : [purpose, via, value];
    const sum = purpose === "public" ? LANES.sendSum : LANES.sendReserved;
    return [
      ...(source === null ? [] : [[LANES.sendSource, keyOf(source), budgets.send.source] as const]),
      [LANES.sendPause, keyOf(...own), { max: 1, windowMs: budgets.send.pauseMs }],
      ...budgets.send.address.map((window) => [LANES.sendAddress, keyOf(...own, String(window.windowMs)), window] as const),
      ...(via === "sms" ? [[sum, "sms", { max: shareOf(sms.smsPerDay, purpose), windowMs: budgets.send.sumMs }] as const] : []),
    ];
  };

  return {
    chargeSource: (ipAddress, now) => rate(LANES.source, sourceKey(ipAddress), budgets.source, now),
    chargeCreate: (kind, ipAddress, now) => rate(LANES.create[kind], sourceKey(ipAddress), budgets.create[kind], now),

    async chargeFactor(attempt, now) {
      const { lane, key } = waitLane(attempt);
      const charged = await counters.charge(lane, key, attempt.deviceTrusted ? budgets.knownDevice : budgets.factor, now);
      if (!charged.allowed) return waitFor(msUntil(charged.waitUntil, now));
      const counted = await counters.charge(LANES.failures, failureKey(attempt), COUNT_ONLY, now);
      return counted.count > budgets.hardStop ? { kind: "disabled" } : { kind: "go", failures: counted.count };
    },
    async succeedFactor(attempt) {
      const { lane, key } = waitLane(attempt);
      await counters.clear(lane, key);
      await counters.clear(LANES.failures, failureKey(attempt));
    },
    async refundFactor(attempt, now) {
      const { lane, key } = waitLane(attempt);
      await counters.refund(lane, key, now);
      await counters.refund(LANES.failures, failureKey(attempt), now);
    },
    async clearFactor(subject, method) {
      for (const deviceTrusted of [true, false]) await counters.clear(LANES.failures, failureKey({ subject, method, deviceTrusted }));
    },

    async chargeSend(recipient, ipAddress, sms, now, purpose = "public") {
      const mayWrite = recipient.via !== "sms" || sms.smsPrefixes.length === 0 || sms.smsPrefixes.some((prefix) => recipient.value.startsWith(prefix));
      for (const [lane, key, window] of sendWindows(recipient, sourceKey(ipAddress), sms, purpose)) {
        // What is refused anyway counts against its source and takes nothing from the project's sum.
        if (!mayWrite && lane !== LANES.sendSource) return waitFor(budgets.send.refusedMs);
        const answer = await counted(lane, key, window, now);
        if (answer.kind === "wait") return answer;
      }
      return GO;
    },

    async noteFailure(ipAddress, subject, now) {
      const source = sourceKey(ipAddress);
      if (source === null) return GO;
      const { spray } = budgets;
      const held = await counters.read(LANES.sprayHold, keyOf(source));
      const heldForMs = msUntil(held?.waitUntil ?? null, now);
      if (heldForMs > 0) return waitFor(heldForMs);
      // The same identifier failing again within the window is one identifier.
      const seen = await counters.take(LANES.sprayIdentifier, keyOf(source, subject), { burst: 1, refillMs: spray.windowMs }, now);
      if (seen > 0) return GO;
      const room = await counters.take(LANES.spraySource, keyOf(source), { burst: spray.burst, refillMs: spray.refillMs }, now);
      if (room === 0) return GO;
      await counters.charge(LANES.sprayHold, keyOf(source), { free: 1, baseWaitMs: spray.holdMs, maxWaitMs: spray.holdMs }, now);
      return waitFor(spray.holdMs);
    },
  };
}

/** True when this failed try was the one that stops the method until it is bound anew. */
export function shouldDisable(failures: number, budgets: Pick<Budgets, "hardStop"> = BUDGETS): boolean {
  return failures >= budgets.hardStop;
}

/** Half of the day's text messages for each side; of an odd one the public has it. Together never more than the project allows. */
function shareOf(perDay: number, purpose: SendPurpose): number {
  const reserved = Math.floor(perDay / 2);
  return purpose === "public" ? perDay - reserved : reserved;
}

function msUntil(at: Date | null, now: Date): number {
  return at === null ? 0 : Math.max(0, at.getTime() - now.getTime());
}

function waitFor(ms: number): { readonly kind: "wait"; readonly retryAfterSeconds: number } {
  return { kind: "wait", retryAfterSeconds: Math.max(1, Math.ceil(ms / 1000)) };
}
