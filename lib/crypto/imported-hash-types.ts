import { constantTimeEqual } from "./token";

/** A hash from another system whose format we know and whose cost is within bounds. */
export interface ImportedHash {
  readonly kind: "bcrypt" | "argon2" | "pbkdf2" | "scrypt" | "firescrypt" | "crypt" | "digest" | "ssha" | "hmac";
  verify(password: string): Promise<boolean>;
}

export type ImportProblem = "unknown_format" | "cost_out_of_bounds" | "malformed";
export interface ImportRefusal {
  readonly problem: ImportProblem;
}
export const MALFORMED: ImportRefusal = { problem: "malformed" };
export const TOO_COSTLY: ImportRefusal = { problem: "cost_out_of_bounds" };

/** No hash of any format is longer, with its salt and its parameters. */
export const MAX_HASH_CHARACTERS = 2_048;

/** Bytes of base64, padded or not, of at least one byte. Null for anything else: what decodes to nothing would equal nothing. */
export function bytesOf(text: string | undefined): Buffer | null {
  if (text === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === 0 ? null : bytes;
}

/** A key derivation must answer between 8 and 128 bytes: fewer match by chance, more cost extra rounds. */
export function isDerivedLength(bytes: Buffer): boolean {
  return bytes.length >= 8 && bytes.length <= 128;
}

/** Compares in constant time what was made of the password with what is stored. */
export async function matches(made: Promise<Uint8Array> | Uint8Array, stored: Uint8Array): Promise<boolean> {
  return stored.length > 0 && constantTimeEqual(await made, stored);
}
