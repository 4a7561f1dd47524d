/**
 * Is this an ECDSA signature of P-256 in DER, to the letter: two positive integers of the shortest form and nothing else (WebAuthn
 * L3, 6.5.5)? The library reads over what follows them.
 */
export function isStrictDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2 || bytes.length > 72) return false;
  const first = integerEnd(bytes, 2);
  return first !== null && integerEnd(bytes, first) === bytes.length;
}

function integerEnd(bytes: Uint8Array, at: number): number | null {
  const [tag, length, head, next] = bytes.subarray(at, at + 4);
  if (tag !== 0x02 || length === undefined || head === undefined || length < 1 || length > 33 || at + 2 + length > bytes.length) return null;
  if (head >= 0x80 || (head === 0 && (length === 1 || (next ?? 0) < 0x80))) return null;
  return at + 2 + length;
}
