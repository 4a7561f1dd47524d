import { createHash } from "node:crypto";
import { LineCounter, isMap, isPair, isScalar, isSeq, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import { canonicalDocument } from "../config/complete";
import { effectWarnings, withoutPlatformKeys } from "../config/effects";
import { parseProjectConfig } from "../config/parse";
import type { ConfigPlace } from "../config/parse";
import type { ConfigProblem } from "../config/schema";
import { parseYaml } from "../config/yaml";
import { isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import { isSecretPlace } from "./sealed-config";
import { requireStorable } from "./text";

/** One thing that is wrong with a file, and where. */
export interface FileProblem {
  /** Dotted, as people write keys: `session.whoami.required_aal`; empty for the file as a whole. */
  readonly key: string;
  /** Follows the key: `must be …`. Never holds the value. */
  readonly reason: string;
  /** From 1; null where no place can be named. */
  readonly line: number | null;
  readonly column: number | null;
  /** The key's last name and its value as they stand there; the value is null where it is long, none, or may be a secret. */
  readonly name: string | null;
  readonly value: string | null;
}

export type ReadFile =
  | {
    readonly kind: "sound";
    readonly document: JsonObject;
    /** SHA-256, hex, of what the file says: a comment, the order of keys, `15m` or `15m0s` make no other one. */
    readonly digest: string;
    /** Keys of the installation: the environment says them, and they are left out here. */
    readonly ignored: readonly string[];
    /** Keys that are kept and change nothing, in words. */
    readonly warnings: readonly string[];
  }
  | { readonly kind: "wrong"; readonly problems: readonly FileProblem[] };

const MAX_VALUE = 60;

/** Reads and checks the text of a configuration file. A file that says nothing is wrong: it is one that is being written, or lost. */
export function readConfigText(text: string, place: ConfigPlace): ReadFile {
  const lines = new LineCounter();
  const file = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: true, merge: false, prettyErrors: false, lineCounter: lines });
  const fault = file.errors[0];
  if (fault !== undefined) return { kind: "wrong", problems: [unreadable(fault.message, lines.linePos(fault.pos[0]))] };
  try {
    const whole = parseYaml(text);
    if (Object.keys(whole).length === 0) return { kind: "wrong", problems: [nowhere("is empty.")] };
    const { document, dropped } = withoutPlatformKeys(whole);
    requireStorable(document);
    parseProjectConfig(document, 1, place);
    const digest = createHash("sha256").update(JSON.stringify(canonicalDocument(document))).digest("hex");
    return { kind: "sound", document, digest, ignored: dropped, warnings: effectWarnings(document).map(({ message }) => message) };
  } catch (error) {
    if (!isDomainError(error) || error.code !== "config_invalid") throw error;
    const problems = error.details["problems"] as readonly ConfigProblem[];
    return { kind: "wrong", problems: problems.map((problem) => located(problem, file, lines)) };
  }
}

/** A report for a terminal: heading, then each key with its value, a pointer below it, and what is wrong. */
export function reportOf(path: string, problems: readonly FileProblem[]): string {
  const heading = `${path} cannot be used: ${problems.length === 1 ? "a key or value is invalid" : `${String(problems.length)} keys or values are invalid`}.`;
  return [heading, ...problems.map(paragraph)].join("\n\n");
}

function paragraph({ key, reason, line, column, name, value }: FileProblem): string {
  const where = line === null ? "" : ` (line ${String(line)}, column ${String(column)})`;
  if (name === null) return `  ${key === "" ? "The file" : key}${where} ${reason}`;
  const shown = value === null ? name : `${name}: ${value}`;
  const pointed = value === null ? "^".repeat(name.length) : `${" ".repeat(name.length + 2)}${"^".repeat(value.length)}`;
  return `  ${key}${where}\n      ${shown}\n      ${pointed}\n      ${reason}`;
}

function located({ path, message }: ConfigProblem, file: Document, lines: LineCounter): FileProblem {
  const segments = path.startsWith("/") ? path.slice(1).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")) : path.split(".");
  const key = segments.join(".");
  if (path === "") return nowhere(message);
  const found = nodeAt(file, segments);
  const at = found?.at.range?.[0];
  const { line, col } = at === undefined ? { line: null, col: null } : lines.linePos(at);
  return { key, reason: message, line, column: col, name: segments.at(-1) ?? null, value: found === null ? null : valueOf(found.value, key, message) };
}

/** The key's own node where it can be found, else its nearest parent's; and its value where that is a plain one. */
function nodeAt(file: Document, segments: readonly string[]): { readonly at: Node; readonly value: unknown } | null {
  let node: unknown = file.contents;
  let at: Node | null = null;
  for (const segment of segments) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === segment);
      if (pair === undefined) return at === null ? null : { at, value: undefined };
      if (isScalar(pair.key)) at = pair.key;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      if (isMap(node) || isScalar(node) || isSeq(node)) at = node;
    } else return at === null ? null : { at, value: undefined };
  }
  return at === null ? null : { at, value: isScalar(node) ? node.value : undefined };
}

/** A name we do not know may be a secret's, misspelled. */
function valueOf(value: unknown, key: string, message: string): string | null {
  const mayBeSecret = isSecretPlace(key) || /secret|password|token|key|auth|uri|user|header|value|dsn/i.test(key) || message.startsWith("is not a known key");
  if (mayBeSecret || value === undefined || value === null) return null;
  const text = JSON.stringify(value).replace(/^"(.*)"$/, "$1");
  return text.length > MAX_VALUE || text === "" ? null : text;
}

function unreadable(message: string, { line, col }: { readonly line: number; readonly col: number }): FileProblem {
  return { key: "", reason: `cannot be read as YAML: ${message.split("\n")[0] ?? ""}`, line, column: col, name: null, value: null };
}

function nowhere(reason: string): FileProblem {
  return { key: "", reason, line: null, column: null, name: null, value: null };
}
