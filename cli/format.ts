import { stringify } from "yaml";
import type { JsonObject, JsonValue } from "../lib/model/identity";
import { CliError } from "./errors";
import { isMap, jsonPath, jsonPointer } from "./jsonpath";

export type Format =
  | { readonly kind: "default" | "table" | "json" | "json-pretty" | "yaml" }
  | { readonly kind: "jsonpath" | "jsonpointer"; readonly path: string };

export const FORMATS = "default, table, json, json-pretty, yaml, jsonpath=PATH or jsonpointer=POINTER";
const NONE = "<none>";

/** Reads `--format`. Throws `CliError` that lists what there is. */
export function parseFormat(text: string): Format {
  const [, kind, path] = /^(jsonpath|jsonpointer)=(.*)$/s.exec(text) ?? [];
  if ((kind === "jsonpath" || kind === "jsonpointer") && path !== undefined) return { kind, path };
  const plain = (["default", "table", "json", "json-pretty", "yaml"] as const).find((name) => name === text);
  if (plain === undefined) throw new CliError(`The format ${text} is unknown. It is one of ${FORMATS}.`);
  return { kind: plain };
}

export type Cell = string | null;

/** Something to print: rows for people, and the value for programs. */
export interface Printed {
  readonly value: JsonValue;
  /** A list of rows, or one object as key and value. */
  readonly shape:
    | { readonly kind: "list"; readonly header: readonly string[]; readonly rows: readonly (readonly Cell[])[] }
    | { readonly kind: "row"; readonly header: readonly string[]; readonly cells: readonly Cell[] }
    /** A document; people get it as YAML, or as the lines that are given. */
    | { readonly kind: "document"; readonly lines?: readonly string[]; readonly ids?: readonly string[] };
}

/** The text of an answer, with its last line break. `quiet` wins over the format: first columns only. Throws `CliError` for a path without a value. */
export function print({ value, shape }: Printed, format: Format, quiet: boolean): string {
  if (quiet && (shape.kind !== "document" || shape.ids !== undefined)) {
    const ids = shape.kind === "list" ? shape.rows.map((row) => row[0] ?? NONE) : shape.kind === "row" ? [shape.cells[0] ?? NONE] : shape.ids ?? [];
    return lines(ids.map(plain));
  }
  switch (format.kind) {
    case "json": return `${JSON.stringify(value)}\n`;
    case "json-pretty": return `${JSON.stringify(value, null, 2)}\n`;
    case "yaml": return yaml(value);
    case "jsonpath": return found(jsonPath(value, format.path), format.path);
    case "jsonpointer": return found(jsonPointer(value, format.path), format.path);
    case "table":
    case "default":
      if (shape.kind === "list") return aligned([shape.header, ...shape.rows]);
      if (shape.kind === "row") return aligned(shape.header.map((name, index) => [name, shape.cells[index] ?? null]));
      if (shape.lines !== undefined) return lines(shape.lines.map(plain));
      return format.kind === "default" ? yaml(value) : aligned([["KEY", "VALUE"], ...leaves(value)]);
  }
}

/** Text without quotes, everything else as JSON. */
function found(value: JsonValue | undefined, path: string): string {
  if (value === undefined) throw new CliError(`There is nothing at ${path === "" ? "the empty path" : path}.`);
  return typeof value === "string" ? `${value}\n` : `${JSON.stringify(value)}\n`;
}

/** Keys in alphabetical order, as the official tool prints them; long texts stay on one line. */
function yaml(value: JsonValue): string {
  return stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}

/** Columns filled with tabs to stops of eight, as Go's tabwriter does: `cut -f1` works, and eyes find the columns. */
function aligned(rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? NONE : plain(cell))));
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => [...(row[column] ?? "")].length)));
  const stop = (column: number): number => Math.ceil(((widths[column] ?? 0) + 1) / 8) * 8;
  return lines(texts.map((row) => row.map((cell, column) =>
    (column === row.length - 1 ? cell : cell + "\t".repeat(Math.ceil((stop(column) - [...cell].length) / 8)))).join("")));
}

/** Nothing in a name may move the cursor or colour the terminal. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, " ");
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

function leaves(value: JsonValue, path = ""): readonly (readonly Cell[])[] {
  if (isMap(value) && Object.keys(value).length > 0) {
    return Object.keys(value).sort().flatMap((key) => leaves(value[key] ?? null, path === "" ? key : `${path}.${key}`));
  }
  return [[path, typeof value === "string" ? value : value === null ? null : JSON.stringify(value)]];
}

/** One object as a row of named cells. */
export function row(value: JsonObject, columns: readonly (readonly [string, Cell])[]): Printed {
  return { value, shape: { kind: "row", header: columns.map(([name]) => name), cells: columns.map(([, cell]) => cell) } };
}

/** A list with a header; `value` for programs defaults to the bare array. */
export function table(header: readonly string[], entries: readonly { readonly value: JsonValue; readonly cells: readonly Cell[] }[], value?: JsonValue): Printed {
  return { value: value ?? entries.map((entry) => entry.value), shape: { kind: "list", header, rows: entries.map(({ cells }) => cells) } };
}
