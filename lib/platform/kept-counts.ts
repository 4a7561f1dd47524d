import { log as ofProcess } from "../observability/log";
import type { Logger } from "../observability/log";

/*
 * What is counted over everybody of a project. A small project is counted at every request. The numbers of a large one are kept, shown
 * with their time, and counted again beside the requests: nobody waits for a million people twice. Of one process; a restart counts anew.
 */

export type Counted<T> =
  /** `at`: as of when it holds. */
  | { readonly kind: "known"; readonly at: Date; readonly value: T }
  /** Nothing is known yet; so many have been looked at. */
  | { readonly kind: "counting"; readonly done: number };

export interface CountOrder<T> {
  readonly key: string;
  readonly now: Date;
  /** Tells how many have been looked at so far, whether or not they count. */
  readonly count: (progress: (done: number) => void) => Promise<T>;
  /** From so many looked at the count is kept, and waited for no longer than `patienceMs`: one number, or what nobody waits for would be counted for ever. */
  readonly large: number;
  /** How long to wait where nothing is known; without it to the end, as with every small project. */
  readonly patienceMs?: number;
}
export interface KeptCounts<T> {
  /**
   * Throws what the count throws, where somebody waits for it. What breaks while nobody does is logged, and thrown to the next who would not
   * wait to the end and has no earlier value to be shown; whoever asks after that begins anew.
   */
  read(order: CountOrder<T>): Promise<Counted<T>>;
}

/** So long a count stands as it is. */
const FRESH_MS = 300_000;
/** So long it is still shown, while it is counted again. */
const SHOWN_MS = 3_600_000;
const MOST_KEPT = 100;

interface Running<T> {
  readonly done: () => number;
  readonly result: Promise<Counted<T>>;
  /** How many will be told what becomes of it. */
  waiting: number;
}

export function keptCounts<T>(log: Pick<Logger, "error"> = ofProcess): KeptCounts<T> {
  const kept = new Map<string, { readonly at: Date; readonly value: T }>();
  const running = new Map<string, Running<T>>();
  /** What nobody has been told yet. */
  const broken = new Map<string, { readonly at: Date; readonly error: unknown }>();

  const begin = ({ key, now, count, large }: CountOrder<T>): Running<T> => {
    let done = 0;
    const result = count((many) => { done = many; }).then((value): Counted<T> => {
      broken.delete(key);
      kept.delete(key);
      if (done >= large) put(kept, key, { at: now, value });
      return { kind: "known", at: now, value };
    }).finally(() => running.delete(key));
    const one: Running<T> = { done: () => done, result, waiting: 0 };
    result.catch((error: unknown) => {
      if (one.waiting > 0) return;
      log.error({ err: error, count: key }, "a count that nobody waited for broke; whoever asks begins it again");
      put(broken, key, { at: now, error });
    });
    running.set(key, one);
    return one;
  };
  return {
    async read(order) {
      const known = kept.get(order.key);
      if (known !== undefined && isWithin(FRESH_MS, known.at, order.now)) return { kind: "known", ...known };
      const isShown = known !== undefined && isWithin(SHOWN_MS, known.at, order.now);
      const fault = broken.get(order.key);
      if (fault !== undefined && !isShown && order.patienceMs !== undefined && !running.has(order.key)) {
        broken.delete(order.key);
        if (isWithin(SHOWN_MS, fault.at, order.now)) throw fault.error;
      }
      // Who asks while somebody's count runs shares it: what was written since it began is in the next.
      const one = running.get(order.key) ?? begin(order);
      if (isShown) return { kind: "known", ...known };
      one.waiting += 1;
      return order.patienceMs === undefined ? one.result : within(one, order.patienceMs, order.large);
    },
  };
}

function isWithin(ms: number, at: Date, now: Date): boolean {
  const age = now.getTime() - at.getTime();
  return age >= 0 && age < ms;
}

function put<Value>(entries: Map<string, Value>, key: string, value: Value): void {
  entries.delete(key);
  const [oldest] = entries.keys();
  if (entries.size >= MOST_KEPT && oldest !== undefined) entries.delete(oldest);
  entries.set(key, value);
}

async function within<T>(one: Running<T>, ms: number, large: number): Promise<Counted<T>> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const enough = new Promise<Counted<T>>((resolve) => {
    timer = setInterval(() => {
      if (one.done() < large) return;
      clearInterval(timer);
      one.waiting -= 1;
      resolve({ kind: "counting", done: one.done() });
    }, ms);
  });
  return Promise.race([one.result, enough]).finally(() => clearInterval(timer));
}
