import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import { fromBase64url } from "../webauthn/bytes";
import { MAX_NAME_LENGTH, readName } from "../webauthn/key-name";
import { sealKey } from "../webauthn/key-record";
import type { KeyMac, KeyPlace, KeyRecord, OwnedKey } from "../webauthn/key-record";
import { checkPublicKey } from "../webauthn/public-key";
import { userHandleOf } from "../webauthn/user-handle";
import type { KeyImport } from "../wire/credential-body";

/** 1 to 1,023 bytes (WebAuthn L3, 4): longer ids are none. */
const MAX_ID_BYTES = 1_023;
const MAX_HANDLE_BYTES = 64;

/**
 * The document of a key that another system enrolled, sealed for its new place. `before`: the key of the same id the person has already;
 * what it has proved here stays. Throws `bad_request` for a key that could never sign in.
 */
export function importedKey(
  given: KeyImport, facts: { readonly userHandle: string | null; readonly before: OwnedKey | null; readonly place: KeyPlace; readonly now: Date }, keys: KeyMac,
): JsonObject {
  const { before, place, now } = facts;
  const [id, cose] = [fromBase64url(given.id), fromBase64url(given.publicKey)];
  if (id === null || id.length === 0 || id.length > MAX_ID_BYTES || cose === null) throw refused(place, "the id or the public key is no base64");
  const checked = checkPublicKey(cose);
  if (!checked.ok) throw refused(place, "the public key is no COSE key of ES256, EdDSA or RS256");
  const handle = facts.userHandle ?? before?.key.userHandle ?? null;
  if (handle !== null && (fromBase64url(handle)?.length ?? 0) > MAX_HANDLE_BYTES) throw refused(place, "the user handle has more than 64 bytes");
  const old = before?.key;
  const record: Omit<KeyRecord, "seal"> = {
    id: given.id, publicKey: given.publicKey, algorithm: checked.algorithm, signCount: given.signCount, transports: [...given.transports],
    aaguid: given.aaguid, format: given.format.slice(0, 32), userVerified: given.userVerified, backupEligible: given.backupEligible,
    backupState: given.backupState, version: (old?.version ?? 0) + 1, name: nameOf(given, place), passwordless: given.passwordless,
    verifiesUser: (old?.verifiesUser ?? false) || given.userVerified,
    addedAt: (given.addedAt ?? (old === undefined ? now : new Date(old.addedAt))).toISOString(), lastUsedAt: old?.lastUsedAt ?? null,
    clonedAt: given.cloned ? old?.clonedAt ?? now.toISOString() : null,
    ...(handle === null || handle === userHandleOf(place.identityId) ? {} : { userHandle: handle }),
  };
  return sealKey(record, place, keys);
}

function nameOf(given: KeyImport, place: KeyPlace): string {
  const read = readName(given.name);
  if (read === null) return place.type === "passkey" ? "Passkey" : "Security key";
  if (!read.ok) throw refused(place, `the display name has more than ${String(MAX_NAME_LENGTH)} characters`);
  return read.name;
}

function refused({ type }: KeyPlace, why: string): DomainError {
  return new DomainError("bad_request", { reason: `a key of credentials.${type} cannot be imported: ${why}` });
}
