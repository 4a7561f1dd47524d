import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";

export { isTrue, textOf, valueAt } from "./values";
export { methodOf } from "./method-of";

/** Nesting deeper than this is no form of ours. */
const MAX_DEPTH = 8;
/** Leaves of a body; a flow has about a dozen. */
const MAX_FIELDS = 200;
/** Fields that decide what a request is: said twice, they are an attempt to be read two ways. */
const ONCE: ReadonlySet<string> = new Set(["flow", "method", "csrf_token"]);
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

const UNSTORABLE = /\0|\p{Surrogate}/u;

type Nested = Map<string, Nested | JsonValue>;

/**
 * The body of a submit as a plain object: JSON, or form fields whose dots nest (`traits.name.first`). Text of a form stays text.
 * An absent body of an absent type is `{}`. Throws `unsupported_media_type` for any other type, `bad_request` for a body that does
 * not parse, is no object, nests or counts too much, names a forbidden key, or repeats `flow`, `method` or `csrf_token`.
 */
export function parsePayload(contentType: string | null, body: string): JsonObject {
  const type = (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json") return parseJson(body);
  if (type === "application/x-www-form-urlencoded") return parseForm(body);
  if (type === "" && body === "") return {};
  throw new DomainError("unsupported_media_type");
}

function parseJson(body: string): JsonObject {
  if (body.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new DomainError("bad_request", { reason: "The body is not valid JSON." }, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse("The body must be a JSON object.");
  refuseRepeatedKeys(body);
  const budget = { fields: 0 };
  return checkObject(value, 1, budget);
}

/** A copy of parsed JSON with every key and size checked. */
function checkObject(value: object, depth: number, budget: { fields: number }): JsonObject {
  if (depth > MAX_DEPTH) throw refuse(`The body nests deeper than ${MAX_DEPTH} levels.`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [checkKey(key), checkValue(item, depth + 1, budget)]));
}

function checkValue(value: unknown, depth: number, budget: { fields: number }): JsonValue {
  if (Array.isArray(value)) {
    if (depth > MAX_DEPTH) throw refuse(`The body nests deeper than ${MAX_DEPTH} levels.`);
    count(budget);
    return value.map((item) => checkValue(item, depth + 1, budget));
  }
  if (typeof value === "object" && value !== null) {
    count(budget);
    return checkObject(value, depth, budget);
  }
  count(budget);
  if (typeof value === "string") return checkText(value);
  return value as number | boolean | null;
}

function parseForm(body: string): JsonObject {
  const root: Nested = new Map();
  const budget = { fields: 0 };
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(body)) {
    count(budget);
    if (ONCE.has(name) && seen.has(name)) throw refuse(`The field ${name} was sent twice.`);
    seen.add(name);
    place(root, name, checkText(value));
  }
  return toObject(root);
}

/** Puts a value under its dotted name; a later field replaces an earlier one of the same name. */
function place(root: Nested, name: string, value: string): void {
  const keys = name.split(".").map(checkKey);
  if (keys.length > MAX_DEPTH) throw refuse(`The body nests deeper than ${MAX_DEPTH} levels.`);
  const last = keys.pop() ?? "";
  let at = root;
  for (const key of keys) {
    const next = at.get(key);
    const inner: Nested = next instanceof Map ? next : new Map();
    if (next !== undefined && !(next instanceof Map)) throw refuse(`The field ${key} is both a value and a group.`);
    at.set(key, inner);
    at = inner;
  }
  if (at.get(last) instanceof Map) throw refuse(`The field ${last} is both a value and a group.`);
  at.set(last, value);
}

function toObject(nested: Nested): JsonObject {
  return Object.fromEntries([...nested].map(([key, value]) => [key, value instanceof Map ? toObject(value) : value]));
}

function checkKey(key: string): string {
  if (FORBIDDEN_KEYS.has(key)) throw refuse("The body names a field that no form has.");
  return checkText(key);
}

/** No database column holds a NUL or half a surrogate pair, so neither gets further than here. */
function checkText(text: string): string {
  if (UNSTORABLE.test(text)) throw refuse("A text in the body holds a character that cannot be stored.");
  return text;
}

function count(budget: { fields: number }): void {
  budget.fields += 1;
  if (budget.fields > MAX_FIELDS) throw refuse(`The body has more than ${MAX_FIELDS} fields.`);
}

/** `JSON.parse` keeps the last of equal keys in silence; this finds the deciding ones at the top level before that matters. */
function refuseRepeatedKeys(body: string): void {
  const seen = new Set<string>();
  let depth = 0;
  let expectKey = false;
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at];
    if (character === '"') {
      const end = endOfString(body, at);
      if (depth === 1 && expectKey) {
        const key = JSON.parse(body.slice(at, end + 1)) as string;
        if (ONCE.has(key) && seen.has(key)) throw refuse(`The field ${key} was sent twice.`);
        seen.add(key);
        expectKey = false;
      }
      at = end;
    } else if (character === "{" || character === "[") {
      depth += 1;
      expectKey = depth === 1;
    } else if (character === "}" || character === "]") depth -= 1;
    else if (character === "," && depth === 1) expectKey = true;
  }
}

function endOfString(body: string, open: number): number {
  for (let at = open + 1; at < body.length; at += 1) {
    if (body[at] === "\\") at += 1;
    else if (body[at] === '"') return at;
  }
  return body.length - 1;
}

function refuse(reason: string): DomainError {
  return new DomainError("bad_request", { reason });
}
