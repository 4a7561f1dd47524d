import type { Connection, Queries, Statement } from "./connection";
import type { PlatformDb } from "./handles";

/** Rate lanes are worth nothing once their bucket is full. Failures in a row are kept: 100 disable a factor (security.md part 6). */
const KEEP_FAILURES = "interval '90 days'";
/** An expired API key stays listed for a while, so that people see why a program stopped. */
const KEEP_EXPIRED_KEYS = "interval '30 days'";
const KEEP_JOBS = "interval '30 days'";

function deleting(table: string, condition: string): Statement {
  return {
    name: `rung_cleanup_${table}`,
    text: `WITH gone AS (DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT $2::int)) RETURNING 1)
    SELECT count(*)::int AS removed FROM gone`,
  };
}

/** $1 the instant, $2 rows at most. */
const STATEMENTS: readonly Statement[] = [
  deleting("flow", "expires_at < $1::timestamptz"),
  deleting("flow_error", "created_at < $1::timestamptz"),
  deleting("parked_change", "expires_at < $1::timestamptz"),
  deleting("one_time_code", "expires_at < $1::timestamptz"),
  deleting("handover", "expires_at < $1::timestamptz"),
  deleting("token_exchange", "expires_at < $1::timestamptz"),
  deleting("outbox_message", "status IN ('sent', 'abandoned') AND updated_at < $1::timestamptz"),
  // What a job wrote lives a day, what it did stays listed for a month.
  deleting("job_part", "job_id IN (SELECT id FROM job WHERE finished_at < $1::timestamptz)"),
  deleting("job", `finished_at < $1::timestamptz - ${KEEP_JOBS}`),
  deleting("signing_key", "retires_at < $1::timestamptz"),
  deleting("api_key", `expires_at < $1::timestamptz - ${KEEP_EXPIRED_KEYS}`),
  deleting("session", "expires_at < $1::timestamptz"),
  deleting("setup_link", "expires_at < $1::timestamptz"),
  deleting("limit_counter", `updated_at < $1::timestamptz AND (
    (charged_by IS NULL AND window_at < $1::timestamptz) OR (charged_by IS NOT NULL AND updated_at < $1::timestamptz - ${KEEP_FAILURES}))`),
];

/** What is rewritten often. The embedded database has no autovacuum: dead rows would stay for ever. */
const VACUUM: readonly Statement[] = ["limit_counter", "flow", "session", "parked_change", "credential", "project", "one_time_code", "outbox_message", "job", "job_part"].map((table) => ({
  name: `rung_vacuum_${table}`, text: `VACUUM (ANALYZE) ${table}`,
}));
const VACUUM_EVERY_MS = 3_600_000;

/** Vacuums the embedded database at most once an hour; on a server that is the server's own affair. */
function housekeeping(connection: Connection): () => Promise<void> {
  let doneAt = performance.now();
  return async () => {
    if (connection.kind === "server" || performance.now() - doneAt < VACUUM_EVERY_MS) return;
    doneAt = performance.now();
    await vacuum(connection.writes);
  };
}

export async function vacuum(queries: Queries): Promise<void> {
  for (const statement of VACUUM) await queries.rows(statement, []);
}

/** One short statement a table: nothing waits long for the one connection. Answers how many rows went. */
export function cleanup(connection: Connection): Pick<PlatformDb, "cleanUp"> {
  const tidy = housekeeping(connection);
  return {
    async cleanUp(before, limit) {
      let removed = 0;
      for (const statement of STATEMENTS) {
        const [row] = await connection.writes.rows<{ readonly removed: number }>(statement, [before.toISOString(), limit]);
        removed += row?.removed ?? 0;
      }
      await tidy();
      return removed;
    },
  };
}
