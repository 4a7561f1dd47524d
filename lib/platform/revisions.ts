import { describeChange } from "../config/diff";
import { parseProjectConfig } from "../config/parse";
import type { NewRevision, PlatformDb, ProjectChange, RevisionRow } from "../db/handles";
import type { AuditActor } from "../model/audit";
import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { SessionId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import { configChanged, projectUpdated } from "./audit";
import { requireReachable } from "./console-stays-reachable";
import { requireStorable, tidyRemark } from "./text";

export interface RevisionToSave {
  readonly platform: PlatformDb;
  readonly row: ProjectRow;
  /** The project's origin (`Resolver.baseUrlOf`). */
  readonly baseUrl: string;
  /** The revision the author was looking at. */
  readonly expected: number;
  readonly document: JsonObject;
  /** Attributes of the project that change in the same transaction, also when the document does not. */
  readonly also?: ProjectChange;
  readonly author: NewRevision["author"];
  readonly comment?: string;
  /** Of the rung.yml that says this: recorded also where the document changes nothing, so that the file is not taken for a new one later. */
  readonly fileDigest?: string;
  /** Where the change came from; recorded with it. */
  readonly ipAddress?: string | null;
  readonly sessionId?: SessionId | null;
  readonly now: Date;
}

export type SavedRevision =
  | { readonly kind: "saved"; readonly revision: RevisionRow; readonly summary: readonly string[] }
  /** The document says what the current one says; no revision was made. */
  | { readonly kind: "unchanged"; readonly revision: RevisionRow };

/**
 * One new revision, or a conflict; never a mixture. The document is checked as a whole before anything is written, and
 * revision, current number and audit record are one transaction.
 *
 * Throws `DomainError`: `config_invalid` with `details.problems`; `revision_conflict` with `details.current`, the number
 * in force now, and `details.expected`.
 */
export async function saveRevision(change: RevisionToSave): Promise<SavedRevision> {
  const { platform, row, expected, document, now } = change;
  requireStorable(document);
  const config = parseProjectConfig(document, expected + 1, { baseUrl: change.baseUrl, projectKey: row.key, name: row.name });
  if (row.kind === "console") requireReachable(config);
  const before = await platform.findRevision(row.id, expected);
  if (before === null) throw await conflict(platform, row, expected);
  // The database keeps no order of keys; without one on both sides every list of objects would read as changed.
  const summary = describeChange(inOrder(before.document), inOrder(document));
  const also = change.also === undefined ? undefined : { change: change.also, audit: projectUpdated(actorOf(change.author), change.also, change) };
  if (change.fileDigest === undefined && JSON.stringify(inOrder(before.document)) === JSON.stringify(inOrder(document))) {
    if (also !== undefined) {
      if (!(await platform.updateProject(row.id, expected, also.change, also.audit, now))) throw await conflict(platform, row, expected);
    } else if ((await currentNumber(platform, row)) !== expected) throw await conflict(platform, row, expected);
    return { kind: "unchanged", revision: before };
  }
  const comment = tidyRemark(change.comment ?? "");
  const revision = await platform.appendRevision(
    row.id, expected,
    { document, author: change.author, comment, summary: summary.join("\n"), fileDigest: change.fileDigest ?? null, at: now },
    configChanged(actorOf(change.author), { from: expected, to: expected + 1, summary, comment }, change), also,
  );
  if (revision === null) throw await conflict(platform, row, expected);
  return { kind: "saved", revision, summary };
}

/** Appends an earlier document as a new revision; history is never edited. Throws as `saveRevision`, or `not_found`. */
export async function restoreRevision(change: Omit<RevisionToSave, "document"> & { readonly number: number }): Promise<SavedRevision> {
  const earlier = await change.platform.findRevision(change.row.id, change.number);
  if (earlier === null) throw new DomainError("not_found");
  const comment = change.comment === undefined || change.comment === "" ? `Restored revision ${change.number}` : change.comment;
  return saveRevision({ ...change, document: earlier.document, comment });
}

/** Newest first. */
export function listRevisions(
  platform: PlatformDb, row: ProjectRow, query: { readonly limit: number; readonly before?: number },
): Promise<readonly RevisionRow[]> {
  return platform.listRevisions(row.id, query);
}

async function conflict(platform: PlatformDb, row: ProjectRow, expected: number): Promise<DomainError> {
  return new DomainError("revision_conflict", { expected, current: await currentNumber(platform, row) });
}

async function currentNumber(platform: PlatformDb, row: ProjectRow): Promise<number> {
  return (await platform.findProjectBySlug(row.slug))?.currentRevision ?? row.currentRevision;
}

function actorOf(author: NewRevision["author"]): AuditActor {
  const identity = author.id === null ? {} : { identityId: author.id };
  return { kind: author.kind === "file" ? "system" : author.kind, ...identity, label: author.label };
}

/** The same document with the keys of every object sorted: their order means nothing. */
function inOrder(document: JsonObject): JsonObject {
  return sorted(document) as JsonObject;
}

function sorted(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
