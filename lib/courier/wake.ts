/** The two module graphs of one process (the server's and the framework's) share one bell. */
const BELL = Symbol.for("rung.courier.bell");
interface Holder { [BELL]?: (() => void) | undefined }

/** Tells the worker of this process that a message waits. Without one it does nothing: another process polls. */
export function wakeCourier(): void {
  (globalThis as Holder)[BELL]?.();
}

/** Hangs the bell up; the answer takes it down again, unless somebody else hung theirs meanwhile. */
export function onWake(ring: () => void): () => void {
  const holder = globalThis as Holder;
  holder[BELL] = ring;
  return () => {
    if (holder[BELL] === ring) holder[BELL] = undefined;
  };
}
