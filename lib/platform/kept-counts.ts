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
  readonly count: (progress: (done: number) => void) => Promise<T>;
  /** Whether it is worth keeping. */
  readonly isLarge: (value: T) => boolean;
  /** How long to wait where nothing is known, once so many have been looked at; without it to the end, as with every small project. */
  readonly patience?: { readonly ms: number; readonly from: number };
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

  const begin = ({ key, now, count, isLarge }: CountOrder<T>): Running<T> => {
    let done = 0;
    const result = count((many) => { done = many; }).then((value): Counted<T> => {
      kept.delete(key);
      const [oldest] = kept.keys();
      if (isLarge(value)) {
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
      return order.patience === undefined ? one.result : within(one, order.patience);
    },
  };
}

async function within<T>({ done, result }: Running<T>, { ms, from }: NonNullable<CountOrder<T>["patience"]>): Promise<Counted<T>> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const enough = new Promise<Counted<T>>((resolve) => {
    timer = setInterval(() => { if (done() >= from) resolve({ kind: "counting", done: done() }); }, ms);
  });
  return Promise.race([result, enough]).finally(() => clearInterval(timer));
}
