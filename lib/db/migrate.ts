import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { START_EXIT, StartError } from "../model/errors";
import type { MigrationsOnDisk } from "./migrations-on-disk";
import { applyWithEngine } from "./schema-engine";

/** The one connection migrations run on: everything it is given happens on the same session, in order. */
export interface MigrationSession {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export type Standing =
  | { readonly kind: "current" }
  /** `missing` migrations are still to be applied. */
  | { readonly kind: "behind"; readonly missing: number }
  | { readonly kind: "broken"; readonly why: string };

/** A row of `_prisma_migrations` that was not rolled back. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** Where the database stands, by names and checksums alone: a start with nothing to do never loads the engine. */
export async function standing(session: Pick<MigrationSession, "query">, disk: MigrationsOnDisk): Promise<Standing> {
  return standingOf(await appliedMigrations(session), disk);
}

/** In the order they were begun; empty where the table is not there yet. */
export async function appliedMigrations(session: Pick<MigrationSession, "query">): Promise<readonly AppliedMigration[]> {
  const [table] = await session.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found");
  if (table?.["found"] !== true) return [];
  const rows = await session.query(
    "SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at");
  return rows.map((row) => ({ name: String(row["migration_name"]), checksum: String(row["checksum"]), finished: row["finished"] === true }));
}

/** The same of a history that was read elsewhere, such as in a backup. */
export function standingOf(applied: readonly AppliedMigration[], disk: MigrationsOnDisk): Standing {
  const known = new Map(disk.migrations.map((migration) => [migration.name, migration.checksum]));
  for (const row of applied) {
    if (!row.finished) return { kind: "broken", why: `migration ${row.name} was begun and never finished` };
    const checksum = known.get(row.name);
    if (checksum === undefined) return { kind: "broken", why: `it holds migration ${row.name}, which this version of Rung does not know` };
    if (checksum !== row.checksum) return { kind: "broken", why: `migration ${row.name} was changed after it had been applied` };
  }
  const missing = disk.migrations.length - applied.length;
  return missing <= 0 ? { kind: "current" } : { kind: "behind", missing };
}

/** For whoever only wants to use the database: a command must not migrate it under servers of an older version. Throws StartError (exit 12). */
export async function requireCurrent(session: Pick<MigrationSession, "query">, disk: MigrationsOnDisk, where: string): Promise<void> {
  const now = await standing(session, disk);
  if (now.kind === "broken") throw halfMigrated(where, now.why);
  if (now.kind === "behind") throw new StartError(`The database ${where} is ${behindBy(now.missing)}; run: rung migrate up`, START_EXIT.schemaHalfMigrated);
}

/** "2 migrations behind this version of Rung" */
export function behindBy(missing: number): string {
  return `${String(missing)} ${missing === 1 ? "migration" : "migrations"} behind this version of Rung`;
}

function halfMigrated(where: string, why: string, cause?: unknown): StartError {
  return new StartError(
    `The schema of ${where} cannot be used: ${why}. Nothing was changed; restore a backup taken by the version you run, or start the version that wrote it.`,
    START_EXIT.schemaHalfMigrated, { cause });
}

/**
 * Brings the database to the newest migration, all of them in one transaction: a process killed here leaves the schema as
 * it was, and the next start repeats the work. A migration may therefore hold nothing that PostgreSQL refuses inside a
 * transaction. Callers see to it that one process at a time gets here. Throws StartError (exit 12) and changes nothing.
 */
export async function migrate(session: MigrationSession, disk: MigrationsOnDisk, where: string): Promise<readonly string[]> {
  const before = await standing(session, disk);
  if (before.kind === "current") return [];
  if (before.kind === "broken") throw halfMigrated(where, before.why);
  await session.query("BEGIN");
  try {
    const applied = await applyWithEngine(session.factory, disk);
    const after = await standing(session, disk);
    if (after.kind !== "current") throw new Error(after.kind === "broken" ? after.why : "the engine left migrations out");
    await session.query("COMMIT");
    return applied;
  } catch (error) {
    await session.query("ROLLBACK").catch(() => undefined);
    throw halfMigrated(where, `a migration failed (${firstLine(error)})`, error);
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n").map((line) => line.trim()).find((line) => line.length > 0) ?? "no reason given";
}
