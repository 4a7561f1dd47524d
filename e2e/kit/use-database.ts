import { randomBytes } from "node:crypto";

interface Postgres {
  findPostgres(): string | null;
  startPostgres(bin: string): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

export interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database on the server of RUNG_TEST_DATABASE_URL, or on a throw-away server where that is not set. Throws where there is no PostgreSQL. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const { Client } = (await import("pg")).default;
  const named = process.env["RUNG_TEST_DATABASE_URL"];
  const own = named === undefined ? await throwAway() : null;
  const server = new URL(named ?? own?.url ?? "");
  const name = `rung_pair_${randomBytes(6).toString("hex")}`;
  const client = new Client({ connectionString: server.href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async drop() {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await client.end();
      await own?.stop();
    },
  };
}

async function throwAway(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { findPostgres, startPostgres } = await import(new URL("../../cli/dev/postgres.mjs", import.meta.url).href) as Postgres;
  const bin = findPostgres();
  if (bin === null) throw new Error("this test needs PostgreSQL: install it, or set RUNG_TEST_DATABASE_URL");
  return startPostgres(bin);
}
