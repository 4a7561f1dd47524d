import { readShaCrypt, readMd5Crypt } from "./imported-hash-crypt";
import { readHmac, readPatterned, readSsha } from "./imported-hash-digest";
import { readArgon2, readBcrypt, readFirebaseScrypt, readPbkdf2, readScrypt } from "./imported-hash-kdf";
import { MAX_HASH_CHARACTERS } from "./imported-hash-types";
import type { ImportedHash, ImportRefusal } from "./imported-hash-types";

export type { ImportedHash, ImportProblem } from "./imported-hash-types";

type Reader = (hash: string) => ImportedHash | ImportRefusal;

/** By what a hash begins with; the first that fits reads it. */
const FORMATS: readonly (readonly [begins: RegExp, read: Reader])[] = [
  [/^\$2/, readBcrypt],
  [/^\$argon2/, readArgon2],
  [/^\$pbkdf2-/, readPbkdf2],
  [/^\$scrypt\$/, readScrypt],
  [/^\$firescrypt\$/, readFirebaseScrypt],
  [/^\$md5-crypt\$/, readMd5Crypt],
  [/^\$sha(256|512)-crypt\$/, readShaCrypt],
  [/^\$(md5|sha1|sha256|sha512)\$/, readPatterned],
  [/^\{SSHA(256|512)?\}/, readSsha],
  [/^\$hmac-/, readHmac],
];

/**
 * Reads a password hash of another system: every format of contract/admin.md 1.12. A cost beyond the bounds is a problem, found
 * before any work is done.
 */
export function readImportedHash(hash: string): ImportedHash | ImportRefusal {
  if (hash.length > MAX_HASH_CHARACTERS) return { problem: "malformed" };
  const read = FORMATS.find(([begins]) => begins.test(hash))?.[1];
  return read === undefined ? { problem: "unknown_format" } : read(hash);
}
