import { describeChange } from "../config/diff";
import { parseProjectConfig } from "../config/parse";
import type { DraftRow, PlatformDb, RevisionRow } from "../db/handles";
import type { DraftClash } from "../model/console-impact";
import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { ProjectConfig, ProjectRow } from "../model/project";
import { mergeThree, same } from "./merge";
import { requireStorable, tidyRemark } from "./text";

export type { DraftRow, RevisionRow } from "../db/handles";

/** One admin's change of one project that waits for its preview. One admin has one draft for a project. */
export interface DraftPlace {
  readonly platform: PlatformDb;
  readonly row: ProjectRow;
  readonly baseUrl: string;
  readonly authorId: IdentityId;
  readonly now: Date;
}

export function draftOf({ platform, row, authorId }: DraftPlace): Promise<DraftRow | null> {
  return platform.findDraft(row.id, authorId);
}

export interface DraftChange {
  /** The revision the form was read at. */
  readonly expected: number;
  /** True when the form showed the draft, false when it showed what is in force. */
  readonly shownDraft: boolean;
  /** The document with the form's own keys in it; everything else as it was given. */
  readonly change: (document: JsonObject) => JsonObject;
  /** Replaces the remark that the draft carries. */
  readonly comment?: string;
}

/**
 * Notes a change in the author's draft, beginning one where there is none. A form that was read before another tab changed the
 * draft is put on top of it key by key, so neither is lost. Null when nothing is different from the base any more: there is no
 * draft then. Throws `config_invalid` with the problems, `revision_conflict` for a revision that never was.
 */
export async function changeDraft(place: DraftPlace, { expected, shownDraft, change, comment }: DraftChange): Promise<DraftRow | null> {
  const { platform, row } = place;
  const draft = await draftOf(place);
  const read = await platform.findRevision(row.id, expected);
  if (read === null) throw new DomainError("revision_conflict", { expected, current: row.currentRevision });
  const base = draft?.base ?? expected;
  const document = draft === null ? change(read.document)
    : shownDraft ? change(draft.document)
      : mergeThree(read.document, change(read.document), draft.document);
  return store(place, base, document, comment ?? draft?.comment ?? "");
}

/** Makes the draft hold exactly this document, on top of what is in force: for restoring a revision. */
export function replaceDraft(place: DraftPlace, document: JsonObject, comment: string): Promise<DraftRow | null> {
  return store(place, place.row.currentRevision, document, comment);
}

/** Puts the draft on top of what is in force now: what only others changed is theirs, what I changed is mine. */
export async function rebaseDraft(place: DraftPlace): Promise<DraftRow | null> {
  const { platform, row } = place;
  const draft = await draftOf(place);
  if (draft === null) return null;
  const [base, current] = await Promise.all([platform.findRevision(row.id, draft.base), platform.findRevision(row.id, row.currentRevision)]);
  if (base === null || current === null) throw new DomainError("not_found");
  return store(place, current.number, mergeThree(base.document, draft.document, current.document), draft.comment);
}

/** `only`: this very state of it; what another tab noted meanwhile stays. */
export async function dropDraft({ platform, row, authorId }: DraftPlace, only?: DraftRow): Promise<void> {
  await platform.dropDraft(row.id, authorId, only?.updatedAt);
}

/** The configuration that a document would be. Throws `config_invalid`. */
export function configOf({ row, baseUrl }: Pick<DraftPlace, "row" | "baseUrl">, document: JsonObject, revision: number): ProjectConfig {
  return parseProjectConfig(document, revision, { baseUrl, projectKey: row.key, name: row.name });
}

const MOST_REVISIONS = 50;

/** What each wanted, when somebody saved since the draft was begun; null when nobody did. */
export async function conflictOf({ platform, row }: DraftPlace, draft: DraftRow): Promise<DraftClash | null> {
  if (draft.base >= row.currentRevision) return null;
  const newer = (await platform.listRevisions(row.id, { limit: MOST_REVISIONS })).filter(({ number }) => number > draft.base);
  const base = await platform.findRevision(row.id, draft.base);
  const newest = newer[0];
  if (newest === undefined || base === null) return null;
  return {
    current: newest.number, changedBy: newest.author.label, at: newest.at, theirs: newer.flatMap(({ summary }) => linesOf(summary)),
    yours: describeChange(base.document, draft.document),
  };
}

/** The newest revision that came from the configuration file, when it says something else about what the draft changes. */
export async function fileSaysOtherwise({ platform, row }: DraftPlace, current: RevisionRow, draft: JsonObject): Promise<readonly string[]> {
  const file = (await platform.listRevisions(row.id, { limit: MOST_REVISIONS })).find(({ author }) => author.kind === "file");
  if (file === undefined) return [];
  const changes = new Set(describeChange(current.document, draft).map(nameOf));
  return describeChange(draft, file.document).filter((sentence) => changes.has(nameOf(sentence)));
}

function nameOf(sentence: string): string {
  return sentence.split(": ")[0] ?? sentence;
}

export function linesOf(summary: string): readonly string[] {
  return summary.split("\n").filter((line) => line !== "");
}

async function store(place: DraftPlace, base: number, document: JsonObject, comment: string): Promise<DraftRow | null> {
  const { platform, row, authorId, now } = place;
  requireStorable(document);
  configOf(place, document, base + 1);
  const before = await platform.findRevision(row.id, base);
  if (before !== null && same(before.document, document)) {
    await platform.dropDraft(row.id, authorId);
    return null;
  }
  return platform.putDraft({ projectId: row.id, authorId, base, document, comment: tidyRemark(comment), at: now });
}
