import type { ErrorObject } from "ajv";
import type { Message } from "../../model/message";
import { say } from "../message";

export interface TraitProblem {
  /** Node name: `traits.name.first`; `traits` for the whole. */
  readonly field: string;
  readonly message: Message;
}

/** What the validator found, as messages on fields; equal ones once. */
export function problemsOf(errors: readonly ErrorObject[]): TraitProblem[] {
  const seen = new Set<string>();
  return errors.map(problemOf).filter((problem) => {
    const key = `${problem.field} ${problem.message.id}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function problemOf(error: ErrorObject): TraitProblem {
  const at = fieldOf(error.instancePath);
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === "required" || error.keyword === "dependentRequired" || error.keyword === "dependencies") {
    const property = String(params["missingProperty"]);
    return { field: join(at, property), message: say.missing(property) };
  }
  if (error.keyword === "additionalProperties" || error.keyword === "unevaluatedProperties") {
    const property = join(at, String(params["additionalProperty"] ?? params["unevaluatedProperty"]));
    return { field: property, message: say.generic("unknown_field", { field: property }) };
  }
  return { field: at, message: messageOf(error, params) };
}

function messageOf(error: ErrorObject, params: Readonly<Record<string, unknown>>): Message {
  const limit = Number(params["limit"]);
  const actual = Number(error.data);
  switch (error.keyword) {
    case "minLength": return say.tooShort({ minLength: limit, actualLength: lengthOf(error.data) });
    case "maxLength": return say.tooLong({ maxLength: limit, actualLength: lengthOf(error.data) });
    case "pattern": return say.patternMismatch(String(params["pattern"]));
    case "minimum": return say.belowMinimum(limit, actual);
    case "exclusiveMinimum": return say.notAboveMinimum(limit, actual);
    case "maximum": return say.aboveMaximum(limit, actual);
    case "exclusiveMaximum": return say.notBelowMaximum(limit, actual);
    case "multipleOf": return say.notMultiple(Number(params["multipleOf"]), actual);
    case "maxItems": return say.tooManyItems(limit, lengthOf(error.data));
    case "minItems": return say.tooFewItems(limit, lengthOf(error.data));
    case "uniqueItems": return say.itemsNotUnique(Math.min(Number(params["i"]), Number(params["j"])), Math.max(Number(params["i"]), Number(params["j"])));
    case "type": return say.wrongType(typesOf(params["type"]), jsonType(error.data));
    case "const": return say.mustEqual(params["allowedValue"]);
    case "enum": return say.constantFailed();
    case "format": return formatMessage(String(params["format"]), String(error.data));
    default: return say.generic();
  }
}

function formatMessage(format: string, value: string): Message {
  if (format === "email") return say.notEmail(value);
  if (format === "tel") return say.notPhone(value);
  return say.patternMismatch(format);
}

function typesOf(type: unknown): readonly string[] {
  return Array.isArray(type) ? type.map(String) : String(type).split(",");
}

export function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** Characters as a person counts them (code points), or items of a list. */
function lengthOf(data: unknown): number {
  if (typeof data === "string") return [...data].length;
  return Array.isArray(data) ? data.length : 0;
}

/** `/traits/name/first` as `traits.name.first` (RFC 6901). */
function fieldOf(pointer: string): string {
  return pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")).join(".");
}

function join(at: string, property: string): string {
  return at === "" ? property : `${at}.${property}`;
}
