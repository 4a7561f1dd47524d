import { DomainError } from "../model/errors";
import { isStorable } from "./text";

const NAME_MAX = 100;

/** A name people gave to a project, a workspace or a key: trimmed, one line, 1 to 100 characters. Throws `bad_request` that says `what`. */
export function requireName(value: unknown, what: string): string {
  const name = typeof value === "string" ? value.trim() : "";
  if (name === "") throw new DomainError("bad_request", { reason: `The name of a ${what} is missing.` });
  if (Array.from(name).length > NAME_MAX || /\p{Cc}/u.test(name) || !isStorable(name)) {
    throw new DomainError("bad_request", { reason: `The name of a ${what} is one line of at most ${NAME_MAX} characters.` });
  }
  return name;
}
