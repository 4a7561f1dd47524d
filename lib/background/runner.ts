import type { ClaimedJob, ProjectHandle } from "../db/handles";
import type { Project } from "../model/project";
import type { JobServices } from "./worker";

/** Where a job goes on: the number of the part, and the last row of the part before. */
export interface Cursor {
  readonly part: number;
  readonly after: string | null;
}

export interface Work {
  readonly services: JobServices;
  readonly project: Project;
  readonly handle: ProjectHandle;
  readonly job: ClaimedJob;
  /** A part of what was handed in; null behind the last. */
  input(number: number): Promise<unknown>;
  /**
   * Notes a part that is done; inside a transaction, with everything that it writes or not at all. Throws when the job was cancelled
   * or somebody else has it: then nothing of the part may be kept.
   */
  keep(step: Step): Promise<void>;
}

/** One part, done. */
export interface Step {
  readonly done: number;
  readonly failed: number;
  readonly cursor: Cursor;
  readonly total?: number;
  /** Lines for the result; empty: none. */
  readonly output: string;
}

/**
 * Does the part at `cursor` and keeps it; null: there is none, the job is done. A process may die before a part is kept, and the next
 * one does it again. A DomainError ends the job with its reason; the database's own absence is waited out.
 */
export type Runner = (work: Work, cursor: Cursor) => Promise<Cursor | null>;
