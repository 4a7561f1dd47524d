import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { DomainError, START_EXIT, StartError } from "../model/errors";

/*
 * A full disk freezes the embedded database, and with it the event loop (measured): writes stop while there is still
 * room, reads go on, and when space is freed everything works again by itself.
 */
const RESERVE_BYTES = 64 * 1024 * 1024; // security.md R24
const RESERVE_SHARE = 0.05;
const FRESH_MS = 1_000;
const RETRY_AFTER_SECONDS = 30;

/** Bytes that must stay free on a volume of `totalBytes`: 64 MiB or 5 %, whichever is smaller. */
export function reserveOf(totalBytes: number): number {
  return Math.min(RESERVE_BYTES, totalBytes * RESERVE_SHARE);
}

interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export type Measure = (path: string) => Promise<Space>;

async function measure(path: string): Promise<Space> {
  const volume = await statfs(path);
  return { freeBytes: volume.bavail * volume.bsize, totalBytes: volume.blocks * volume.bsize };
}

/** Refuses to start (exit 13) where the volume of `directory`, which need not exist yet, is inside its reserve. */
export async function requireSpaceToStart(directory: string, look: Measure = measure): Promise<void> {
  const space = await look(dirname(directory));
  if (space.freeBytes >= reserveOf(space.totalBytes)) return;
  const needed = Math.ceil(reserveOf(space.totalBytes) / 1024 / 1024);
  throw new StartError(`The disk that holds ${directory} is nearly full: free at least ${needed} MB and start again.`, START_EXIT.diskFull);
}

/**
 * Answers a check to be awaited before each write. It throws DomainError `unavailable` inside the reserve, and looks at
 * the volume at most once a second.
 */
export function spaceGuard(directory: string, look: Measure = measure): () => Promise<void> {
  let roomy: Promise<boolean> | null = null;
  let takenAt = -Infinity;
  return async () => {
    const now = performance.now();
    if (roomy === null || now - takenAt > FRESH_MS) {
      takenAt = now;
      roomy = look(directory).then((space) => space.freeBytes >= reserveOf(space.totalBytes), () => false);
    }
    if (!await roomy) throw new DomainError("unavailable", { retryAfterSeconds: RETRY_AFTER_SECONDS, reason: "disk_full" });
  };
}
