import type { PGlite } from "@electric-sql/pglite";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Driver, Statement } from "./connection";
import { PrismaClient } from "./generated/client";
import { pgliteAdapter } from "./pglite-adapter";
import { preparedReads } from "./prepared";
import { oneAtATime } from "./turns";

const QUIET = { errorFormat: "minimal", log: [] } satisfies { errorFormat: "minimal"; log: [] };

/** One PrismaClient over the embedded database: one connection, one statement or transaction at a time. */
export function embeddedDriver(client: PGlite, mayWrite: () => Promise<void>): Driver {
  const prisma = new PrismaClient({ adapter: pgliteAdapter(client), ...QUIET });
  const prepared = preparedReads(client);
  return {
    kind: "embedded",
    prisma,
    mayWrite,
    inTurn: oneAtATime(),
    async query(statement, params, lane) {
      return lane === "hot" ? await prepared(statement, params) : (await client.query(statement.text, [...params])).rows;
    },
    async close() {
      await prisma.$disconnect();
      await client.close();
    },
  };
}

export interface ServerSizes {
  /** Connections for everything but the hot reads. */
  readonly connections: number;
  /** Connections kept for whoami and the guard, so that slow work elsewhere does not make them wait. */
  readonly hotConnections: number;
}
const SIZES: ServerSizes = { connections: 10, hotConnections: 4 };
/** Waiting longer than this, for a connection or a statement, is answered with 503 (security.md R8). */
const PATIENCE_MS = 5_000;

function poolOf(url: string, max: number, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url, max, connectionTimeoutMillis: PATIENCE_MS, idleTimeoutMillis: 30_000, keepAlive: true,
    application_name: "rung", allowExitOnIdle: true,
    // Awaited before the connection is handed out. Both adapters write and read instants without a zone and mean UTC.
    onConnect: async (client) => {
      await client.query(`SET TIME ZONE 'UTC'; SET statement_timeout = ${PATIENCE_MS}; SET idle_in_transaction_session_timeout = 15000`);
    },
  });
  pool.on("error", onError);
  return pool;
}

/** One PrismaClient over a pool, and a small second pool for the hot reads. Heals by itself when the server comes back. */
export function serverDriver(url: string, onError: (error: Error) => void, sizes: ServerSizes = SIZES): Driver {
  const main = poolOf(url, sizes.connections, onError);
  const hot = poolOf(url, sizes.hotConnections, onError);
  const prisma = new PrismaClient({ adapter: new PrismaPg(main), ...QUIET });
  return {
    kind: "server",
    prisma,
    mayWrite: async () => undefined,
    inTurn: (run) => run(),
    async query(statement: Statement, params, lane) {
      const pool = lane === "hot" ? hot : main;
      return (await pool.query({ name: statement.name, text: statement.text, values: [...params] })).rows;
    },
    async close() {
      await prisma.$disconnect();
      await Promise.all([main.end(), hot.end()]);
    },
  };
}
