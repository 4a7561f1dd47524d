import { constants } from "node:fs";
import { cp, mkdir, readdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { START_EXIT, StartError } from "../model/errors";
import { reserveOf } from "./free-space";

/** Copies a directory to a place that does not exist yet; shares blocks where the file system can. Throws when the place exists. */
export async function copyFiles(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await mkdir(to, { mode: 0o700 });
  await cp(from, to, { recursive: true, errorOnExist: true, force: false, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE });
}

/** Bytes of every file below. What disappears while it is looked at counts nothing. */
export async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(entries.map(async (entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? bytesBelow(path) : (await stat(path).catch(() => ({ size: 0 }))).size;
  }));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Throws StartError (exit 13) unless `bytes` more fit on the volume of an existing folder with its reserve left. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const volume = await statfs(folder);
  const free = volume.bavail * volume.bsize - reserveOf(volume.blocks * volume.bsize);
  if (free >= bytes) return;
  throw new StartError(`There is not enough room in ${folder}: ${inMegabytes(bytes)} MB are needed, ${inMegabytes(Math.max(0, free))} MB are free.`, START_EXIT.diskFull);
}

export function inMegabytes(bytes: number): string {
  return String(Math.ceil(bytes / 1024 / 1024));
}
