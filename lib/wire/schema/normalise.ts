import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { AddressChannel } from "../../model/identity";

/** Zero-width and other characters nobody sees: two names that look equal are equal. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cc}|\p{Cf}/gu;

/** Longer than any number, however it is written. */
const MAX_PHONE_LENGTH = 40;
const PHONE = /^\s*(?:\+|00)[\p{Nd}\s().\-/\u2010-\u2015]+$/u;

/**
 * A phone number as `+` and digits, or null. It must name its country (`+` or `00`) and have a length that numbers there have;
 * spaces, hyphens, dots, brackets and a trunk zero in brackets are read over.
 */
export function toE164(text: string): string | null {
  if (text.length > MAX_PHONE_LENGTH || !PHONE.test(text)) return null;
  const number = parsePhoneNumberFromString(text.trim().replace(/^00/, "+"));
  return number?.isPossible() === true ? number.number : null;
}

/** Longest address there is (RFC 5321, errata 1690). */
const MAX_ADDRESS_LENGTH = 254;

/** What somebody typed as an e-mail address or a phone number, by the rule addresses are stored by, or null when it is neither. */
export function readAddress(text: string): { readonly via: AddressChannel; readonly value: string } | null {
  const phone = toE164(text);
  if (phone !== null) return { via: "sms", value: phone };
  const email = normaliseAddress(text, "email");
  return email !== null && email.length <= MAX_ADDRESS_LENGTH && /^[^\s@]+@[^\s@]+$/u.test(email) ? { via: "email", value: email } : null;
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
