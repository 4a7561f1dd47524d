import type { Connection, Statement } from "./connection";
import type { Database } from "./handles";
import { platformDb } from "./platform-db";
import { projectHandle } from "./project-db";

const PING: Statement = { name: "rung_ping", text: "SELECT 1 AS one" };
const BENCH: Statement = { name: "rung_bench_read", text: "SELECT to_json(current_revision) AS found FROM project WHERE slug = $1" };

/** The house's view of an open connection. `afterClose` runs when the driver has let go; closing twice is closing once. */
export function databaseOver(
  connection: Connection, afterClose: () => Promise<void> = async () => undefined, copyTo: Database["copyTo"] = null,
): Database {
  let closing: Promise<void> | null = null;
  return {
    kind: connection.kind,
    copyTo,
    platform: platformDb(connection),
    forProject: (projectId) => projectHandle(connection, projectId),
    ping: () => connection.reads.around(async () => void (await connection.reads.rows(PING, []))),
    benchRead: async () => void (await connection.hot(BENCH, ["default"])),
    close() {
      closing ??= connection.close().finally(afterClose);
      return closing;
    },
  };
}
