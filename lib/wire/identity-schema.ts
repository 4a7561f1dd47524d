import type { AddressChannel, JsonObject, JsonValue, TraitFacts } from "../model/identity";
import type { InputType, Node } from "../model/node";
import type { PatternBudget } from "../model/pattern";
import { say } from "./message";
import { inputNode } from "./node";
import { cleanTraits } from "./schema/clean";
import type { TraitField } from "./schema/fields";
import { readFields } from "./schema/fields";
import { normaliseAddress, normaliseIdentifier } from "./schema/normalise";
import { putMail, verifiedMailPlaces } from "./schema/places";
import type { MailPut, TraitPath } from "./schema/places";
import type { TraitProblem } from "./schema/problems";
import { jsonType, problemsOf } from "./schema/problems";
import { compileValidator } from "./schema/validator";
import { valueAt } from "./values";

export { normaliseAddress, normaliseIdentifier, readAddress, toE164 } from "./schema/normalise";
export type { MailPut, TraitPath } from "./schema/places";
export type { TraitProblem } from "./schema/problems";

export type TraitsResult =
  | { readonly ok: true; readonly traits: JsonObject }
  | { readonly ok: false; readonly problems: TraitProblem[] };

export interface IdentitySchema {
  /** Form nodes in schema order, with the values of these traits: group `default` at registration, `profile` in settings. */
  traitNodes(kind: "registration" | "settings", values: JsonObject): Node[];
  /** Form texts are read by the schema's types first; `traits` is what to store. `shared`: what the patterns may still cost, for many people. */
  validate(traits: unknown, shared?: PatternBudget): TraitsResult;
  /** What stored traits say about signing in, verifying and recovering; normalised and unique. */
  facts(traits: JsonObject): TraitFacts;
  /** Where this e-mail address stands among the traits that are verified. */
  mailPlaces(traits: JsonObject, value: string): readonly TraitPath[];
  /** The traits with an e-mail address put where it stood; null when no such trait is verified any more. Not validated yet. */
  putMail(traits: JsonObject, put: MailPut): JsonObject | null;
  /** Title of the trait that signs in with a password, when exactly one does. */
  readonly identifierTitle: string | null;
  /** Node name of that trait. */
  readonly identifierName: string | null;
  /** Node names in schema order. */
  readonly traitOrder: string[];
}

/** Longest value that may identify or be written to: an e-mail address has at most 254 (RFC 5321, errata 1690). */
const MAX_IDENTIFYING_LENGTH = 254;

const compiled = new WeakMap<JsonObject, IdentitySchema>();

/** A project's identity schema, ready for use; compiled once per schema object. Throws `config_invalid` for one that cannot be served. */
export function compileIdentitySchema(schema: JsonObject): IdentitySchema {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const fields = readFields(schema);
  const check = compileValidator(schema, fields);
  const identifying = fields.filter((field) => field.marks.passwordIdentifier);
  const single = identifying.length === 1 ? identifying[0] : undefined;
  const result: IdentitySchema = {
    traitNodes: (kind, values) => fields.filter((field) => !field.list && field.type !== "object").map((field) => traitNode(kind, field, values)),
    validate: (traits, shared) => {
      if (!isObject(traits ?? {})) {
        return { ok: false, problems: [{ field: "traits", message: say.wrongType(["object"], jsonType(traits)) }] };
      }
      const cleaned = cleanTraits((traits ?? {}) as JsonObject, fields);
      const { errors, unjudged } = check({ traits: cleaned }, shared);
      const problems = problemsOf(errors);
      // Refused also where "not" or "anyOf" would have made a match of it: nobody knows what the pattern would have said.
      const closed = unjudged && problems.length === 0 ? [{ field: "traits", message: say.generic() }] : [];
      const all = [...problems, ...closed, ...tooLong(cleaned, fields)];
      return all.length === 0 ? { ok: true, traits: cleaned } : { ok: false, problems: all };
    },
    facts: (traits) => factsOf(traits, fields),
    mailPlaces: (traits, value) => verifiedMailPlaces(fields, traits, value),
    putMail: (traits, put) => putMail(fields, traits, put),
    identifierTitle: single?.title ?? null,
    identifierName: single?.name ?? null,
    traitOrder: fields.map((field) => field.name),
  };
  compiled.set(schema, result);
  return result;
}

/** Which traits let somebody in (`opens`: to sign in, to recover, to get codes) and which are verified; never throws. */
export function waysIn(schema: JsonObject): { readonly opens: readonly string[]; readonly verified: readonly string[] } {
  const fields = readFieldsOf(schema);
  return {
    opens: fields.flatMap(({ name, marks }) => [
      ...(marks.passwordIdentifier ? [`${name} password`] : []), ...(marks.recovery === null ? [] : [`${name} recovery`]), ...(marks.code === null ? [] : [`${name} code`]),
    ]),
    verified: fields.filter(({ marks }) => marks.verification !== null).map(({ name }) => name),
  };
}

function readFieldsOf(schema: JsonObject): readonly TraitField[] {
  try {
    return readFields(schema);
  } catch {
    // It serves nobody, so it lets nobody in.
    return [];
  }
}

function traitNode(kind: "registration" | "settings", field: TraitField, values: JsonObject): Node {
  const type = inputTypeOf(field);
  const value = valueAt(values, field.path.join("."));
  const autocomplete = type === "email" || type === "tel" || type === "url" ? type : undefined;
  // A required box would have to be ticked; only one that must be true is.
  const required = type === "checkbox" ? field.mustBeTrue : field.required;
  return inputNode(kind === "registration" ? "default" : "profile", field.name, type, {
    ...(typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? { value: shown(value, type) } : {}),
    ...(autocomplete === undefined ? {} : { autocomplete }),
    ...(field.title === null ? {} : { label: say.traitLabel(field.title, field.name) }),
    required,
  });
}

function inputTypeOf(field: TraitField): InputType {
  if (field.type === "boolean") return "checkbox";
  if (field.type === "number" || field.type === "integer") return "number";
  switch (field.format) {
    case "email": return "email";
    case "tel": return "tel";
    case "uri":
    case "url": return "url";
    case "date": return "date";
    case "date-time": return "datetime-local";
    default: return "text";
  }
}

/** A date-and-time field takes no zone: UTC is shown without its letter. */
function shown(value: string | number | boolean, type: InputType): string | number | boolean {
  return type === "datetime-local" && typeof value === "string" ? value.replace(/(\.\d+)?Z$/, "") : value;
}

function factsOf(traits: JsonObject, fields: readonly TraitField[]): TraitFacts {
  const accountName = fields.filter((field) => field.marks.totpAccountName).flatMap((field) => textsOf(traits, field))[0];
  return {
    identifiers: unique(fields.filter((field) => field.marks.passwordIdentifier)
      .flatMap((field) => textsOf(traits, field)).map(normaliseIdentifier).filter((value) => value !== "")),
    verifiable: addressesOf(traits, fields, (field) => field.marks.verification),
    recovery: addressesOf(traits, fields, (field) => field.marks.recovery),
    ...(fields.some((field) => field.marks.code !== null) ? { codeAddresses: addressesOf(traits, fields, (field) => field.marks.code) } : {}),
    totpAccountName: accountName ?? null,
  };
}

function addressesOf(
  traits: JsonObject, fields: readonly TraitField[], viaOf: (field: TraitField) => AddressChannel | null,
): { value: string; via: AddressChannel }[] {
  const found = new Map<string, { value: string; via: AddressChannel }>();
  for (const field of fields) {
    const via = viaOf(field);
    if (via === null) continue;
    for (const text of textsOf(traits, field)) {
      const value = normaliseAddress(text, via);
      if (value !== null) found.set(`${via} ${value}`, { value, via });
    }
  }
  return [...found.values()];
}

function tooLong(traits: JsonObject, fields: readonly TraitField[]): TraitProblem[] {
  const marked = fields.filter(({ marks }) => marks.passwordIdentifier || marks.verification !== null || marks.recovery !== null || marks.code !== null);
  return marked.flatMap((field) => textsOf(traits, field).filter((text) => text.length > MAX_IDENTIFYING_LENGTH).map((text) => ({
    field: field.name, message: say.tooLong({ maxLength: MAX_IDENTIFYING_LENGTH, actualLength: text.length }),
  })));
}

/** The texts a trait holds: one, several for a list, none when absent or blank. */
function textsOf(traits: JsonObject, field: TraitField): readonly string[] {
  const value = valueAt(traits, field.path.join("."));
  const items: readonly (JsonValue | undefined)[] = Array.isArray(value) ? value : [value];
  return items.filter((item): item is string => typeof item === "string" && item.trim() !== "");
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
