import type { OutboxMessage } from "../db/handles";

/** A claimed message that is ready to leave. */
export interface Ready {
  readonly message: OutboxMessage;
  /** What it needs: messages of one key share a few hands, so that a slow receiver holds up its own mail only. */
  readonly key: string;
  /** A process ended with it: it comes into the hands by itself, so that it ends nobody else's try with its own. */
  readonly alone: boolean;
  /** Never throws. */
  handOver(): Promise<void>;
}

export interface HandsOptions {
  /** How many messages are on their way at once. */
  readonly size: number;
  /** How many of them under one key. */
  readonly each: number;
  /** Claims at most `limit` due messages, none of the places in `busy` (`placeOf`). */
  claim(limit: number, busy: readonly string[]): Promise<readonly Ready[]>;
  /** Gives a claimed message back as it was, its try uncounted: it was not begun. */
  putBack(message: OutboxMessage): Promise<void>;
}

export interface Hands {
  /** Hands over what is due and waits for it. While it runs, another call makes it look again at once. Throws what `claim` throws. */
  run(): Promise<void>;
  /** Claims nothing more and waits for what is on its way. */
  drain(): Promise<void>;
}

/** Where a message comes from, as the claim knows it: its project and its channel. */
export function placeOf({ projectId, channel }: Pick<OutboxMessage, "projectId" | "channel">): string {
  return `${projectId} ${channel}`;
}

export function createHands({ size, each, claim, putBack }: HandsOptions): Hands {
  const inHand = new Map<Promise<void>, string>();
  /** The key a place needed last: it is left out of claims while that key has no hand free. */
  const keyOfPlace = new Map<string, string>();
  let stopping = false;
  let running: Promise<void> | null = null;
  let rung = false;
  let wake: () => void = () => undefined;

  const held = (key: string): number => [...inHand.values()].filter((one) => one === key).length;

  const take = async (): Promise<number> => {
    const counts = [...new Set(inHand.values())].map(held);
    // No key that is known to have room can be given more than its room.
    const limit = Math.min(size - inHand.size, ...counts.filter((count) => count < each).map((count) => each - count));
    if (limit <= 0) return 0;
    const busy = [...keyOfPlace].filter(([, key]) => held(key) >= each).map(([place]) => place);
    const claimed = await claim(limit, busy);
    const lonely = claimed.find(({ alone }) => alone);
    if (lonely !== undefined) {
      await byItself(lonely, claimed);
      return claimed.length;
    }
    for (const { message, key, handOver } of claimed) {
      keyOfPlace.set(placeOf(message), key);
      if (held(key) >= each) {
        await putBack(message);
        continue;
      }
      const handing: Promise<void> = handOver().finally(() => inHand.delete(handing));
      inHand.set(handing, key);
    }
    return claimed.length;
  };

  /** Nothing else is on its way while this one is: what was before is waited for, and nothing is claimed until it left. */
  const byItself = async (lonely: Ready, claimed: readonly Ready[]): Promise<void> => {
    // What is given back comes again with the next claim, also of another process while this one falls.
    for (const one of claimed) if (one !== lonely) await putBack(one.message);
    await Promise.allSettled([...inHand.keys()]);
    if (stopping) return putBack(lonely.message);
    keyOfPlace.set(placeOf(lonely.message), lonely.key);
    const handing: Promise<void> = lonely.handOver().finally(() => inHand.delete(handing));
    inHand.set(handing, lonely.key);
    await handing;
  };

  const round = async (): Promise<void> => {
    while (!stopping) {
      rung = false;
      if (await take() > 0 || rung) continue;
      if (inHand.size === 0) return;
      // What arrives meanwhile is not held up by what is on its way.
      await Promise.race([...inHand.keys(), new Promise<void>((resolve) => { wake = resolve; })]);
    }
  };

  return {
    run() {
      rung = true;
      wake();
      running ??= round().finally(() => {
        running = null;
      });
      return running;
    },
    async drain() {
      stopping = true;
      wake();
      // What was being claimed just now is finished as well; that it could not be read is said where it runs.
      await running?.catch(() => undefined);
      await Promise.allSettled([...inHand.keys()]);
    },
  };
}
