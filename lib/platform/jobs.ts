import type { KeyRing } from "../crypto/keys";
import { randomId } from "../crypto/token";
import type { JobRow, PlatformDb } from "../db/handles";
import type { AuditActor, AuditEntry } from "../model/audit";
import type { JobLine } from "../model/console-people";
import { DomainError } from "../model/errors";
import type { JsonValue } from "../model/identity";
import { isUuid } from "../model/ids";
import type { ProjectId } from "../model/ids";
import { addMs, DAY_MS } from "../model/time";

/*
 * Work that is too long for a request. Whoever orders it gets an id; a process beside the requests takes it (lib/background),
 * part by part, and what is done is noted with each part, so it goes on after a restart. What was handed in and what came out may
 * hold secrets and people's data: both rest sealed, the one is forgotten when the job ends, the other a day later.
 */

export const JOB_KINDS = ["import_identities", "export_identities", "export_audit"] as const;
export type JobKind = (typeof JOB_KINDS)[number];
/** Rows of one part: of what is handed in, and of what comes out. */
export const PART_ROWS = 500;
export const OUTPUT_LIVES_MS = DAY_MS;
/** Of one project at a time: whoever holds a key cannot fill the disk with work. */
export const MAX_UNFINISHED = 20;

export interface Job extends JobLine {
  readonly updatedAt: Date;
}

export interface JobsDeps {
  readonly platform: PlatformDb;
  readonly keys: KeyRing;
}

export interface JobToStart {
  readonly projectId: ProjectId;
  readonly kind: JobKind;
  /** What a person would recognise: a masked address, the name of a key. */
  readonly createdBy: string;
  readonly actor?: AuditActor;
  readonly ipAddress?: string | null;
  /** Null when it is not known before. */
  readonly total: number | null;
  /** What to work on, in parts of at most `PART_ROWS` rows; JSON. */
  readonly parts: readonly unknown[];
}

/** Orders a job and answers its id. Throws `too_many_requests` while a project has `MAX_UNFINISHED` of them. */
export async function startJob({ platform, keys }: JobsDeps, job: JobToStart, now: Date): Promise<string> {
  const { projectId, kind, createdBy, total } = job;
  if (await platform.countUnfinishedJobs(projectId) >= MAX_UNFINISHED) throw new DomainError("too_many_requests", { retryAfterSeconds: 60 });
  const id = randomId();
  const parts = job.parts.map((part, number) => sealPart(keys, { id, projectId }, "input", number, part));
  const actor = job.actor ?? { kind: "admin", label: createdBy };
  await platform.insertJob({ id, projectId, kind, total, input: null, createdBy, parts, at: now }, {
    action: "job.started", actor, result: "ok", ipAddress: job.ipAddress ?? null, details: { job: id, kind, ...(total === null ? {} : { total }) },
  });
  return id;
}

/** Null when this project has no such job. */
export async function jobOf(platform: PlatformDb, projectId: ProjectId, id: string): Promise<Job | null> {
  const row = isUuid(id) ? await platform.findJob(projectId, id) : null;
  return row === null ? null : shown(row);
}

/** Newest first; `before` is the last job of the page before. */
export async function listJobs(
  platform: PlatformDb, projectId: ProjectId, query: { readonly limit: number; readonly before?: Pick<Job, "createdAt" | "id"> },
): Promise<readonly Job[]> {
  return (await platform.listJobs(projectId, query)).map(shown);
}

/** True when this call ended it: what was done stays done. False when it was over, or is not this project's. */
export async function cancelJob(
  platform: PlatformDb, projectId: ProjectId, id: string, by: { readonly actor: AuditActor; readonly ipAddress?: string | null }, now: Date,
): Promise<boolean> {
  const row = isUuid(id) ? await platform.findJob(projectId, id) : null;
  if (row === null) return false;
  return platform.cancelJob(projectId, id, now, jobOver(row, "cancelled", by));
}

/** Removes a job that is over, with its output. */
export async function forgetJob(platform: PlatformDb, projectId: ProjectId, id: string): Promise<boolean> {
  return isUuid(id) && await platform.deleteJob(projectId, id);
}

/** The record of a job's end. */
export function jobOver(
  row: JobRow, state: "done" | "failed" | "cancelled", by: { readonly actor: AuditActor; readonly ipAddress?: string | null },
): AuditEntry {
  return {
    action: "job.finished", actor: by.actor, result: state === "done" ? "ok" : "rejected", ipAddress: by.ipAddress ?? null,
    details: { job: row.id, kind: row.kind, state, done: row.done, failed: row.failed },
  };
}

/**
 * What a job wrote, part after part, as text; ends where no part follows. Throws `not_found` when the output is gone, which it is a
 * day after the end.
 */
export async function* readOutput({ platform, keys }: JobsDeps, projectId: ProjectId, job: Job, now: Date): AsyncGenerator<string> {
  if (job.outputUntil !== null && job.outputUntil <= now) throw new DomainError("not_found", { reason: "The output of this job was removed a day after its end." });
  for (let number = 0; ; number += 1) {
    const sealed = await platform.findJobPart(job.id, "output", number);
    if (sealed === null) return;
    yield String(openPart(keys, { id: job.id, projectId }, "output", number, sealed));
  }
}

type Place = { readonly id: string; readonly projectId: ProjectId };

export function sealPart(keys: KeyRing, place: Place, kind: "input" | "output", number: number, content: unknown): string {
  return keys.seal("job", JSON.stringify(content), [place.projectId, place.id, kind, String(number)]);
}

/** Throws `SealBroken` for a part of another job, or under a key that is gone. */
export function openPart(keys: KeyRing, place: Place, kind: "input" | "output", number: number, sealed: string): unknown {
  return JSON.parse(keys.open("job", sealed, [place.projectId, place.id, kind, String(number)])) as unknown;
}

/** Clear passwords of one part at most: each costs a hash. */
const PART_CLEAR = 100;
/** Recovery codes of one part at most: twelve of them cost about as much as a password. */
const PART_CODES = 1_200;

/** What an import works on: entries as the batch operation takes them, in parts of bounded size and bounded work. */
export function inParts(entries: readonly JsonValue[]): readonly (readonly JsonValue[])[] {
  const parts: JsonValue[][] = [];
  let [clear, codes] = [0, 0];
  for (const entry of entries) {
    const costs = hasClearPassword(entry) ? 1 : 0;
    const brings = codesIn(entry);
    const last = parts.at(-1);
    if (last === undefined || last.length >= PART_ROWS || clear + costs > PART_CLEAR || codes + brings > PART_CODES) {
      parts.push([entry]);
      [clear, codes] = [costs, brings];
    } else {
      last.push(entry);
      clear += costs;
      codes += brings;
    }
  }
  return parts;
}

function hasClearPassword(entry: JsonValue): boolean {
  const clear = within(entry, ["credentials", "password", "config", "password"]);
  return typeof clear === "string" && clear !== "";
}

function codesIn(entry: JsonValue): number {
  const codes = within(entry, ["credentials", "lookup_secret", "config", "codes"]);
  return Array.isArray(codes) ? codes.length : 0;
}

function within(entry: JsonValue, path: readonly string[]): unknown {
  const at = (value: unknown, name: string): unknown => (typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined);
  return path.reduce(at, at(entry, "create") ?? entry);
}

function shown({ id, kind, state, total, done, failed, error, createdBy, createdAt, updatedAt, finishedAt }: JobRow): Job {
  const outputUntil = finishedAt === null ? null : addMs(finishedAt, OUTPUT_LIVES_MS);
  return { id, kind, state, total, done, failed, error, createdBy, createdAt, updatedAt, finishedAt, outputUntil };
}
