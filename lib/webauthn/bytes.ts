/** Bytes of unpadded base64url in its one spelling; null for anything else (other alphabets, padding, stray bits, no text). */
export function fromBase64url(text: unknown): Uint8Array<ArrayBuffer> | null {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? new Uint8Array(bytes) : null;
}

export function toBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(Buffer.from(b));
}

/** Deeper than any attestation statement; a bomb of nested lists ends here. */
const MAX_DEPTH = 16;

/**
 * Where the CBOR item (RFC 8949) that begins at `at` ends. Null when it is cut short, indefinite (CTAP2 8 forbids it), or nested
 * beyond measure. The library reads one item and ignores what follows; with this the caller sees that something follows.
 */
export function cborEnd(bytes: Uint8Array, at = 0, depth = 0): number | null {
  const head = bytes[at];
  if (head === undefined || depth > MAX_DEPTH) return null;
  const argument = readArgument(bytes, at, head & 31);
  if (argument === null) return null;
  const { value, next } = argument;
  switch (head >> 5) {
    case 0: case 1: case 7:
      return next;
    case 2: case 3:
      return next + value <= bytes.length ? next + value : null;
    case 4:
      return skipItems(bytes, next, value, depth);
    case 5:
      return skipItems(bytes, next, value * 2, depth);
    default:
      return skipItems(bytes, next, 1, depth);
  }
}

function skipItems(bytes: Uint8Array, from: number, count: number, depth: number): number | null {
  if (count > bytes.length) return null;
  let at: number | null = from;
  for (let item = 0; item < count && at !== null; item += 1) at = cborEnd(bytes, at, depth + 1);
  return at;
}

function readArgument(bytes: Uint8Array, at: number, short: number): { readonly value: number; readonly next: number } | null {
  if (short < 24) return { value: short, next: at + 1 };
  const size = { 24: 1, 25: 2, 26: 4, 27: 8 }[short];
  if (size === undefined || at + 1 + size > bytes.length) return null;
  let value = 0;
  for (let index = 0; index < size; index += 1) value = value * 256 + (bytes[at + 1 + index] ?? 0);
  return { value, next: at + 1 + size };
}
