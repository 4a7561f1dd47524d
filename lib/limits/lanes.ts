import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../model/time";

/** Tries that wait longer and longer: `free` at once, then `baseWaitMs`·2ⁿ between tries, at most `maxWaitMs`. */
export interface WaitBudget {
  readonly free: number;
  readonly baseWaitMs: number;
  readonly maxWaitMs: number;
}

/** A leaky bucket: `burst` at once, then one every `refillMs`. */
export interface RateBudget {
  readonly burst: number;
  readonly refillMs: number;
}

/** At most so many from the first on, until the window ends. */
export interface WindowBudget {
  readonly max: number;
  readonly windowMs: number;
}

export interface Budgets {
  /** L1: one person or unknown identifier, from a device never seen. */
  readonly factor: WaitBudget;
  /** L2: the same person on a device that completed a sign-in before; a stranger's failures do not reach it. */
  readonly knownDevice: WaitBudget;
  /** Consecutive failures of one method, over every lane, that disable it until it is bound anew (NIST SP 800-63B-4, 3.2.2). */
  readonly hardStop: number;
  /** L3: posts that try a secret, from one IPv4 address or IPv6 /64. */
  readonly source: RateBudget;
  /** L3: different identifiers that failed from one source, and how long failures are then held. */
  readonly spray: RateBudget & { readonly holdMs: number; readonly windowMs: number };
  /** L5: codes and letters asked for, to one address and from one source. */
  readonly send: {
    readonly pauseMs: number;
    readonly address: readonly WindowBudget[];
    readonly source: WindowBudget;
    /** Length of the window of the project's sum of text messages, whose size is in its configuration. */
    readonly sumMs: number;
    /** What somebody is told whose number may not be written to. */
    readonly refusedMs: number;
  };
  /** L6: flows and accounts begun from one source. */
  readonly create: { readonly flow: RateBudget; readonly registration: RateBudget };
}

/**
 * security.md part 6. With these numbers 34 guesses of one secret are evaluated on the first day and 24 on each later
 * one, until the hundredth stops the method on the fourth day.
 */
export const BUDGETS: Budgets = {
  factor: { free: 5, baseWaitMs: 30 * SECOND_MS, maxWaitMs: HOUR_MS },
  knownDevice: { free: 10, baseWaitMs: 30 * SECOND_MS, maxWaitMs: HOUR_MS },
  hardStop: 100,
  source: { burst: 20, refillMs: 3 * SECOND_MS },
  spray: { burst: 10, refillMs: MINUTE_MS, holdMs: 15 * MINUTE_MS, windowMs: 10 * MINUTE_MS },
  send: {
    pauseMs: MINUTE_MS,
    address: [{ max: 5, windowMs: HOUR_MS }, { max: 10, windowMs: DAY_MS }],
    source: { max: 20, windowMs: HOUR_MS },
    sumMs: DAY_MS,
    refusedMs: HOUR_MS,
  },
  create: {
    flow: { burst: 60, refillMs: SECOND_MS },
    registration: { burst: 10, refillMs: 6 * MINUTE_MS },
  },
};

/** Names in the counter table. Stable: renaming one forgives everybody. */
export const LANES = {
  factorWait: { password: "factor.password", typed_second: "factor.typed_second" },
  deviceWait: { password: "device.password", typed_second: "device.typed_second" },
  failures: "failures",
  source: "source",
  sprayIdentifier: "spray.identifier",
  spraySource: "spray.source",
  sprayHold: "spray.hold",
  sendPause: "send.pause",
  sendAddress: "send.address",
  sendSource: "send.source",
  sendSum: "send.sum",
  sendReserved: "send.reserved",
  create: { flow: "create.flow", registration: "create.registration" },
} as const;
