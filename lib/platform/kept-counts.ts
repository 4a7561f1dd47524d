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
  /** Throws what the count throws, where somebody waits for it. */
  read(order: CountOrder<T>): Promise<Counted<T>>;
}

/** So long a count stands as it is. */
const FRESH_MS = 300_000;
/** So long it is still shown, while it is counted again. */
const SHOWN_MS = 3_600_000;
const MOST_KEPT = 100;

interface Running<T> { readonly done: () => number; readonly result: Promise<Counted<T>> }

export function keptCounts<T>(): KeptCounts<T> {
  const kept = new Map<string, { readonly at: Date; readonly value: T }>();
  const running = new Map<string, Running<T>>();

  const begin = ({ key, now, count, large }: CountOrder<T>): Running<T> => {
    let done = 0;
    const result = count((many) => { done = many; }).then((value): Counted<T> => {
      kept.delete(key);
      const [oldest] = kept.keys();
      if (done >= large) {
        if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
        kept.set(key, { at: now, value });
      }
      return { kind: "known", at: now, value };
    }).finally(() => running.delete(key));
    // Whoever waits is told; a count that nobody waits for any more is begun again by whoever asks next.
    result.catch(() => undefined);
    const one = { done: () => done, result };
    running.set(key, one);
    return one;
  };
  return {
    async read(order) {
      const known = kept.get(order.key);
      const age = known === undefined ? Infinity : order.now.getTime() - known.at.getTime();
      if (known !== undefined && age >= 0 && age < FRESH_MS) return { kind: "known", ...known };
      const isShown = known !== undefined && age >= 0 && age < SHOWN_MS;
      // Who asks while somebody's count runs shares it: what was written since it began is in the next.
      const one = running.get(order.key) ?? begin(order);
      if (isShown) return { kind: "known", ...known };
      return order.patienceMs === undefined ? one.result : within(one, order.patienceMs, order.large);
    },
  };
}

async function within<T>({ done, result }: Running<T>, ms: number, large: number): Promise<Counted<T>> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const enough = new Promise<Counted<T>>((resolve) => {
    timer = setInterval(() => { if (done() >= large) resolve({ kind: "counting", done: done() }); }, ms);
  });
  return Promise.race([result, enough]).finally(() => clearInterval(timer));
}
