export type ReadDigits =
  | { readonly kind: "code"; readonly digits: string }
  | { readonly kind: "missing" }
  | { readonly kind: "too_short"; readonly length: number }
  | { readonly kind: "malformed" };

/** What was typed, as exactly `length` ASCII digits, or why it cannot be a code. Blanks anywhere are dropped (security.md T68). */
export function readDigits(typed: unknown, length: number): ReadDigits {
  if (typed === undefined || typed === null) return { kind: "missing" };
  if (typeof typed !== "string") return { kind: "malformed" };
  const compact = typed.replace(/\s+/gu, "");
  if (compact === "") return { kind: "missing" };
  if (!/^\p{Nd}+$/u.test(compact)) return { kind: "malformed" };
  const digits = toAsciiDigits(compact);
  if (digits.length < length) return { kind: "too_short", length: digits.length };
  return digits.length === length ? { kind: "code", digits } : { kind: "malformed" };
}

/** Decimal digits of any script (Arabic-Indic, Persian, fullwidth, …) as 0-9. */
function toAsciiDigits(digits: string): string {
  return Array.from(digits, (digit) => String(decimalValue(digit.codePointAt(0) ?? 0))).join("");
}

/** Unicode keeps decimal digits in unbroken runs of ten from zero to nine (The Unicode Standard, 4.6). */
function decimalValue(codePoint: number): number {
  let before = 0;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(codePoint - before - 1))) before += 1;
  return before % 10;
}
