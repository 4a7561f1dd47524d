import type { ConfigWarning } from "../config/effects";
import { isJsonObject } from "../config/schema";
import { applyPatch } from "../config/patch";
import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { AttributesWanted } from "../platform/project-life";

const CONFIG = "/services/identity/config";
/** Parts of a project that a patch may change; the others may be tested. */
const CHANGEABLE = ["name", "state", "cors_public", "cors_admin", "rung"];
const NOTHING: JsonObject = { enabled: false, origins: [] };
const MAX_OPERATIONS = 200;

export interface PatchedProject {
  /** Null: the identity-config was not touched. */
  readonly config: JsonObject | null;
  /** Pointers into it that were written; null: all of it. */
  readonly touched: readonly string[] | null;
  readonly attributes: AttributesWanted;
  readonly warnings: readonly ConfigWarning[];
}

/**
 * A JSON Patch over a project as it is read: `/services/identity/config/…` over the complete identity-config, so that defaults are
 * there to be replaced, tested, moved and copied; `/name`, `/state`, `/cors_public`, `/cors_admin` and `/rung/hosts` beside it.
 * What changes services that this server is not is ignored with a warning. Throws `bad_request`, `feature_not_available`.
 */
export function patchProject(project: JsonObject, config: JsonObject, operations: unknown): PatchedProject {
  if (!Array.isArray(operations) || operations.length === 0) throw bad("A patch is a list of at least one operation.");
  if (operations.length > MAX_OPERATIONS) throw bad(`A patch has at most ${MAX_OPERATIONS} operations.`);
  const { services: _services, ...attributes } = project;
  let state = { config, attributes: attributes as JsonObject, touched: false, moved: false };
  let written: readonly string[] | null = [];
  const warnings: ConfigWarning[] = [];
  for (const operation of operations as readonly unknown[]) {
    const { path, from, op } = isJsonObject(operation) ? operation : { path: null, from: undefined, op: undefined };
    if (typeof path !== "string") throw bad("Every operation has a path such as \"/services/identity/config/session/whoami/required_aal\".");
    const tests = op === "test";
    if (isUnder(path, CONFIG)) {
      if (typeof from === "string" && !isUnder(from, CONFIG)) throw bad("A value cannot be moved or copied between the identity-config and the rest of a project.");
      state = { ...state, config: patchConfig(state.config, operation, path), touched: state.touched || !tests };
      written = path === CONFIG && !tests ? null : written === null || tests ? written : [...written, path.slice(CONFIG.length)];
    } else if (isUnder(path, "/services")) {
      const key = path.slice(1).replaceAll("/", ".");
      if (!/^\/services\/(oauth2|permission|account_experience)(\/|$)/.test(path)) throw bad(`There is nothing at ${path} to patch.`);
      warnings.push({ code: 4003, message: `Key ${key} belongs to a service that this server is not, and was ignored.` });
    } else {
      state = { ...state, attributes: patchAttributes(state.attributes, operation, path, tests), moved: state.moved || !tests };
    }
  }
  return { config: state.touched ? state.config : null, touched: written, attributes: state.moved ? wanted(state.attributes) : {}, warnings };
}

function patchConfig(config: JsonObject, operation: unknown, path: string): JsonObject {
  const { op, value } = operation as JsonObject;
  if (path !== CONFIG || (op !== "replace" && op !== "add")) return applyPatch(config, [operation]);
  if (!isJsonObject(value)) throw bad("The identity-config must be a JSON object.");
  return value;
}

function patchAttributes(attributes: JsonObject, operation: unknown, path: string, tests: boolean): JsonObject {
  const root = path.split("/")[1] ?? "";
  if (root === "organizations" && !tests) throw new DomainError("feature_not_available", { reason: "This server has no organizations." });
  if (!tests && !CHANGEABLE.includes(root)) throw bad(`${path} cannot be changed. A patch may change ${[CONFIG, ...CHANGEABLE.map((name) => `/${name}`)].join(", ")}.`);
  if (!tests && root === "rung" && !isUnder(path, "/rung/hosts")) throw bad(`${path} cannot be changed; of rung, a patch may change /rung/hosts.`);
  return applyPatch(attributes, [operation]);
}

function wanted(attributes: JsonObject): AttributesWanted {
  const rung = attributes["rung"];
  return {
    name: attributes["name"] ?? null, state: attributes["state"] ?? "running",
    corsPublic: attributes["cors_public"] ?? NOTHING, corsAdmin: attributes["cors_admin"] ?? NOTHING,
    hosts: (isJsonObject(rung) ? rung["hosts"] : undefined) ?? [],
  };
}

function isUnder(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function bad(reason: string): DomainError {
  return new DomainError("bad_request", { reason });
}
