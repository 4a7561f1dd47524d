import type { JsonObject, JsonValue } from "../model/identity";

/** True for a JSON `true` and for the text of a form: `true`, `on`, `1`. Anything else is false. */
export function isTrue(value: JsonValue | undefined): boolean {
  return value === true || value === "true" || value === "on" || value === "1";
}

/** The text of a field, or null when it is absent, empty or no text: Ory's clients send empty fields they do not mean (contract, part 11). */
export function textOf(payload: JsonObject, name: string): string | null {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  return typeof value === "string" && value !== "" ? value : null;
}

/** The value under a dotted name (`traits.name.first`); undefined when there is none. Reads own properties only. */
export function valueAt(payload: JsonObject, name: string): JsonValue | undefined {
  let value: JsonValue | undefined = payload;
  for (const key of name.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}
