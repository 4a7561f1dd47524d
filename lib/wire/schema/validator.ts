import type { ErrorObject, Options } from "ajv";
import { Ajv } from "ajv";
import { fullFormats } from "ajv-formats/dist/formats.js";
import type { JsonObject, JsonValue } from "../../model/identity";
import { compilePattern, patternEngine } from "../../model/pattern";
import type { PatternBudget } from "../../model/pattern";
import type { TraitField } from "./fields";
import { schemaProblem } from "./fields";
import { toE164 } from "./normalise";

/** Every problem at once, with the offending value; unknown keywords and formats of other tools are let pass. */
const OPTIONS: Options = { allErrors: true, verbose: true, strict: false, logger: false };

/** What was found wrong; empty when nothing was. `unjudged`: a pattern that cannot be evaluated had a say. */
export interface Verdict {
  readonly errors: readonly ErrorObject[];
  readonly unjudged: boolean;
}

/**
 * The schema as a function over `{ traits }`. Throws `config_invalid` when it does not compile. Patterns run in linear time; one that
 * cannot (a schema stored before they were refused) matches nothing, and whatever it had a say in is `unjudged`.
 */
export function compileValidator(schema: JsonObject, fields: readonly TraitField[]): (value: JsonObject, shared?: PatternBudget) => Verdict {
  const engine = patternEngine();
  // The schema's own shape was checked when it was saved; that check knows only JavaScript's patterns.
  const ajv = new Ajv({ ...OPTIONS, formats: fullFormats, validateSchema: false, code: { regExp: engine.regExp } });
  ajv.addFormat("regex", (text: string) => compilePattern(text).ok);
  ajv.addFormat("tel", (text: string) => toE164(text) !== null);
  ajv.addFormat("no-validate", true);
  try {
    const check = ajv.compile(prepare(schema, fields));
    return (value, shared) => {
      engine.begin(shared);
      return { errors: check(value) ? [] : [...check.errors ?? []], unjudged: engine.blamed() };
    };
  } catch (cause) {
    throw schemaProblem("schema", cause instanceof Error ? cause.message : "does not compile", cause);
  }
}

/** A copy for the validator: without `$schema` (any draft is read alike), with the formats that addresses are assumed to have. */
function prepare(schema: JsonObject, fields: readonly TraitField[]): JsonObject {
  const { $schema: _draft, ...copy } = structuredClone(schema) as Record<string, JsonValue>;
  for (const field of fields) {
    const leaf = leafOf(copy, field);
    if (leaf !== null && leaf["format"] === undefined && field.format !== null) leaf["format"] = field.format;
  }
  return copy;
}

function leafOf(schema: JsonObject, field: TraitField): Record<string, JsonValue> | null {
  let at: JsonValue | undefined = schema;
  for (const key of ["traits", ...field.path]) at = member(member(at, "properties"), key);
  if (field.list) at = member(at, "items");
  return typeof at === "object" && at !== null && !Array.isArray(at) ? (at as Record<string, JsonValue>) : null;
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonObject)[key];
}
