import type { Ceremony } from "../model/flow";
import { MINUTE_MS } from "../model/time";
import { toBase64url } from "./bytes";

/** W35: an answer later than this is refused, whatever the browser was told. */
const LIFETIME_MS = 10 * MINUTE_MS;
const TIMEOUT_MS = { min: 5 * MINUTE_MS, max: 10 * MINUTE_MS } as const;
/** N17 asks for 8 bytes, W35 for 16. */
export const CHALLENGE_BYTES = 32;

type Terms = Pick<Ceremony, "userVerification" | "allowed" | "userHandle">;

/** A new ceremony. `challenge` must be fresh random bytes, 32 of them. */
export function newCeremony(challenge: Uint8Array, terms: Terms, now: Date): Ceremony {
  if (challenge.length < CHALLENGE_BYTES) throw new Error("a challenge needs 32 bytes");
  return { challenge: toBase64url(challenge), expiresAt: now.getTime() + LIFETIME_MS, ...terms };
}

export function isOver(ceremony: Ceremony, now: Date): boolean {
  return ceremony.expiresAt <= now.getTime();
}

/**
 * The pending ceremony when it still asks for exactly this, else a new one: a form that is shown again keeps its challenge, so that
 * what is in the page and what the server waits for never part.
 */
export function pendingOr(pending: Ceremony | undefined, terms: Terms, challenge: () => Uint8Array, now: Date): Ceremony {
  const same = pending !== undefined && !isOver(pending, now) && pending.userVerification === terms.userVerification
    && pending.userHandle === terms.userHandle && JSON.stringify(pending.allowed) === JSON.stringify(terms.allowed);
  return same ? pending : newCeremony(challenge(), terms, now);
}

/** What the browser is told, within W35's bounds. */
export function timeoutMs(configured: number): number {
  return Math.min(Math.max(configured, TIMEOUT_MS.min), TIMEOUT_MS.max);
}
