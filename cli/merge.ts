import type { JsonObject, JsonValue } from "../lib/model/identity";
import { isList, isMap } from "./jsonpath";

/** Several files of a configuration become one, left to right: groups are merged, lists appended, the rest replaced (contract/admin.md 3.5). */
export function mergeFiles(files: readonly JsonObject[]): JsonObject {
  return files.reduce<JsonObject>((left, right) => merged(left, right), {});
}

function merged(left: JsonObject, right: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const old = Object.hasOwn(result, key) ? result[key] : undefined;
    // Not by assignment: a key named __proto__ would be swallowed instead of refused.
    Object.defineProperty(result, key, { value: together(old, value), enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function together(old: JsonValue | undefined, value: JsonValue): JsonValue {
  if (isMap(old) && isMap(value)) return merged(old, value);
  return isList(old) && isList(value) ? [...old, ...value] : value;
}
