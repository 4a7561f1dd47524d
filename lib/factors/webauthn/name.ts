import type { JsonObject } from "../../model/identity";
import { MAX_NAME_LENGTH, readName } from "../../webauthn/key-name";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { Rejected } from "../factor";

/** What the person calls the key; absent or too long is said on the field. */
export function readKeyName(payload: JsonObject, field: string): { readonly kind: "name"; readonly name: string } | Rejected {
  const read = readName(textOf(payload, field));
  if (read === null) return { kind: "rejected", messages: [say.missing(field)], field, counts: false };
  if (!read.ok) return { kind: "rejected", messages: [say.tooLong({ maxLength: MAX_NAME_LENGTH, actualLength: read.length })], field, counts: false };
  return { kind: "name", name: read.name };
}
