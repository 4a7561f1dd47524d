import type { JsonObject, JsonValue } from "../model/identity";
import { childOf, CONFIG_SCHEMA, isJsonObject, resolve } from "./schema";
import type { SchemaNode } from "./schema";

/** Told with an update that succeeded (contract/admin.md 2.3). */
export interface ConfigWarning {
  readonly code: number;
  readonly message: string;
}

export const PLATFORM_OWNED_CODE = 4001;
export const NO_EFFECT_CODE = 4002;

/** Keys of the machine and not of a project: environment variables say them (docs/running.md). Of `serve`, `public.cors` is the project's. */
export const PLATFORM_OWNED: readonly string[] = [
  "ciphers", "config", "database", "dev", "dsn", "expose-metrics-port", "hashers", "help", "log", "profiling", "serve", "sqa-opt-out", "tracing",
  "version", "watch-courier",
];

/** The document without the keys that the platform owns, and which those were. */
export function withoutPlatformKeys(document: JsonObject): { readonly document: JsonObject; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const kept: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(document)) {
    if (!PLATFORM_OWNED.includes(key)) kept[key] = value;
    else if (key === "serve" && isJsonObject(value)) {
      const { cors, others } = corsOf(value);
      if (others.length > 0) dropped.push(...others);
      if (cors !== undefined) kept[key] = { public: { cors } };
    } else dropped.push(key);
  }
  return { document: kept, dropped };
}

function corsOf(serve: JsonObject): { readonly cors: JsonValue | undefined; readonly others: readonly string[] } {
  const face = serve["public"];
  const beside = Object.keys(serve).filter((key) => key !== "public").map((key) => `serve.${key}`);
  if (!isJsonObject(face)) return { cors: undefined, others: face === undefined ? beside : [...beside, "serve.public"] };
  const inside = Object.keys(face).filter((key) => key !== "cors").map((key) => `serve.public.${key}`);
  return { cors: face["cors"], others: [...beside, ...inside] };
}

export function platformWarnings(dropped: readonly string[]): readonly ConfigWarning[] {
  return dropped.map((key) => ({ code: PLATFORM_OWNED_CODE, message: `Key ${key} is managed by the platform and was ignored.` }));
}

/** A warning for every key that is kept and changes nothing. With `before`: only for those that are not as they were there. */
export function effectWarnings(document: JsonObject, before: JsonObject | null = null): readonly ConfigWarning[] {
  return keptIn(document, before ?? undefined, CONFIG_SCHEMA, [])
    .map((path) => ({ code: NO_EFFECT_CODE, message: `Key ${path} is kept and has no effect on this server.` }));
}

function keptIn(value: JsonValue, before: JsonValue | undefined, schema: SchemaNode | undefined, path: readonly string[]): readonly string[] {
  const node = resolve(schema);
  if (node === undefined) return [];
  if (node.rungKept === true) return JSON.stringify(value) === JSON.stringify(before) ? [] : [path.join(".")];
  if (isList(value)) return value.flatMap((item, index) => keptIn(item, isList(before) ? before[index] : undefined, node.items, [...path, String(index)]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => keptIn(inner, isJsonObject(before) ? before[key] : undefined, childOf(node, key), [...path, key]));
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
