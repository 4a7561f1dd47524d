import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { updateDocument } from "../config/update";
import { watchFile } from "../config/watch";
import type { PlatformDb } from "../db/handles";
import { isDomainError, START_EXIT, StartError } from "../model/errors";
import type { ProjectRow } from "../model/project";
import type { Clock } from "../model/time";
import type { Logger } from "../observability/log";
import { readConfigText, reportOf } from "./config-file-read";
import type { FileProblem, ReadFile } from "./config-file-read";
import { publishStatus } from "./config-file-status";
import type { ConfigFileStatus } from "./config-file-status";
import { saveRevision } from "./revisions";

/*
 * The self-hosted rung.yml is one author of the default project's configuration among others. A file that changed becomes a
 * revision, once, whoever saved before it; a file that did not change never overrides what was saved after it. What a file says is
 * known by its digest, which the revision records, so a restart is no change and of two processes with one file one writes.
 */

export interface ConfigFileDeps {
  readonly platform: PlatformDb;
  readonly baseUrlOf: (row: ProjectRow) => string;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
}

export interface ConfigFile {
  readonly path: string;
  /** Reads the file and applies it where it changed. Never throws; what went wrong is in the status. */
  look(): Promise<void>;
  status(): Promise<ConfigFileStatus>;
  close(): void;
}

const DEFAULT_NAME = "rung.yml";
const ATTEMPTS = 5;
/** As the console API takes. */
const LARGEST_BYTES = 5 * 1024 * 1024;

/** The file to obey: the named one, else ./rung.yml where there is one. Null: none. */
export function configFilePath(env: { readonly configFile: string | null }): string | null {
  const usual = resolve(DEFAULT_NAME);
  return env.configFile ?? (existsSync(usual) ? usual : null);
}

/**
 * Applies the file and goes on watching it until `close`. `strict`, for a process that starts: throws StartError (exit 24) with a
 * report when the file is missing or wrong. Else, for a worker that takes a dead one's place: the last good configuration stays.
 */
export async function openConfigFile(deps: ConfigFileDeps, path: string, how: { readonly strict: boolean; readonly lookEveryMs?: number }): Promise<ConfigFile> {
  const follower = followerOf(deps, path);
  let turn: Promise<unknown> = Promise.resolve();
  const look = async (): Promise<void> => {
    turn = turn.then(follower.look, follower.look);
    await turn.catch(() => undefined);
  };
  // Watched before it is read: a change in between would look like the file that was read, and never be applied.
  const watch = watchFile(path, () => void look(), how.lookEveryMs);
  await watch.ready;
  const reading = follower.look();
  turn = reading;
  const first = await reading;
  if (how.strict && first !== null) {
    watch.close();
    throw new StartError(reportOf(path, first), START_EXIT.configInvalid);
  }
  const unpublish = publishStatus(follower.status);
  return {
    path, look, status: follower.status,
    close() {
      watch.close();
      unpublish();
    },
  };
}

/** Checks the file as a start would, and changes nothing; null: it is sound. For `rung doctor`. */
export async function checkConfigFile(path: string, row: ProjectRow, baseUrl: string): Promise<string | null> {
  const read = await readAt(path, row, baseUrl);
  return read.kind === "sound" ? null : reportOf(path, read.problems);
}

interface Follower {
  /** What is wrong with the file; null: it is in force, or was overridden since. */
  look(): Promise<readonly FileProblem[] | null>;
  status(): Promise<ConfigFileStatus>;
}

function followerOf({ platform, baseUrlOf, clock, log }: ConfigFileDeps, path: string): Follower {
  let problems: readonly FileProblem[] = [];
  let ignored: readonly string[] = [];
  let warnings: readonly string[] = [];
  let said = "";
  /** Digest of the content this process has dealt with: what another node's file says is not this one's business. */
  let seen: string | null = null;
  let retry: NodeJS.Timeout | null = null;

  const current = async (): Promise<ProjectRow> => {
    const row = await platform.findDefaultProject();
    if (row === null) throw new Error("there is no default project");
    return row;
  };
  const refuse = (found: readonly FileProblem[]): readonly FileProblem[] => {
    problems = found;
    const words = found.map(({ key, reason }) => `${key === "" ? "the file" : key} ${reason}`);
    if (said !== words.join("\n")) log.warn({ file: path, problems: words }, "configuration file refused; the last good configuration stays in force");
    said = words.join("\n");
    return found;
  };
  const apply = async ({ document, digest }: ReadFile & { readonly kind: "sound" }): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const row = await current();
      const last = await platform.findFileRevision(row.id);
      if (last?.fileDigest === digest) {
        if (last.number !== row.currentRevision) log.info({ file: path, revision: last.number, current: row.currentRevision }, "configuration file is as it was; what was saved after it stays in force");
        return;
      }
      const baseUrl = baseUrlOf(row);
      const before = await platform.findRevision(row.id, row.currentRevision);
      try {
        const next = updateDocument(before?.document ?? {}, document, { baseUrl, projectKey: row.key, name: row.name });
        const saved = await saveRevision({
          platform, row, baseUrl, expected: row.currentRevision, document: next.document, fileDigest: digest, comment: `Applied from ${basename(path)}`,
          author: { kind: "file", id: null, label: basename(path) }, now: clock.now(),
        });
        log.info({ file: path, revision: saved.revision.number, ignored, warnings }, "configuration file applied");
        return;
      } catch (error) {
        // Somebody saved at the same moment, perhaps another process the same file: look again.
        if (!isDomainError(error) || error.code !== "revision_conflict" || attempt >= ATTEMPTS) throw error;
      }
    }
  };
  const again = (): void => {
    retry ??= setTimeout(() => {
      retry = null;
      void look();
    }, 1_000).unref();
  };
  const look = async (): Promise<readonly FileProblem[] | null> => {
    try {
      const row = await current();
      const read = await readAt(path, row, baseUrlOf(row));
      if (read.kind === "wrong") return refuse(read.problems);
      ignored = read.ignored;
      warnings = read.warnings;
      if (seen !== read.digest) await apply(read);
      seen = read.digest;
      problems = [];
      said = "";
      return null;
    } catch (error) {
      if (isDomainError(error) && error.code === "config_invalid") return refuse(toldBy(error.details["problems"]));
      log.warn({ err: error, file: path }, "configuration file could not be applied; it is tried again");
      again();
      return [{ key: "", reason: "could not be applied: the database does not answer.", line: null, column: null, name: null, value: null }];
    }
  };
  return {
    look,
    async status() {
      const row = await current();
      const last = await platform.findFileRevision(row.id);
      const revision = last?.number ?? null;
      const base = { path, revision, current: row.currentRevision, appliedAt: last?.at ?? null, problems, ignored, warnings };
      if (problems.length > 0) return { ...base, state: "kept_last_good" };
      return { ...base, state: revision === row.currentRevision ? "applied" : "overridden_by_console" };
    },
  };
}

async function readAt(path: string, row: ProjectRow, baseUrl: string): Promise<ReadFile> {
  const text = await textAt(path).catch((error: unknown) => ({ reason: error instanceof Error && "code" in error && error.code === "ENOENT" ? "is missing." : "cannot be read." }));
  if (typeof text !== "string") return { kind: "wrong", problems: [{ key: "", reason: text.reason, line: null, column: null, name: null, value: null }] };
  return readConfigText(text, { baseUrl, projectKey: row.key, name: row.name });
}

/** A pipe would never end, and a disk image is no configuration: both are told instead of read. */
async function textAt(path: string): Promise<string | { readonly reason: string }> {
  const facts = await stat(path);
  if (!facts.isFile()) return { reason: "is not an ordinary file." };
  if (facts.size > LARGEST_BYTES) return { reason: `is larger than ${String(LARGEST_BYTES / 1024 / 1024)} MB.` };
  return readFile(path, "utf8");
}

/** A refusal of the save itself, for reasons that the document alone does not show. */
function toldBy(problems: unknown): readonly FileProblem[] {
  const list = Array.isArray(problems) ? problems as readonly { readonly path: string; readonly message: string }[] : [];
  return list.map(({ path, message }) => ({ key: path.replace(/^\//, "").replaceAll("/", "."), reason: message, line: null, column: null, name: null, value: null }));
}
