import type { ErrorObject } from "ajv";
import { nearestName } from "./nearest-name";

/** One thing that is wrong with a document, told to the person who can mend it. */
export interface ConfigProblem {
  /** JSON pointer into the document, as `rung patch` takes it: `/session/whoami/required_aal`. */
  readonly path: string;
  /** A sentence that follows the path: `must be …`. Never holds the offending value. */
  readonly message: string;
  /** What stands there, where only words of a list may: a plain short word, number or switch. Any other value may be a secret. */
  readonly value?: string | number | boolean;
  /** The values that would be accepted, when they can be listed. */
  readonly allowed?: readonly (string | number | boolean)[];
}

/** What one node of our JSON Schema can hold. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly rungSays?: string;
  readonly rungKept?: boolean;
  readonly definitions?: Readonly<Record<string, SchemaNode>>;
}

/** An error of ajv as a sentence for whoever wrote the document. */
export function tell(error: ErrorObject): ConfigProblem {
  const path = error.instancePath;
  const parent = (error.parentSchema ?? {}) as SchemaNode;
  const detail: Readonly<Record<string, unknown>> = error.params;
  if (error.keyword === "additionalProperties") return unknownKey(path, String(detail["additionalProperty"]), parent);
  if (error.keyword === "required") {
    return { path: `${path}/${String(detail["missingProperty"])}`, message: "is missing." };
  }
  if (error.keyword === "propertyNames" || error.propertyName !== undefined) {
    const name = error.propertyName ?? String(detail["propertyName"]);
    return {
      path: `${path}/${escapeSegment(name)}`,
      message: "is not a usable name; write lower-case words joined by dots, such as \"payment.create\".",
    };
  }
  const allowed = parent.enum;
  const value = allowed === undefined ? null : plainValue(error.data);
  if (parent.rungSays !== undefined) return { path, message: parent.rungSays, ...(value !== null && { value }), ...(allowed && { allowed }) };
  if (allowed !== undefined) return { path, message: `must be ${oneOf(allowed)}.`, ...(value !== null && { value }), allowed };
  return { path, message: plain(error.keyword, detail) };
}

function unknownKey(path: string, name: string, parent: SchemaNode): ConfigProblem {
  const known = Object.keys(parent.properties ?? {});
  const near = nearestName(name, known);
  const hint = near === null ? ` Known here: ${known.join(", ")}.` : ` Did you mean "${near}"?`;
  return { path: `${path}/${escapeSegment(name)}`, message: `is not a known key.${hint}`, allowed: known };
}

function plainValue(data: unknown): string | number | boolean | null {
  if (typeof data === "number" || typeof data === "boolean") return data;
  return typeof data === "string" && /^[A-Za-z0-9_]{1,24}$/.test(data) ? data : null;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  boolean: "true or false", string: "text", integer: "a whole number", number: "a number", object: "a group of keys",
  array: "a list", null: "empty",
};

function plain(keyword: string, detail: Readonly<Record<string, unknown>>): string {
  const limit = String(detail["limit"]);
  switch (keyword) {
    case "type": {
      const types = Array.isArray(detail["type"]) ? detail["type"].map(String) : String(detail["type"]).split(",");
      return `must be ${types.map((type) => TYPE_WORDS[type] ?? type).join(" or ")}.`;
    }
    case "minimum": return `must be ${limit} or more.`;
    case "maximum": return `must be ${limit} or less.`;
    case "minLength": return limit === "1" ? "must not be empty." : `must have at least ${limit} characters.`;
    case "maxLength": return `must have at most ${limit} characters.`;
    case "minItems": return `must list at least ${limit}.`;
    case "maxItems": return `must list at most ${limit}.`;
    case "maxProperties": return `must have at most ${limit} entries.`;
    case "uniqueItems": return "must not list the same value twice.";
    case "format": return `must be a valid ${String(detail["format"])}.`;
    default: return "is not acceptable here.";
  }
}

function oneOf(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** A key as one segment of a JSON pointer (RFC 6901, section 3). */
export function escapeSegment(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
