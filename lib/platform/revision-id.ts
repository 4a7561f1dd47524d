import { createHash } from "node:crypto";
import type { ProjectId } from "../model/ids";

/** A revision as a UUID (version 8, RFC 9562): the same for the same project and number, everywhere and without being stored. */
export function revisionId(projectId: ProjectId, number: number): string {
  const hex = createHash("sha256").update(`rung revision ${projectId}/${String(number)}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
