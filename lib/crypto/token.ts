import { createHash, randomBytes, randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import type { ProjectKey } from "../model/ids";

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER_BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
/** 62³² ≈ 2¹⁹⁰: above the 128 bits of ASVS 7.2.3 and the 190 of security.md N29. */
const TOKEN_CHARACTERS = 32;
/** Fixed for ever: cookie names end in it, so none is a prefix of another. */
const PROJECT_KEY_CHARACTERS = 10;
const CSRF_BYTES = 32;

/** `ory_st_` and 32 letters or digits: the value of a session cookie or `X-Session-Token`. */
export function newSessionToken(): string {
  return newToken("ory_st_");
}

/** `prefix` and 32 unbiased random letters or digits (190 bits). */
export function newToken(prefix: string): string {
  return prefix + pick(ALPHANUMERIC, TOKEN_CHARACTERS);
}

/** SHA-256, hex. Only for inputs of at least 128 random bits; anything shorter needs a key (`KeyRing.mac`). */
export function hashToken(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("hex");
}

/** A random UUID (v4). Names things; never authorises (ASVS 11.5.1). */
export function randomId(): string {
  return randomUUID();
}

export function newProjectKey(): ProjectKey {
  return pick(LOWER_BASE32, PROJECT_KEY_CHARACTERS) as ProjectKey;
}

/** 32 random bytes, base64: the browser's anti-CSRF secret, kept in its cookie. */
export function newCsrfSecret(): string {
  return randomBytes(CSRF_BYTES).toString("base64");
}

/** A fresh mask and the masked secret, base64 of 64 bytes: no two renderings are alike, so compression leaks nothing. */
export function maskCsrf(secret: string): string {
  const clear = Buffer.from(secret, "base64");
  const mask = randomBytes(clear.length);
  return Buffer.concat([mask, xor(clear, mask)]).toString("base64");
}

/** True when `masked` was made from `secret`. False for every malformed input; constant time in the compare. */
export function csrfMatches(masked: string, secret: string): boolean {
  const bytes = Buffer.from(masked, "base64");
  const clear = Buffer.from(secret, "base64");
  if (clear.length !== CSRF_BYTES || bytes.length !== 2 * CSRF_BYTES) return false;
  return timingSafeEqual(xor(bytes.subarray(CSRF_BYTES), bytes.subarray(0, CSRF_BYTES)), clear);
}

/** SHA-256 of the secret, hex: what a flow row remembers of the browser that began it. */
export function hashCsrf(secret: string): string {
  return createHash("sha256").update("rung/csrf/").update(secret, "utf8").digest("hex");
}

/** Compares without telling how much was equal; lengths may be told apart. */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = typeof a === "string" ? Buffer.from(a, "utf8") : Buffer.from(a);
  const right = typeof b === "string" ? Buffer.from(b, "utf8") : Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

function pick(alphabet: string, length: number): string {
  let text = "";
  for (let index = 0; index < length; index += 1) text += alphabet.charAt(randomInt(alphabet.length));
  return text;
}

function xor(a: Uint8Array, b: Uint8Array): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}
