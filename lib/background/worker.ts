import type { ClaimedJob, JobProgress } from "../db/handles";
import { isDomainError } from "../model/errors";
import { addMs } from "../model/time";
import { jobOver, openPart, sealPart } from "../platform/jobs";
import type { Services } from "../services";
import type { Cursor, Runner, Step } from "./runner";

export type JobServices = Pick<Services, "db" | "keys" | "clock" | "log" | "resolver" | "passwords">;

export interface JobWorker {
  /** Works on everything that is due, one job after the other; at once when it is at work already. Never throws. */
  run(): Promise<void>;
  /** No further part is begun; resolves when the one under way is noted. What is left, the next process goes on with. */
  drain(): Promise<void>;
}

/** How long a job stays with a process that says nothing. A killed one holds it up for so long at most. */
export const LEASE_MS = 30_000;
const BEAT_MS = 10_000;
/** So many processes may end with one part of a job, as many as a letter has tries. What is kept begins the count anew. */
const CLAIMS = 6;
const ENDED = `Rung ended ${String(CLAIMS)} times while it worked on the same part of this job. What was done before is kept.`;
const FIRST: Cursor = { part: 0, after: null };

export function createJobWorker(services: JobServices, runners: Readonly<Record<string, Runner>>): JobWorker {
  let working: Promise<void> | null = null;
  let draining = false;

  const work = async (): Promise<void> => {
    const { db: { platform }, clock, log } = services;
    try {
      while (!draining) {
        const now = clock.now();
        const job = await platform.claimJob(now, addMs(now, LEASE_MS));
        if (job === null) return;
        await attend(services, runners, job, () => draining);
      }
    } catch (error) {
      log.warn({ err: error }, "jobs could not be worked on; they are tried again");
    }
  };
  return {
    run() {
      working ??= work().finally(() => { working = null; });
      return working;
    },
    async drain() {
      draining = true;
      await working;
    },
  };
}

/** The job was cancelled meanwhile, or another process has it. */
const LOST = Symbol("a job that is no longer ours");

/** One job to its end, or until the process stops. Throws when it should be tried again. */
async function attend(services: JobServices, runners: Readonly<Record<string, Runner>>, job: ClaimedJob, stopping: () => boolean): Promise<void> {
  const { db: { platform, forProject }, keys, clock, log } = services;
  const beat = keepAlive(services, job);
  let counted = { done: job.done, failed: job.failed };
  const finish = async (state: "done" | "failed", error: string | null): Promise<void> => {
    const entry = jobOver({ ...job, ...counted }, state, { actor: { kind: "system", label: `job of ${job.createdBy}` } });
    const ended = await platform.finishJob(job.id, job.claim, { state, error, at: clock.now() }, entry);
    if (ended) log.info({ job: job.id, kind: job.kind, state, ...counted }, "job over");
  };
  // A transaction may be tried again, and keeps the same part again: counted from where the part began.
  const keepFrom = (part: number, before: typeof counted) => async (step: Step): Promise<void> => {
    const sum = { done: before.done + step.done, failed: before.failed + step.failed };
    const output = step.output === "" ? {} : { output: { number: part, sealed: sealPart(keys, job, "output", part, step.output) } };
    const progress: JobProgress = { ...sum, cursor: { ...step.cursor }, ...(step.total === undefined ? {} : { total: step.total }), ...output };
    if (!await platform.noteJob(job.id, job.claim, progress, clock.now())) throw Object.assign(new Error("the job was cancelled or taken"), { [LOST]: true });
    counted = sum;
  };
  try {
    if (job.claims > CLAIMS) return await finish("failed", ENDED);
    const project = await services.resolver.byId(job.projectId);
    const runner = runners[job.kind];
    if (project === null || runner === undefined) return await finish("failed", "This version of Rung does not know this kind of job.");
    const input = async (number: number): Promise<unknown> => {
      const sealed = await platform.findJobPart(job.id, "input", number);
      return sealed === null ? null : openPart(keys, job, "input", number, sealed);
    };
    let cursor = cursorOf(job.cursor);
    while (!stopping()) {
      const next = await runner({ services, project, handle: forProject(job.projectId), job, input, keep: keepFrom(cursor.part, counted) }, cursor);
      if (next === null) return await finish("done", null);
      cursor = next;
    }
    // Another process, or this one after its restart, goes on at once.
    await platform.giveBackJob(job.id, job.claim, clock.now());
  } catch (error) {
    if (typeof error === "object" && error !== null && LOST in error) return;
    if (mayPass(error)) {
      await platform.giveBackJob(job.id, job.claim, addMs(clock.now(), LEASE_MS)).catch((lost: unknown) => log.warn({ err: lost, job: job.id }, "a job could not be given back; it waits for its lease"));
      throw error;
    }
    if (!isDomainError(error)) log.error({ err: error, job: job.id, kind: job.kind }, "a job failed");
    await finish("failed", reasonOf(error));
  } finally {
    beat.stop();
  }
}

/** Prolongs the lease while a part takes its time. */
function keepAlive({ db, clock, log }: JobServices, { id, claim }: ClaimedJob): { stop(): void } {
  const timer = setInterval(() => {
    db.platform.extendLease(id, claim, addMs(clock.now(), LEASE_MS)).catch((error: unknown) => log.warn({ err: error, job: id }, "the lease of a job could not be prolonged"));
  }, BEAT_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

function cursorOf(value: unknown): Cursor {
  if (typeof value !== "object" || value === null) return FIRST;
  const [part, after]: readonly unknown[] = [Reflect.get(value, "part"), Reflect.get(value, "after")];
  return { part: typeof part === "number" ? part : 0, after: typeof after === "string" ? after : null };
}

/** The database does not answer, or is full: whoever claims the job next goes on. */
function mayPass(error: unknown): boolean {
  return isDomainError(error) && (error.code === "unavailable" || error.code === "busy");
}

function reasonOf(error: unknown): string {
  const reason: unknown = isDomainError(error) ? error.details["reason"] : null;
  return typeof reason === "string" ? reason : "Something broke on our side; the log says more.";
}
