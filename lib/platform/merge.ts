import type { JsonObject, JsonValue } from "../model/identity";

/**
 * What somebody changed between `base` and `mine`, put on top of `theirs`. Key by key: what only one of the two changed is taken
 * from them, what both changed is mine. Protected paths are compared by their prefix; other lists are one value.
 */
export function mergeThree(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  const paths = "protected_paths";
  const merged: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const [was, own, their] = [base[key], mine[key], theirs[key]];
    const value = key === paths ? mergeRules(was, own, their) : mergeValue(was, own, their);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function mergeValue(base: JsonValue | undefined, mine: JsonValue | undefined, theirs: JsonValue | undefined): JsonValue | undefined {
  if (same(base, mine)) return theirs;
  if (same(base, theirs)) return mine;
  if (isObject(mine) && isObject(theirs)) return mergeThree(isObject(base) ? base : {}, mine, theirs);
  return mine;
}

function mergeRules(base: JsonValue | undefined, mine: JsonValue | undefined, theirs: JsonValue | undefined): JsonValue | undefined {
  if (!isList(mine) || !isList(theirs)) return mergeValue(base, mine, theirs);
  const merged = mergeThree(byPrefix(isList(base) ? base : []), byPrefix(mine), byPrefix(theirs));
  return Object.values(merged);
}

function byPrefix(rules: readonly JsonValue[]): JsonObject {
  return Object.fromEntries(rules.map((rule, index) => [isObject(rule) && typeof rule["prefix"] === "string" ? rule["prefix"] : String(index), rule]));
}

/** Equal as data: the order of keys means nothing. */
export function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
