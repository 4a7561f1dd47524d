import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { isStartError, START_EXIT, StartError } from "../model/errors";
import { factsOf } from "./store-facts";
import type { Query, StoreFacts } from "./store-facts";

export { MIGRATION_LOCK } from "./server-migration";

/** Looks at a database server; which keys sealed what is not asked of it. Throws StartError (exit 14) when it does not answer. */
export async function inspectServer(url: string, { root }: { readonly root?: string } = {}): Promise<StoreFacts> {
  return asking(url, (query) => factsOf(query, root, { keys: false }));
}

/** What stands in the way of putting other data into a database. */
export interface ServerUse {
  /** Tables, views and sequences, of whomever. */
  readonly relations: number;
  /** Connections of servers of Rung. */
  readonly servers: number;
}

/** A server that has just stopped is still seen for a moment. */
const LEAVING_MS = 3_000;

/** Throws StartError (exit 14) when the database does not answer. */
export async function serverUse(url: string): Promise<ServerUse> {
  const deadline = performance.now() + LEAVING_MS;
  for (;;) {
    const use = await inUse(url);
    if (use.servers === 0 || performance.now() > deadline) return use;
    await sleep(200);
  }
}

async function inUse(url: string): Promise<ServerUse> {
  return asking(url, async (query) => {
    const [row] = await query(`SELECT
      (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')) AS relations,
      (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('rung', 'rung-migrate')) AS servers`);
    return { relations: Number(row?.["relations"]), servers: Number(row?.["servers"]) };
  });
}

async function asking<T>(url: string, ask: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, statement_timeout: 30_000, application_name: "rung-inspect" });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await ask(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
  } catch (cause) {
    if (isStartError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message.split("\n")[0] ?? "" : "no answer";
    throw new StartError(`The database server cannot be used (${reason === "" ? "no answer" : reason}): check DATABASE_URL.`, START_EXIT.databaseUnreachable, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}
