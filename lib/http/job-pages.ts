import { cancelJob, inParts, listJobs, startJob } from "../platform/jobs";
import type { ConsoleProject } from "../model/console";
import type { JobLine } from "../model/console-people";
import { isDomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { JsonValue } from "../model/identity";
import { isInstant } from "../model/time";
import { actorOf, deskOf, deskToChange } from "./admin-door";
import type { Admin } from "./console";
import type { Exchange } from "./exchange";
import { readPlace, writePlace } from "./page-place";
import { maskAddress, addressOf } from "./person";

export interface JobsPage {
  readonly project: ConsoleProject;
  readonly jobs: readonly JobLine[];
  readonly next: string | null;
}
const PAGE = 25;
/** Rows of one upload; more come in more files. */
export const ROWS_AT_ONCE = 100_000;

/** Long work of a project, newest first. Null: no such project. */
export async function readJobs(exchange: Exchange, slug: string, after: string | null): Promise<JobsPage | null> {
  const desk = await deskOf(exchange, slug);
  if (desk === null) return null;
  const place = readPlace(after);
  const at = place === null ? null : new Date(place[0]);
  const before = place === null || at === null || !isInstant(at) || !isUuid(place[1]) ? null : { createdAt: at, id: place[1] };
  const jobs = await listJobs(exchange.services.db.platform, desk.project.row.id, { limit: PAGE + 1, ...(before === null ? {} : { before }) });
  const shown = jobs.slice(0, PAGE);
  const last = shown.at(-1);
  return {
    project: { slug: desk.project.row.slug, name: desk.project.row.name }, jobs: shown,
    next: jobs.length > PAGE && last !== undefined ? writePlace([last.createdAt.toISOString(), last.id]) : null,
  };
}

/** False: it was over already. */
export async function stopJob(exchange: Exchange, admin: Admin, slug: string, id: string): Promise<boolean> {
  const desk = await deskToChange(exchange, admin, slug);
  return cancelJob(exchange.services.db.platform, desk.project.row.id, id, { actor: actorOf(admin), ipAddress: exchange.device.ipAddress }, exchange.now);
}

/** Everybody of the project as a file, made beside the requests. `busy`: too many jobs wait. */
export async function startExport(exchange: Exchange, admin: Admin, slug: string, kind: "export_identities" | "export_audit"): Promise<"started" | "busy"> {
  return begin(exchange, admin, slug, kind, null);
}

export type ImportAnswer =
  | { readonly kind: "started"; readonly rows: number }
  | { readonly kind: "busy" }
  | { readonly kind: "refused"; readonly why: "empty" | "too_many" | "not_json"; /** First line that could not be read. */ readonly line: number | null };

/** Reads people from a file, one JSON object a line or one JSON array, and orders their import. Rows are judged one by one, by the job. */
export async function startImport(exchange: Exchange, admin: Admin, slug: string, file: string): Promise<ImportAnswer> {
  await deskToChange(exchange, admin, slug);
  const read = rowsOf(file);
  if ("line" in read) return { kind: "refused", why: "not_json", line: read.line };
  if (read.rows.length === 0) return { kind: "refused", why: "empty", line: null };
  if (read.rows.length > ROWS_AT_ONCE) return { kind: "refused", why: "too_many", line: null };
  const answer = await begin(exchange, admin, slug, "import_identities", read.rows);
  return answer === "busy" ? { kind: "busy" } : { kind: "started", rows: read.rows.length };
}

async function begin(
  exchange: Exchange, admin: Admin, slug: string, kind: "export_identities" | "export_audit" | "import_identities", rows: readonly JsonValue[] | null,
): Promise<"started" | "busy"> {
  const desk = await deskToChange(exchange, admin, slug);
  const { services: { db, keys }, device, now } = exchange;
  try {
    await startJob({ platform: db.platform, keys }, {
      projectId: desk.project.row.id, kind, createdBy: maskAddress(addressOf(admin.identity) ?? "an admin"), actor: actorOf(admin), ipAddress: device.ipAddress,
      total: rows?.length ?? null, parts: rows === null ? [] : inParts(rows),
    }, now);
    return "started";
  } catch (error) {
    if (isDomainError(error) && error.code === "too_many_requests") return "busy";
    throw error;
  }
}

type Read = { readonly rows: readonly JsonValue[] } | { readonly line: number | null };

/** NDJSON, a JSON array, or an object with `identities` (the shape of a batch). */
export function rowsOf(file: string): Read {
  const text = file.replace(/^\uFEFF/, "").trim();
  if (text === "") return { rows: [] };
  const whole = parsed(text);
  if (Array.isArray(whole)) return { rows: whole as readonly JsonValue[] };
  if (isRecord(whole) && Array.isArray(whole["identities"])) return { rows: whole["identities"] as readonly JsonValue[] };
  const rows: JsonValue[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const row = parsed(line);
    if (!isRecord(row)) return { line: index + 1 };
    rows.push(row as JsonValue);
  }
  return { rows };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

