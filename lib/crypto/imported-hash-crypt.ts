import { createHash } from "node:crypto";
import { MALFORMED, matches, TOO_COSTLY } from "./imported-hash-types";
import type { ImportedHash, ImportRefusal } from "./imported-hash-types";

/* crypt(3) by MD5 (as FreeBSD made it) and by SHA-2 (Drepper's specification, 2007). */

const MD5_CRYPT = /^\$md5-crypt\$([./A-Za-z0-9]{0,8})\$([./A-Za-z0-9]{22})$/;
const SHA_CRYPT = /^\$(sha256|sha512)-crypt\$(?:rounds=(\d{1,10})\$)?([^$]{0,16})\$([./A-Za-z0-9]+)$/;
const SHA_LENGTH: Readonly<Record<string, number>> = { sha256: 43, sha512: 86 };
const MD5_ROUNDS = 1_000;
const ROUNDS = { default: 5_000, min: 1_000, max: 1_000_000 } as const;
/** So many rounds in one go: about a millisecond, then others have their turn. */
const AT_ONCE = 1_000;

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const digest = (name: string, ...parts: readonly Uint8Array[]): Buffer => createHash(name).update(Buffer.concat(parts)).digest();
const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Six bits a character, lowest first, of three bytes with the first as the highest. */
function characters(bytes: Buffer, [high, middle, low]: readonly [number | null, number | null, number], count: number): string {
  const at = (index: number | null): number => (index === null ? 0 : bytes[index] ?? 0);
  const value = (at(high) << 16) | (at(middle) << 8) | at(low);
  return Array.from({ length: count }, (_, index) => ALPHABET.charAt((value >> (6 * index)) & 63)).join("");
}

/** `bytes` over and over, cut to `length`. */
function repeated(bytes: Uint8Array, length: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(length / bytes.length) }, () => bytes)).subarray(0, length);
}

/** For every bit of a length, lowest first, until none is left. */
function byBits(length: number, one: Uint8Array, zero: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  for (let bits = length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? one : zero);
  return Buffer.concat(parts);
}

async function rounds(name: string, count: number, first: Buffer, password: Buffer, salt: Buffer): Promise<Buffer> {
  let last = first;
  for (let round = 0; round < count; round += 1) {
    if (round % AT_ONCE === AT_ONCE - 1) await othersTurn();
    const odd = round % 2 === 1;
    const parts = [odd ? password : last];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push(odd ? last : password);
    last = digest(name, ...parts);
  }
  return last;
}

export async function md5Crypt(clear: string, salted: string): Promise<string> {
  const [password, salt] = [Buffer.from(clear, "utf8"), Buffer.from(salted, "latin1")];
  const alternate = digest("md5", password, salt, password);
  const first = digest("md5", password, Buffer.from("$1$"), salt, repeated(alternate, password.length),
    byBits(password.length, Buffer.alloc(1), password.subarray(0, 1)));
  const last = await rounds("md5", MD5_ROUNDS, first, password, salt);
  const triples = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] as const;
  return triples.map((triple) => characters(last, triple, 4)).join("") + characters(last, [null, null, 11], 2);
}

export async function shaCrypt(name: "sha256" | "sha512", clear: string, salted: string, count: number): Promise<string> {
  const [password, salt] = [Buffer.from(clear, "utf8"), Buffer.from(salted, "utf8")];
  const alternate = digest(name, password, salt, password);
  const first = digest(name, password, salt, repeated(alternate, password.length), byBits(password.length, alternate, password));
  const ofPassword = repeated(digest(name, ...Array.from({ length: password.length }, () => password)), password.length);
  const ofSalt = repeated(digest(name, ...Array.from({ length: 16 + (first[0] ?? 0) }, () => salt)), salt.length);
  const last = await rounds(name, count, first, ofPassword, ofSalt);
  return printSha(name, last);
}

/** The bytes of the digest in the order of the specification: thirds of it side by side, turned by one with every step. */
function printSha(name: "sha256" | "sha512", last: Buffer): string {
  const third = name === "sha256" ? 10 : 21;
  const steps = Array.from({ length: third }, (_, step) => {
    const [a, b, c] = [step, step + third, step + 2 * third];
    // SHA-256 turns one way, SHA-512 the other.
    const turns: readonly (readonly [number, number, number])[] = name === "sha256" ? [[a, b, c], [c, a, b], [b, c, a]] : [[a, b, c], [b, c, a], [c, a, b]];
    return characters(last, turns[step % 3] ?? [a, b, c], 4);
  });
  return steps.join("") + (name === "sha256" ? characters(last, [null, 31, 30], 3) : characters(last, [null, null, 63], 2));
}

export function readMd5Crypt(hash: string): ImportedHash | ImportRefusal {
  const [, salt, expected] = MD5_CRYPT.exec(hash) ?? [];
  if (salt === undefined || expected === undefined) return MALFORMED;
  return { kind: "crypt", verify: async (password) => matches(Buffer.from(await md5Crypt(password, salt)), Buffer.from(expected)) };
}

export function readShaCrypt(hash: string): ImportedHash | ImportRefusal {
  const [, name, given, salt, expected] = SHA_CRYPT.exec(hash) ?? [];
  if ((name !== "sha256" && name !== "sha512") || salt === undefined || expected === undefined || expected.length !== SHA_LENGTH[name]) return MALFORMED;
  const count = given === undefined ? ROUNDS.default : Number(given);
  if (count < ROUNDS.min || count > ROUNDS.max) return TOO_COSTLY;
  return { kind: "crypt", verify: async (password) => matches(Buffer.from(await shaCrypt(name, password, salt, count)), Buffer.from(expected)) };
}
