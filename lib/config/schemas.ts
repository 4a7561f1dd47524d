import type { IdentitySchemaConfig, ProjectConfig } from "../model/project";
import { resolveIdentitySchema } from "./identity-schema";
import type { Reader } from "./reader";
import { isJsonObject } from "./schema";

/** `identity.schemas` and the default among them. Without any, the project has the preset `preset://email` as `default`. */
export function identitySchemas(reader: Reader): Pick<ProjectConfig, "schemas" | "defaultSchemaId"> {
  const listed = reader.list("identity.schemas");
  const sources = listed.length > 0 ? listed : [{ id: "default", url: "preset://email" }];
  const schemas: IdentitySchemaConfig[] = [];
  const ids: string[] = [];
  for (const [index, source] of sources.entries()) {
    const id = isJsonObject(source) ? source["id"] : undefined;
    const url = isJsonObject(source) ? source["url"] : undefined;
    if (typeof id !== "string" || typeof url !== "string") continue;
    if (ids.includes(id)) reader.refuse(`identity.schemas.${index}.id`, "stands twice; every schema needs its own id.");
    ids.push(id);
    const resolved = resolveIdentitySchema(url, { stored: reader.stored });
    if (resolved.ok) schemas.push({ id, schema: resolved.schema, selectable: isSelectable(source) });
    else reader.refuse(`identity.schemas.${index}.url`, resolved.message);
  }
  const named = reader.text("identity.default_schema_id");
  if (named !== undefined && !ids.includes(named)) {
    reader.refuse("identity.default_schema_id", "must be the id of one of identity.schemas.", ids);
  }
  return { schemas, defaultSchemaId: named ?? (ids.includes("default") ? "default" : ids[0] ?? "default") };
}

function isSelectable(source: unknown): boolean {
  return isJsonObject(source) && source["selfservice_selectable"] === true;
}
