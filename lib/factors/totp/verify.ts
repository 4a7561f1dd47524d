import { createGuardrails, verify } from "otplib";
import { readDigits } from "../../wire/digits";
import type { ReadDigits } from "../../wire/digits";

/** RFC 6238, section 4: the size of a time step, and the digits every app shows. */
export const STEP_SECONDS = 30;
export const CODE_DIGITS = 6;

/** Apps that were set up elsewhere have secrets of 80 bits and more; the library asks for 128 by itself, and a new one has 160. */
export const MIN_SECRET_BYTES = 10;
const GUARDRAILS = createGuardrails({ MIN_SECRET_BYTES });

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
    guardrails: GUARDRAILS,
    ...(lastUsedStep === null ? {} : { afterTimeStep: lastUsedStep }),
  });
  return result.valid && "timeStep" in result ? result.timeStep : null;
}

/** What was typed, as six ASCII digits, or why it cannot be a code. */
export function readCode(typed: unknown): ReadDigits {
  return readDigits(typed, CODE_DIGITS);
}
