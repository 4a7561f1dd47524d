import { statSync } from "node:fs";
import type { Key, KeyRing } from "./key-types";
import { createKeyRing } from "./ring";

/** A rotation is seen by every process within this; `rung keys rotate` waits longer before it lets the new key seal. */
export const KEY_FILE_SEEN_WITHIN_MS = 1_000;

export interface Followed {
  readonly path: string;
  /** Reads the file again. Null or a throw: nothing changes, and the keys that are known go on working. */
  read(): readonly Key[] | null;
  /** Monotonic milliseconds. */
  now?(): number;
}

/**
 * A ring that follows its file: a key that is added or moved to the front counts within a second, without a restart. A value
 * under a key that is not known yet makes it look at once. No key is forgotten while the process runs, and a file that gives a
 * known id another secret is damaged and not obeyed: every secret opens at every point of a rotation (security.md 8).
 */
export function followingRing(first: readonly Key[], { path, read, now = () => performance.now() }: Followed): KeyRing {
  let keys = first;
  let ring = createKeyRing(keys);
  let stamp = stampOf(path);
  let lookedAt = now();

  const look = (): boolean => {
    lookedAt = now();
    const found = stampOf(path);
    if (found === null || found === stamp) return false;
    stamp = found;
    const fresh = readQuietly(read);
    if (fresh === null || fresh.some((key) => keys.some((known) => known.id === key.id && !known.secret.equals(key.secret)))) return false;
    keys = [...fresh, ...keys.filter((known) => !fresh.some(({ id }) => id === known.id))];
    ring = createKeyRing(keys);
    return true;
  };
  const current = (): KeyRing => {
    if (now() - lookedAt >= KEY_FILE_SEEN_WITHIN_MS) look();
    return ring;
  };
  return {
    get currentKid() { return current().currentKid; },
    seal: (purpose, plain, binding) => current().seal(purpose, plain, binding),
    open(purpose, sealed, binding) {
      const held = current();
      try {
        return held.open(purpose, sealed, binding);
      } catch (error) {
        if (!look()) throw error;
        return ring.open(purpose, sealed, binding);
      }
    },
    mac: (purpose, ...parts) => current().mac(purpose, ...parts),
    macHex: (purpose, ...parts) => current().macHex(purpose, ...parts),
    macsHex: (purpose, ...parts) => current().macsHex(purpose, ...parts),
    macUnder: (kid, purpose, ...parts) => current().macUnder(kid, purpose, ...parts) ?? (look() ? ring.macUnder(kid, purpose, ...parts) : null),
  };
}

function readQuietly(read: () => readonly Key[] | null): readonly Key[] | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Changes with every write of the file; null when it is not there. */
function stampOf(path: string): string | null {
  try {
    const { mtimeMs, ino, size } = statSync(path);
    return `${String(ino)}/${String(size)}/${String(mtimeMs)}`;
  } catch {
    return null;
  }
}
