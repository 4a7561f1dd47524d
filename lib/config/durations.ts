/** Milliseconds per unit, the units of Go's durations (contract 8). */
const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SHAPE = /^(?:[0-9]+(?:ns|us|ms|s|m|h))+$/;

/** Reads `15m`, `1h30m`, `24h0m0s`, `500ms`: whole numbers with units, summed, in milliseconds. Null for anything else. */
export function parseDurationMs(text: string): number | null {
  if (!SHAPE.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+)(ns|us|ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ""] ?? Number.NaN);
  }
  return Number.isFinite(total) && total <= Number.MAX_SAFE_INTEGER ? total : null;
}

/**
 * Writes milliseconds the way Go prints a duration, in whole units that `parseDurationMs` reads back: `15m0s`, `24h0m0s`,
 * `1s500ms`. Anything below a millisecond is dropped; a negative or unreadable number is `0s`.
 */
export function formatDuration(ms: number): string {
  const whole = Number.isFinite(ms) && ms > 0 ? Math.floor(ms) : 0;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor((whole % 3_600_000) / 60_000);
  const seconds = Math.floor((whole % 60_000) / 1_000);
  const rest = whole % 1_000;
  if (whole < 1_000) return rest === 0 ? "0s" : `${rest}ms`;
  const tail = rest === 0 ? "" : `${rest}ms`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s${tail}`;
  return minutes > 0 ? `${minutes}m${seconds}s${tail}` : `${seconds}s${tail}`;
}

/** The same in words people use: `15 minutes`, `1 hour 30 minutes`, `2 seconds`. */
export function durationInWords(ms: number): string {
  const parts: string[] = [];
  let rest = Number.isFinite(ms) && ms > 0 ? Math.floor(ms) : 0;
  for (const [size, name] of [[3_600_000, "hour"], [60_000, "minute"], [1_000, "second"], [1, "millisecond"]] as const) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}
