import { isMap, isScalar, parseDocument } from "yaml";
import type { Document, ParsedNode } from "yaml";
import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import { isJsonObject } from "./schema";

/** Reads YAML 1.2 (and so JSON): one document, plain data, no key twice. Empty text is an empty document. Throws `config_invalid`. */
export function parseYaml(text: string): JsonObject {
  const value = toPlain(open(text));
  if (value === null) return {};
  if (!isPlainData(value) || !isJsonObject(value)) throw invalid("must be a group of keys with plain values.");
  return value;
}

/**
 * Writes a document as YAML. With `original`, the text it was read from, everything that did not change keeps its place, its
 * style and its comments; without, keys are in alphabetical order, as Ory's CLI prints them.
 */
export function printYaml(document: JsonObject, original?: string): string {
  if (original === undefined) return fresh(document);
  const file = open(original);
  if (!isMap(file.contents)) return fresh(document);
  merge(file, [], parseYaml(original), document);
  return file.toString({ lineWidth: 0 });
}

function open(text: string): Document.Parsed<ParsedNode> {
  const file = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: true, merge: false });
  const fault = file.errors[0] ?? file.warnings[0];
  if (fault !== undefined) throw invalid(`cannot be read as YAML: ${fault.message.split("\n")[0] ?? ""}`);
  return file;
}

function toPlain(file: Document.Parsed<ParsedNode>): unknown {
  try {
    return file.toJS({ maxAliasCount: 20 });
  } catch (error) {
    throw invalid("uses too many aliases, or one that is not defined.", error);
  }
}

function fresh(document: JsonObject): string {
  const file = parseDocument("{}");
  file.contents = file.createNode(sorted(document)) as ParsedNode;
  return file.toString({ lineWidth: 0 });
}

function merge(file: Document.Parsed<ParsedNode>, path: readonly string[], before: JsonObject, after: JsonObject): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) file.deleteIn([...path, key]);
  }
  for (const [key, value] of Object.entries(after)) {
    const at = [...path, key];
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (isJsonObject(old) && isJsonObject(value) && isMap(file.getIn(at, true))) merge(file, at, old, value);
    else if (JSON.stringify(old) !== JSON.stringify(value)) setAt(file, at, value);
  }
}

function setAt(file: Document.Parsed<ParsedNode>, at: readonly string[], value: JsonValue): void {
  const node: unknown = file.getIn(at, true);
  if (isScalar(node) && (typeof value !== "object" || value === null)) node.value = value;
  else file.setIn(at, file.createNode(sorted(value)));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key] ?? null)]));
}

function isPlainData(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlainData);
  return typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlainData);
}

function invalid(message: string, cause?: unknown): DomainError {
  return new DomainError("config_invalid", { problems: [{ path: "", message }] }, { cause });
}
