import { createHash, randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { START_EXIT, StartError } from "../model/errors";
import { livenessOf, type ProcessIdentity, thisProcess } from "./process-identity";

/*
 * Two PGlite processes on one directory lose each other's rows without an error (measured), so one file beside the
 * directory says who has it. The file appears whole or not at all: it is written under another name and linked.
 */
const HEARTBEAT_MS = 1_000;
/** A holder on another machine or in another container is dead when its heart stood still for so long. */
const FOREIGN_SILENCE_MS = 8_000;
/** How long a racer for a dead holder's lock waits for the winner to show itself; all of it stays under two seconds. */
const TAKEOVER_MS = 1_500;

export interface Lock {
  release(): Promise<void>;
}

/** Takes `path` for this process. Throws StartError (exit 10) naming the holder's pid when a live process has it. */
export async function acquireLock(path: string, guards: string): Promise<Lock> {
  const me = await thisProcess();
  await take(path, guards, me);
  const heart = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), HEARTBEAT_MS);
  heart.unref();
  return {
    async release() {
      clearInterval(heart);
      if (same(await read(path), me)) await rm(path, { force: true });
    },
  };
}

async function take(path: string, guards: string, me: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + TAKEOVER_MS;
  for (;;) {
    if (await createWhole(path, me)) return;
    const holder = await read(path);
    if (holder === null) continue; // let go between the two calls
    if (await isAlive(path, holder)) throw heldBy(holder, guards);
    if (await replaceDead(path, guards, holder, me)) return;
    if (performance.now() > deadline) throw heldBy(holder, guards);
    await sleep(20);
  }
}

/**
 * Of several takers one replaces the dead holder: whoever has the claim, a lock of its own named after that holder, looks
 * again before it writes. A taker that died with the claim is itself a dead holder of it.
 */
async function replaceDead(path: string, guards: string, dead: ProcessIdentity, me: ProcessIdentity): Promise<boolean> {
  const claim = `${path}.${createHash("sha256").update(JSON.stringify(dead)).digest("hex").slice(0, 12)}`;
  try {
    await take(claim, guards, me);
  } catch (error) {
    if (error instanceof StartError) return false;
    throw error;
  }
  try {
    if (!same(await read(path), dead)) return false;
    const written = await writeAside(path, me);
    await rename(written, path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

async function writeAside(path: string, me: ProcessIdentity): Promise<string> {
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, `${JSON.stringify(me)}\n`, { flag: "wx", mode: 0o600 });
  return aside;
}

async function createWhole(path: string, me: ProcessIdentity): Promise<boolean> {
  const aside = await writeAside(path, me);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Null when there is no such file. A file that is not ours to read counts as held by nobody known, and is refused. */
async function read(path: string): Promise<ProcessIdentity | null> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<ProcessIdentity>;
    if (typeof value.pid === "number" && typeof value.startedAt === "string" && typeof value.place === "string") {
      return { pid: value.pid, startedAt: value.startedAt, place: value.place };
    }
  } catch {
    // falls through: not JSON
  }
  throw new StartError(`${path} is not a lock of Rung: look who wrote it, and remove it if no server runs.`, START_EXIT.lockHeld);
}

async function isAlive(path: string, holder: ProcessIdentity): Promise<boolean> {
  const seen = await livenessOf(holder);
  return seen === "elsewhere" ? await hearsHeart(path) : seen === "alive";
}

async function hearsHeart(path: string): Promise<boolean> {
  const before = (await stat(path)).mtimeMs;
  for (let waited = 0; waited < FOREIGN_SILENCE_MS; waited += 250) {
    await sleep(250);
    const now = await stat(path).catch(() => null);
    if (now === null || now.mtimeMs !== before) return true;
  }
  return false;
}

function same(a: ProcessIdentity | null, b: ProcessIdentity): boolean {
  return a !== null && a.pid === b.pid && a.startedAt === b.startedAt && a.place === b.place;
}

function heldBy(holder: ProcessIdentity, guards: string): StartError {
  return new StartError(
    `${guards} is in use by process ${holder.pid}: stop that process first, or give this one another RUNG_DATA_DIR.`, START_EXIT.lockHeld);
}
