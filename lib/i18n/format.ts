import type { Locale } from "./locale";
import type { Part, ValueFormat } from "./template";

/** Renders values in one language and time zone. Instants are `Date`, RFC 3339 text or milliseconds; nothing here reads the clock. */
export interface Formats {
  number(value: number): string;
  percent(share: number): string;
  /** Whole-number amount of a currency's smallest unit is not assumed: `value` is in the main unit. */
  money(value: number, currency: string): string;
  date(at: Instant): string;
  dateTime(at: Instant): string;
  /** "3 minutes ago", "in 2 hours"; under 45 seconds it is now. */
  relative(at: Instant, now: Date): string;
  /** A length of time in its largest fitting unit: "15 minutes". */
  duration(seconds: number): string;
  list(items: readonly string[]): string;
  plural(count: number): Intl.LDMLPluralRule;
}
export type Instant = Date | string | number;

const UNITS = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3_600 },
  { unit: "minute", seconds: 60 },
] as const;
/** Below this a moment reads as now. */
const NOW_SECONDS = 45;

const made = new Map<string, Formats>();

/** Formatters of a locale and zone, made once; an unknown zone falls back to UTC. */
export function formatsFor(locale: Locale, timeZone = "UTC"): Formats {
  const key = `${locale} ${timeZone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const formats = createFormats(locale, isTimeZone(timeZone) ? timeZone : "UTC");
  if (made.size < 500) made.set(key, formats);
  return formats;
}

/** A parsed sentence with its arguments, or null when one is missing. `nested` renders list items that are not plain text. */
export function render(
  parts: readonly Part[], args: Readonly<Record<string, unknown>>, formats: Formats, nested: (item: unknown) => string = String,
): string | null {
  let text = "";
  for (const part of parts) {
    const piece = part.kind === "words" ? part.text : renderArgument(part, args, formats, nested);
    if (piece === null) return null;
    text += piece;
  }
  return text;
}

function renderArgument(
  part: Exclude<Part, { kind: "words" }>, args: Readonly<Record<string, unknown>>, formats: Formats, nested: (item: unknown) => string,
): string | null {
  const value = Object.hasOwn(args, part.name) ? args[part.name] : undefined;
  if (value === undefined || value === null) return null;
  if (part.kind === "value") return renderValue(value, part.format, formats, nested);
  const count = Number(value);
  const form = part.forms[formats.plural(count)] ?? part.forms["other"];
  return form === undefined ? null : render(form, args, formats, nested);
}

function renderValue(value: unknown, format: ValueFormat, formats: Formats, nested: (item: unknown) => string): string {
  if (format === "list") return (Array.isArray(value) ? value : [value]).map(nested).join(", ");
  if (format === "date" && isInstant(value)) return formats.date(value);
  if (format === "datetime" && isInstant(value)) return formats.dateTime(value);
  if (typeof value === "number") return formats.number(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function createFormats(locale: Locale, timeZone: string): Formats {
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const rules = new Intl.PluralRules(locale);
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    money: (value, currency) => new Intl.NumberFormat(locale, { style: "currency", currency }).format(value),
    date: (at) => date.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    relative: (at, now) => {
      const seconds = (new Date(at).getTime() - now.getTime()) / 1_000;
      if (Math.abs(seconds) < NOW_SECONDS) return relative.format(0, "second");
      const { count, unit } = inUnits(seconds);
      return relative.format(count, unit);
    },
    duration: (seconds) => {
      const { count, unit } = inUnits(seconds);
      return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(Math.abs(count));
    },
    list: (items) => list.format(items),
    plural: (count) => rules.select(count),
  };
}

function inUnits(seconds: number): { count: number; unit: "day" | "hour" | "minute" | "second" } {
  for (const { unit, seconds: length } of UNITS) {
    // 59 min 40 s reads as an hour, 23 h 50 min as a day.
    if (Math.abs(seconds) >= length - length / 120) return { count: Math.round(seconds / length), unit };
  }
  if (Math.abs(seconds) >= NOW_SECONDS) return { count: Math.sign(seconds) || 1, unit: "minute" };
  return { count: Math.round(seconds), unit: "second" };
}

function isInstant(value: unknown): value is Instant {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return (typeof value === "string" || typeof value === "number") && !Number.isNaN(new Date(value).getTime());
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
