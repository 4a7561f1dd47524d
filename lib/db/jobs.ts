import { randomUUID } from "node:crypto";
import type { JsonObject } from "../model/identity";
import type { ProjectId } from "../model/ids";
import { appendAudit } from "./audit";
import type { Connection, Queries, Statement } from "./connection";
import type { Job } from "./generated/client";
import { JOB_STATES } from "./job-handles";
import type { InstallationState, JobDb, JobRow } from "./job-handles";
import { plain } from "./json";

/**
 * $1 now, $2 end of the lease, $3 mark of the claim. What is locked belongs to another claimer at this very moment, and is skipped. Claims
 * are counted as they begin, beside the mark: a part that is kept begins the count anew.
 */
const CLAIM: Statement = {
  name: "rung_claim_job",
  text: `WITH due AS MATERIALIZED (
    SELECT id FROM job WHERE state = 'queued' OR (state = 'running' AND lease_until <= $1::timestamptz)
    ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
  UPDATE job j SET state = 'running', lease_until = $2::timestamptz, updated_at = $1::timestamptz,
    cursor = COALESCE(j.cursor, '{}') || jsonb_build_object('claim', $3::text, 'claims', COALESCE((j.cursor->>'claims')::int, 0) + 1)
  FROM due WHERE j.id = due.id RETURNING j.id, (j.cursor->>'claims')::int AS claims`,
};

/** $1 the job, $2 mark of the claim, $3 when somebody may claim it again. */
const GIVE_BACK: Statement = {
  name: "rung_give_back_job",
  text: `UPDATE job SET lease_until = $3::timestamptz, cursor = cursor || jsonb_build_object('claims', GREATEST(COALESCE((cursor->>'claims')::int, 0) - 1, 0))
  WHERE id = $1::uuid AND state = 'running' AND cursor->>'claim' = $2 RETURNING id`,
};

/** $1 the instant. */
const DESCRIBE: Statement = {
  name: "rung_describe_installation",
  text: `SELECT
    COALESCE((SELECT json_agg(migration_name ORDER BY migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL), '[]') AS migrations,
    to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS now,
    (SELECT count(*)::int FROM admin) AS admins, (SELECT count(*)::int FROM project) AS projects,
    (SELECT count(*)::int FROM outbox_message WHERE status IN ('queued', 'processing') AND created_at < $1::timestamptz) AS "overdueMessages",
    (SELECT count(*)::int FROM outbox_message WHERE status = 'abandoned') AS "abandonedMessages",
    (SELECT count(*)::int FROM job WHERE state IN ('queued', 'running')) AS "unfinishedJobs"`,
};
type Described = Omit<InstallationState, "now"> & { readonly now: string };

function toRow(row: Job): JobRow {
  return {
    id: row.id, projectId: row.projectId as ProjectId, kind: row.kind, state: JOB_STATES.find((state) => state === row.state) ?? "failed",
    total: row.total, done: row.done, failed: row.failed, cursor: (row.cursor ?? {}) as unknown as JsonObject, input: row.input, error: row.error,
    createdBy: row.createdBy, createdAt: row.createdAt, updatedAt: row.updatedAt, finishedAt: row.finishedAt,
  };
}

export function jobs(connection: Connection): JobDb {
  return { ...reading(connection.reads), ...lifeOf(connection), ...workOn(connection) };
}

type Reads = Pick<JobDb, "findJob" | "listJobs" | "countUnfinishedJobs" | "findJobPart" | "findFileRevision" | "describeInstallation">;

function reading(reads: Queries): Reads {
  const { prisma } = reads;
  return {
    findJob: (projectId, id) => reads.around(async () => {
      const row = await prisma.job.findFirst({ where: { id, projectId } });
      return row === null ? null : toRow(row);
    }),
    listJobs: (projectId, { limit, before }) => reads.around(async () => {
      const earlier = before === undefined ? {} : {
        OR: [{ createdAt: { lt: before.createdAt } }, { createdAt: before.createdAt, id: { lt: before.id } }],
      };
      const rows = await prisma.job.findMany({ where: { projectId, ...earlier }, orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: limit });
      return rows.map(toRow);
    }),
    countUnfinishedJobs: (projectId) => reads.around(() => prisma.job.count({ where: { projectId, state: { in: ["queued", "running"] } } })),
    findFileRevision: (projectId) => reads.around(async () => {
      const row = await prisma.revision.findFirst({ where: { projectId, fileDigest: { not: null } }, orderBy: { number: "desc" } });
      return row === null || row.fileDigest === null ? null : { number: row.number, fileDigest: row.fileDigest, at: row.createdAt };
    }),
    describeInstallation: (writtenBefore) => reads.around(async () => {
      const [row] = await reads.rows<Described>(DESCRIBE, [writtenBefore.toISOString()]);
      if (row === undefined) throw new Error("the database says nothing of itself");
      return { ...row, now: new Date(row.now) };
    }),
    findJobPart: (jobId, kind, number) => reads.around(async () => {
      const part = await prisma.jobPart.findUnique({ where: { jobId_kind_number: { jobId, kind, number } } });
      return part?.sealed ?? null;
    }),
  };
}

/** From order to removal. */
function lifeOf(connection: Connection): Pick<JobDb, "insertJob" | "cancelJob" | "deleteJob"> {
  return {
    insertJob: ({ parts, at, ...job }, audit) => connection.transaction(async (queries) => {
      await queries.prisma.job.create({ data: { ...job, createdAt: at, updatedAt: at } });
      if (parts.length > 0) {
        await queries.prisma.jobPart.createMany({ data: parts.map((sealed, number) => ({ jobId: job.id, kind: "input", number, sealed })) });
      }
      await appendAudit(queries, job.projectId, audit, at);
    }),
    cancelJob: (projectId, id, at, audit) => connection.transaction(async (queries) => {
      const { count } = await queries.prisma.job.updateMany({
        where: { id, projectId, state: { in: ["queued", "running"] } },
        data: { state: "cancelled", finishedAt: at, updatedAt: at, leaseUntil: null, input: null },
      });
      if (count === 0) return false;
      await forgetInput(queries, id);
      await appendAudit(queries, projectId, audit, at);
      return true;
    }),
    deleteJob: (projectId, id) => connection.transaction(async ({ prisma }) => {
      const { count } = await prisma.job.deleteMany({ where: { id, projectId, state: { in: ["done", "failed", "cancelled"] } } });
      return count === 1;
    }),
  };
}

type Work = Pick<JobDb, "claimJob" | "giveBackJob" | "releaseJobs" | "extendLease" | "noteJob" | "finishJob">;

/** What the process that has a job does with it. */
function workOn(connection: Connection): Work {
  const { writes } = connection;
  const held = (id: string, claim: string) => ({ id, state: "running", cursor: { path: ["claim"], equals: claim } });
  return {
    claimJob: (now, leaseUntil) => writes.around(async () => {
      const claim = randomUUID();
      const [claimed] = await writes.rows<{ readonly id: string; readonly claims: number }>(CLAIM, [now.toISOString(), leaseUntil.toISOString(), claim]);
      if (claimed === undefined) return null;
      const row = await writes.prisma.job.findUnique({ where: { id: claimed.id } });
      return row === null ? null : { ...toRow(row), claim, claims: claimed.claims };
    }),
    giveBackJob: (id, claim, freeAt) => writes.around(async () => (await writes.rows(GIVE_BACK, [id, claim, freeAt.toISOString()])).length === 1),
    releaseJobs: (now) => writes.around(async () => {
      // What ended a process at the same part before waits for its lease: a supervisor that starts it again at once uses up no tries.
      const where = { state: "running", leaseUntil: { gt: now }, cursor: { path: ["claims"], equals: 1 } };
      return (await writes.prisma.job.updateMany({ where, data: { leaseUntil: now } })).count;
    }),
    extendLease: (id, claim, leaseUntil) => writes.around(async () => {
      const { count } = await writes.prisma.job.updateMany({ where: held(id, claim), data: { leaseUntil } });
      return count === 1;
    }),
    noteJob: (id, claim, { output, cursor, ...counted }, at) => connection.joining(async ({ prisma }) => {
      const { count } = await prisma.job.updateMany({ where: held(id, claim), data: { ...counted, cursor: plain({ ...cursor, claim, claims: 1 }), updatedAt: at } });
      if (count === 0) return false;
      if (output !== undefined) {
        const where = { jobId_kind_number: { jobId: id, kind: "output", number: output.number } };
        await prisma.jobPart.upsert({ where, create: { jobId: id, kind: "output", ...output }, update: { sealed: output.sealed } });
      }
      return true;
    }),
    finishJob: (id, claim, { state, error, at }, audit) => connection.transaction(async (queries) => {
      const { count } = await queries.prisma.job.updateMany({
        where: held(id, claim), data: { state, error, finishedAt: at, updatedAt: at, leaseUntil: null, input: null },
      });
      if (count === 0) return false;
      await forgetInput(queries, id);
      const row = await queries.prisma.job.findUniqueOrThrow({ where: { id }, select: { projectId: true } });
      await appendAudit(queries, row.projectId as ProjectId, audit, at);
      return true;
    }),
  };
}

async function forgetInput({ prisma }: Queries, jobId: string): Promise<void> {
  await prisma.jobPart.deleteMany({ where: { jobId, kind: "input" } });
}
