import { createHash, createHmac } from "node:crypto";
import { hmacMd4 } from "./md4";
import { bytesOf, MALFORMED, matches } from "./imported-hash-types";
import type { ImportedHash, ImportRefusal } from "./imported-hash-types";

/** Bytes a digest answers. */
const SIZES: Readonly<Record<string, number>> = { md4: 16, md5: 16, sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 };

const PLAIN = /^\$md5\$([^$]+)$/;
const PATTERNED = /^\$(md5|sha1|sha256|sha512)\$pf=([^$]+)\$([^$]+)\$([^$]+)$/;
const SSHA = /^\{SSHA(256|512)?\}([A-Za-z0-9+/]+={0,2})$/;
const HMAC = /^\$hmac-(md4|md5|sha1|sha224|sha256|sha384|sha512)\$([^$]+)\$([^$]+)$/;

/**
 * `$md5$hash`, or a digest of a pattern in which `{SALT}` and `{PASSWORD}` stand for those. A pattern without the password would be
 * one hash for every password, and is refused.
 */
export function readPatterned(hash: string): ImportedHash | ImportRefusal {
  const plain = PLAIN.exec(hash)?.[1];
  if (plain !== undefined) return digestOf("md5", plain, (password) => [Buffer.from(password, "utf8")]);
  const [, name, pattern, salt, expected] = PATTERNED.exec(hash) ?? [];
  const [form, pepper] = [bytesOf(pattern)?.toString("utf8"), bytesOf(salt)];
  if (name === undefined || expected === undefined || form === undefined || pepper === null || !form.includes("{PASSWORD}")) return MALFORMED;
  const parts = form.split(/(\{SALT\}|\{PASSWORD\})/);
  return digestOf(name, expected, (password) => parts.map((part) => {
    if (part === "{SALT}") return pepper;
    return Buffer.from(part === "{PASSWORD}" ? password : part, "utf8");
  }));
}

function digestOf(name: string, expected: string, input: (password: string) => readonly Buffer[]): ImportedHash | ImportRefusal {
  const target = bytesOf(expected);
  if (target === null || target.length !== SIZES[name]) return MALFORMED;
  return { kind: "digest", verify: (password) => matches(createHash(name).update(Buffer.concat(input(password))).digest(), target) };
}

/** LDAP: base64 of the digest with the salt behind it (RFC 2307 as it is used). */
export function readSsha(hash: string): ImportedHash | ImportRefusal {
  const [, bits, encoded] = SSHA.exec(hash) ?? [];
  const bytes = bytesOf(encoded);
  const name = bits === undefined ? "sha1" : `sha${bits}`;
  const size = SIZES[name] ?? 0;
  if (bytes === null || bytes.length < size) return MALFORMED;
  const [target, salt] = [bytes.subarray(0, size), bytes.subarray(size)];
  return { kind: "ssha", verify: (password) => matches(createHash(name).update(password, "utf8").update(salt).digest(), target) };
}

/** The digest is hex text, and that text is base64 (contract/admin.md 1.12). */
export function readHmac(hash: string): ImportedHash | ImportRefusal {
  const [, name, encoded, secret] = HMAC.exec(hash) ?? [];
  const [hex, key] = [bytesOf(encoded)?.toString("latin1"), bytesOf(secret)];
  if (name === undefined || hex === undefined || key === null || !/^[0-9a-fA-F]+$/.test(hex)) return MALFORMED;
  const target = Buffer.from(hex, "hex");
  if (target.length !== SIZES[name]) return MALFORMED;
  return {
    kind: "hmac",
    verify: (password) => matches(name === "md4" ? hmacMd4(key, Buffer.from(password, "utf8")) : createHmac(name, key).update(password, "utf8").digest(), target),
  };
}
