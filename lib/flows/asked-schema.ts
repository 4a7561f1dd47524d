import { DomainError } from "../model/errors";
import type { FlowRequest } from "./request";

/**
 * The identity schema that a caller chose with `identity_schema` (contract 1.2, 1.3); null when none was named. Throws
 * `bad_request` unless it is the default one or marked `selfservice_selectable`.
 */
export function askedSchemaId({ url, project }: FlowRequest): string | null {
  const id = url.searchParams.get("identity_schema");
  if (id === null || id === "") return null;
  const { schemas, defaultSchemaId } = project.config;
  const known = schemas.find((schema) => schema.id === id);
  if (known === undefined || (known.selectable !== true && id !== defaultSchemaId)) {
    throw new DomainError("bad_request", { reason: "The parameter identity_schema names no schema that can be chosen here." });
  }
  return id;
}
