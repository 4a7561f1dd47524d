import type { JsonObject, JsonValue } from "../../model/identity";
import type { OidcProviderConfig } from "../../model/project";
import { claimAt } from "../../model/upstream";
import type { UpstreamPerson } from "../../model/upstream";

const FORBIDDEN: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

type Tree = Map<string, Tree | JsonValue>;

/** Traits by the provider's mapping; what the provider did not say is left out. Never more than texts, numbers, flags and lists of them. */
export function traitsFrom(person: UpstreamPerson, provider: OidcProviderConfig): JsonObject {
  const root: Tree = new Map();
  for (const [trait, claim] of Object.entries(provider.claims)) {
    const value = claimAt(person.claims, claim);
    if (value !== undefined && isPlain(value)) place(root, trait.split("."), value);
  }
  return toObject(root);
}

/** What the person typed wins over what the provider said; an empty field says nothing. */
export function withTyped(said: JsonObject, typed: JsonValue | undefined): JsonObject {
  if (!isObject(typed)) return said;
  const merged = new Map<string, JsonValue>(Object.entries(said));
  for (const [name, value] of Object.entries(typed)) {
    const before = merged.get(name);
    if (isObject(value)) merged.set(name, withTyped(isObject(before) ? before : {}, value));
    else if (value !== "" && value !== null) merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

function place(root: Tree, path: readonly string[], value: JsonValue): void {
  if (path.some((key) => FORBIDDEN.has(key))) return;
  let at = root;
  for (const key of path.slice(0, -1)) {
    const next = at.get(key);
    const inner: Tree = next instanceof Map ? next : new Map();
    at.set(key, inner);
    at = inner;
  }
  at.set(path.at(-1) ?? "", value);
}

function toObject(tree: Tree): JsonObject {
  return Object.fromEntries([...tree].map(([key, value]) => [key, value instanceof Map ? toObject(value) : value]));
}

/** No column holds a NUL or half a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

function isPlain(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.every((item) => !Array.isArray(item) && isPlain(item));
  if (typeof value === "string") return !UNSTORABLE.test(value);
  return typeof value === "number" || typeof value === "boolean";
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
