import { PrismaPg } from "@prisma/adapter-pg";
import { DriverAdapterError, type SqlDriverAdapter, type SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { appliedMigrations, migrate, requireCurrent } from "./migrate";
import type { MigrationsOnDisk } from "./migrations-on-disk";

/** "RUNG" in ASCII: the advisory lock that nodes of one installation take while one of them migrates. */
export const MIGRATION_LOCK = 0x52554e47;

/** adapter-pg splits a script at every semicolon; PostgreSQL takes it whole. */
function wholeScripts(pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(pool);
  async function connect(): Promise<SqlDriverAdapter> {
    const adapter = await factory.connect();
    return {
      provider: adapter.provider,
      adapterName: adapter.adapterName,
      queryRaw: adapter.queryRaw.bind(adapter),
      executeRaw: adapter.executeRaw.bind(adapter),
      startTransaction: adapter.startTransaction.bind(adapter),
      getConnectionInfo: adapter.getConnectionInfo.bind(adapter),
      dispose: async () => undefined,
      async executeScript(script: string) {
        await pool.query(script).catch((error: unknown) => {
          throw asDriverError(error);
        });
      },
    };
  }
  return { provider: "postgres", adapterName: "rung-pg", connect, connectToShadowDb: () => factory.connectToShadowDb() };
}

function asDriverError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  return new DriverAdapterError({
    kind: "postgres", code: error.code ?? "XX000", severity: error.severity ?? "ERROR", message: error.message,
    detail: error.detail, column: error.column, hint: error.hint,
  });
}

/**
 * Migrates a server database. Of several nodes that start at once one does the work, the others wait for its lock and then
 * find nothing to do. One connection throughout, so the lock, the transaction and the script are on the same session.
 */
export async function migrateServer(url: string, disk: MigrationsOnDisk, where: string): Promise<readonly string[]> {
  const pool = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: 10_000, application_name: "rung-migrate" });
  pool.on("error", () => undefined);
  const query = async (sql: string) => (await pool.query<Record<string, unknown>>(sql)).rows;
  try {
    await query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    return await migrate({ factory: wholeScripts(pool), query }, disk, where);
  } finally {
    await pool.end(); // ends the session, and with it the lock
  }
}

/**
 * Throws StartError (exit 12) unless a server database is at this very version; changes nothing, and waits for nobody who migrates.
 * With `orNew` one that has no table at all is brought to this version. Answers what was applied.
 */
export async function requireServerCurrent(url: string, disk: MigrationsOnDisk, { where, orNew }: { readonly where: string; readonly orNew: boolean }): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, application_name: "rung-inspect" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const query = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;
    if (!orNew || (await appliedMigrations({ query })).length > 0) {
      await requireCurrent({ query }, disk, where);
      return [];
    }
  } finally {
    await client.end().catch(() => undefined);
  }
  return migrateServer(url, disk, where);
}
