import { DomainError } from "../../model/errors";
import type { AddressChannel, JsonObject, JsonValue } from "../../model/identity";

/** One trait that holds a single value, or a list of them (`list`), in schema order. */
export interface TraitField {
  /** Keys below the traits. */
  readonly path: readonly string[];
  /** Name of its node: `traits.name.first`. */
  readonly name: string;
  readonly title: string | null;
  readonly type: string;
  readonly format: string | null;
  /** Demanded by its parent, and so are all its parents. */
  readonly required: boolean;
  /** Only one value passes and it is true: a box that must be ticked. */
  readonly mustBeTrue: boolean;
  readonly list: boolean;
  readonly marks: TraitMarks;
}
/** What the `ory.sh/kratos` extension says of a trait (admin contract 6.1). */
export interface TraitMarks {
  readonly passwordIdentifier: boolean;
  readonly totpAccountName: boolean;
  readonly verification: AddressChannel | null;
  readonly recovery: AddressChannel | null;
  readonly code: AddressChannel | null;
}

const EXTENSION = "ory.sh/kratos";
const NO_MARKS: TraitMarks = { passwordIdentifier: false, totpAccountName: false, verification: null, recovery: null, code: null };
const KNOWN_CREDENTIALS: ReadonlySet<string> = new Set(["password", "webauthn", "passkey", "totp", "code"]);
const MAX_DEPTH = 6;

/** The schema's traits as fields, in schema order. Throws `config_invalid` when the schema is none we can serve. */
export function readFields(schema: JsonObject): readonly TraitField[] {
  const traits = object(object(schema["properties"])["traits"]);
  const fields = readLevel(traits, [], true);
  if (fields.length === 0) throw schemaProblem("properties.traits", "must describe at least one trait");
  return fields;
}

export function schemaProblem(path: string, message: string, cause?: unknown): DomainError {
  return new DomainError("config_invalid", { problems: [{ path: `identity.schemas: ${path}`, message }] }, { cause });
}

function readLevel(schema: JsonObject, path: readonly string[], required: boolean): readonly TraitField[] {
  if (path.length > MAX_DEPTH) throw schemaProblem(path.join("."), `nests deeper than ${MAX_DEPTH} levels`);
  const demanded = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(object(schema["properties"])).flatMap(([key, value]) => {
    const own = object(value);
    const here = [...path, key];
    const isRequired = required && demanded.includes(key);
    return own["properties"] === undefined ? [readField(own, here, isRequired)] : readLevel(own, here, isRequired);
  });
}

function readField(own: JsonObject, path: readonly string[], required: boolean): TraitField {
  const list = typeOf(own) === "array";
  const value = list ? object(own["items"]) : own;
  const name = ["traits", ...path].join(".");
  const marks = readMarks(value[EXTENSION], name);
  const allowed = value["const"] ?? (Array.isArray(value["enum"]) && value["enum"].length === 1 ? value["enum"][0] : undefined);
  return {
    path, name, list, required, marks, type: typeOf(value),
    title: typeof own["title"] === "string" && own["title"] !== "" ? own["title"] : null,
    format: typeof value["format"] === "string" ? value["format"] : assumedFormat(marks),
    mustBeTrue: allowed === true,
  };
}

function readMarks(extension: JsonValue | undefined, name: string): TraitMarks {
  if (extension === undefined) return NO_MARKS;
  const credentials = object(object(extension)["credentials"]);
  for (const key of Object.keys(credentials)) {
    if (!KNOWN_CREDENTIALS.has(key)) throw schemaProblem(name, `unknown credential ${key} in ${EXTENSION}`);
  }
  const code = object(credentials["code"]);
  return {
    passwordIdentifier: object(credentials["password"])["identifier"] === true,
    totpAccountName: object(credentials["totp"])["account_name"] === true,
    verification: channel(object(object(extension)["verification"])["via"], name),
    recovery: channel(object(object(extension)["recovery"])["via"], name),
    code: code["identifier"] === true ? channel(code["via"] ?? "email", name) : null,
  };
}

function channel(via: JsonValue | undefined, name: string): AddressChannel | null {
  if (via === undefined) return null;
  if (via === "email" || via === "sms") return via;
  throw schemaProblem(name, "via must be email or sms");
}

/** An address needs a form: mail unless it says otherwise (admin contract 6.2). */
function assumedFormat(marks: TraitMarks): string | null {
  const via = marks.verification ?? marks.recovery ?? marks.code;
  if (via === null) return null;
  return via === "sms" ? "tel" : "email";
}

function typeOf(schema: JsonObject): string {
  const type = schema["type"];
  if (typeof type === "string") return type;
  const first = Array.isArray(type) ? type.find((name) => name !== "null") : undefined;
  return typeof first === "string" ? first : "string";
}

function object(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
