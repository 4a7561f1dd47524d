import { randomBytes } from "node:crypto";
import { constantTimeEqual } from "../../crypto/token";
import type { KeyRing } from "../../crypto/keys";
import type { LookupCode, LookupCredential } from "../../model/credential";
import type { IdentityId } from "../../model/ids";
import type { PasswordHasher } from "../factor";

/** J3: twelve codes of sixteen characters, five bits each: 80 bits a code. Differs from Kratos: ADR 0010. */
export const CODES_PER_SET = 12;
const CODE_CHARACTERS = 16;
const GROUP_CHARACTERS = 4;
const SALT_BYTES = 16;

/** Crockford's base32: no I, L, O and U, so that nothing read aloud or off paper is ambiguous. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A code as shown: four groups of four, `XXXX-XXXX-XXXX-XXXX`. */
export function newLookupCode(): string {
  const characters = Array.from(randomBytes(CODE_CHARACTERS), (byte) => ALPHABET.charAt(byte & 31)).join("");
  return characters.match(new RegExp(`.{${GROUP_CHARACTERS}}`, "gu"))?.join("-") ?? characters;
}

/** 128 random bits, base64url. */
export function newLookupSalt(): string {
  return randomBytes(SALT_BYTES).toString("base64url");
}

/**
 * The form in which codes are digested and compared: any letter case, blanks and dashes dropped, O read as zero, I and L
 * as one. The empty string when nothing remains.
 */
export function normaliseLookupCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s\p{Pd}]+/gu, "").replaceAll("O", "0").replace(/[IL]/gu, "1");
}

/** Where a sealed code belongs: identity, credential, field and position (security.md J2). */
export function lookupBinding(identityId: IdentityId, position: number): readonly string[] {
  return [identityId, "lookup_secret", "code", String(position)];
}

export interface DigestContext {
  readonly keys: KeyRing;
  readonly passwords: Pick<PasswordHasher, "hashLookupCode">;
}

/** How a set finds its codes again: one small Argon2id under its salt, or a keyed digest beside a sealed code. */
export async function digestLookupCode(
  code: string, set: Pick<LookupCredential, "storage" | "salt">, identityId: IdentityId, ctx: DigestContext,
): Promise<string> {
  const normalised = normaliseLookupCode(code);
  if (set.storage === "hashed") return ctx.passwords.hashLookupCode(normalised, set.salt);
  return ctx.keys.mac("lookup-index", identityId, set.salt, normalised).toString("base64url");
}

/**
 * The code of this set that was typed, used or not; null when there is none. One digest an attempt, then every code is
 * compared in constant time, so that neither position nor state shows in the answer's time.
 */
export async function findLookupCode(
  typed: string, set: Pick<LookupCredential, "storage" | "salt" | "codes" | "identityId">, ctx: DigestContext,
): Promise<LookupCode | null> {
  const digests = set.storage === "hashed"
    ? [await digestLookupCode(typed, set, set.identityId, ctx)]
    : keyedDigests(typed, set, ctx.keys);
  const hits = set.codes.filter((code) => digests.map((digest) => constantTimeEqual(digest, code.digest)).includes(true));
  return hits[0] ?? null;
}

/** Under every key of the ring, so that a rotation leaves old sets working. */
function keyedDigests(typed: string, set: Pick<LookupCredential, "salt" | "identityId">, keys: KeyRing): readonly string[] {
  return keys
    .macsHex("lookup-index", set.identityId, set.salt, normaliseLookupCode(typed))
    .map((hex) => Buffer.from(hex, "hex").toString("base64url"));
}

export function unusedCodes(set: Pick<LookupCredential, "codes">): readonly LookupCode[] {
  return set.codes.filter((code) => code.usedAt === null);
}
