import { verify } from "otplib";

/** RFC 6238, section 4: the size of a time step, and the digits every app shows. */
export const STEP_SECONDS = 30;
export const CODE_DIGITS = 6;

/**
 * Checks a six-digit TOTP code (RFC 6238) against an enrolled secret: base32, 160 bits (RFC 4226, section 4).
 *
 * Accepts the current 30-second step and one on either side (RFC 6238, sections 5.2 and 6), and no step at or before
 * `lastUsedStep`: a code is good once. Differs from Kratos: ADR 0013. Blanks are ignored, digits of any script are understood. Answers the step to
 * store, or null if the code is not acceptable.
 */
export async function verifyTotp(secret: string, code: string, lastUsedStep: number | null, now: Date): Promise<number | null> {
  const read = readCode(code);
  if (read.kind !== "code") return null;
  const epoch = Math.floor(now.getTime() / 1000);
  // Every step the window could hold was used: the library would call this a mistake, here the clock went back.
  if (lastUsedStep !== null && lastUsedStep > Math.floor(epoch / STEP_SECONDS)) return null;
  const result = await verify({
    secret,
    token: read.digits,
    epoch,
    epochTolerance: STEP_SECONDS,
    period: STEP_SECONDS,
    digits: CODE_DIGITS,
    algorithm: "sha1",
    ...(lastUsedStep === null ? {} : { afterTimeStep: lastUsedStep }),
  });
  return result.valid && "timeStep" in result ? result.timeStep : null;
}

export type ReadCode =
  | { readonly kind: "code"; readonly digits: string }
  | { readonly kind: "missing" }
  | { readonly kind: "too_short"; readonly length: number }
  | { readonly kind: "malformed" };

/** What was typed, as six ASCII digits, or why it cannot be a code. Blanks anywhere are dropped (security.md T68). */
export function readCode(typed: unknown): ReadCode {
  if (typed === undefined || typed === null) return { kind: "missing" };
  if (typeof typed !== "string") return { kind: "malformed" };
  const compact = typed.replace(/\s+/gu, "");
  if (compact === "") return { kind: "missing" };
  if (!/^\p{Nd}+$/u.test(compact)) return { kind: "malformed" };
  const digits = toAsciiDigits(compact);
  if (digits.length < CODE_DIGITS) return { kind: "too_short", length: digits.length };
  return digits.length === CODE_DIGITS ? { kind: "code", digits } : { kind: "malformed" };
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
