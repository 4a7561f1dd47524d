import { DomainError } from "../model/errors";

/** How long a transaction waits for the one connection before the caller is told to come back. */
const PATIENCE_MS = 5_000;

/**
 * A queue of one: `run` starts when every earlier one has ended, in order of arrival. Throws DomainError `busy` after five
 * seconds of waiting, without ever having started.
 */
export function oneAtATime(patienceMs: number = PATIENCE_MS): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<void> = Promise.resolve();
  return async (run) => {
    const before = last;
    const done: { release: () => void } = { release: () => undefined };
    const mine = new Promise<void>((resolve) => { done.release = resolve; });
    last = before.then(() => mine);
    try {
      await withPatience(before, patienceMs);
      return await run();
    } finally {
      done.release();
    }
  };
}

async function withPatience(turn: Promise<void>, patienceMs: number): Promise<void> {
  const holder: { timer?: NodeJS.Timeout } = {};
  const late = new Promise<never>((_resolve, reject) => {
    holder.timer = setTimeout(() => reject(new DomainError("busy", { retryAfterSeconds: 2 })), patienceMs);
    holder.timer.unref();
  });
  try {
    await Promise.race([turn, late]);
  } finally {
    clearTimeout(holder.timer);
  }
}
