import { randomInt } from "node:crypto";
import type { KeyRing } from "./key-types";
import { constantTimeEqual } from "./token";

/** NIST SP 800-63B-4, 3.1.3.1: at least six decimal digits. */
export const ONE_TIME_CODE_DIGITS = 6;

/** What a code is good for, and nothing else: one flow, one purpose, one address of one project (security.md T19). */
export interface CodePlace {
  readonly projectId: string;
  readonly flowId: string;
  readonly purpose: string;
  readonly via: string;
  /** Normalised address. */
  readonly value: string;
}

/** Six unbiased random digits. */
export function newCodeDigits(): string {
  return String(randomInt(10 ** ONE_TIME_CODE_DIGITS)).padStart(ONE_TIME_CODE_DIGITS, "0");
}

/** What is stored of a code: a bare hash of a million values would protect nothing, so it is keyed (security.md part 8). */
export function codeMac(keys: KeyRing, place: CodePlace, digits: string): string {
  return keys.macHex("code", ...partsOf(place), digits);
}

/** The same work and the same look for a code that nobody was sent: no digits ever match it. */
export function decoyMac(keys: KeyRing, place: CodePlace, digits: string): string {
  return keys.macHex("decoy", ...partsOf(place), digits);
}

/** True when `mac` was made of these digits for this place, under any key of the ring; compared in constant time. */
export function isCodeOf(keys: KeyRing, place: CodePlace, mac: string, digits: string): boolean {
  return keys.macsHex("code", ...partsOf(place), digits).map((made) => constantTimeEqual(made, mac)).includes(true);
}

function partsOf({ projectId, flowId, purpose, via, value }: CodePlace): readonly string[] {
  return [projectId, flowId, purpose, via, value];
}
