import { timingSafeEqual } from "node:crypto";
import type { Credential, DocumentCredential } from "../model/credential";
import type { JsonObject } from "../model/identity";
import type { IdentityId, ProjectId } from "../model/ids";
import type { NewKey } from "./registration";

/** A key as it is stored in its credential's document. Instants are ISO texts. */
export interface KeyRecord extends NewKey {
  /** Rises with every write; a write names the version it read. */
  readonly version: number;
  readonly name: string;
  /** Enrolled while the project's security keys were a way to sign in alone (contract, trap 13). */
  readonly passwordless: boolean;
  /** The key has verified its user while another factor stood beside it, or at registration (W34). */
  readonly verifiesUser: boolean;
  readonly addedAt: string;
  readonly lastUsedAt: string | null;
  /** base64url. Of a key that was made elsewhere: what it names its person by. Absent: `userHandleOf` the person. */
  readonly userHandle?: string;
  /** A counter that did not rise was seen: there may be a copy (W33). Such a key signs nobody in until it is removed. */
  readonly clonedAt: string | null;
  readonly seal: { readonly kid: string; readonly mac: string };
}
type Unsealed = Omit<KeyRecord, "seal">;

/** What is told to a browser of a key that exists. */
export interface KnownKey {
  readonly id: string;
  readonly transports: readonly string[];
}

/** The part of the key ring that protects stored public keys (security.md part 8). */
export interface KeyMac {
  readonly currentKid: string;
  macHex(purpose: "webauthn", ...parts: readonly string[]): string;
  macUnder(kid: string, purpose: "webauthn", ...parts: readonly string[]): Uint8Array | null;
}
/** Whose key, in which project, of which kind: a row that is moved does not verify any more. */
export interface KeyPlace {
  readonly projectId: ProjectId;
  readonly identityId: IdentityId;
  readonly type: "webauthn" | "passkey";
}

export interface OwnedKey {
  readonly credential: DocumentCredential;
  readonly key: KeyRecord;
}

/** Keys among the credentials, of one kind or of both, oldest first. A document that is not what it promises is a fault and throws. */
export function keysOf(credentials: readonly Credential[], type?: "webauthn" | "passkey"): readonly OwnedKey[] {
  return credentials.flatMap((credential) =>
    (credential.type === "webauthn" || credential.type === "passkey") && (type === undefined || credential.type === type)
      ? [{ credential, key: readKey(credential) }] : []);
}

/** What the person calls those that can answer. */
export function namesOf(owned: readonly OwnedKey[]): readonly string[] {
  return owned.filter(({ key }) => key.clonedAt === null).map(({ key }) => key.name);
}

/** The document to store, with its MAC. */
export function sealKey(key: Unsealed, place: KeyPlace, keys: KeyMac): JsonObject {
  return { ...plain(key), seal: { kid: keys.currentKid, mac: keys.macHex("webauthn", ...macParts(key, place)) } };
}

/** Is this the key that was enrolled, with the counter that was left? Constant time. */
export function isIntact({ seal, ...key }: KeyRecord, place: KeyPlace, keys: KeyMac): boolean {
  const expected = keys.macUnder(seal.kid, "webauthn", ...macParts(key, place));
  const stored = Buffer.from(seal.mac, "hex");
  return expected !== null && expected.length === stored.length && timingSafeEqual(expected, stored);
}

/** The next version with these changes. */
export function changedKey({ seal: _seal, ...key }: KeyRecord, changes: Partial<Unsealed>): Unsealed {
  return { ...key, ...changes, version: key.version + 1 };
}

/** Everything that decides what a key may do; its name and its dates may change without it. */
function macParts(key: Unsealed, place: KeyPlace): readonly string[] {
  const flags = [key.passwordless, key.verifiesUser, key.userVerified, key.backupEligible, key.clonedAt !== null].map(Number).join("");
  const handle = key.userHandle === undefined ? [] : [key.userHandle];
  return [place.projectId, place.identityId, place.type, key.id, key.publicKey, String(key.algorithm), String(key.signCount), flags, ...handle];
}

function plain(key: Unsealed): JsonObject {
  const { transports, ...rest } = key;
  return { ...rest, transports: [...transports] };
}

function readKey({ id: row, document }: DocumentCredential): KeyRecord {
  const seal = document["seal"];
  const sound = ["id", "publicKey", "aaguid", "format", "name", "addedAt"].every((field) => typeof document[field] === "string")
    && ["version", "algorithm", "signCount"].every((field) => typeof document[field] === "number")
    && ["userVerified", "verifiesUser", "backupEligible", "backupState", "passwordless"].every((field) => typeof document[field] === "boolean")
    && Array.isArray(document["transports"]) && typeof seal === "object" && seal !== null;
  if (!sound) throw new Error(`credential ${row} does not hold a key`);
  return document as unknown as KeyRecord;
}
