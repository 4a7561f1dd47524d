import { englishMessage } from "../../i18n/text";
import type { Message, MessageType } from "../../model/message";

/** Good news; every other id below 4000000 informs, and everything up to 8000000 is an error (contract, part 6); Rung's own begin there. */
const SUCCESS: ReadonlySet<number> = new Set([1_050_001, 1_060_001, 1_080_002, 1_080_005]);

export function typeOfMessage(id: number): MessageType {
  if (id >= 8_000_000) return "info";
  if (id >= 4_000_000) return "error";
  return SUCCESS.has(id) ? "success" : "info";
}

/** A message of this id: type by the contract, English by the catalogue; `context` is left out when there is none. */
export function make(id: number, context: Readonly<Record<string, unknown>> = {}): Message {
  const known = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
  const base = { id, type: typeOfMessage(id), text: englishMessage(id, known) };
  return Object.keys(known).length === 0 ? base : { ...base, context: known };
}

/** An instant under `name`, with its seconds since 1970 beside it: clients compute countdowns from the `_unix` companion. */
export function instant(name: string, at: Date): Record<string, unknown> {
  return { [name]: rfc3339(at), [`${name}_unix`]: Math.floor(at.getTime() / 1_000) };
}

/** RFC 3339 in UTC, without a fraction when it is zero: `2026-07-01T10:00:00Z`. */
export function rfc3339(at: Date): string {
  return at.toISOString().replace(".000Z", "Z");
}
