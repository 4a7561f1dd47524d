import type { JsonObject, JsonValue } from "../model/identity";
import { isObject, malformed, member } from "./members";

/* JSON Patch (RFC 6902) as the identity API has it: contract/admin.md 1.9. */

interface Operation {
  readonly op: "add" | "remove" | "replace";
  readonly path: readonly string[];
  readonly value: JsonValue;
}
const MAX_OPERATIONS = 200;
/** As deep as a body may nest: a path makes objects on its way, and what nests without end can be read by nobody any more. */
const MAX_TOKENS = 64;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
/** Whole, and (with `deep`) everything below. Compared without case, as the other side's decoder reads members. */
const DENIED: readonly { readonly path: readonly string[]; readonly deep: boolean }[] = [
  { path: ["id"], deep: true }, { path: ["statechangedat"], deep: true }, { path: ["credentials"], deep: false },
  { path: ["credentials", "oidc"], deep: true }, { path: ["credentials", "saml"], deep: true },
];

/**
 * The document with the operations applied, in order, to a copy: `add`, `remove`, `replace`. A `replace` of what is not there adds it,
 * and `add` makes the objects on its way. Throws `bad_request` for any other operation, a denied path, or a path that leads nowhere.
 */
export function applyPatch(document: JsonObject, patch: JsonValue): JsonObject {
  if (!Array.isArray(patch)) throw failed("the body must be a list of operations");
  if (patch.length > MAX_OPERATIONS) throw failed(`more than ${String(MAX_OPERATIONS)} operations`);
  return (patch as readonly JsonValue[]).map(readOperation).reduce<JsonObject>((open, operation) => {
    const next = change(open, operation.path, operation, []);
    if (!isObject(next)) throw failed("the whole document cannot be replaced");
    return next;
  }, document);
}

function readOperation(entry: JsonValue): Operation {
  if (!isObject(entry)) throw failed("every operation must be an object");
  const [op, path] = [member(entry, "op"), member(entry, "path")];
  if (op !== "add" && op !== "remove" && op !== "replace") throw failed(`unsupported operation: ${typeof op === "string" ? op.slice(0, 40) : "none"}`);
  if (typeof path !== "string" || !path.startsWith("/")) throw failed("every operation needs a path that begins with /");
  const value = member(entry, "value");
  if (op !== "remove" && value === undefined) throw failed(`the operation at ${path} has no value`);
  const tokens = path.slice(1).split("/").map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (tokens.length > MAX_TOKENS) throw failed(`a path has more than ${String(MAX_TOKENS)} parts`);
  refuseDenied(tokens, path);
  if (op === "remove" && tokens.length === 1 && tokens[0]?.toLowerCase() === "region") throw failed("/region can only be added or replaced");
  return { op, path: tokens, value: value ?? null };
}

function refuseDenied(tokens: readonly string[], path: string): void {
  if (tokens.some((token) => FORBIDDEN_KEYS.has(token))) throw failed(`patch includes denied path: ${path}`);
  const folded = tokens.map((token) => token.toLowerCase());
  const denied = DENIED.some(({ path: known, deep }) => known.every((token, index) => folded[index] === token) && (deep || folded.length === known.length));
  if (denied) throw failed(`patch includes denied path: ${path}`);
}

/** The value at this place as it becomes. */
function change(current: JsonValue | undefined, path: readonly string[], operation: Operation, walked: readonly string[]): JsonValue | undefined {
  const [token, ...rest] = path;
  if (token === undefined) return operation.op === "remove" ? undefined : operation.value;
  if (Array.isArray(current)) return inList(current as readonly JsonValue[], token, rest, operation, walked);
  if (!isObject(current) && (operation.op === "remove" || (current !== undefined && current !== null))) throw nowhere(walked, token);
  const open: JsonObject = isObject(current) ? current : {};
  if (operation.op === "remove" && !Object.hasOwn(open, token)) throw nowhere(walked, token);
  const next = change(member(open, token), rest, operation, [...walked, token]);
  const others = Object.fromEntries(Object.entries(open).filter(([key]) => key !== token || next !== undefined));
  return next === undefined ? Object.fromEntries(Object.entries(others).filter(([key]) => key !== token)) : { ...others, [token]: next };
}

function inList(list: readonly JsonValue[], token: string, rest: readonly string[], operation: Operation, walked: readonly string[]): JsonValue {
  const at = token === "-" ? list.length : /^(0|[1-9]\d{0,5})$/.test(token) ? Number(token) : -1;
  const last = operation.op === "add" && rest.length === 0 ? list.length : list.length - 1;
  if (at < 0 || (at > last && !(operation.op === "replace" && at === list.length && rest.length === 0))) throw nowhere(walked, token);
  if (rest.length === 0 && operation.op === "add") return [...list.slice(0, at), operation.value, ...list.slice(at)];
  const next = change(list[at], rest, operation, [...walked, token]);
  return next === undefined ? [...list.slice(0, at), ...list.slice(at + 1)] : [...list.slice(0, at), next, ...list.slice(at + 1)];
}

function nowhere(walked: readonly string[], token: string) {
  return failed(`/${[...walked, token].join("/")} does not exist`);
}

function failed(why: string) {
  return malformed(`failed to apply JSON patch: ${why}`);
}
