import { completeDocument } from "../config/complete";
import type { ConfigWarning } from "../config/effects";
import { updateDocument } from "../config/update";
import type { PlatformDb, ProjectChange } from "../db/handles";
import { DomainError, isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { ProjectRow } from "../model/project";
import { saveRevision } from "./revisions";
import type { RevisionToSave, SavedRevision } from "./revisions";

export interface ConfigRead {
  readonly row: ProjectRow;
  /** Complete, canonical, with secrets in clear (contract/admin.md 4.4). */
  readonly config: JsonObject;
}

/** The identity-config in force. Throws `not_found` when the project is gone. */
export async function readIdentityConfig(platform: PlatformDb, row: ProjectRow, baseUrl: string): Promise<ConfigRead> {
  const { row: current, document } = await inForce(platform, row);
  return { row: current, config: completeDocument(document, { baseUrl, name: current.name }) };
}

export interface ConfigWanted extends Omit<RevisionToSave, "expected" | "document" | "also"> {
  /** The revision the author was looking at; absent: whoever writes last wins. */
  readonly expected?: number;
  /**
   * What is wanted, from what is in force; null leaves the identity-config alone. Called again when somebody else was quicker and
   * no revision is expected.
   */
  readonly change: (current: ConfigRead) => Promise<{
    readonly config: JsonObject | null; readonly also: ProjectChange | null;
    /** Pointers into the identity-config that a patch touched; null: the whole is meant. */
    readonly touched?: readonly string[] | null;
  }>;
}
export type ConfigSaved = SavedRevision & { readonly warnings: readonly ConfigWarning[] };

const ATTEMPTS = 5;

/** Changes identity-config and attributes of a project in one step. Throws as `saveRevision`, and `not_found` when it is gone. */
export async function changeIdentityConfig(wanted: ConfigWanted): Promise<ConfigSaved> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await changeOnce(wanted);
    } catch (error) {
      const again = isDomainError(error) && error.code === "revision_conflict" && wanted.expected === undefined && attempt < ATTEMPTS;
      if (!again) throw error;
    }
  }
}

async function changeOnce({ change, ...rest }: ConfigWanted): Promise<ConfigSaved> {
  const { platform, baseUrl } = rest;
  const { row, document } = await inForce(platform, rest.row);
  const place = { baseUrl, projectKey: row.key, name: row.name };
  const { config, also, touched } = await change({ row, config: completeDocument(document, place) });
  const update = config === null ? { document, warnings: [] } : updateDocument(document, config, place, touched ?? null);
  const saved = await saveRevision({
    ...rest, row, expected: rest.expected ?? row.currentRevision, document: update.document, ...(also !== null && { also }),
  });
  return { ...saved, warnings: update.warnings };
}

async function inForce(platform: PlatformDb, row: ProjectRow): Promise<{ readonly row: ProjectRow; readonly document: JsonObject }> {
  const current = await platform.findProject(row.id);
  const revision = current === null ? null : await platform.findRevision(current.id, current.currentRevision);
  if (current === null || revision === null) throw new DomainError("not_found");
  return { row: current, document: revision.document };
}
