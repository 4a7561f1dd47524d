/** The only source of time. Tests and clock shifts come in here; nothing else may call `new Date()` for a decision. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export function addMs(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

const FIRST_MS = Date.parse("0001-01-01T00:00:00Z");
const LAST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** A moment of the years 1 to 9999, as RFC 3339 can write it and every column can hold it. */
export function isInstant(at: Date): boolean {
  return at.getTime() >= FIRST_MS && at.getTime() <= LAST_MS;
}

const RFC3339 = /^(\d{4}-\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** An RFC 3339 instant; null for any other text, a day that its month does not have, and what its offset puts outside the years 1 to 9999. */
export function parseInstant(text: string): Date | null {
  const [, month, day] = RFC3339.exec(text) ?? [];
  if (month === undefined || new Date(`${month}-${day ?? ""}T00:00:00Z`).getUTCDate() !== Number(day)) return null;
  const at = new Date(text.toUpperCase());
  return isInstant(at) ? at : null;
}
