import { generateSecret, generateURI } from "otplib";
import QRCode from "qrcode";
import type { TraitFacts } from "../../model/identity";
import type { IdentityId } from "../../model/ids";

/** RFC 4226, section 4 asks for 128 bits and advises 160. */
const SECRET_BYTES = 20;

/** Width and height of the picture in pixels (contract 5.5). */
export const QR_PIXELS = 256;

/** A new shared secret: 160 random bits as 32 base32 characters. */
export function newTotpSecret(): string {
  return generateSecret({ length: SECRET_BYTES });
}

/** Where a sealed secret belongs: moved to another person or field it does not open (security.md T12). */
export function totpBinding(identityId: IdentityId): readonly string[] {
  return [identityId, "totp", "secret"];
}

/** What the authenticator app lists: the schema's account name, else the first identifier, else the identity id. */
export function totpAccountName(facts: TraitFacts, identityId: IdentityId): string {
  return facts.totpAccountName ?? facts.identifiers[0] ?? identityId;
}

/**
 * The `otpauth://totp/…` address an app scans. SHA-1, six digits and 30 seconds, the only set every app honours, so they
 * are left out as the format's own defaults. A colon would end the issuer early and is dropped from both names.
 */
export function totpUri(issuer: string, accountName: string, secret: string): string {
  return generateURI({ issuer: withoutColon(issuer), label: withoutColon(accountName), secret });
}

/** The address as a square PNG, as a data URI. */
export function totpPicture(uri: string): Promise<string> {
  // The library rounds down after a division; half a pixel more makes exactly the size that was announced.
  return QRCode.toDataURL(uri, { type: "image/png", width: QR_PIXELS + 0.5, margin: 2, errorCorrectionLevel: "M" });
}

function withoutColon(name: string): string {
  return name.replaceAll(":", " ").trim();
}
