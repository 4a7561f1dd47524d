import { createHmac } from "node:crypto";

const STEP_MS = 30_000;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 base32 without padding, any letter case, blanks ignored. */
export function fromBase32(text: string): Buffer {
  let bits = "";
  for (const letter of text.toUpperCase().replace(/[\s=]/g, "")) {
    const value = BASE32.indexOf(letter);
    if (value === -1) throw new Error(`not base32: ${letter}`);
    bits += value.toString(2).padStart(5, "0");
  }
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}

/** The six digits of one 30-second step (RFC 4226, 5.3; RFC 6238 with SHA-1), written here apart from the server's library. */
export function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = (digest[19] ?? 0) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * A person's authenticator app that knows codes are good once, in rising order: every `code()` belongs to a later step. The
 * server takes one step on either side, so three codes can be had without waiting; the fourth waits for its time to come.
 */
export class Authenticator {
  readonly secret: string;
  readonly #now: () => number;
  #last: number;

  constructor(secret: string, now: () => number = Date.now) {
    this.secret = secret;
    this.#now = now;
    this.#last = 0;
  }

  async code(): Promise<string> {
    const now = this.#now();
    const current = Math.floor(now / STEP_MS);
    // Late in a step the oldest acceptable code may be out of date before it arrives.
    const oldest = now % STEP_MS > 20_000 ? current : current - 1;
    const step = Math.max(oldest, this.#last + 1);
    const early = (step - 1) * STEP_MS - now;
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early + 200));
    this.#last = step;
    return codeOfStep(this.secret, step);
  }

  /** The same code again; refused by a server that consumes steps. */
  lastCode(): string {
    return codeOfStep(this.secret, this.#last);
  }

  /** A six-digit text that is no acceptable code around now. */
  wrongCode(): string {
    const current = Math.floor(this.#now() / STEP_MS);
    const good = new Set([-2, -1, 0, 1, 2].map((offset) => codeOfStep(this.secret, current + offset)));
    return ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !good.has(code)) ?? "666666";
  }
}
