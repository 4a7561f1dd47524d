import { randomUUID } from "node:crypto";
import type { JsonObject, JsonValue } from "../lib/model/identity";
import { ApiFault, listOf, member, textOf } from "./api";
import type { Api } from "./api";
import { isMap } from "./jsonpath";

/** A person of a file; `row` counts from 1 over all files. */
export interface ImportRow {
  readonly row: number;
  readonly body: JsonValue;
}

export interface RowResult {
  readonly row: number;
  readonly action: "create" | "error";
  readonly identity: string | null;
  /** What the server says of this row; null when it went in. */
  readonly error: { readonly code: number; readonly reason: string } | null;
}

/** Below the limits of the endpoint: 1,000 people, 200 of them with a password in clear, 5 MB (contract/admin.md 1.10). */
const MAX_ROWS = 500;
const MAX_CLEAR = 200;
const MAX_BYTES = 4_000_000;

/** Rows in batches that the endpoint takes. */
export function batchesOf(rows: readonly ImportRow[], size: number = MAX_ROWS): readonly (readonly ImportRow[])[] {
  const batches: ImportRow[][] = [];
  let [count, clear, bytes] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const entry of rows) {
    const weight = Buffer.byteLength(JSON.stringify(entry.body)) + 100;
    const inClear = hasClearPassword(entry.body) ? 1 : 0;
    if (count >= Math.min(size, MAX_ROWS) || clear + inClear > MAX_CLEAR || bytes + weight > MAX_BYTES) {
      batches.push([]);
      [count, clear, bytes] = [0, 0, 0];
    }
    batches.at(-1)?.push(entry);
    [count, clear, bytes] = [count + 1, clear + inClear, bytes + weight];
  }
  return batches;
}

function hasClearPassword(body: JsonValue): boolean {
  return textOf(member(member(member(body, "credentials"), "password"), "config"), "password") !== null;
}

/**
 * Brings a batch in and answers what became of every row, in order. A row that the endpoint cannot read fails the whole request, so
 * a refused batch is tried in halves until the rows that are to blame stand alone. Throws what is no fault of a row.
 */
export async function importBatch(api: Api, batch: readonly ImportRow[]): Promise<readonly RowResult[]> {
  const [first] = batch;
  if (first === undefined) return [];
  try {
    const identities = batch.map(({ body }): JsonObject => ({ patch_id: randomUUID(), create: body }));
    const answer = await api.call("PATCH", "/admin/identities", { identities });
    const results = listOf(member(answer, "identities"));
    return batch.map(({ row }, index) => resultOf(row, results[index] ?? null));
  } catch (error) {
    if (!(error instanceof ApiFault) || (error.status !== 400 && error.status !== 413)) throw error;
    if (batch.length === 1) return [{ row: first.row, action: "error", identity: null, error: { code: error.status, reason: error.lines.join(" ") } }];
    const middle = Math.ceil(batch.length / 2);
    return [...await importBatch(api, batch.slice(0, middle)), ...await importBatch(api, batch.slice(middle))];
  }
}

function resultOf(row: number, result: JsonValue): RowResult {
  const identity = textOf(result, "identity");
  if (textOf(result, "action") === "create" && identity !== null) return { row, action: "create", identity, error: null };
  const error = member(result, "error");
  const code: unknown = member(error, "code");
  const reason = textOf(error, "reason") ?? textOf(error, "message") ?? "the server said nothing about this row";
  return { row, action: "error", identity: null, error: { code: typeof code === "number" ? code : 500, reason } };
}

/** The people in the text of a file: one object, a list, or one object a line. Throws `SyntaxError`. */
export function peopleIn(text: string): readonly JsonValue[] {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  try {
    const value = JSON.parse(trimmed) as JsonValue;
    if (isMap(value) && Array.isArray(value["identities"])) return value["identities"] as readonly JsonValue[];
    return Array.isArray(value) ? value as readonly JsonValue[] : [value];
  } catch (error) {
    const lines = trimmed.split("\n").filter((line) => line.trim() !== "");
    if (lines.length < 2 || !lines[0]?.trimEnd().endsWith("}")) throw error;
    return lines.map((line) => JSON.parse(line) as JsonValue);
  }
}
