import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Key, KeyRing, MacPurpose, SealPurpose } from "./key-types";

/**
 * Length-prefixed concatenation: ["ab","c"] and ["a","bc"] never encode alike.
 * Each part is a 32-bit big-endian byte count followed by the bytes (UTF-8 for text).
 */
export function encodeParts(parts: readonly (string | Uint8Array)[]): Buffer {
  const chunks: Buffer[] = [];
  for (const part of parts) {
    const bytes = typeof part === "string" ? Buffer.from(part, "utf8") : Buffer.from(part);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    chunks.push(size, bytes);
  }
  return Buffer.concat(chunks);
}

/** A sealed value that does not open. Says nothing about why; the caller answers generically and logs an alarm. */
export class SealBroken extends Error {
  constructor() {
    super("a sealed value did not open");
    this.name = "SealBroken";
  }
}

const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SHAPE = /^v1\.([a-z0-9-]{1,32})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)$/;

/** Subkeys are derived once per key and purpose (HKDF-SHA-256, RFC 5869). Throws when the list is empty. */
export function createKeyRing(keys: readonly Key[]): KeyRing {
  const [current] = keys;
  if (current === undefined) throw new Error("a key ring needs at least one key");
  const byId = new Map(keys.map((key) => [key.id, key]));
  const derived = new Map<string, Buffer>();

  const subkey = (key: Key, use: string): Buffer => {
    const name = `${key.id}/${use}`;
    const known = derived.get(name);
    if (known !== undefined) return known;
    const made = Buffer.from(hkdfSync("sha256", key.secret, Buffer.alloc(0), `rung/${VERSION}/${use}`, 32));
    derived.set(name, made);
    return made;
  };
  const macOf = (key: Key, purpose: MacPurpose, parts: readonly (string | Uint8Array)[]): Buffer =>
    createHmac("sha256", subkey(key, `mac/${purpose}`)).update(encodeParts(parts)).digest();
  const associated = (kid: string, purpose: SealPurpose, binding: readonly string[]): Buffer =>
    encodeParts([VERSION, kid, purpose, ...binding]);

  return {
    currentKid: current.id,
    seal(purpose, plain, binding) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", subkey(current, `seal/${purpose}`), nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(associated(current.id, purpose, binding));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return [VERSION, current.id, nonce.toString("base64url"), body.toString("base64url")].join(".");
    },
    open(purpose, sealed, binding) {
      const [, kid, nonceText, bodyText] = SHAPE.exec(sealed) ?? [];
      const key = kid === undefined ? undefined : byId.get(kid);
      if (kid === undefined || nonceText === undefined || bodyText === undefined || key === undefined) throw new SealBroken();
      const nonce = Buffer.from(nonceText, "base64url");
      const body = Buffer.from(bodyText, "base64url");
      // One spelling per value: unused trailing bits of base64url would otherwise be free to change.
      if (body.length < TAG_BYTES || body.toString("base64url") !== bodyText) throw new SealBroken();
      try {
        const decipher = createDecipheriv("aes-256-gcm", subkey(key, `seal/${purpose}`), nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(associated(kid, purpose, binding));
        decipher.setAuthTag(body.subarray(body.length - TAG_BYTES));
        return Buffer.concat([decipher.update(body.subarray(0, body.length - TAG_BYTES)), decipher.final()]).toString("utf8");
      } catch {
        throw new SealBroken();
      }
    },
    mac: (purpose, ...parts) => macOf(current, purpose, parts),
    macHex: (purpose, ...parts) => macOf(current, purpose, parts).toString("hex"),
    macsHex: (purpose, ...parts) => keys.map((key) => macOf(key, purpose, parts).toString("hex")),
    macUnder(kid, purpose, ...parts) {
      const key = byId.get(kid);
      return key === undefined ? null : macOf(key, purpose, parts);
    },
  };
}

/** A ring of one random key that dies with the process: for tests and throw-away databases. */
export function ephemeralKeyRing(): KeyRing {
  return createKeyRing([{ id: "ephemeral", secret: randomBytes(32) }]);
}
