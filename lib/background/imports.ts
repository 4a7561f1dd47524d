import { importBatch } from "../identities/admin-import";
import type { ImportResult } from "../identities/admin-import";
import type { JsonValue } from "../model/identity";
import { toWireError } from "../wire/error";
import type { Runner, Step } from "./runner";

/** A row as it was handed in: an entry of the batch operation (contract/admin.md 1.10), or the person alone. */
interface Entry {
  readonly create: JsonValue | null;
  readonly patchId: string | null;
}

/**
 * Brings people in, a part at a time. A row that cannot be stored fails alone, and the result says of every row what became of it. The
 * people of a part and the note of it are one transaction, so a part is never imported twice.
 */
export const importIdentities: Runner = async ({ services, project, handle, job, input, keep }, { part }) => {
  const rows = await input(part);
  if (rows === null) return null;
  const entries = (Array.isArray(rows) ? rows : []).map(entryOf);
  const cursor = { part: part + 1, after: null };
  const stepOf = (results: readonly (ImportResult | null)[]): Step => ({
    done: entries.length, failed: results.filter((one) => one?.kind === "failed").length, cursor,
    output: entries.map((entry, index) => `${JSON.stringify(told(entry, results[index] ?? null))}\n`).join(""),
  });
  let kept = false;
  const results = await importBatch(entries.map(({ create }) => create), {
    wholeRequest: false,
    stored: async (stored) => {
      await keep(stepOf(stored));
      kept = true;
    },
  }, {
    project, handle, keys: services.keys, passwords: services.passwords, actor: { kind: "admin", label: job.createdBy }, ipAddress: null,
    now: services.clock.now(),
  });
  // Nobody could be stored, or only row by row.
  if (!kept) await keep(stepOf(results));
  return cursor;
};

function entryOf(row: unknown): Entry {
  const at = (name: string): unknown => (typeof row === "object" && row !== null ? Reflect.get(row, name) : undefined);
  const patchId = at("patch_id");
  const alone = at("create") === undefined && at("traits") !== undefined;
  return { create: (alone ? row : at("create") ?? null) as JsonValue | null, patchId: typeof patchId === "string" ? patchId : null };
}

/** As the batch operation answers it. */
function told({ patchId }: Entry, result: ImportResult | null): JsonValue {
  if (result === null) return null;
  const patch = patchId === null ? {} : { patch_id: patchId };
  if (result.kind === "created") return { action: "create", identity: result.id, ...patch };
  return { action: "error", error: toWireError(result.error).body["error"] ?? null, ...patch };
}
