import { mkdir, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { START_EXIT, StartError } from "../model/errors";
import { openEngine } from "./embedded";
import { bytesBelow, copyFiles, requireRoom } from "./files";
import { acquireLock } from "./lock";
import { probe } from "./probe";
import { factsOf } from "./store-facts";
import type { Query, StoreFacts } from "./store-facts";
import { copyBeside, finishSwap, swapIn, swapPending } from "./swap";

export { dumpFacts } from "./dump-facts";
export { inspectServer, MIGRATION_LOCK, serverUse } from "./inspect-server";
export type { ServerUse } from "./inspect-server";
export { bytesBelow, inMegabytes, requireRoom } from "./files";
export { behindBy } from "./migrate";
export type { StoreFacts } from "./store-facts";
export { swapPending } from "./swap";

interface Place { readonly root?: string }

/**
 * Opens a store that nobody else has, looks, and closes it again; what its process left half-written is recovered on the way. Throws
 * StartError when it is held (exit 10) or damaged (exit 11).
 */
export async function inspectStore(directory: string, { root }: Place = {}): Promise<StoreFacts> {
  const dataDir = resolve(directory);
  const lock = await acquireLock(`${dataDir}.lock`, dataDir);
  try {
    if (await swapPending(dataDir)) throw cutOff(dataDir);
    if (await probe(dataDir) === "empty") throw new StartError(`${dataDir} holds no database.`, START_EXIT.storeDamaged);
    const client = await openEngine({ dataDir }).catch((cause: unknown) => {
      throw new StartError(`The database in ${dataDir} cannot be opened.`, START_EXIT.storeDamaged, { cause });
    });
    try {
      return await factsOf(queryOf(client), root, { keys: true });
    } finally {
      await client.close();
    }
  } finally {
    await lock.release();
  }
}

/** Copies a store that no process has open. Throws StartError (exit 10) while one has. */
export async function copyStopped(dataDir: string, target: string): Promise<void> {
  const lock = await acquireLock(`${resolve(dataDir)}.lock`, dataDir);
  try {
    if (await swapPending(resolve(dataDir))) throw cutOff(dataDir);
    if (await probe(resolve(dataDir)) === "empty") throw new StartError(`${dataDir} holds no database.`, START_EXIT.storeDamaged);
    await copyFiles(dataDir, target);
  } finally {
    await lock.release();
  }
}

/**
 * Puts a copy in the place of `dataDir`: copied beside it, opened, and renamed when it is sound. What was there before is kept under
 * the name that is answered, or null when there was nothing. Throws StartError and changes nothing when a server runs on it, when
 * there is no room, or when the copy is not whole.
 */
export async function restoreStore(
  from: string, dataDir: string, options: Place & { readonly mark: string; /** Looks at the copied files before anything opens them; throws where they are not those of the backup. */ readonly copied?: (files: string) => Promise<void>; /** Throws where the copy should not be used. */ readonly accept?: (facts: StoreFacts) => void },
): Promise<{ readonly facts: StoreFacts; readonly kept: string | null; /** What an earlier restore that was cut off came to; null where none was. */ readonly earlier: string | null }> {
  const target = resolve(dataDir);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const lock = await acquireLock(`${target}.lock`, target);
  try {
    const earlier = await finishSwap(target);
    const making = copyBeside(target);
    try {
      await requireRoom(dirname(target), await bytesBelow(from));
      if (await probe(resolve(from)) === "empty") throw new StartError(`${from} holds no database.`, START_EXIT.storeDamaged);
      await copyFiles(from, making);
      await options.copied?.(making);
      const facts = await inspectStore(making, options);
      if (facts.standing.kind === "broken") throw new StartError(`The backup cannot be used: ${facts.standing.why}.`, START_EXIT.schemaHalfMigrated);
      options.accept?.(facts);
      const { kept } = await swapIn(target, options.mark);
      return { facts, kept, earlier: earlier?.words ?? null };
    } finally {
      await rm(making, { recursive: true, force: true });
      await rm(`${making}.lock`, { force: true });
    }
  } finally {
    await lock.release();
  }
}

function cutOff(dataDir: string): StartError {
  return new StartError(`A restore of ${dataDir} was cut off: start the server, or restore again, and it is finished.`, START_EXIT.storeDamaged);
}

function queryOf(client: PGlite): Query {
  return async (sql) => (await client.query<Record<string, unknown>>(sql)).rows;
}
