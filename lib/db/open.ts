import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { isStartError, START_EXIT, StartError } from "../model/errors";
import { embeddedDriver, serverDriver } from "./client";
import { connectionOver } from "./connection";
import { databaseOver } from "./database";
import { embeddedSession, openEngine } from "./embedded";
import { copyFiles } from "./files";
import { requireSpaceToStart, spaceGuard } from "./free-space";
import type { Database } from "./handles";
import { acquireLock } from "./lock";
import { migrate, requireCurrent } from "./migrate";
import { type MigrationsOnDisk, migrationsDirectory, readMigrations } from "./migrations-on-disk";
import { probe } from "./probe";
import { migrateServer, requireServerCurrent } from "./server-migration";
import { finishSwap } from "./swap";

/** What a logger of this room must be able to do; a pino logger is one. */
export interface DatabaseLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/**
 * `migrate`: bring it to this version. `asIs`: refuse one of another version and make none, because a command must not migrate under
 * running servers. `asIsOrNew`: the same, but make one where there is none at all.
 */
export type SchemaChoice = "migrate" | "asIs" | "asIsOrNew";

export type OpenOptions = { readonly log: DatabaseLog; readonly root?: string; /** Default: `migrate`. */ readonly schema?: SchemaChoice } & (
  | { readonly kind: "embedded"; readonly dataDir: string }
  | { readonly kind: "server"; readonly url: string }
  | { readonly kind: "memory" });

/**
 * Opens the database: lock, probe, free space, migrate, ready. Throws StartError with one line and an exit code of
 * START_EXIT, and then has changed nothing. `root` is the folder that holds prisma/migrations; default: the working directory.
 */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  // The build runs route modules; a second process on the directory of a running server would lose its rows.
  if (process.env["NEXT_PHASE"] === "phase-production-build") throw new StartError("The database is never opened while Next builds.");
  const disk = await readMigrations(migrationsDirectory(options.root));
  const schema = options.schema ?? "migrate";
  switch (options.kind) {
    case "embedded":
      return await openEmbedded(resolve(options.dataDir), disk, options.log, schema);
    case "server":
      return await openServer(options.url, disk, options.log, schema);
    case "memory":
      return await openInMemory(disk);
  }
}

async function openEmbedded(dataDir: string, disk: MigrationsOnDisk, log: DatabaseLog, schema: SchemaChoice): Promise<Database> {
  await mkdir(dirname(dataDir), { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new StartError(`${dirname(dataDir)} cannot be created: make it writable for this user or set RUNG_DATA_DIR.`, undefined, { cause });
  });
  const lock = await acquireLock(`${dataDir}.lock`, dataDir).catch((error: unknown) => {
    throw isStartError(error) ? error : new StartError(
      `${dataDir}.lock cannot be written: make ${dirname(dataDir)} writable for this user or set RUNG_DATA_DIR.`, undefined, { cause: error });
  });
  try {
    const swapped = await finishSwap(dataDir);
    if (swapped !== null) log.warn({ data: dataDir, kept: swapped.kept }, swapped.words);
    const found = await probe(dataDir);
    await requireSpaceToStart(dataDir);
    if (found === "empty") {
      if (schema === "asIs") throw new StartError(`${dataDir} holds no database. Start the server once, and it makes one.`, START_EXIT.storeDamaged);
      await createStore(dataDir, disk);
    }
    const client = await openStore(dataDir);
    const applied = await closingOnError(client, async () => {
      if (schema === "migrate") return migrate(embeddedSession(client), disk, dataDir);
      await requireCurrent(embeddedSession(client), disk, `in ${dataDir}`);
      return [];
    });
    if (applied.length > 0) log.info({ applied }, "database migrated");
    const driver = embeddedDriver(client, spaceGuard(dataDir));
    // Between transactions and between statements: the engine has no process of its own that writes meanwhile.
    const copyTo = (directory: string): Promise<void> => driver.inTurn(async () => {
      await client.exec("CHECKPOINT");
      await client.runExclusive(() => copyFiles(dataDir, directory));
    });
    return databaseOver(connectionOver(driver), () => lock.release(), copyTo);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openStore(dataDir: string): Promise<PGlite> {
  return await openEngine({ dataDir }).catch((cause: unknown) => {
    throw new StartError(
      `The database in ${dataDir} cannot be opened: the engine could not recover it. Restore the directory from a backup, or move it away to start empty.`,
      START_EXIT.storeDamaged, { cause });
  });
}

async function closingOnError<T>(client: PGlite, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * The first start: the store is made and migrated under another name and renamed when it is whole, so a process killed in
 * the middle leaves no half-made directory for the probe to refuse. Only the holder of the lock gets here.
 */
async function createStore(dataDir: string, disk: MigrationsOnDisk): Promise<void> {
  const making = `${dataDir}.creating`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  const client = await openEngine({ dataDir: making });
  await closingOnError(client, () => migrate(embeddedSession(client), disk, dataDir));
  await client.close();
  try {
    await rename(making, dataDir);
  } catch (cause) {
    await rm(making, { recursive: true, force: true });
    throw new StartError(
      `${dataDir} cannot be put in place: set RUNG_DATA_DIR to a folder inside the volume, not to its mount point.`, undefined, { cause });
  }
}

async function openInMemory(disk: MigrationsOnDisk): Promise<Database> {
  const client = await openEngine({});
  await migrate(embeddedSession(client), disk, "the database in memory");
  return databaseOver(connectionOver(embeddedDriver(client, async () => undefined)));
}

async function openServer(url: string, disk: MigrationsOnDisk, log: DatabaseLog, schema: SchemaChoice): Promise<Database> {
  const where = placeOf(url);
  const ready = schema === "migrate" ? migrateServer(url, disk, where) : requireServerCurrent(url, disk, { where: `at ${where}`, orNew: schema === "asIsOrNew" });
  const applied = await ready.catch((error: unknown) => {
    if (isStartError(error)) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] ?? "" : String(error);
    throw new StartError(`The database at ${where} cannot be used (${reason || "no answer"}): check DATABASE_URL and that the server runs.`,
      START_EXIT.databaseUnreachable, { cause: error });
  });
  if (applied.length > 0) log.info({ applied }, "database migrated");
  const driver = serverDriver(url, (error) => log.warn({ reason: error.message }, "a database connection was lost"));
  return databaseOver(connectionOver(driver));
}

/** The address without the credentials. */
function placeOf(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return `${host}${pathname}`;
  } catch {
    throw new StartError("DATABASE_URL is not a URL: write it as postgresql://user:password@host:5432/name.");
  }
}
