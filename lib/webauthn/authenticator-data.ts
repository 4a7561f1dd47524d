import { createHash } from "node:crypto";
import { cborEnd, sameBytes } from "./bytes";
import type { CeremonyRefusal } from "./refusal";

export interface AuthenticatorData {
  readonly rpIdHash: Uint8Array;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backupState: boolean;
  readonly signCount: number;
  /** Present at registration only. */
  readonly attested: { readonly aaguid: string; readonly credentialId: Uint8Array; readonly publicKey: Uint8Array } | null;
}

/** RP ID hash, flags and counter. */
const FIXED_BYTES = 37;
const FLAG = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backupState: 0x10, attested: 0x40, extensions: 0x80 } as const;

/** Reads authenticator data (WebAuthn L3, 6.1) to its last byte; null when it is cut short or something is left over. */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData | null {
  const flags = bytes[32];
  if (bytes.length < FIXED_BYTES || flags === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (flag: number): boolean => (flags & flag) !== 0;
  let at = FIXED_BYTES;
  let attested: AuthenticatorData["attested"] = null;
  if (has(FLAG.attested)) {
    if (bytes.length < at + 18) return null;
    const keyAt = at + 18 + view.getUint16(at + 16);
    const end = keyAt < bytes.length ? cborEnd(bytes, keyAt) : null;
    if (end === null) return null;
    attested = { aaguid: aaguidOf(bytes.slice(at, at + 16)), credentialId: bytes.slice(at + 18, keyAt), publicKey: bytes.slice(keyAt, end) };
    at = end;
  }
  if (has(FLAG.extensions)) {
    const end = (bytes[at] ?? 0) >> 5 === 5 ? cborEnd(bytes, at) : null;
    if (end === null) return null;
    at = end;
  }
  if (at !== bytes.length) return null;
  return {
    rpIdHash: bytes.slice(0, 32), userPresent: has(FLAG.userPresent), userVerified: has(FLAG.userVerified),
    backupEligible: has(FLAG.backupEligible), backupState: has(FLAG.backupState), signCount: view.getUint32(33), attested,
  };
}

/** RP ID, presence, verification where it is required, and backup flags that can go together (W6 to W9, W28 to W31). */
export function checkAuthenticatorData(data: AuthenticatorData, expected: { readonly rpId: string; readonly verified: boolean }): CeremonyRefusal | null {
  if (!sameBytes(data.rpIdHash, createHash("sha256").update(expected.rpId, "utf8").digest())) return "rp_id";
  if (!data.userPresent) return "user_presence";
  if (expected.verified && !data.userVerified) return "user_verification";
  return data.backupState && !data.backupEligible ? "backup_state" : null;
}

function aaguidOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
