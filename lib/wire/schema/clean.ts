import type { JsonObject, JsonValue } from "../../model/identity";
import { toE164 } from "./normalise";
import type { TraitField } from "./fields";

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;
const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Traits as the schema's types want them: form texts become numbers and booleans where the schema says so, addresses lose their
 * blanks, phone numbers become E.164 where they parse, and what was left empty is absent. A fresh object; forbidden keys are dropped.
 */
export function cleanTraits(traits: JsonObject, fields: readonly TraitField[]): JsonObject {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return fields.filter((field) => field.required).reduce<JsonObject>((open, field) => withGroups(open, field.path.slice(0, -1)), cleanObject(traits, "traits", byName));
}

/** The groups of a demanded field exist, so that what is missing is the field (which is in the form), not its group. */
function withGroups(value: JsonObject, groups: readonly string[]): JsonObject {
  const [group, ...deeper] = groups;
  if (group === undefined) return value;
  const inner = Object.hasOwn(value, group) ? value[group] : {};
  if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return value;
  return { ...value, [group]: withGroups(inner as JsonObject, deeper) };
}

function cleanObject(value: JsonObject, name: string, fields: ReadonlyMap<string, TraitField>): JsonObject {
  const kept: [string, JsonValue][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) continue;
    const cleaned = cleanValue(item, `${name}.${key}`, fields);
    if (cleaned !== undefined) kept.push([key, cleaned]);
  }
  return Object.fromEntries(kept);
}

function cleanValue(value: JsonValue, name: string, fields: ReadonlyMap<string, TraitField>): JsonValue | undefined {
  const field = fields.get(name);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => (field === undefined ? item : coerce(item, field)));
  if (typeof value === "object" && value !== null) {
    const inner = cleanObject(value as JsonObject, name, fields);
    return Object.keys(inner).length === 0 && Object.keys(value).length > 0 ? undefined : inner;
  }
  if (field === undefined) return value;
  return value === "" ? undefined : coerce(value, field);
}

function coerce(value: JsonValue, field: TraitField): JsonValue {
  if (typeof value !== "string") return value;
  if (field.type === "boolean") return value === "true" || value === "on" ? true : value === "false" ? false : value;
  if (field.type === "number" || field.type === "integer") return NUMBER.test(value.trim()) ? Number(value) : value;
  switch (field.format) {
    case "email":
    case "uri":
    case "url":
      return value.trim();
    case "tel":
      return toE164(value) ?? value.trim();
    case "date-time":
      // A browser's date-and-time field knows no zone; it is read as UTC, and so shown again.
      return LOCAL_TIME.test(value) ? `${value}${value.length === 16 ? ":00" : ""}Z` : value;
    default:
      return value;
  }
}
