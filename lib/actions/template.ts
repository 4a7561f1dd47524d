import type { JsonObject, JsonValue } from "../model/identity";

/** `${ctx.identity.traits.email}`; a second `$` before it makes it plain text. */
const PLACEHOLDER = /\$?\$\{\s*ctx((?:\.[^\s.{}]+)*)\s*\}/g;
const MAX_DEPTH = 64;

/**
 * A declarative template: a JSON value whose texts may hold placeholders that name a value of the context. A text that is one
 * placeholder becomes that value with its type; inside other text it is written out (an object or list as JSON). What is not
 * there is null, or nothing inside a text. Nothing is evaluated, and only own members are read.
 */
export function renderTemplate(value: JsonValue, context: JsonObject): JsonValue {
  return render(value, context, 0);
}

function render(value: JsonValue, context: JsonObject, depth: number): JsonValue {
  if (typeof value === "string") return renderText(value, context);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  if (isList(value)) return value.map((item) => render(item, context, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, render(inner, context, depth + 1)]));
}

function renderText(text: string, context: JsonObject): JsonValue {
  const [whole] = text.matchAll(PLACEHOLDER);
  if (whole?.[0] === text && !text.startsWith("$$")) return lookUp(context, whole[1] ?? "");
  return text.replace(PLACEHOLDER, (match, path: string) => (match.startsWith("$$") ? match.slice(1) : inText(lookUp(context, path))));
}

function lookUp(context: JsonObject, path: string): JsonValue {
  let value: JsonValue | undefined = context;
  for (const key of path.split(".").slice(1)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return null;
    value = isList(value) ? value[Number(key)] : (value as JsonObject)[key];
  }
  return value ?? null;
}

function inText(value: JsonValue): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
