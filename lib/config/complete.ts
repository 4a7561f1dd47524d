import type { JsonObject, JsonValue } from "../model/identity";
import { defaultValues } from "./default-values";
import type { DefaultsPlace } from "./default-values";
import { formatDuration, parseDurationMs } from "./durations";
import { withoutPlatformKeys } from "./effects";
import { childOf, CONFIG_SCHEMA, isJsonObject, resolve } from "./schema";
import type { SchemaNode } from "./schema";

/**
 * A document as it is read back (contract/admin.md 4.4): complete, with every default written down, durations as Go prints them,
 * keys in alphabetical order, and without the keys that the platform owns. Secrets are in clear. Entries of lists and of maps
 * with names of their own (providers, hooks, templates) are as they were written. Means the same as the document.
 */
export function completeDocument(document: JsonObject, place: DefaultsPlace): JsonObject {
  const { document: own } = withoutPlatformKeys(document);
  return canonical(filled(defaultValues(own, place), own), CONFIG_SCHEMA) as JsonObject;
}

/** Sorted keys, canonical durations. */
export function canonicalDocument(document: JsonObject): JsonObject {
  return canonical(document, CONFIG_SCHEMA) as JsonObject;
}

function filled(defaults: JsonObject, document: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...defaults };
  for (const [key, value] of Object.entries(document)) {
    const otherwise = Object.hasOwn(defaults, key) ? defaults[key] : undefined;
    result[key] = isJsonObject(otherwise) && isJsonObject(value) ? filled(otherwise, value) : value;
  }
  return result;
}

function canonical(value: JsonValue, schema: SchemaNode | undefined): JsonValue {
  const node = resolve(schema);
  if (typeof value === "string") return node?.pattern?.includes("(ns|us|ms|s|m|h)") === true ? canonicalDuration(value) : value;
  if (isList(value)) return value.map((item) => canonical(item, node?.items));
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, canonical(value[key] ?? null, node === undefined ? undefined : childOf(node, key))]));
}

/** `15m` as `15m0s`; what whole milliseconds cannot say stays as it is. */
function canonicalDuration(text: string): string {
  const ms = parseDurationMs(text);
  if (ms === null) return text;
  const printed = formatDuration(ms);
  return parseDurationMs(printed) === ms ? printed : text;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
