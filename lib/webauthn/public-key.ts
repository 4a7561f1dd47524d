import { decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { createPublicKey } from "node:crypto";
import type { JsonWebKey } from "node:crypto";
import { toBase64url } from "./bytes";
import type { CeremonyRefusal } from "./refusal";

/** Offered in this order, and nothing else is accepted (W10): ES256, Ed25519, RS256. */
export const ALGORITHMS: readonly number[] = [-7, -8, -257];

/** NIST SP 800-131A: below it RSA no longer counts. The upper bound keeps a hostile key from costing seconds. */
const RSA_BITS = { min: 2048, max: 8192 } as const;

/**
 * The algorithm of a COSE key (RFC 9052, 9053), when it is one that was offered and the key can be one: curve and algorithm agree,
 * the point lies on its curve, RSA is long enough and has an odd exponent. Members beyond those the type needs are refused.
 */
export function checkPublicKey(cose: Uint8Array): { readonly ok: true; readonly algorithm: number } | { readonly ok: false; readonly because: CeremonyRefusal } {
  let key: Map<number, unknown>;
  try {
    key = decodeCredentialPublicKey(new Uint8Array(cose)) as unknown as Map<number, unknown>;
    if (!(key instanceof Map)) return { ok: false, because: "public_key" };
  } catch {
    return { ok: false, because: "public_key" };
  }
  const algorithm = key.get(3);
  if (typeof algorithm !== "number" || !ALGORITHMS.includes(algorithm)) return { ok: false, because: "algorithm" };
  return isSane(key, algorithm) ? { ok: true, algorithm } : { ok: false, because: "public_key" };
}

function isSane(key: Map<number, unknown>, algorithm: number): boolean {
  switch (algorithm) {
    case -7: return hasExactly(key, [1, 3, -1, -2, -3]) && key.get(1) === 2 && key.get(-1) === 1 && isImportable({ kty: "EC", crv: "P-256", x: text(key, -2, 32), y: text(key, -3, 32) });
    case -8: return hasExactly(key, [1, 3, -1, -2]) && key.get(1) === 1 && key.get(-1) === 6 && isOnEdwards25519(key.get(-2));
    default: return hasExactly(key, [1, 3, -1, -2]) && key.get(1) === 3 && isGoodRsa(key.get(-1), key.get(-2));
  }
}

function hasExactly(key: Map<number, unknown>, members: readonly number[]): boolean {
  return key.size === members.length && members.every((member) => key.has(member));
}

function text(key: Map<number, unknown>, member: number, length: number): string {
  const value = key.get(member);
  return value instanceof Uint8Array && value.length === length ? toBase64url(value) : "";
}

/** OpenSSL refuses a point that is not on its curve. */
function isImportable(jwk: JsonWebKey): boolean {
  try {
    createPublicKey({ key: jwk, format: "jwk" });
    return true;
  } catch {
    return false;
  }
}

function isGoodRsa(modulus: unknown, exponent: unknown): boolean {
  if (!(modulus instanceof Uint8Array) || !(exponent instanceof Uint8Array) || modulus[0] === 0 || exponent[0] === 0) return false;
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < RSA_BITS.min || bits > RSA_BITS.max || exponent.length > 4) return false;
  const e = Buffer.from(exponent).readUIntBE(0, exponent.length);
  if (e < 3 || e % 2 === 0 || (modulus[modulus.length - 1] ?? 0) % 2 === 0) return false;
  return isImportable({ kty: "RSA", n: toBase64url(modulus), e: toBase64url(exponent) });
}

const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** RFC 8032, 5.1.3: y below p, and x² = (y² − 1) / (dy² + 1) a square. A point of small order signs for everybody and is none. */
function isOnEdwards25519(value: unknown): boolean {
  if (!(value instanceof Uint8Array) || value.length !== 32) return false;
  const number = BigInt(`0x${Buffer.from(value).reverse().toString("hex")}`);
  const y = number & (2n ** 255n - 1n);
  if (y >= P) return false;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const xx = mod(u * power(v, P - 2n));
  if (xx === 0n || power(xx, (P - 1n) / 2n) !== 1n) return false;
  return !isSmallOrder(xx, y);
}

/** Eight times the point, by three doublings of (x², y), must not be the neutral element. */
function isSmallOrder(xx: bigint, y: bigint): boolean {
  let [x2, y1] = [xx, y];
  for (let step = 0; step < 3; step += 1) {
    const y2 = mod(y1 * y1);
    const product = mod(D * mod(x2 * y2));
    const nextY = mod((y2 + x2) * power(mod(1n - product), P - 2n));
    const nextX2 = mod(4n * mod(x2 * y2) * power(mod((1n + product) * (1n + product)), P - 2n));
    [x2, y1] = [nextX2, nextY];
  }
  return x2 === 0n && y1 === 1n;
}

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square, left] = [1n, mod(base), exponent];
  while (left > 0n) {
    if ((left & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
    left >>= 1n;
  }
  return result;
}
