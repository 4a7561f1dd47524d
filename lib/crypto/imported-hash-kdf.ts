import { createCipheriv, pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { verify as verifyArgon2 } from "@node-rs/argon2";
import { compare as verifyBcrypt } from "@node-rs/bcrypt";
import { withinBounds } from "./argon2";
import { bytesOf, isDerivedLength, MALFORMED, matches, TOO_COSTLY } from "./imported-hash-types";
import type { ImportedHash, ImportRefusal } from "./imported-hash-types";

/** Ceilings of contract/admin.md 1.12 and house.md part 9. */
const BCRYPT_MAX_COST = 15;
const PBKDF2_MAX_ITERATIONS = 10_000_000;
const SCRYPT_MAX = { n: 2 ** 17, r: 8, p: 10 } as const;
/** scrypt needs 128·N·r bytes; some head room over the largest permitted. */
const SCRYPT_MAX_MEMORY = 256 * 1024 * 1024;
/** Firebase derives a key of AES-256. */
const FIREBASE_KEY_BYTES = 32;

const BCRYPT = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;
const ARGON2 = /^\$argon2(?:id|i|d)\$v=\d{1,3}\$m=(\d{1,10}),t=(\d{1,6}),p=(\d{1,4})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
const PBKDF2 = /^\$pbkdf2-(sha1|sha224|sha256|sha384|sha512)\$i=(\d{1,12}),l=\d{1,5}\$([^$]+)\$([^$]+)$/;
const SCRYPT = /^\$scrypt\$ln=(\d{1,10}),r=(\d{1,4}),p=(\d{1,4})\$([^$]+)\$([^$]+)$/;
const FIREBASE = /^\$firescrypt\$ln=(\d{1,4}),r=(\d{1,4}),p=(\d{1,4})\$([^$]+)\$([^$]+)\$([^$]+)\$([^$]+)$/;

/** The exporting system computes the 224 and 384 bit digests of PBKDF2 by SHA-3. */
const PBKDF2_DIGEST = { sha1: "sha1", sha224: "sha3-224", sha256: "sha256", sha384: "sha3-384", sha512: "sha512" } as const;

const derivePbkdf2 = promisify(pbkdf2);

export function readBcrypt(hash: string): ImportedHash | ImportRefusal {
  const [, cost] = BCRYPT.exec(hash) ?? [];
  if (cost === undefined) return MALFORMED;
  if (Number(cost) > BCRYPT_MAX_COST || Number(cost) < 4) return TOO_COSTLY;
  return { kind: "bcrypt", verify: (password) => verifyBcrypt(password, hash) };
}

export function readArgon2(hash: string): ImportedHash | ImportRefusal {
  const [, memory, passes, lanes, salt, tag] = ARGON2.exec(hash) ?? [];
  const stored = bytesOf(tag);
  if (memory === undefined || passes === undefined || lanes === undefined || (bytesOf(salt)?.length ?? 0) < 8) return MALFORMED;
  if (stored === null || !isDerivedLength(stored)) return MALFORMED;
  if (!withinBounds({ memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) })) return TOO_COSTLY;
  return { kind: "argon2", verify: (password) => verifyArgon2(hash, password) };
}

export function readPbkdf2(hash: string): ImportedHash | ImportRefusal {
  const [, digest, iterations, salt, expected] = PBKDF2.exec(hash) ?? [];
  const [pepper, target] = [bytesOf(salt), bytesOf(expected)];
  if (digest === undefined || pepper === null || target === null) return MALFORMED;
  const rounds = Number(iterations);
  if (rounds < 1 || rounds > PBKDF2_MAX_ITERATIONS) return TOO_COSTLY;
  if (!isDerivedLength(target)) return MALFORMED;
  const name = PBKDF2_DIGEST[digest as keyof typeof PBKDF2_DIGEST];
  return { kind: "pbkdf2", verify: (password) => matches(derivePbkdf2(password, pepper, rounds, target.length, name), target) };
}

/** The field is called ln and holds N itself (contract/admin.md 1.12). */
export function readScrypt(hash: string): ImportedHash | ImportRefusal {
  const [, n, r, p, salt, expected] = SCRYPT.exec(hash) ?? [];
  const [pepper, target] = [bytesOf(salt), bytesOf(expected)];
  if (pepper === null || target === null) return MALFORMED;
  const cost = scryptCost(Number(n), Number(r), Number(p));
  if (cost === null) return TOO_COSTLY;
  if (!isDerivedLength(target)) return MALFORMED;
  return { kind: "scrypt", verify: (password) => matches(deriveScrypt(password, pepper, target.length, cost), target) };
}

/** Here ln is log2(N). The password's key enciphers the project's signer key; what comes out is stored (AES-256-CTR, counter zero). */
export function readFirebaseScrypt(hash: string): ImportedHash | ImportRefusal {
  const [, ln, r, p, salt, expected, separator, signer] = FIREBASE.exec(hash) ?? [];
  const [pepper, target, between, signerKey] = [bytesOf(salt), bytesOf(expected), bytesOf(separator), bytesOf(signer)];
  if (pepper === null || target === null || between === null || signerKey === null || target.length !== signerKey.length) return MALFORMED;
  if (!isDerivedLength(target)) return MALFORMED;
  const cost = Number(ln) > 20 ? null : scryptCost(2 ** Number(ln), Number(r), Number(p));
  if (cost === null) return TOO_COSTLY;
  return {
    kind: "firescrypt",
    async verify(password) {
      const key = await deriveScrypt(password, Buffer.concat([pepper, between]), FIREBASE_KEY_BYTES, cost);
      const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
      return matches(Buffer.concat([cipher.update(signerKey), cipher.final()]), target);
    },
  };
}

interface ScryptCost { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number }

function scryptCost(n: number, r: number, p: number): ScryptCost | null {
  const power = Number.isInteger(Math.log2(n)) && n > 1;
  if (!power || n > SCRYPT_MAX.n || r < 1 || r > SCRYPT_MAX.r || p < 1 || p > SCRYPT_MAX.p) return null;
  return { N: n, r, p, maxmem: SCRYPT_MAX_MEMORY };
}

function deriveScrypt(password: string, salt: Buffer, length: number, cost: ScryptCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, cost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
