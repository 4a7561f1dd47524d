import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import { parseInstant } from "../model/time";

/* Reading bodies of the admin API: what is there must be what its name promises, and an error says where. */

export function malformed(reason: string): DomainError {
  return new DomainError("bad_request", { reason });
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own member of this name; undefined when it is absent. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Refuses a member that is not on the list, by its name. */
export function onlyMembers(object: JsonObject, known: readonly string[], where: string): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown !== undefined) throw malformed(`unknown field "${unknown}"${where === "" ? "" : ` in ${where}`}`);
}

/** Null when absent or null. */
export function objectAt(object: JsonObject, name: string, where: string): JsonObject | null {
  const value = member(object, name);
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw malformed(`${where}${name} must be an object`);
  return value;
}

export function listAt(object: JsonObject, name: string, where: string): readonly JsonObject[] {
  const value = member(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(`${where}${name} must be a list`);
  return (value as readonly JsonValue[]).map((item, index) => {
    if (!isObject(item)) throw malformed(`${where}${name}[${String(index)}] must be an object`);
    return item;
  });
}

export function textAt(object: JsonObject, name: string, where: string): string | null {
  const value = member(object, name);
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw malformed(`${where}${name} must be a string`);
  return value;
}

export function flagAt(object: JsonObject, name: string, where: string): boolean | null {
  const value = member(object, name);
  if (value === undefined || value === null) return null;
  if (typeof value !== "boolean") throw malformed(`${where}${name} must be true or false`);
  return value;
}

/** A whole number, not negative. */
export function countAt(object: JsonObject, name: string, where: string): number | null {
  const value = member(object, name);
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw malformed(`${where}${name} must be a whole number`);
  return value;
}

/** An RFC 3339 instant. Differs from Kratos: one that no column holds is refused as it is read. */
export function instantAt(object: JsonObject, name: string, where: string): Date | null {
  const value = textAt(object, name, where);
  if (value === null || value === "") return null;
  const at = parseInstant(value);
  if (at === null) throw malformed(`${where}${name} must be an instant of the years 1 to 9999, such as 2026-03-01T09:00:00Z`);
  // Go's zero time stands for none.
  return at.getTime() < 0 ? null : at;
}
