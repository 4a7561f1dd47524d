import fastJsonPatch from "fast-json-patch";
import type { Operation } from "fast-json-patch";
import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import { isJsonObject, schemaAt } from "./schema";

/** What the project API puts before a path; the CLI's own paths come without it (contract admin 2.4, 3.6). */
const API_PREFIX = "/services/identity/config";
const MAX_OPERATIONS = 200;
/** No configuration is larger. Each `copy` may double what it copies: without a bound thirty of them would fill the memory. */
const MAX_CHARACTERS = 1024 * 1024;
const KINDS = ["add", "remove", "replace", "move", "copy", "test"] as const;
/** Deeper than any key of a configuration. */
const MAX_SEGMENTS = 64;
const UNSAFE: readonly string[] = ["__proto__", "constructor", "prototype"];

interface Step {
  readonly op: (typeof KINDS)[number];
  readonly segments: readonly string[];
  readonly from?: readonly string[];
  readonly value?: JsonValue;
}

/**
 * Applies a JSON Patch (RFC 6902) and answers the new document; the given one is not touched, and either all operations apply
 * or none. Paths may begin with `/services/identity/config`, or at the document itself.
 *
 * A key that the document leaves out has its default, so `add` and `replace` set it (with the groups above it), and `remove` of
 * a known key leaves the default in force. Throws `bad_request` with a `reason` for an operation that cannot be applied.
 */
export function applyPatch(document: JsonObject, operations: unknown): JsonObject {
  if (!Array.isArray(operations) || operations.length === 0) throw bad("A patch is a list of at least one operation.");
  if (operations.length > MAX_OPERATIONS) throw bad(`A patch has at most ${MAX_OPERATIONS} operations.`);
  return operations.map(readStep).reduce(applyStep, document);
}

function readStep(operation: unknown, index: number): Step {
  const at = `Operation ${index + 1}`;
  if (!isJsonObject(operation)) throw bad(`${at} must be an object with op and path.`);
  const op = KINDS.find((kind) => kind === operation["op"]);
  if (op === undefined) throw bad(`${at}: op must be one of ${KINDS.join(", ")}.`);
  const segments = readPointer(operation["path"], `${at}: path`);
  if (segments.length === 0 && op !== "test") throw bad(`${at}: a patch changes keys, never the whole document.`);
  const needsValue = op === "add" || op === "replace" || op === "test";
  if (needsValue && operation["value"] === undefined) throw bad(`${at}: ${op} needs a value.`);
  if (op === "move" || op === "copy") return { op, segments, from: readPointer(operation["from"], `${at}: from`) };
  return { op, segments, ...(operation["value"] === undefined ? {} : { value: operation["value"] }) };
}

function readPointer(value: unknown, at: string): readonly string[] {
  if (typeof value !== "string") throw bad(`${at} must be text such as "/session/whoami/required_aal".`);
  const short = value === API_PREFIX || value.startsWith(`${API_PREFIX}/`) ? value.slice(API_PREFIX.length) : value;
  if (short === "") return [];
  if (!short.startsWith("/")) throw bad(`${at} must begin with "/", such as "/session/whoami/required_aal".`);
  const segments = short.slice(1).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (segments.length > MAX_SEGMENTS) throw bad(`${at} has more than ${MAX_SEGMENTS} parts.`);
  if (segments.some((segment) => UNSAFE.includes(segment))) throw bad(`${at} names a key that no document has.`);
  return segments;
}

function applyStep(document: JsonObject, step: Step): JsonObject {
  const path = pointer(step.segments);
  if (step.op === "remove" && !has(document, step.segments)) {
    if (schemaAt(step.segments) === null || step.segments.some(isIndex)) throw bad(`There is nothing at ${path} to remove.`);
    return document;
  }
  const sets = step.op === "add" || step.op === "replace";
  if (step.op !== "remove" && step.op !== "test") requireBounded(document, step);
  const prepared = sets ? withParents(document, step.segments) : document;
  const op = step.op === "replace" && !has(prepared, step.segments) ? "add" : step.op;
  const operation = { op, path, ...(step.from && { from: pointer(step.from) }), ...("value" in step && { value: step.value }) };
  let result: unknown;
  try {
    result = fastJsonPatch.applyOperation(prepared, operation as Operation, true, false, true).newDocument;
  } catch (error) {
    if (step.op === "test") throw bad(`The value at ${path} is not the one that was expected.`, error);
    throw bad(`The operation ${step.op} does not fit at ${path}.`, error);
  }
  if (!isJsonObject(result)) throw bad(`The operation ${step.op} does not fit at ${path}.`);
  return result;
}

/** What an operation begins with: it at most doubles that, or adds a value that came in a bounded body. */
function requireBounded(document: JsonObject, { op }: Step): void {
  if (JSON.stringify(document).length > MAX_CHARACTERS) throw bad(`The operation ${op} would make the document too large.`);
}

/** The document with empty groups where the way to a known key is not there yet. Lists are never invented. */
function withParents(document: JsonObject, segments: readonly string[]): JsonObject {
  const [head, ...rest] = segments;
  if (head === undefined || rest.length === 0) return document;
  const child = Object.hasOwn(document, head) ? document[head] : undefined;
  if (child === undefined) return isIndex(rest[0] ?? "") ? document : { ...document, [head]: withParents({}, rest) };
  return isJsonObject(child) ? { ...document, [head]: withParents(child, rest) } : document;
}

function has(document: JsonValue, segments: readonly string[]): boolean {
  let value: JsonValue | undefined = document;
  for (const segment of segments) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return false;
    value = (value as JsonObject)[segment];
  }
  return value !== undefined;
}

function isIndex(segment: string): boolean {
  return segment === "-" || /^(0|[1-9][0-9]*)$/.test(segment);
}

function pointer(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function bad(reason: string, cause?: unknown): DomainError {
  return new DomainError("bad_request", { reason }, { cause });
}
