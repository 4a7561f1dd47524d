import type { JsonObject, JsonValue } from "../model/identity";
import { parseDurationMs } from "./durations";
import { isJsonObject } from "./schema";
import type { ConfigProblem } from "./schema";

/** Ten years: far beyond any sensible lifespan, far below where dates end. */
const LONGEST_MS = 87_600 * 3_600_000;

/** Reads a document whose shape the schema has accepted, and gathers what is wrong beyond the shape. Paths are dotted keys. */
export interface Reader {
  readonly problems: readonly ConfigProblem[];
  at(path: string): JsonValue | undefined;
  text(path: string): string | undefined;
  flag(path: string, otherwise: boolean): boolean;
  number(path: string, otherwise: number): number;
  list(path: string): readonly JsonValue[];
  map(path: string): readonly (readonly [string, JsonValue])[];
  /** Milliseconds; one second at least, ten years at most. */
  durationMs(path: string, otherwiseMs: number): number;
  /** Gathers a problem; `path` is dotted, or a pointer when it begins with a slash. */
  refuse(path: string, message: string, allowed?: readonly string[]): void;
  /** Reads the entry of a list or map that stands at `pointer`; its problems are gathered here. */
  inside(pointer: string, entry: JsonValue): Reader;
  /** Where this reader reads, as a pointer; empty for the document itself. */
  readonly pointer: string;
  /** Whether Jsonnet can be evaluated here. */
  readonly jsonnet: boolean;
  /** The document is in force already: what was refused only later does not stop it (docs/config.md). */
  readonly stored: boolean;
}

interface ReaderOptions {
  readonly jsonnet: boolean;
  readonly stored: boolean;
}

export function createReader(document: JsonObject, options: Partial<ReaderOptions> = {}): Reader {
  return readerAt(document, "", [], { jsonnet: false, stored: false, ...options });
}

function readerAt(document: JsonObject, prefix: string, problems: ConfigProblem[], options: ReaderOptions): Reader {
  const at = (path: string): JsonValue | undefined => {
    let value: JsonValue | undefined = document;
    for (const key of path.split(".")) {
      if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
      value = value[key];
    }
    return value;
  };
  const refuse: Reader["refuse"] = (path, message, allowed) => {
    const pointer = path.startsWith("/") ? path : `${prefix}/${path.replaceAll(".", "/")}`;
    problems.push({ path: pointer, message, ...(allowed === undefined ? {} : { allowed }) });
  };
  const text = (path: string): string | undefined => {
    const value = at(path);
    return typeof value === "string" ? value : undefined;
  };
  return {
    problems, at, text, refuse, ...options, pointer: prefix,
    inside: (pointer, entry) => readerAt(isJsonObject(entry) ? entry : {}, pointer, problems, options),
    flag(path, otherwise) {
      const value = at(path);
      return typeof value === "boolean" ? value : otherwise;
    },
    number(path, otherwise) {
      const value = at(path);
      return typeof value === "number" ? value : otherwise;
    },
    list(path) {
      const value = at(path);
      return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
    },
    map(path) {
      const value = at(path);
      return isJsonObject(value) ? Object.entries(value) : [];
    },
    durationMs(path, otherwiseMs) {
      const value = text(path);
      return value === undefined ? otherwiseMs : boundedMs(value, path, refuse) ?? otherwiseMs;
    },
  };
}

/** A duration within one second and ten years; otherwise a problem at `path`, and null. */
export function boundedMs(value: string, path: string, refuse: Reader["refuse"]): number | null {
  const ms = parseDurationMs(value);
  if (ms !== null && ms >= 1_000 && ms <= LONGEST_MS) return ms;
  refuse(path, "must be at least \"1s\" and at most \"87600h\" (ten years); a window of nothing could never be met.");
  return null;
}
