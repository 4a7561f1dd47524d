import { printYaml } from "../config/yaml";
import type { ProjectFrame, RevisionEntry } from "../model/console";
import type { DiffLine } from "../model/console-impact";
import { maskSecrets } from "../platform/sealed-config";
import type { Admin } from "./console";
import { lineDiff } from "./console-diff";
import { entryOf, openProject } from "./console-project";
import type { Exchange } from "./exchange";

export interface RevisionsPage extends ProjectFrame {
  readonly revisions: readonly RevisionEntry[];
  /** Number to go on before, or null at the end. */
  readonly olderThan: number | null;
  /** The one whose lines were asked for, against the one before it. */
  readonly opened: { readonly number: number; readonly diff: readonly DiffLine[] } | null;
}

const PAGE = 20;

/** Newest first. `diff`: the revision to show line by line, secrets as dots. */
export async function readRevisions(exchange: Exchange, admin: Admin, slug: string, query: { readonly before: number | null; readonly diff: number | null }): Promise<RevisionsPage | null> {
  const opened = await openProject(exchange, admin, slug, 1);
  if (opened === null) return null;
  const { platform, row } = opened.place;
  const { before, diff } = query;
  const rows = await platform.listRevisions(row.id, { limit: PAGE + 1, ...(before === null || before > 2_147_483_647 ? {} : { before }) });
  const shown = rows.slice(0, PAGE);
  return {
    ...opened.frame, revisions: shown.map(entryOf), olderThan: rows.length > PAGE ? shown.at(-1)?.number ?? null : null,
    opened: diff === null ? null : await diffOf(platform, row.id, diff),
  };
}

type Place = Exchange["services"]["db"]["platform"];

async function diffOf(platform: Place, projectId: Parameters<Place["findRevision"]>[0], number: number): Promise<RevisionsPage["opened"]> {
  const [after, before] = await Promise.all([platform.findRevision(projectId, number), platform.findRevision(projectId, number - 1)]);
  if (after === null) return null;
  return { number, diff: lineDiff(before === null ? "" : printYaml(maskSecrets(before.document)), printYaml(maskSecrets(after.document))) };
}
