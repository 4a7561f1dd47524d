import { SECOND_MS } from "../model/time";
import { UpstreamError, failureOf } from "./failure";
import type { UpstreamFailure } from "./failure";

/** A provider that is away is not asked by everybody who waits for it, and is asked again so soon after. */
export const FAILED_FOR_MS = 5 * SECOND_MS;
/** As many answers, and as many failures; the oldest is forgotten first. */
export const REMEMBERED = 500;

interface At<T> {
  readonly value: T;
  readonly atMs: number;
}

/** Answers of providers by lane: kept for a while, asked for by one caller for all who wait, and not asked for again right after a failure. */
export interface Memory<T> {
  /**
   * The answer, not older than `goodForMs`. Throws what `fetch` throws, or an UpstreamError of the same failure for `FAILED_FOR_MS` after
   * it. `hurried`: the caller's time is nearly up; it asks for itself alone, and that it got no answer says nothing of the provider.
   */
  read(lane: string, now: Date, goodForMs: number, fetch: () => Promise<T>, hurried: boolean): Promise<T>;
}

export function createMemory<T>(): Memory<T> {
  const answers = new Map<string, At<T>>();
  const failures = new Map<string, At<UpstreamFailure>>();
  const running = new Map<string, Promise<T>>();

  const ask = async (lane: string, atMs: number, fetch: () => Promise<T>): Promise<T> => {
    try {
      const value = await fetch();
      remember(answers, lane, { value, atMs });
      failures.delete(lane);
      return value;
    } catch (error) {
      remember(failures, lane, { value: failureOf(error), atMs });
      throw error;
    } finally {
      running.delete(lane);
    }
  };

  return {
    async read(lane, now, goodForMs, fetch, hurried) {
      const known = answers.get(lane);
      if (known !== undefined && isOf(known, now, goodForMs)) return known.value;
      const failed = failures.get(lane);
      if (failed !== undefined && isOf(failed, now, FAILED_FOR_MS)) throw new UpstreamError(failed.value, "failed a moment ago");
      if (hurried && !running.has(lane)) {
        const value = await fetch();
        remember(answers, lane, { value, atMs: now.getTime() });
        return value;
      }
      const asking = running.get(lane) ?? ask(lane, now.getTime(), fetch);
      // Before anything is awaited: whoever comes next finds it.
      running.set(lane, asking);
      return asking;
    },
  };
}

/** Requests are not served in the order of their clocks; a clock that was set back forgets. */
function isOf({ atMs }: At<unknown>, now: Date, forMs: number): boolean {
  return Math.abs(now.getTime() - atMs) < forMs;
}

function remember<T>(memory: Map<string, At<T>>, lane: string, one: At<T>): void {
  memory.delete(lane);
  const oldest = memory.keys().next();
  if (memory.size >= REMEMBERED && oldest.done !== true) memory.delete(oldest.value);
  memory.set(lane, one);
}
