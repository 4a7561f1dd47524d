import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";

/** No column holds a NUL or half a surrogate pair. */
const UNSTORABLE = /\0|\p{Surrogate}/u;
/** Never typed on purpose. A tab and a new line may be. */
const CONTROL = /(?![\t\n])\p{Cc}|\p{Surrogate}/gu;

/** True for a text that a column can hold. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** A remark as it is kept: without control characters, which come along with what is pasted and mean nothing to a reader. */
export function tidyRemark(text: string): string {
  return text.replace(CONTROL, "").trim();
}

/** Throws `config_invalid` that names the first key or text of a document that no column can hold. */
export function requireStorable(document: JsonObject): void {
  const path = unstorable(document, []);
  if (path === null) return;
  throw new DomainError("config_invalid", { problems: [{ path: path.join("."), message: "holds a character that cannot be stored" }] });
}

function unstorable(value: JsonValue, path: readonly string[]): readonly string[] | null {
  if (typeof value === "string") return isStorable(value) ? null : path;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value) as [string, JsonValue][]) {
    // A key that cannot be stored cannot be shown either: its place is named instead.
    const found = isStorable(key) ? unstorable(inner, [...path, key]) : path;
    if (found !== null) return found;
  }
  return null;
}
