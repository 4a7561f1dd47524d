import { DomainError } from "../model/errors";
import type { JsonValue } from "../model/identity";

/** X10: more than this is no form and no JSON of ours. */
export const BODY_LIMIT_BYTES = 64 * 1024;
/** What the admin and console APIs read (contract/admin.md 1.1). */
export const ADMIN_BODY_LIMIT_BYTES = 5 * 1024 * 1024;

/**
 * The whole body as text. Counts while reading, so a missing or wrong `Content-Length` does not help: throws
 * `payload_too_large` above `limit`, `bad_request` for bytes that are not UTF-8.
 */
export async function readBody(request: Request, limit = BODY_LIMIT_BYTES): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new DomainError("payload_too_large", { limitBytes: limit });
  if (request.body === null) return "";
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      throw new DomainError("payload_too_large", { limitBytes: limit });
    }
    chunks.push(value);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new DomainError("bad_request", { reason: "The body is not valid UTF-8." }, { cause });
  }
}

/** Deeper than any body of an API nests. */
const MAX_DEPTH = 64;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * The body of an admin or console request as JSON. Throws `payload_too_large`, and `bad_request` naming the problem: nothing there, no
 * JSON, nested too deep, a key no object may have, or a character that cannot be stored.
 */
export async function readJson(request: Request, limit = ADMIN_BODY_LIMIT_BYTES): Promise<JsonValue> {
  const text = await readBody(request, limit);
  if (text.trim() === "") throw new DomainError("bad_request", { reason: "The body is empty; it must be JSON." });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DomainError("bad_request", { reason: `The body is not valid JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : ""}` }, { cause });
  }
  return checked(value, 1);
}

function checked(value: unknown, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw new DomainError("bad_request", { reason: `The body nests deeper than ${String(MAX_DEPTH)} levels.` });
  if (Array.isArray(value)) return value.map((item) => checked(item, depth + 1));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => {
      if (FORBIDDEN_KEYS.has(key)) throw new DomainError("bad_request", { reason: "The body names a field that no object has." });
      return [storable(key), checked(item, depth + 1)];
    }));
  }
  return typeof value === "string" ? storable(value) : value as JsonValue;
}

/** Throws `bad_request` for a value that nests too deep, or names a key no object may have. */
export function requirePlain(value: unknown, depth = 1): void {
  if (typeof value !== "object" || value === null) return;
  if (depth > MAX_DEPTH) throw new DomainError("bad_request", { reason: `The body nests deeper than ${String(MAX_DEPTH)} levels.` });
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new DomainError("bad_request", { reason: "The body names a field that no object has." });
    requirePlain(item, depth + 1);
  }
}

function storable(text: string): string {
  if (UNSTORABLE.test(text)) throw new DomainError("bad_request", { reason: "A text in the body holds a character that cannot be stored." });
  return text;
}
