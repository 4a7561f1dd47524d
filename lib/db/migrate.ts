import type { SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import { START_EXIT, StartError } from "../model/errors";
import type { MigrationsOnDisk } from "./migrations-on-disk";
import { applyWithEngine } from "./schema-engine";

/** The one connection migrations run on: everything it is given happens on the same session, in order. */
export interface MigrationSession {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export type Standing = { readonly kind: "current" } | { readonly kind: "behind" } | { readonly kind: "broken"; readonly why: string };

/** Where the database stands, by names and checksums alone: a start with nothing to do never loads the engine. */
export async function standing(session: Pick<MigrationSession, "query">, disk: MigrationsOnDisk): Promise<Standing> {
  const [table] = await session.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found");
  if (table?.["found"] !== true) return { kind: "behind" };
  const rows = await session.query(
    "SELECT migration_name, checksum, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at");
  const known = new Map(disk.migrations.map((migration) => [migration.name, migration.checksum]));
  for (const row of rows) {
    const name = String(row["migration_name"]);
    if (row["finished"] !== true) return { kind: "broken", why: `migration ${name} was begun and never finished` };
    const checksum = known.get(name);
    if (checksum === undefined) return { kind: "broken", why: `it holds migration ${name}, which this version of Rung does not know` };
    if (checksum !== row["checksum"]) return { kind: "broken", why: `migration ${name} was changed after it had been applied` };
  }
  return { kind: rows.length === disk.migrations.length ? "current" : "behind" };
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
