import { randomId } from "../crypto/token";
import { DomainError } from "../model/errors";
import type { WebHookConfig } from "../model/project";
import type { HookCaller, HookVerdict } from "./call";
import { isGuardedFetchError } from "./guarded-fetch";
import type { GuardedOptions, GuardedResponse } from "./guarded-fetch";
import { isJsonnetError } from "./jsonnet";
import type { EvaluateJsonnet } from "./jsonnet";
import { contextValue } from "./payload";
import { verdictOf } from "./response";
import { isTemplateError, prepareRequest, sendPrepared } from "./send";

/** Three in all (contract/admin.md 5.5). */
export const ATTEMPTS = 3;
export const ATTEMPT_TIMEOUT_MS = 30_000;
const FIRST_WAIT_MS = 1_000;
export const LONGEST_WAIT_MS = 30_000;

export interface HookDeps {
  readonly evaluate: EvaluateJsonnet;
  /** One line for the operator; never a body, a header or an address of a person. */
  readonly warn: (message: string) => void;
  /** Tests shorten these; the product leaves them out. */
  readonly timeoutMs?: number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly lookup?: NonNullable<GuardedOptions["lookup"]>;
}

/**
 * Calls hooks that may interrupt, in front of the person who waits: three attempts, again after a broken connection, 429 and 5xx
 * (501 excepted), after 1 s, then 2 s, or as long as `Retry-After` says, 30 s at most. A hook that does not answer within 30 s is
 * not asked again: the person has waited long enough. Differs from Kratos there.
 */
export function createHookCaller(deps: HookDeps): HookCaller {
  const pause = deps.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  return {
    async ask(hook, context, { kind, allowPrivate, privateExceptions }): Promise<HookVerdict> {
      const options = { allowPrivate, exceptions: privateExceptions, ...guardOf(deps) };
      const request = await prepared(hook, () => prepareRequest(hook.request, contextValue(context), deps.evaluate), deps);
      if (request === null) return { kind: "go", patch: null };
      const triggerId = randomId();
      for (let attempt = 1; ; attempt += 1) {
        const answer = await sendPrepared(request, options, attemptHeaders(triggerId)).catch((error: unknown) => error);
        const wait = attempt < ATTEMPTS ? waitBefore(attempt + 1, answer) : null;
        if (wait === null) return conclude(hook, kind, answer, deps);
        await pause(wait);
      }
    },
  };
}

export function guardOf(deps: HookDeps): Pick<GuardedOptions, "timeoutMs" | "lookup"> {
  return { timeoutMs: deps.timeoutMs ?? ATTEMPT_TIMEOUT_MS, ...(deps.lookup === undefined ? {} : { lookup: deps.lookup }) };
}

/** A new id for every attempt, one for all attempts of an occasion. */
export function attemptHeaders(triggerId: string): Readonly<Record<string, string>> {
  return { "ory-webhook-request-id": randomId(), "ory-webhook-trigger-id": triggerId };
}

/** How long to wait before attempt number `attempt`, in ms; null when what happened is not tried again. */
export function waitBefore(attempt: number, answer: unknown): number | null {
  if (isGuardedFetchError(answer)) return answer.failure === "unreachable" ? exponential(attempt) : null;
  if (!isResponse(answer)) return null;
  const again = answer.status === 429 || (answer.status >= 500 && answer.status !== 501);
  return again ? retryAfterMs(answer.headers["retry-after"]) ?? exponential(attempt) : null;
}

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), 30 s at most; null when it says nothing usable. */
export function retryAfterMs(value: string | undefined, now: number = Date.now()): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_WAIT_MS) : null;
}

function exponential(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempt - 2), LONGEST_WAIT_MS);
}

function conclude(hook: WebHookConfig, kind: Parameters<HookCaller["ask"]>[2]["kind"], answer: unknown, deps: HookDeps): HookVerdict {
  if (isResponse(answer)) {
    if (answer.status >= 400) deps.warn(`web hook ${nameOf(hook)} answered ${answer.status}`);
    return verdictOf(hook, kind, answer);
  }
  if (!isGuardedFetchError(answer)) throw answer;
  deps.warn(`web hook ${nameOf(hook)} failed: ${answer.failure}, ${answer.message}`);
  if (answer.failure === "timeout") throw new DomainError("hook_timeout", {}, { cause: answer });
  throw new DomainError("hook_failed", { reason: answer.failure }, { cause: answer });
}

async function prepared<T>(hook: WebHookConfig, prepare: () => Promise<T>, deps: HookDeps): Promise<T> {
  try {
    return await prepare();
  } catch (error) {
    if (!isJsonnetError(error) && !isTemplateError(error)) throw error;
    deps.warn(`the body of web hook ${nameOf(hook)} could not be made: ${error.message}`);
    throw new DomainError("hook_failed", { reason: "template" }, { cause: error });
  }
}

/** The id it was given, or its host: enough to find it, nothing secret. */
export function nameOf(hook: WebHookConfig): string {
  return hook.id ?? (URL.canParse(hook.request.url) ? new URL(hook.request.url).host : "without address");
}

export function isResponse(answer: unknown): answer is GuardedResponse {
  return typeof answer === "object" && answer !== null && "status" in answer && "body" in answer;
}
