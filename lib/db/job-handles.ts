/* Long work beside the requests. Platform half. Implemented in jobs.ts. */

import type { AuditEntry } from "../model/audit";
import type { JsonObject } from "../model/identity";
import type { ProjectId } from "../model/ids";

export const JOB_STATES = ["queued", "running", "done", "failed", "cancelled"] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobRow {
  readonly id: string;
  readonly projectId: ProjectId;
  readonly kind: string;
  readonly state: JobState;
  /** Null until it is known. */
  readonly total: number | null;
  readonly done: number;
  /** Of those done, how many could not be. */
  readonly failed: number;
  /** Where to go on from; the kind's own. */
  readonly cursor: JsonObject;
  /** Sealed. */
  readonly input: string | null;
  readonly error: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

/** A job that one process has: whoever comes with the mark of an earlier claim writes nothing. */
export interface ClaimedJob extends JobRow {
  readonly claim: string;
  /** How many claims in a row, this one too, since a part was kept: all before it ended without a word. */
  readonly claims: number;
}

export interface JobProgress {
  readonly done: number;
  readonly failed: number;
  readonly cursor: JsonObject;
  readonly total?: number;
  /** Sealed rows of the result; appended as this part. */
  readonly output?: { readonly number: number; readonly sealed: string };
}

/** What `rung doctor` asks. */
export interface InstallationState {
  /** Migrations that were applied, oldest first. */
  readonly migrations: readonly string[];
  /** The database's own clock. */
  readonly now: Date;
  readonly admins: number;
  readonly projects: number;
  /** Letters, text messages and hooks that were written before the instant asked about and still wait. */
  readonly overdueMessages: number;
  readonly abandonedMessages: number;
  readonly unfinishedJobs: number;
}

export interface JobDb {
  /** Messages written before `writtenBefore` that still wait are overdue. */
  describeInstallation(writtenBefore: Date): Promise<InstallationState>;
  /** The newest revision that came from a file, whatever was saved after it. */
  findFileRevision(projectId: ProjectId): Promise<{ readonly number: number; readonly fileDigest: string; readonly at: Date } | null>;
  /** The job, its input parts (sealed, numbered from 0) and the audit entry: one transaction. */
  insertJob(job: {
    readonly id: string; readonly projectId: ProjectId; readonly kind: string; readonly total: number | null; readonly input: string | null;
    readonly createdBy: string; readonly parts: readonly string[]; readonly at: Date;
  }, audit: AuditEntry): Promise<void>;
  findJob(projectId: ProjectId, id: string): Promise<JobRow | null>;
  /** Newest first; `before` continues after the job with that time and id. */
  listJobs(projectId: ProjectId, query: { readonly limit: number; readonly before?: { readonly createdAt: Date; readonly id: string } }): Promise<readonly JobRow[]>;
  countUnfinishedJobs(projectId: ProjectId): Promise<number>;
  /** The oldest job that nobody has: queued, or running under a lease that ran out at `now`. The claim is counted. FOR UPDATE SKIP LOCKED: one caller gets it. */
  claimJob(now: Date, leaseUntil: Date): Promise<ClaimedJob | null>;
  /** The claim ends before a part was kept, and by intent: it does not count. Free for others from `freeAt`. False as `extendLease`. */
  giveBackJob(id: string, claim: string, freeAt: Date): Promise<boolean>;
  /** Every lease ends: the embedded database has one process, and this one has just begun. */
  releaseJobs(now: Date): Promise<number>;
  /** Another lease under the same claim; false: the job was cancelled, or somebody else has it. */
  extendLease(id: string, claim: string, leaseUntil: Date): Promise<boolean>;
  /** What is done so far; part of the open transaction where there is one. False as `extendLease`; then nothing may be kept. */
  noteJob(id: string, claim: string, progress: JobProgress, at: Date): Promise<boolean>;
  /** The end, with its audit entry; the input is forgotten. False as `extendLease`. */
  finishJob(id: string, claim: string, outcome: { readonly state: "done" | "failed"; readonly error: string | null; readonly at: Date }, audit: AuditEntry): Promise<boolean>;
  /** Queued or running → cancelled; the input is forgotten, what was done stays. False when it was over already. */
  cancelJob(projectId: ProjectId, id: string, at: Date, audit: AuditEntry): Promise<boolean>;
  /** A job that is over, with its output. False when there is none such. */
  deleteJob(projectId: ProjectId, id: string): Promise<boolean>;
  findJobPart(id: string, kind: "input" | "output", number: number): Promise<string | null>;
}
