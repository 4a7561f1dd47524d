import { pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { verify as verifyArgon2 } from "@node-rs/argon2";
import { compare as verifyBcrypt } from "@node-rs/bcrypt";
import { withinBounds } from "./argon2";
import { constantTimeEqual } from "./token";

/** A hash from another system whose format we know and whose cost is within bounds. */
export interface ImportedHash {
  readonly kind: "bcrypt" | "argon2" | "pbkdf2" | "scrypt";
  verify(password: string): Promise<boolean>;
}

export type ImportProblem = "unknown_format" | "cost_out_of_bounds" | "malformed";

/** Ceilings of contract admin 1.12 and house.md part 9. */
const BCRYPT_MAX_COST = 15;
const PBKDF2_MAX_ITERATIONS = 10_000_000;
const SCRYPT_MAX = { n: 2 ** 17, r: 8, p: 10 } as const;
/** scrypt needs 128·N·r bytes; some head room over the largest permitted. */
const SCRYPT_MAX_MEMORY = 256 * 1024 * 1024;

const BCRYPT = /^\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}$/;
const ARGON2 = /^\$argon2(?:id|i|d)\$v=\d{1,3}\$m=(\d{1,10}),t=(\d{1,6}),p=(\d{1,4})\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;
const PBKDF2 = /^\$pbkdf2-(sha1|sha224|sha256|sha384|sha512)\$i=(\d{1,12}),l=\d{1,5}\$([A-Za-z0-9+/]+)={0,2}\$([A-Za-z0-9+/]+)={0,2}$/;
const SCRYPT = /^\$scrypt\$ln=(\d{1,10}),r=(\d{1,4}),p=(\d{1,4})\$([A-Za-z0-9+/]+={0,2})\$([A-Za-z0-9+/]+={0,2})$/;

/** The exporting system computes the 224 and 384 bit digests of PBKDF2 by SHA-3. */
const PBKDF2_DIGEST = { sha1: "sha1", sha224: "sha3-224", sha256: "sha256", sha384: "sha3-384", sha512: "sha512" } as const;

const derivePbkdf2 = promisify(pbkdf2);

/**
 * Reads an imported hash: bcrypt, argon2 (i, d, id), PBKDF2 and scrypt. A cost beyond the bounds is a problem, found
 * before any work is done.
 */
export function readImportedHash(hash: string): ImportedHash | { readonly problem: ImportProblem } {
  if (hash.startsWith("$2")) return readBcrypt(hash);
  if (hash.startsWith("$argon2")) return readArgon2(hash);
  if (hash.startsWith("$pbkdf2-")) return readPbkdf2(hash);
  if (hash.startsWith("$scrypt$")) return readScrypt(hash);
  return { problem: "unknown_format" };
}

function readBcrypt(hash: string): ImportedHash | { readonly problem: ImportProblem } {
  const [, cost] = BCRYPT.exec(hash) ?? [];
  if (cost === undefined) return { problem: "malformed" };
  if (Number(cost) > BCRYPT_MAX_COST || Number(cost) < 4) return { problem: "cost_out_of_bounds" };
  return { kind: "bcrypt", verify: (password) => verifyBcrypt(password, hash) };
}

function readArgon2(hash: string): ImportedHash | { readonly problem: ImportProblem } {
  const [, memory, passes, lanes] = ARGON2.exec(hash) ?? [];
  if (memory === undefined || passes === undefined || lanes === undefined) return { problem: "malformed" };
  if (!withinBounds({ memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) })) return { problem: "cost_out_of_bounds" };
  return { kind: "argon2", verify: (password) => verifyArgon2(hash, password) };
}

function readPbkdf2(hash: string): ImportedHash | { readonly problem: ImportProblem } {
  const [, digest, iterations, salt, expected] = PBKDF2.exec(hash) ?? [];
  if (digest === undefined || iterations === undefined || salt === undefined || expected === undefined) return { problem: "malformed" };
  const rounds = Number(iterations);
  if (rounds < 1 || rounds > PBKDF2_MAX_ITERATIONS) return { problem: "cost_out_of_bounds" };
  const name = PBKDF2_DIGEST[digest as keyof typeof PBKDF2_DIGEST];
  const target = Buffer.from(expected, "base64");
  return {
    kind: "pbkdf2",
    verify: async (password) =>
      constantTimeEqual(await derivePbkdf2(password, Buffer.from(salt, "base64"), rounds, target.length, name), target),
  };
}

function readScrypt(hash: string): ImportedHash | { readonly problem: ImportProblem } {
  const [, n, r, p, salt, expected] = SCRYPT.exec(hash) ?? [];
  if (n === undefined || r === undefined || p === undefined || salt === undefined || expected === undefined) return { problem: "malformed" };
  // The field is called ln and holds N itself (contract admin 1.12).
  const cost = { N: Number(n), r: Number(r), p: Number(p), maxmem: SCRYPT_MAX_MEMORY };
  const power = Number.isInteger(Math.log2(cost.N)) && cost.N > 1;
  if (!power || cost.N > SCRYPT_MAX.n || cost.r < 1 || cost.r > SCRYPT_MAX.r || cost.p < 1 || cost.p > SCRYPT_MAX.p) {
    return { problem: "cost_out_of_bounds" };
  }
  const target = Buffer.from(expected, "base64");
  return {
    kind: "scrypt",
    verify: async (password) => {
      const made = await new Promise<Buffer>((resolve, reject) => {
        scrypt(password, Buffer.from(salt, "base64"), target.length, cost, (error, key) => (error === null ? resolve(key) : reject(error)));
      });
      return constantTimeEqual(made, target);
    },
  };
}
