import { randomUUID } from "node:crypto";
import type { ProjectId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { LimitCounters } from "./handles";

/*
 * Each move is one statement, committed at once: the row's lock makes racers take turns, so no count is ever lost and a
 * failing request gives nothing back. Intervals are milliseconds as double precision.
 */
const MS = "* interval '1 millisecond'";

/**
 * A leaky bucket as one instant, `window_at`: when it will be full again. A token is there while that lies less than
 * burst - 1 refills ahead. `wait_until` carries the verdict: null when a token was taken. $1 project, $2 lane, $3 key,
 * $4 now, $5 burst, $6 refill ms.
 */
const TAKE: Statement = {
  name: "rung_limit_take",
  text: `INSERT INTO limit_counter AS c (project_id, lane, key, count, window_at, wait_until, updated_at)
  VALUES ($1::uuid, $2, $3, 1, $4::timestamptz + $6::float8 ${MS}, NULL, $4::timestamptz)
  ON CONFLICT (project_id, lane, key) DO UPDATE SET (count, window_at, wait_until, updated_at) = (
    SELECT CASE WHEN b.free THEN c.count + 1 ELSE c.count END,
      CASE WHEN b.free THEN b.level + $6::float8 ${MS} ELSE b.level END,
      CASE WHEN b.free THEN NULL ELSE b.level - ($5::float8 - 1) * $6::float8 ${MS} END,
      $4::timestamptz
    FROM (SELECT l.level, l.level - $4::timestamptz <= ($5::float8 - 1) * $6::float8 ${MS} AS free
      FROM (SELECT least(greatest(c.window_at, $4::timestamptz), $4::timestamptz + $5::float8 * $6::float8 ${MS}) AS level) l) b)
  RETURNING coalesce(ceil(extract(epoch FROM wait_until - $4::timestamptz) * 1000), 0)::float8 AS wait_ms`,
};

/**
 * A window that begins with its first event, at `window_at`. `wait_until` carries the verdict: null when the event was counted. A
 * window that began in the future (the clock was set back) begins anew. $1 project, $2 lane, $3 key, $4 now, $5 most, $6 length ms.
 */
const COUNT_IN: Statement = {
  name: "rung_limit_count_in",
  text: `INSERT INTO limit_counter AS c (project_id, lane, key, count, window_at, wait_until, updated_at)
  VALUES ($1::uuid, $2, $3, 1, $4::timestamptz, NULL, $4::timestamptz)
  ON CONFLICT (project_id, lane, key) DO UPDATE SET (count, window_at, wait_until, updated_at) = (
    SELECT CASE WHEN w.over THEN 1 WHEN w.full THEN c.count ELSE c.count + 1 END,
      CASE WHEN w.over THEN $4::timestamptz ELSE c.window_at END,
      CASE WHEN w.full AND NOT w.over THEN c.window_at + $6::float8 ${MS} END,
      $4::timestamptz
    FROM (SELECT c.window_at > $4::timestamptz OR c.window_at + $6::float8 ${MS} <= $4::timestamptz AS over, c.count >= $5::int AS full) w)
  RETURNING coalesce(ceil(extract(epoch FROM wait_until - $4::timestamptz) * 1000), 0)::float8 AS wait_ms`,
};

/**
 * Counts unless a wait is running; a caller finds its own mark in the row when it was counted. From the `free`-th try on
 * a wait of base * 2^n follows. $1 project, $2 lane, $3 key, $4 now, $5 free, $6 base ms, $7 max ms, $8 mark.
 */
const CHARGE: Statement = {
  name: "rung_limit_charge",
  text: `INSERT INTO limit_counter AS c (project_id, lane, key, count, window_at, wait_until, charged_by, updated_at)
  VALUES ($1::uuid, $2, $3, 1, $4::timestamptz, CASE WHEN $5::int <= 1 THEN $4::timestamptz + least($6::float8, $7::float8) ${MS} END, $8, $4::timestamptz)
  ON CONFLICT (project_id, lane, key) DO UPDATE SET
    count = CASE WHEN c.wait_until > $4::timestamptz THEN c.count ELSE c.count + 1 END,
    charged_by = CASE WHEN c.wait_until > $4::timestamptz THEN c.charged_by ELSE $8 END,
    wait_until = CASE
      WHEN c.wait_until > $4::timestamptz THEN c.wait_until
      WHEN c.count + 1 < $5::int THEN NULL
      ELSE $4::timestamptz + least($6::float8 * power(2::float8, least(c.count + 1 - $5::int, 40)), $7::float8) ${MS} END,
    updated_at = $4::timestamptz
  RETURNING charged_by = $8 AS allowed, count, extract(epoch FROM wait_until)::float8 * 1000 AS wait_until_ms`,
};

/** $1 project, $2 lane, $3 key, $4 now. The wait that charge had set, if any, goes with it. */
const REFUND: Statement = {
  name: "rung_limit_refund",
  text: `UPDATE limit_counter SET count = greatest(count - 1, 0), wait_until = NULL, updated_at = $4::timestamptz
  WHERE project_id = $1::uuid AND lane = $2 AND key = $3 RETURNING count`,
};

function instantOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(Math.round(ms));
}

interface ChargeRow {
  readonly allowed: boolean;
  readonly count: number;
  readonly wait_until_ms: number | null;
}

export function limitCounters(queries: Queries, projectId: ProjectId): LimitCounters {
  return {
    async read(lane, key) {
      const row = await queries.prisma.limitCounter.findUnique({ where: { projectId_lane_key: { projectId, lane, key } } });
      return row === null ? null : { count: row.count, windowAt: row.windowAt, waitUntil: row.waitUntil };
    },
    async take(lane, key, bucket, now) {
      const [row] = await queries.rows<{ readonly wait_ms: number }>(TAKE, [projectId, lane, key, now.toISOString(), bucket.burst, bucket.refillMs]);
      return Math.max(row?.wait_ms ?? 0, 0);
    },
    async countIn(lane, key, { max, windowMs }, now) {
      if (max < 1) return windowMs;
      const [row] = await queries.rows<{ readonly wait_ms: number }>(COUNT_IN, [projectId, lane, key, now.toISOString(), max, windowMs]);
      return Math.max(row?.wait_ms ?? 0, 0);
    },
    async charge(lane, key, budget, now) {
      const params = [projectId, lane, key, now.toISOString(), budget.free, budget.baseWaitMs, budget.maxWaitMs, randomUUID()];
      const [row] = await queries.rows<ChargeRow>(CHARGE, params);
      if (row === undefined) throw new Error("a charge answered no row");
      return { allowed: row.allowed, count: row.count, waitUntil: instantOf(row.wait_until_ms) };
    },
    async refund(lane, key, now) {
      await queries.rows(REFUND, [projectId, lane, key, now.toISOString()]);
    },
    async clear(lane, key) {
      await queries.prisma.limitCounter.deleteMany({ where: { projectId, lane, key } });
    },
  };
}
