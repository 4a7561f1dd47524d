import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectRow } from "../model/project";
import type { Services } from "../services";
import { saveRevision } from "./revisions";

/** A new revision of a project (the default one): its document with `patch` merged into it (RFC 7386: null removes, lists are replaced). */
export async function reconfigure({ db, resolver, clock }: Services, patch: JsonObject, which?: ProjectRow): Promise<void> {
  const { platform } = db;
  const known = (await platform.listProjects()).find((row) => (which === undefined ? row.isDefault : row.id === which.id));
  const current = known === undefined ? null : await platform.findRevision(known.id, known.currentRevision);
  if (known === undefined || current === null) throw new Error("there is no such project");
  await saveRevision({
    platform, row: known, baseUrl: resolver.baseUrlOf(known), expected: current.number, document: merged(current.document, patch),
    author: { kind: "system", id: null, label: "test" }, now: clock.now(),
  });
}

function merged(left: JsonObject, right: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const old = result[key];
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = isMap(old) && isMap(value) ? merged(old, value) : value;
  }
  return result;
}

function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
