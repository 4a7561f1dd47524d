import { PGlite } from "@electric-sql/pglite";
import type { MigrationSession } from "./migrate";
import { pgliteAdapter } from "./pglite-adapter";

/** Opens the embedded engine: a directory on disk, or memory, optionally restored from a dump. Resolves when it answers. */
export async function openEngine(at: { readonly dataDir?: string; readonly template?: Blob }): Promise<PGlite> {
  const client = await PGlite.create({
    ...(at.dataDir === undefined ? {} : { dataDir: at.dataDir }),
    ...(at.template === undefined ? {} : { loadDataDir: at.template }),
  });
  // Both adapters write and read instants without a zone and mean UTC.
  // No autovacuum runs in here, so plans must not be led by stale statistics: every query of ours has its index.
  await client.exec("SET TIME ZONE 'UTC'; SET enable_seqscan = off");
  return client;
}

export function embeddedSession(client: PGlite): MigrationSession {
  return {
    factory: pgliteAdapter(client),
    query: async (sql) => (await client.query<Readonly<Record<string, unknown>>>(sql)).rows,
  };
}
