import type { AuditRecord } from "../model/audit";
import { DomainError } from "../model/errors";
import { exportHead, exportLine, measured, signManifest } from "../platform/audit-export";
import type { ExportFormat } from "../platform/audit-export";
import { actorOf, consoleDoor, deskOf } from "./admin-door";
import type { Desk } from "./admin-door";
import { downloadAnswer, jsonAnswer } from "./answer";
import { AUDIT_ACTORS, AUDIT_KINDS, auditQueryOf } from "./audit-pages";
import type { AuditKind, AuditQuery, AuditSearch } from "./audit-pages";
import type { Endpoint } from "./handler";
import { maskAddress, addressOf } from "./person";
import { postedForm } from "./posted-form";

/** Entries held in memory at a time, however long the log is. */
const PART = 1_000;

/**
 * `POST /console/projects/{slug}/audit/export`: the log as a file, written while it is read, or the signed statement about that very
 * file. Both walk the chain from its first entry to `through`, which never changes, so they are about the same bytes. Taking the
 * log out is itself recorded.
 */
export const exportAudit: Endpoint = async (exchange, request, params) => {
  const slug = params["slug"] ?? "";
  const door = await consoleDoor(exchange, `/console/projects/${encodeURIComponent(slug)}/audit`);
  if (door.kind === "refused") return door.response;
  const form = await postedForm(exchange, request);
  const desk = await deskOf(exchange, slug);
  if (desk === null) throw new DomainError("not_found");
  const format: ExportFormat = form.get("format") === "csv" ? "csv" : "jsonl";
  const search = searchOf(form);
  const head = await desk.handle.auditHead();
  const asked = Number(form.get("through") ?? "");
  const through = Number.isSafeInteger(asked) && asked > 0 ? Math.min(asked, head.sequence) : head.sequence;
  const query = auditQueryOf(search);
  const name = `audit-${desk.project.row.slug}-${String(through)}`;
  const filters = Object.fromEntries(Object.entries(search).filter(([key, value]) => value !== null && key !== "before")) as Record<string, string>;
  if (form.get("what") === "manifest") {
    const made = await measure(desk, query, through, format);
    const last = await desk.handle.findAudit(through);
    const manifest = signManifest(exchange.services.keys, {
      project: { id: desk.project.row.id, slug: desk.project.row.slug, name: desk.project.row.name }, file: { format, ...made }, filters,
      through: { sequence: through, hash: last?.hash ?? "" }, made_at: exchange.now.toISOString(), made_by: maskAddress(addressOf(door.admin.identity) ?? "an admin"),
    });
    return jsonAnswer(exchange, 200, JSON.parse(JSON.stringify(manifest)), { "content-disposition": attachment(`${name}.${format}.manifest.json`) });
  }
  await desk.handle.transaction((tx) => tx.appendAudit({
    action: "audit.exported", result: "ok", actor: actorOf(door.admin), ipAddress: exchange.device.ipAddress, details: { format, through, filters },
  }, exchange.now));
  return downloadAnswer(exchange, streamed(pieces(desk, query, through, format)), {
    "content-type": format === "csv" ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson; charset=utf-8",
    "content-disposition": attachment(`${name}.${format}`),
  });
};

async function* pieces({ handle }: Desk, query: Omit<AuditQuery, "limit" | "before">, through: number, format: ExportFormat, seen?: (record: AuditRecord) => void): AsyncGenerator<string> {
  const head = exportHead(format);
  if (head !== "") yield head;
  for (let from = 1; from <= through;) {
    const part = await handle.auditFrom(from, through, PART);
    const last = part.at(-1);
    if (last === undefined) return;
    const chosen = part.filter((record) => matches(record, query));
    for (const record of chosen) seen?.(record);
    if (chosen.length > 0) yield chosen.map((record) => exportLine(record, format)).join("");
    from = last.sequence + 1;
  }
}

async function measure(desk: Desk, query: Omit<AuditQuery, "limit" | "before">, through: number, format: ExportFormat) {
  const file = measured();
  let [entries, first, last]: [number, number | null, number | null] = [0, null, null];
  const seen = ({ sequence }: AuditRecord): void => {
    entries += 1;
    first ??= sequence;
    last = sequence;
  };
  for await (const piece of pieces(desk, query, through, format, seen)) file.take(piece);
  return { ...file.done(), entries, first, last };
}

/** The same questions as the database's search asks. */
function matches(record: AuditRecord, query: Omit<AuditQuery, "limit" | "before">): boolean {
  return (query.identityId === undefined || record.identityId === query.identityId) && (query.action === undefined || record.action === query.action)
    && (query.actionPrefix === undefined || record.action.startsWith(query.actionPrefix)) && (query.actorKind === undefined || record.actor.kind === query.actorKind)
    && (query.actorId === undefined || record.actor.identityId === query.actorId) && (query.result === undefined || record.result === query.result)
    && (query.from === undefined || record.at >= query.from) && (query.until === undefined || record.at < query.until);
}

/** A body that is written as fast as it is read, and stops when its reader goes away. */
export function streamed(source: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}

export function attachment(name: string): string {
  return `attachment; filename="${name.replace(/[^A-Za-z0-9._-]/g, "-")}"`;
}

function searchOf(form: FormData): AuditSearch {
  const text = (name: string): string | null => {
    const value = form.get(name);
    return typeof value === "string" && value !== "" ? value : null;
  };
  return auditSearchOf(text);
}

/** What a form or an address says of the log; what it may not say counts as unsaid. */
export function auditSearchOf(text: (name: string) => string | null): AuditSearch {
  const kind = text("kind");
  const result = text("result");
  return {
    actor: AUDIT_ACTORS.find((one) => one === text("actor")) ?? null, actorId: text("by"), target: text("target"),
    kind: kind !== null && Object.hasOwn(AUDIT_KINDS, kind) ? kind as AuditKind : null, action: text("action"),
    result: result === "ok" || result === "rejected" ? result : null, from: text("from"), until: text("until"), before: text("before"),
  };
}
