import type { JsonObject, JsonValue } from "../../model/identity";
import { valueAt } from "../values";
import type { TraitField } from "./fields";
import { normaliseAddress } from "./normalise";

/** Keys below the traits, as `TraitField.path`. */
export type TraitPath = readonly string[];

export interface MailPut {
  readonly path: TraitPath;
  /** Normalised. */
  readonly value: string;
  /** Normalised addresses that leave with it where the trait is a list; a single trait holds no other anyway. */
  readonly instead: ReadonlySet<string>;
}

/** The traits whose e-mail address is verified and that hold this one. */
export function verifiedMailPlaces(fields: readonly TraitField[], traits: JsonObject, value: string): readonly TraitPath[] {
  return fields.filter((field) => isVerifiedMail(field) && holds(valueAt(traits, field.path.join(".")), value)).map(({ path }) => path);
}

/** The traits with this address at its place; null when the schema has no such trait, or verifies none there. */
export function putMail(fields: readonly TraitField[], traits: JsonObject, { path, value, instead }: MailPut): JsonObject | null {
  const field = fields.find((one) => isVerifiedMail(one) && isSamePath(one.path, path));
  if (field === undefined) return null;
  if (!field.list) return withValue(traits, path, value);
  const now = valueAt(traits, path.join("."));
  const kept = (Array.isArray(now) ? now as readonly JsonValue[] : []).filter((item) => !isMailIn(item, instead) && !isMailIn(item, new Set([value])));
  return withValue(traits, path, [...kept, value]);
}

function isVerifiedMail({ marks }: TraitField): boolean {
  return marks.verification === "email";
}

function holds(found: JsonValue | undefined, value: string): boolean {
  const items: readonly JsonValue[] = Array.isArray(found) ? found as readonly JsonValue[] : found === undefined ? [] : [found];
  return items.some((item) => isMailIn(item, new Set([value])));
}

function isMailIn(item: JsonValue, values: ReadonlySet<string>): boolean {
  const mail = typeof item === "string" ? normaliseAddress(item, "email") : null;
  return mail !== null && values.has(mail);
}

function isSamePath(left: TraitPath, right: TraitPath): boolean {
  return left.length === right.length && left.every((key, index) => key === right[index]);
}

function withValue(traits: JsonObject, [key, ...rest]: TraitPath, value: JsonValue): JsonObject {
  if (key === undefined) return traits;
  const below = Object.hasOwn(traits, key) ? traits[key] : undefined;
  const object = typeof below === "object" && below !== null && !Array.isArray(below) ? below as JsonObject : {};
  return { ...traits, [key]: rest.length === 0 ? value : withValue(object, rest, value) };
}
