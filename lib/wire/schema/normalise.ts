import type { AddressChannel } from "../../model/identity";

/** Shortest and longest number, country code included (ITU-T E.164, section 6.1: at most 15 digits). */
const E164 = /^\+[1-9]\d{6,14}$/;
/** Zero-width and other characters nobody sees: two names that look equal are equal. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cc}|\p{Cf}/gu;

/** A phone number as `+` and digits, or null. Reads spaces, hyphens, dots, brackets and a leading `00`. */
export function toE164(text: string): string | null {
  const compact = text.trim().replace(/[\s().\-/\u2010-\u2015]/g, "").replace(/^00/, "+");
  return E164.test(compact) ? compact : null;
}

/** An address as it is stored and compared: lower-case e-mail, E.164 number. Null when a number does not parse. */
export function normaliseAddress(value: string, via: AddressChannel): string | null {
  if (via === "sms") return toE164(value);
  const email = value.trim().toLowerCase();
  return email === "" ? null : email;
}

/**
 * A login name as it is stored, unique and compared: NFKC, lower-case, trimmed, without invisible characters; something that is
 * clearly a phone number becomes E.164. The same rule serves what a person types when signing in.
 */
export function normaliseIdentifier(value: string): string {
  const plain = value.normalize("NFKC").replace(INVISIBLE, "").trim().toLowerCase();
  return /^(\+|00)[\d\s().\-/]+$/.test(plain) ? toE164(plain) ?? plain : plain;
}
