import { DomainError } from "../model/errors";

export interface Semaphore {
  /** Runs `work` when a place is free. Throws `DomainError("busy")` when the queue is full: nothing was run. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** For the gauges. */
  load(): { readonly running: number; readonly waiting: number };
}

/** At most `places` at a time and `queue` waiting, in order of arrival. */
export function createSemaphore(places: number, queue: number): Semaphore {
  let running = 0;
  const waiting: (() => void)[] = [];

  return {
    load: () => ({ running, waiting: waiting.length }),
    async run(work) {
      if (running >= places) {
        if (waiting.length >= queue) throw new DomainError("busy", { retryAfterSeconds: 1 });
        // Whoever finishes hands the place over without freeing it, so nobody slips in between.
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else {
        running += 1;
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
