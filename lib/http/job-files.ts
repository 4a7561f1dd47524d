import { DomainError, isDomainError } from "../model/errors";
import { jobOf, readOutput } from "../platform/jobs";
import { actorOf, consoleDoor, deskOf } from "./admin-door";
import { downloadAnswer, redirectAnswer } from "./answer";
import { attachment, streamed } from "./audit-export";
import type { Endpoint } from "./handler";
import { startImport } from "./job-pages";
import { postedForm } from "./posted-form";

/** One uploaded file: some twenty thousand people with their password hashes. The framework keeps ten megabytes of a body and no more. */
export const UPLOAD_LIMIT_BYTES = 8 * 1024 * 1024;

/** `POST /console/projects/{slug}/jobs/import`: a file of people becomes a job; back to the page with what came of it. */
export const importPeople: Endpoint = async (exchange, request, params) => {
  const slug = params["slug"] ?? "";
  const page = `/console/projects/${encodeURIComponent(slug)}/jobs`;
  const door = await consoleDoor(exchange, page);
  if (door.kind === "refused") return door.response;
  const back = new URL(page, exchange.project.config.baseUrl);
  const form = await postedForm(exchange, request, UPLOAD_LIMIT_BYTES).catch((error: unknown) => {
    if (isDomainError(error) && error.code === "payload_too_large") return null;
    throw error;
  });
  if (form === null) {
    back.searchParams.set("refused", "too_big");
    return redirectAnswer(exchange, back.href);
  }
  const file = form.get("file");
  const text = file === null ? "" : typeof file === "string" ? file : await file.text();
  const answer = await startImport(exchange, door.admin, slug, text);
  if (answer.kind === "started") back.searchParams.set("started", String(answer.rows));
  else back.searchParams.set("refused", answer.kind === "busy" ? "busy" : answer.why);
  if (answer.kind === "refused" && answer.line !== null) back.searchParams.set("line", String(answer.line));
  return redirectAnswer(exchange, back.href);
};

/** `POST /console/projects/{slug}/jobs/output`: what a job wrote. People's data leave the house: owners only, and it is recorded. */
export const jobOutput: Endpoint = async (exchange, request, params) => {
  const slug = params["slug"] ?? "";
  const door = await consoleDoor(exchange, `/console/projects/${encodeURIComponent(slug)}/jobs`);
  if (door.kind === "refused") return door.response;
  const form = await postedForm(exchange, request);
  if (door.role !== "owner") throw new DomainError("forbidden", { reason: "This needs an owner of this installation." });
  const desk = await deskOf(exchange, slug);
  const id = form.get("job");
  const { services: { db, keys }, now } = exchange;
  const job = desk === null || typeof id !== "string" ? null : await jobOf(db.platform, desk.project.row.id, id);
  if (desk === null || job === null || job.finishedAt === null) throw new DomainError("not_found");
  await desk.handle.transaction((tx) => tx.appendAudit({
    action: "job.output_read", result: "ok", actor: actorOf(door.admin), ipAddress: exchange.device.ipAddress, details: { job: job.id, kind: job.kind },
  }, now));
  return downloadAnswer(exchange, streamed(readOutput({ platform: db.platform, keys }, desk.project.row.id, job, now)), {
    "content-type": "application/x-ndjson; charset=utf-8", "content-disposition": attachment(`${job.kind}-${job.id}.jsonl`),
  });
};
