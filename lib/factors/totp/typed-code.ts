import type { JsonObject } from "../../model/identity";
import type { Message } from "../../model/message";
import { say } from "../../wire/message";
import type { Rejected } from "../factor";
import { CODE_DIGITS, readCode } from "./verify";

/** The code of a submission, or a refusal on its field. What cannot be a code guesses nothing, so it is given back. */
export function typedCode(payload: JsonObject): { readonly kind: "code"; readonly digits: string } | Rejected {
  const read = readCode(Object.hasOwn(payload, "totp_code") ? payload["totp_code"] : undefined);
  switch (read.kind) {
    case "code": return read;
    case "missing": return refused(say.missing("totp_code"));
    case "too_short": return refused(say.tooShort({ minLength: CODE_DIGITS, actualLength: read.length }));
    case "malformed": return refused(say.patternMismatch(`^[0-9]{${CODE_DIGITS}}$`));
  }
}

function refused(message: Message): Rejected {
  return { kind: "rejected", messages: [message], field: "totp_code", counts: false };
}
