import type { JsonObject, JsonValue } from "../lib/model/identity";
import { CliError } from "./errors";

/*
 * The part of the gjson path language that scripts use (contract/admin.md 3.1):
 *   a.b        a member          a\.b      a member with a dot in its name
 *   a.0        an entry          a.#       how many entries
 *   a.#.b      b of every entry  a.b*      the first member whose name fits (* and ?)
 *   a.#(b=="x").c   of the first entry that fits;  #(…)#  of all of them;  == != < <= > >= and % (pattern), !% (not)
 *   @this, @keys, @values, @reverse    at the end or between, as  |@keys  or  .@keys
 */

/** Answers the value at a path; undefined when there is none. Throws `CliError` for a path that cannot be read. */
export function jsonPath(value: JsonValue, path: string): JsonValue | undefined {
  return walk(value, partsOf(path));
}

/** RFC 6901. `""` is the whole document. */
export function jsonPointer(value: JsonValue, pointer: string): JsonValue | undefined {
  if (pointer === "") return value;
  if (!pointer.startsWith("/")) throw new CliError(`A JSON pointer begins with "/", such as /session/whoami/required_aal; this one is ${pointer}`);
  return pointer.slice(1).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<JsonValue | undefined>((at, part) => (at === undefined ? undefined : step(at, part)), value);
}

function walk(value: JsonValue, parts: readonly string[]): JsonValue | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return value;
  const onward = (next: JsonValue | undefined): JsonValue | undefined => (next === undefined ? undefined : walk(next, rest));
  if (part.startsWith("@")) return onward(modified(value, part));
  if (isList(value) && part === "#") return rest.length === 0 ? value.length : value.flatMap((entry) => defined(walk(entry, rest)));
  const query = /^#\((.*)\)(#?)$/s.exec(part);
  if (query !== null && isList(value)) {
    const fitting = value.filter((entry) => fits(entry, query[1] ?? ""));
    return query[2] === "#" ? fitting.flatMap((entry) => defined(walk(entry, rest))) : onward(fitting[0]);
  }
  if (/(^|[^\\])[*?]/.test(part) && isMap(value)) {
    const pattern = patternOf(part);
    const name = Object.keys(value).find((key) => pattern.test(key));
    return name === undefined ? undefined : onward(value[name]);
  }
  return onward(step(value, part.replace(/\\(.)/gs, "$1")));
}

function step(value: JsonValue, name: string): JsonValue | undefined {
  if (isList(value)) return /^(0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function modified(value: JsonValue, name: string): JsonValue | undefined {
  switch (name) {
    case "@this": return value;
    case "@keys": return isMap(value) ? Object.keys(value) : undefined;
    case "@values": return isMap(value) ? Object.values(value) : undefined;
    case "@reverse": return isList(value) ? [...value].reverse() : value;
    default: throw new CliError(`The path asks for ${name}; only @this, @keys, @values and @reverse are known.`);
  }
}

const QUERY = /^(.*?)(==|!=|<=|>=|<|>|!%|%)(.*)$/s;

function fits(entry: JsonValue, query: string): boolean {
  const [, path = "", operator, literal = ""] = QUERY.exec(query) ?? [];
  const found = operator === undefined ? jsonPath(entry, query.trim()) : path.trim() === "" ? entry : jsonPath(entry, path.trim());
  if (operator === undefined) return found !== undefined;
  if (found === undefined) return false;
  const wanted = literalOf(literal.trim());
  switch (operator) {
    case "==": return found === wanted;
    case "!=": return found !== wanted;
    case "%": return typeof found === "string" && patternOf(String(wanted)).test(found);
    case "!%": return typeof found === "string" && !patternOf(String(wanted)).test(found);
    default: return typeof found === typeof wanted && found !== null && wanted !== null && ordered(found, operator, wanted);
  }
}

function ordered(left: JsonValue, operator: string, right: JsonValue): boolean {
  const [a, b] = [left as string, right as string];
  if (operator === "<") return a < b;
  if (operator === "<=") return a <= b;
  return operator === ">" ? a > b : a >= b;
}

function literalOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function patternOf(text: string): RegExp {
  const source = [...text.matchAll(/\\(.)|(.)/gs)].map(([, escaped, plain = ""]) =>
    (escaped !== undefined ? quoted(escaped) : plain === "*" ? "[^]*" : plain === "?" ? "[^]" : quoted(plain))).join("");
  return new RegExp(`^${source}$`, "u");
}

function quoted(character: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? `\\${character}` : character;
}

/** Splits at dots and pipes outside of brackets and quotes; a backslash keeps the next character. */
function partsOf(path: string): readonly string[] {
  const parts: string[] = [];
  let part = "";
  let depth = 0;
  let inQuotes = false;
  for (let index = 0; index < path.length; index += 1) {
    const character = path.charAt(index);
    if (character === "\\") {
      part += character + path.charAt(index + 1);
      index += 1;
      continue;
    }
    if (depth > 0 && character === '"') inQuotes = !inQuotes;
    if (!inQuotes && character === "(") depth += 1;
    if (!inQuotes && character === ")") depth -= 1;
    if (depth === 0 && (character === "." || character === "|")) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  if (depth !== 0 || inQuotes) throw new CliError(`The path ${path} ends inside of brackets or quotes.`);
  return [...parts, part].filter((name) => name !== "");
}

function defined(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined ? [] : [value];
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isMap(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
