import type { ProjectId } from "../model/ids";
import type { JsonObject } from "../model/identity";

/* Values at rest that are sealed under the keys of the installation, for a rotation. Implemented in sealed-values.ts. */

/** Secrets of authenticator apps · recovery codes that can be shown again · keys that sign tokens · messages on their way · what jobs were handed and wrote. */
export const SEALED_KINDS = ["totp", "lookup", "signing", "outbox", "job"] as const;
export type SealedKind = (typeof SEALED_KINDS)[number];

export interface SealedRow {
  readonly id: string;
  /** What the value is bound to (`KeyRing.seal`). */
  readonly binding: readonly string[];
  readonly sealed: string;
}

/** A revision or draft with sealed secrets inside, as it is stored. */
export interface SealedDocument {
  readonly id: string;
  readonly projectId: ProjectId;
  readonly document: JsonObject;
}

export interface KeyDb {
  /** Rows that are not sealed under `kid`, in the order of their ids; `after`: "" for the first page. */
  listSealed(kind: SealedKind, query: { readonly kid: string; readonly after: string; readonly limit: number }): Promise<readonly SealedRow[]>;
  countSealed(kind: SealedKind, kid: string): Promise<number>;
  /** Parts of jobs that ended before the instant: nobody may read them any more. Answers how many went. */
  dropSpentParts(endedBefore: Date): Promise<number>;
  /** Whose last step or signature was made with another key than `kid`. Only their owners' next sign-in makes them anew. */
  countMadeUnderOthers(kid: string): Promise<{ readonly passwords: number; readonly securityKeys: number }>;
  /** Only while the row still holds `from`; false: somebody wrote it meanwhile, under a newer key. */
  replaceSealed(kind: SealedKind, id: string, from: string, to: string): Promise<boolean>;
  /** Documents with a sealed value that is not under `kid`. */
  listSealedDocuments(table: "revision" | "draft", query: { readonly kid: string; readonly after: string; readonly limit: number }): Promise<readonly SealedDocument[]>;
  replaceSealedDocument(table: "revision" | "draft", id: string, from: JsonObject, to: JsonObject): Promise<boolean>;
}
