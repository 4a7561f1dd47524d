import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { MIGRATING_HASH } from "../model/credential";
import { DomainError } from "../model/errors";
import { argon2id, LOOKUP_COST, parseArgon2, PASSWORD_COSTS, printArgon2, SALT_BYTES, sameCost, withinBounds } from "./argon2";
import type { Argon2Cost, ParsedArgon2, PasswordProfile } from "./argon2";
import type { Blocklist } from "./blocklist";
import { readImportedHash } from "./imported-hash";
import type { KeyRing } from "./key-types";
import { createSemaphore } from "./semaphore";
import type { Semaphore } from "./semaphore";
import { constantTimeEqual } from "./token";

/** The process's one password verifier. The shape that `lib/factors/factor.ts` hands to factors. */
export interface PasswordHasher {
  /** A PHC string with the current parameters. */
  hash(password: string): Promise<string>;
  /** `known: null` still costs one hash. `rehash`: it matched, but its parameters are not the current ones. */
  verify(known: string | null, password: string): Promise<{ readonly ok: boolean; readonly rehash: boolean }>;
  /** Small Argon2id of a recovery code under its set's salt; both base64url. */
  hashLookupCode(code: string, salt: string): Promise<string>;
  isListed(password: string): boolean;
}

/** Longer input is refused before any hashing (security.md 5.1). */
export const MAX_PASSWORD_BYTES = 1024;
/** Beyond it a sign-in answers 503 at once instead of queueing for seconds (security.md 5.2). */
const QUEUE = 32;
/** Every so many sign-ins the dummy takes over the parameters of a stored hash, so that old rows do not stand out. */
const SAMPLE_EVERY = 50;

export interface PasswordHasherOptions {
  readonly profile: PasswordProfile;
  readonly blocklist: Pick<Blocklist, "isListed">;
  /** Peppers new hashes (HMAC of the output, key id stored). Absent only in tests. */
  readonly keys?: KeyRing;
  /** A random stored hash, whose parameters the dummy then takes; null when there is none. */
  readonly sample?: () => Promise<string | null>;
  /** One per process; given in when something wants to read its load. */
  readonly semaphore?: Semaphore;
}

/** One hash per core at a time, 32 waiting, then `DomainError("busy")`. */
export function hashSemaphore(): Semaphore {
  return createSemaphore(availableParallelism(), QUEUE);
}

/**
 * Argon2id for new passwords, everything in `imported-hash.ts` for old ones. Known or not, a person costs one hash.
 * Throws `DomainError`: `busy` when the queue is full, `bad_request` above 1,024 bytes.
 */
export function createPasswordHasher(options: PasswordHasherOptions): PasswordHasher {
  const semaphore = options.semaphore ?? hashSemaphore();
  const cost = PASSWORD_COSTS[options.profile];
  const keys = options.keys ?? null;
  const dummy = dummyCost(cost, options.sample);

  const pepper = (keyId: string | null, tag: Buffer): Buffer => {
    if (keyId === null) return tag;
    const peppered = keys?.macUnder(keyId, "pepper", tag) ?? null;
    // Not a wrong password: nobody could sign in, and the operator must hear why.
    if (peppered === null) throw new Error(`a password hash needs the key "${keyId}", which the key file does not hold`);
    return peppered;
  };

  const verifyOurs = async (stored: ParsedArgon2, input: string): Promise<{ ok: boolean; rehash: boolean }> => {
    const tag = await semaphore.run(() => argon2id(input, stored.salt, stored.cost, stored.keyId === null ? stored.tag.length : undefined));
    const ok = constantTimeEqual(pepper(stored.keyId, tag), stored.tag);
    return { ok, rehash: ok && (!sameCost(stored.cost, cost) || stored.keyId !== (keys?.currentKid ?? null)) };
  };

  const verifyImported = async (known: string, password: string): Promise<{ ok: boolean; rehash: boolean }> => {
    const imported = readImportedHash(known);
    if ("problem" in imported) throw new Error(`a stored password hash cannot be verified: ${imported.problem}`);
    // The old system may have hashed what was typed, without NFC.
    const spellings = [...new Set([password.normalize("NFC"), password])];
    for (const spelling of spellings) {
      if (await semaphore.run(() => imported.verify(spelling))) return { ok: true, rehash: true };
    }
    return { ok: false, rehash: false };
  };

  return {
    async hash(password) {
      const input = checked(password);
      const salt = randomBytes(SALT_BYTES);
      const tag = await semaphore.run(() => argon2id(input, salt, cost));
      const keyId = keys?.currentKid ?? null;
      return printArgon2({ cost, keyId, salt, tag: pepper(keyId, tag) });
    },
    async verify(known, password) {
      const input = checked(password);
      const unknownCost = dummy.next();
      // An empty one stands for a name that is kept for somebody without a password; one that only an older system knows is none either.
      if (known === null || known === "" || known === MIGRATING_HASH) {
        await semaphore.run(() => argon2id(input, randomBytes(SALT_BYTES), unknownCost));
        return { ok: false, rehash: false };
      }
      const stored = parseArgon2(known);
      return stored !== null && withinBounds(stored.cost) ? verifyOurs(stored, input) : verifyImported(known, password);
    },
    async hashLookupCode(code, salt) {
      const tag = await semaphore.run(() => argon2id(code, Buffer.from(salt, "base64url"), LOOKUP_COST));
      return tag.toString("base64url");
    },
    isListed: (password) => options.blocklist.isListed(password),
  };
}

function checked(password: string): string {
  const input = password.normalize("NFC");
  if (Buffer.byteLength(input, "utf8") > MAX_PASSWORD_BYTES) {
    throw new DomainError("bad_request", { reason: `A password may have at most ${MAX_PASSWORD_BYTES} bytes.` });
  }
  return input;
}

/** Counts on both paths and never waits for the sample, so neither path is the slower one. */
function dummyCost(current: Argon2Cost, sample: (() => Promise<string | null>) | undefined): { next(): Argon2Cost } {
  let cost = current;
  let asked = 0;
  return {
    next() {
      if (sample !== undefined && asked % SAMPLE_EVERY === 0) {
        void Promise.resolve().then(sample).then(
          (hash) => {
            const parsed = hash === null ? null : parseArgon2(hash);
            cost = parsed !== null && withinBounds(parsed.cost) ? parsed.cost : current;
          },
          () => undefined,
        );
      }
      asked += 1;
      return cost;
    },
  };
}
