import { ONE_TIME_CODE_DIGITS } from "../../crypto/one-time-code";
import type { JsonObject } from "../../model/identity";
import type { Message } from "../../model/message";
import { readDigits } from "../../wire/digits";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { Rejected } from "../factor";

/** Another code is asked for: `resend` is `code` in any letters. Empty counts as absent (contract 5.9, part 11). */
export function wantsAnother(payload: JsonObject): boolean {
  return textOf(payload, "resend")?.trim().toLowerCase() === "code";
}

/** A code was typed in; blanks alone are none. */
export function hasCode(payload: JsonObject): boolean {
  const typed = Object.hasOwn(payload, "code") ? payload["code"] : undefined;
  return typed !== undefined && typed !== null && (typeof typed !== "string" || typed.trim() !== "");
}

/** The digits of a submission, or a refusal on their field. What cannot be a code guesses nothing. */
export function typedDigits(payload: JsonObject): { readonly kind: "code"; readonly digits: string } | Rejected {
  const read = readDigits(Object.hasOwn(payload, "code") ? payload["code"] : undefined, ONE_TIME_CODE_DIGITS);
  switch (read.kind) {
    case "code": return read;
    case "missing": return refused("code", say.missing("code"));
    case "too_short": return refused("code", say.tooShort({ minLength: ONE_TIME_CODE_DIGITS, actualLength: read.length }));
    case "malformed": return refused("code", say.patternMismatch(`^[0-9]{${ONE_TIME_CODE_DIGITS}}$`));
  }
}

/** Nothing secret was tried: the attempt is given back. */
export function refused(field: string | null, message: Message): Rejected {
  return { kind: "rejected", messages: [message], ...(field === null ? {} : { field }), counts: false };
}
