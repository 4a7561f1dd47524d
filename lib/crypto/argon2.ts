import { hashRaw } from "@node-rs/argon2";

/** Argon2id parameters. Memory in KiB. */
export interface Argon2Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

export type PasswordProfile = "production" | "floor";

/**
 * `production`: RFC 9106, section 4, second choice (62 ms measured). `floor`: OWASP's minimum, used by tests (23 ms);
 * nothing goes below it.
 */
export const PASSWORD_COSTS: Readonly<Record<PasswordProfile, Argon2Cost>> = {
  production: { memoryKib: 64 * 1024, passes: 3, lanes: 4 },
  floor: { memoryKib: 19 * 1024, passes: 2, lanes: 1 },
};

/** For recovery codes of 80 random bits: a salt and some memory, five milliseconds (ADR 0010). */
export const LOOKUP_COST: Argon2Cost = { memoryKib: 4 * 1024, passes: 2, lanes: 1 };

export const SALT_BYTES = 16;
export const TAG_BYTES = 32;

/** What a `$argon2id$` PHC string of ours says. `keyId`: the pepper's key; null when no pepper was applied. */
export interface ParsedArgon2 {
  readonly cost: Argon2Cost;
  readonly keyId: string | null;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})(?:,keyid=([A-Za-z0-9+/]{1,44}))?\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,172})$/;

export function parseArgon2(phc: string): ParsedArgon2 | null {
  const [, memory, passes, lanes, keyId, salt, tag] = PHC.exec(phc) ?? [];
  if (memory === undefined || passes === undefined || lanes === undefined || salt === undefined || tag === undefined) return null;
  return {
    cost: { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    keyId: keyId === undefined ? null : Buffer.from(keyId, "base64").toString("utf8"),
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}

export function printArgon2(parsed: ParsedArgon2): string {
  const { memoryKib, passes, lanes } = parsed.cost;
  const keyId = parsed.keyId === null ? "" : `,keyid=${unpadded(Buffer.from(parsed.keyId, "utf8"))}`;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}${keyId}$${unpadded(parsed.salt)}$${unpadded(parsed.tag)}`;
}

/** The raw tag, computed on the thread pool. */
export function argon2id(input: string | Uint8Array, salt: Uint8Array, cost: Argon2Cost, outputLen: number = TAG_BYTES): Promise<Buffer> {
  return hashRaw(input, { memoryCost: cost.memoryKib, timeCost: cost.passes, parallelism: cost.lanes, outputLen, salt });
}

export function sameCost(a: Argon2Cost, b: Argon2Cost): boolean {
  return a.memoryKib === b.memoryKib && a.passes === b.passes && a.lanes === b.lanes;
}

/** The bounds of an import (house.md part 9): beyond them one sign-in could stall the process, and below RFC 9106 (8 KiB a lane) none is computed. */
export function withinBounds(cost: Argon2Cost): boolean {
  return cost.memoryKib >= 8 * cost.lanes && cost.memoryKib <= 1024 * 1024 && cost.passes >= 1 && cost.passes <= 10 && cost.lanes >= 1 && cost.lanes <= 16;
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}
