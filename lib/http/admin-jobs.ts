import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import { cancelJob, forgetJob, inParts, JOB_KINDS, jobOf, listJobs, readOutput, startJob } from "../platform/jobs";
import type { Job, JobKind } from "../platform/jobs";
import { rfc3339 } from "../wire/message";
import { keysetHeaders, readPageSize } from "../wire/pagination";
import { byCaller, placeToken, readPlaceToken } from "./admin-list";
import { emptyAnswer, jsonAnswer } from "./answer";
import type { ApiCaller } from "./api-key";
import { withApiKey } from "./api-key";
import { readJson } from "./body";
import type { Exchange } from "./exchange";
import { DATA_CSP, NO_STORE, STATIC_HEADERS } from "./security-headers";

/*
 * `/admin/jobs`: work that is too long for a request. Rung's own; Ory's API has no such thing (docs/wire.md). Ordered with 202 and an
 * address to ask at; what came of every row, or the file that was asked for, is its output.
 */

const PAGE_SIZE = 50;
const PAGE_MAX = 250;
const MEMBERS: Readonly<Record<JobKind, readonly string[]>> = {
  import_identities: ["kind", "identities"], export_identities: ["kind"], export_audit: ["kind"],
};

/** `POST /admin/jobs`: 202 with the job. */
export const orderJob = withApiKey(async (exchange, caller, request) => {
  const { services: { db, keys }, project, now } = exchange;
  const { kind, parts, total } = readOrder(await readJson(request));
  const { actor, ipAddress } = byCaller(exchange, caller);
  const projectId = project.row.id;
  const id = await startJob({ platform: db.platform, keys }, { projectId, kind, createdBy: actor.label ?? "", actor, ipAddress, total, parts }, now);
  return jsonAnswer(exchange, 202, jobToWire(await known(exchange, id)), { location: `/admin/jobs/${id}` });
});

/** `GET /admin/jobs`: newest first, by keyset pages. */
export const readJobs = withApiKey(async (exchange) => {
  const { services: { db }, project, url } = exchange;
  const limit = readPageSize(url.searchParams, PAGE_SIZE, PAGE_MAX);
  const place = readPlaceToken(url.searchParams.get("page_token"));
  const found = await listJobs(db.platform, project.row.id, { limit: limit + 1, ...(place === null ? {} : { before: { createdAt: place.at, id: place.id } }) });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const next = found.length > limit && last !== undefined ? placeToken({ at: last.createdAt, id: last.id }) : null;
  return jsonAnswer(exchange, 200, rows.map(jobToWire), keysetHeaders(url.href, limit, { first: null, next }));
});

/** `GET /admin/jobs/{id}`. */
export const readJob = withApiKey(async (exchange, _caller, _request, params) => jsonAnswer(exchange, 200, jobToWire(await known(exchange, params["id"] ?? ""))));

/** `DELETE /admin/jobs/{id}`: ends a job that is not over, and removes one that is, with its output. 204 both times. */
export const removeJob = withApiKey(async (exchange, caller, _request, params) => {
  const { services: { db }, project, now } = exchange;
  const { id, finishedAt } = await known(exchange, params["id"] ?? "");
  if (finishedAt === null) await cancelJob(db.platform, project.row.id, id, byCaller(exchange, caller), now);
  else await forgetJob(db.platform, project.row.id, id);
  return emptyAnswer(exchange, 204);
});

/** `GET /admin/jobs/{id}/output`: what is there so far, one JSON value a line; until a day after the end. */
export const readJobOutput = withApiKey(async (exchange, _caller: ApiCaller, _request, params) => {
  const job = await known(exchange, params["id"] ?? "");
  return outputAnswer(exchange, exchange.project.row.id, job);
});

/** A job's output as a file that is sent while it is read. */
export async function outputAnswer({ services: { db, keys }, now }: Exchange, projectId: Exchange["project"]["row"]["id"], job: Job): Promise<Response> {
  const parts = readOutput({ platform: db.platform, keys }, projectId, job, now);
  // The first part tells whether there is anything to send at all.
  let next = await parts.next();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (next.done === true) return controller.close();
      controller.enqueue(new TextEncoder().encode(next.value));
      next = await parts.next();
    },
  });
  const headers = {
    ...STATIC_HEADERS, "cache-control": NO_STORE, vary: "Cookie", "content-security-policy": DATA_CSP, "content-type": "application/x-ndjson; charset=utf-8",
    "content-disposition": `attachment; filename="${job.kind.replaceAll("_", "-")}-${job.createdAt.toISOString().slice(0, 10)}.ndjson"`,
  };
  return new Response(body, { status: 200, headers });
}

export function jobToWire(job: Job): JsonObject {
  const instant = (at: Date | null): string | null => (at === null ? null : rfc3339(at));
  return {
    id: job.id, kind: job.kind, state: job.state, total: job.total, done: job.done, failed: job.failed, error: job.error, created_by: job.createdBy,
    created_at: rfc3339(job.createdAt), updated_at: rfc3339(job.updatedAt), finished_at: instant(job.finishedAt), output_until: instant(job.outputUntil),
  };
}

async function known({ services: { db }, project }: Exchange, id: string): Promise<Job> {
  const job = await jobOf(db.platform, project.row.id, id);
  if (job === null) throw new DomainError("not_found", { reason: "No job has this id." });
  return job;
}

function readOrder(body: JsonValue): { readonly kind: JobKind; readonly parts: readonly unknown[]; readonly total: number | null } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refused("The body must be a JSON object.");
  const order = body as JsonObject;
  const kind = JOB_KINDS.find((name) => name === order["kind"]);
  if (kind === undefined) throw refused(`kind must be one of ${JOB_KINDS.join(", ")}.`);
  const unknown = Object.keys(order).find((name) => !MEMBERS[kind].includes(name));
  if (unknown !== undefined) throw refused(`The member ${unknown.slice(0, 40)} is unknown in a job of this kind.`);
  if (kind !== "import_identities") return { kind, parts: [], total: null };
  const rows = order["identities"];
  if (!Array.isArray(rows)) throw refused("identities must be a list of entries, each with create and an optional patch_id.");
  return { kind, total: rows.length, parts: inParts(rows as readonly JsonValue[]) };
}

function refused(reason: string): DomainError {
  return new DomainError("bad_request", { reason });
}
