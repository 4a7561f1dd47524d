import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { START_EXIT, StartError } from "../model/errors";

/*
 * A restore puts a whole copy in the place of the data by two renames. Beside the data a note says that this is under way, so whoever
 * takes the lock next finishes it: a process may die anywhere, and the data folder is the old one or the new one, whole.
 *
 *   data.restoring        the copy; without the note nobody knows whether it is whole, and it is thrown away
 *   data.restore.json     the note, written only when the copy is whole
 *   data.before-DATE      what was there
 */

export const copyBeside = (dataDir: string): string => `${dataDir}.restoring`;
const noteBeside = (dataDir: string): string => `${dataDir}.restore.json`;

/** A restore was cut off, and whoever opens the data next finishes it. */
export async function swapPending(dataDir: string): Promise<boolean> {
  return there(noteBeside(dataDir));
}

export interface Swapped {
  /** Where the data that were replaced are now; null where there were none. */
  readonly kept: string | null;
  /** What happened, for a log or a terminal. */
  readonly words: string;
}

/** The swap, step by step; each may be the last thing that a process does. The copy is whole, and the caller has the lock. */
export function swapSteps(dataDir: string, mark: string): readonly (() => Promise<void>)[] {
  const kept = `${dataDir}.before-${mark}`;
  return [
    async () => {
      // Where that cannot be told, no note is left of a swap that never began.
      await holdsFiles(dataDir);
      await writeNote(dataDir, basename(kept));
    },
    () => setAside(dataDir, kept),
    () => rename(copyBeside(dataDir), dataDir),
    () => rm(noteBeside(dataDir), { force: true }),
  ];
}

/** All of it. A step that is refused leaves the old data in place, and no note; throws its reason. */
export async function swapIn(dataDir: string, mark: string): Promise<Swapped> {
  const kept = `${dataDir}.before-${mark}`;
  try {
    for (const step of swapSteps(dataDir, mark)) await step();
  } catch (error) {
    await takeBack(dataDir, kept);
    throw error;
  }
  return { kept: await there(kept) ? kept : null, words: "" };
}

/**
 * Goes on where a restore was cut off; only for the holder of the lock. Null where none was under way: a copy without a note was cut
 * off before it was whole, and goes. Throws StartError (exit 11) when neither the data nor the copy is there any more.
 */
export async function finishSwap(dataDir: string): Promise<Swapped | null> {
  const copy = copyBeside(dataDir);
  const name = await keptIn(noteBeside(dataDir));
  if (name === null) {
    await rm(copy, { recursive: true, force: true });
    await rm(`${copy}.lock`, { force: true });
    return null;
  }
  const kept = join(dirname(dataDir), name);
  if (await there(copy)) {
    try {
      await setAside(dataDir, kept);
      await rename(copy, dataDir);
    } catch {
      // Such as a data folder that is a mount point: it was so before the restore was cut off, too.
      await takeBack(dataDir, kept);
      return { kept: null, words: "A restore had been cut off and could not be finished: the data are those from before it" };
    }
  } else if (!await holdsFiles(dataDir)) {
    if (!await there(kept)) throw new StartError(`A restore of ${dataDir} was cut off, and ${copy} is gone: remove ${noteBeside(dataDir)} and restore the backup again.`, START_EXIT.storeDamaged);
    await takeBack(dataDir, kept);
    return { kept: null, words: "A restore had been cut off and its copy is gone: the data are those from before it" };
  }
  await rm(noteBeside(dataDir), { force: true });
  const words = "A restore had been cut off and is finished now: the data are those of the backup";
  // Nothing was kept: there was nothing, or somebody took the copy away before it was in place.
  return await there(kept) ? { kept, words } : { kept: null, words: `${words}, unless ${copy} was removed by hand` };
}

/** Moves the old data away; an empty folder goes. Nothing to do where that was done before. */
async function setAside(dataDir: string, kept: string): Promise<void> {
  if (await holdsFiles(dataDir)) await rename(dataDir, kept);
  else await rm(dataDir, { recursive: true, force: true });
}

/** The old data, wherever they are, and nothing of the restore. */
async function takeBack(dataDir: string, kept: string): Promise<void> {
  if (!await holdsFiles(dataDir) && await there(kept)) {
    await rm(dataDir, { recursive: true, force: true });
    await rename(kept, dataDir);
  }
  await rm(noteBeside(dataDir), { force: true });
  await rm(copyBeside(dataDir), { recursive: true, force: true });
}

async function writeNote(dataDir: string, kept: string): Promise<void> {
  const draft = `${noteBeside(dataDir)}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ kept })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, noteBeside(dataDir));
}

/** The folder name in a note; null when there is no note. Throws StartError for one that is none of ours. */
async function keptIn(note: string): Promise<string | null> {
  const text = await readFile(note, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const kept = /^\{"kept":"([^"/\\]+)"\}\n$/.exec(text)?.[1];
  if (kept === undefined) throw new StartError(`${note} is not a note of a restore: look who wrote it, and remove it.`, START_EXIT.storeDamaged);
  return kept;
}

async function there(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}

/** Throws when that cannot be told: a folder that cannot be read is none to throw away. */
async function holdsFiles(directory: string): Promise<boolean> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries.length > 0;
}
