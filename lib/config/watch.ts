import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";

export interface Watch {
  /** Whatever is written after this is seen: who reads the file first reads it after. */
  readonly ready: Promise<void>;
  close(): void;
}

/** Well below the two seconds in which a change is in force, also where the file system tells nothing (network volumes). */
const LOOK_EVERY_MS = 1_000;
/** A file that is being written is not read: it must look the same twice, this far apart. */
const SETTLE_MS = 120;

/**
 * Calls `changed` once after each time that the file at `path` may have another content: written in place, replaced by a rename, or
 * reached through a link that now leads elsewhere. Its folder is watched, because the file itself is another one then; a look at
 * the file now and then catches what nobody announced. A file that is gone counts as changed. Never throws.
 */
export function watchFile(path: string, changed: () => void, lookEveryMs: number = LOOK_EVERY_MS): Watch {
  let closed = false;
  let known: Promise<string> = lookOf(path);
  let looking: Promise<void> | null = null;

  const look = (): void => {
    looking ??= settled(path, known).then((now) => {
      looking = null;
      if (now === null || closed) return;
      known = Promise.resolve(now);
      changed();
    });
  };
  const announced = watching(dirname(path), look);
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return {
    ready: known.then(() => undefined),
    close() {
      closed = true;
      clearInterval(timer);
      announced?.close();
    },
  };
}

/** The file as it is now that it stands still; null when that is as it was. */
async function settled(path: string, before: Promise<string>): Promise<string | null> {
  let now = await lookOf(path);
  if (now === await before) return null;
  for (let again = await soon(path); again !== now; again = await soon(path)) now = again;
  return now;
}

async function soon(path: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return lookOf(path);
}

/** What tells one content from another without reading it; links are followed. */
async function lookOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return "gone";
  }
}

/** Null where the system has no notifications left to give: the regular look is enough. */
function watching(folder: string, look: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, { persistent: false }, look);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
