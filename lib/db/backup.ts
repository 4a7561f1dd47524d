import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import { START_EXIT, StartError } from "../model/errors";
import { openEngine } from "./embedded";
import { bytesBelow, copyFiles, requireRoom } from "./files";
import { acquireLock } from "./lock";
import { standing } from "./migrate";
import type { Standing } from "./migrate";
import { migrationsDirectory, readMigrations } from "./migrations-on-disk";
import { probe } from "./probe";

export { bytesBelow, inMegabytes, requireRoom } from "./files";

/** What a store says of itself when it is opened. */
export interface StoreFacts {
  readonly standing: Standing;
  /** Migrations of this version, oldest first, and which of them the store has. */
  readonly migrations: readonly { readonly name: string; readonly applied: boolean }[];
  readonly projects: number;
  readonly people: number;
  /** Ids of the keys that sealed something in it. */
  readonly keyIds: readonly string[];
}

type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
interface Place { readonly root?: string }

/**
 * Opens a store that nobody else has, looks, and closes it again; what its process left half-written is recovered on the way. Throws
 * StartError when it is held (exit 10) or damaged (exit 11).
 */
export async function inspectStore(directory: string, { root }: Place = {}): Promise<StoreFacts> {
  const dataDir = resolve(directory);
  const lock = await acquireLock(`${dataDir}.lock`, dataDir);
  try {
    if (await probe(dataDir) === "empty") throw new StartError(`${dataDir} holds no database.`, START_EXIT.storeDamaged);
    const client = await openEngine({ dataDir }).catch((cause: unknown) => {
      throw new StartError(`The database in ${dataDir} cannot be opened.`, START_EXIT.storeDamaged, { cause });
    });
    try {
      return await factsOf(queryOf(client), root);
    } finally {
      await client.close();
    }
  } finally {
    await lock.release();
  }
}

/** The same of a database server. Throws StartError (exit 14) when it does not answer. */
export async function inspectServer(url: string, { root }: Place = {}): Promise<StoreFacts> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, statement_timeout: 30_000, application_name: "rung-inspect" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await factsOf(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows, root);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] ?? "" : "no answer";
    throw new StartError(`The database server cannot be used (${reason === "" ? "no answer" : reason}): check DATABASE_URL.`, START_EXIT.databaseUnreachable, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Copies a store that no process has open. Throws StartError (exit 10) while one has. */
export async function copyStopped(dataDir: string, target: string): Promise<void> {
  const lock = await acquireLock(`${resolve(dataDir)}.lock`, dataDir);
  try {
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
  from: string, dataDir: string, options: Place & { readonly mark: string; /** Throws where the copy should not be used. */ readonly accept?: (facts: StoreFacts) => void },
): Promise<{ readonly facts: StoreFacts; readonly kept: string | null }> {
  const target = resolve(dataDir);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const lock = await acquireLock(`${target}.lock`, target);
  const making = `${target}.restoring`;
  try {
    await requireRoom(dirname(target), await bytesBelow(from));
    await rm(making, { recursive: true, force: true });
    if (await probe(resolve(from)) === "empty") throw new StartError(`${from} holds no database.`, START_EXIT.storeDamaged);
    await copyFiles(from, making);
    const facts = await inspectStore(making, options);
    if (facts.standing.kind === "broken") throw new StartError(`The backup cannot be used: ${facts.standing.why}.`, START_EXIT.schemaHalfMigrated);
    options.accept?.(facts);
    const kept = (await readdir(target).catch(() => [])).length > 0 ? `${target}.before-${options.mark}` : null;
    if (kept === null) await rm(target, { recursive: true, force: true });
    else await rename(target, kept);
    await rename(making, target);
    return { facts, kept };
  } finally {
    await rm(making, { recursive: true, force: true });
    await rm(`${making}.lock`, { force: true });
    await lock.release();
  }
}

function queryOf(client: PGlite): Query {
  return async (sql) => (await client.query<Record<string, unknown>>(sql)).rows;
}

/** Where sealed values stand in clear sight of SQL; the key's id is their second part. */
const SEALED = [
  "SELECT config::text AS text FROM credential WHERE config::text LIKE '%v1.%'", "SELECT config::text FROM revision WHERE config::text LIKE '%v1.%'",
  "SELECT sealed FROM lookup_code WHERE sealed IS NOT NULL", "SELECT sealed FROM outbox_message", "SELECT sealed FROM signing_key", "SELECT sealed FROM job_part",
].map((select) => `(${select} LIMIT 20000)`).join(" UNION ALL ");

async function factsOf(query: Query, root: string | undefined): Promise<StoreFacts> {
  const disk = await readMigrations(migrationsDirectory(root));
  const where = await standing({ query }, disk);
  const [table] = await query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found");
  const rows = table?.["found"] === true ? await query("SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL") : [];
  const applied = new Set(rows.map((row) => String(row["name"])));
  const migrations = disk.migrations.map(({ name }) => ({ name, applied: applied.has(name) }));
  if (where.kind !== "current") return { standing: where, migrations, projects: 0, people: 0, keyIds: [] };
  const [counted] = await query("SELECT (SELECT count(*)::int FROM project) AS projects, (SELECT count(*)::int FROM identity) AS people");
  const keys = await query(`SELECT DISTINCT found[1] AS id FROM (${SEALED}) s, regexp_matches(s.text, 'v1\\.([a-z0-9-]{1,32})\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]', 'g') AS found ORDER BY 1`);
  return { standing: where, migrations, projects: Number(counted?.["projects"]), people: Number(counted?.["people"]), keyIds: keys.map((row) => String(row["id"])) };
}
