import type { JsonObject, JsonValue } from "../lib/model/identity";
import { CliError } from "./errors";

/** What the project API puts before a path of the configuration. */
const PREFIX = "/services/identity/config";

export interface PatchFlags {
  /** Lists of operations, from files. */
  readonly files: readonly (readonly JsonValue[])[];
  readonly add: readonly string[];
  readonly replace: readonly string[];
  readonly remove: readonly string[];
}

/**
 * JSON Patch operations from flags: files, adds, replaces, removes, in this order (contract/admin.md 3.6). `config`: paths are
 * relative to the identity config. Throws `CliError` for a form or a value that cannot be read, and when nothing is given.
 */
export function operationsOf(flags: PatchFlags, what: "config" | "project"): readonly JsonObject[] {
  const at = (path: string): string => (what === "config" && !path.startsWith(`${PREFIX}/`) ? `${PREFIX}${path}` : path);
  const set = (op: "add" | "replace") => (text: string): JsonObject => {
    const { path, value } = pathAndValue(text);
    return { op, path: at(path), value };
  };
  const operations = [
    ...flags.files.flat().map((operation) => moved(operation, at)),
    ...flags.add.map(set("add")), ...flags.replace.map(set("replace")),
    ...flags.remove.map((path): JsonObject => ({ op: "remove", path: at(pointer(path)) })),
  ];
  if (operations.length === 0) throw new CliError("Nothing to change: give at least one of --file, --add, --replace or --remove.");
  return operations;
}

function moved(operation: JsonValue, at: (path: string) => string): JsonObject {
  if (typeof operation !== "object" || operation === null || Array.isArray(operation)) throw new CliError("A patch file holds a list of operations: [{ op, path, value }].");
  const { path, from, ...rest } = operation as JsonObject;
  if (typeof path !== "string") throw new CliError("Every operation of a patch file needs a path.");
  return { ...rest, path: at(path), ...(typeof from === "string" ? { from: at(from) } : {}) };
}

function pathAndValue(text: string): { readonly path: string; readonly value: JsonValue } {
  const split = text.indexOf("=");
  if (split < 1) throw new CliError(`A patch looks like /some/config/key=some-value; this one is ${text}`);
  const path = pointer(text.slice(0, split));
  const raw = text.slice(split + 1);
  try {
    return { path, value: JSON.parse(raw) as JsonValue };
  } catch {
    throw new CliError(`The value of ${path} must be valid JSON; this one is ${raw}`, `Text needs quotes of its own: '${path}="${raw.replaceAll('"', "")}"'`);
  }
}

function pointer(path: string): string {
  if (!path.startsWith("/")) throw new CliError(`A path begins with "/", such as /session/whoami/required_aal; this one is ${path}`);
  return path;
}
