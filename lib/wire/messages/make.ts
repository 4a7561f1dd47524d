import { englishMessage } from "../../i18n/text";
import type { Message, MessageType } from "../../model/message";
import { DAY_MS, SECOND_MS } from "../../model/time";

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
  const ms = at.getTime();
  const day = Math.floor(ms / DAY_MS);
  const inDay = ms - day * DAY_MS;
  const seconds = Math.floor(inDay / SECOND_MS);
  const date = DATES.get(day) ?? remember(day, at.toISOString().split("T", 1)[0] ?? "");
  const time = `${twoDigits(Math.floor(seconds / 3_600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  const fraction = inDay - seconds * SECOND_MS;
  return fraction === 0 ? `${date}T${time}Z` : `${date}T${time}.${String(fraction).padStart(3, "0")}Z`;
}

/** A session alone shows a dozen instants, on few days; the calendar is the slow part of writing one. */
const DATES = new Map<number, string>();
const DAYS_KEPT = 400;

function remember(day: number, date: string): string {
  if (DATES.size >= DAYS_KEPT) DATES.clear();
  DATES.set(day, date);
  return date;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
