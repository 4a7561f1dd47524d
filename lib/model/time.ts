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
