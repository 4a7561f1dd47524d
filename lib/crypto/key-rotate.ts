import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, statSync, unlinkSync, writeSync } from "node:fs";
import { readKeyFile } from "./key-file";
import type { Key } from "./key-types";
import { newToken } from "./token";

const SECRET_BYTES = 32;

/** Adds a random key at the end of the file, where it opens and does not seal yet. Answers its id. Throws `StartError` for a file that cannot be used. */
export function addKey(path: string): string {
  const keys = keysIn(path);
  const id = newToken("k").slice(0, 9).toLowerCase();
  write(path, [...keys, { id, secret: randomBytes(SECRET_BYTES) }]);
  return id;
}

/** Moves a key to the front: from now on it seals. False when the file has no such key. */
export function promoteKey(path: string, id: string): boolean {
  const keys = keysIn(path);
  const key = keys.find((one) => one.id === id);
  if (key === undefined) return false;
  write(path, [key, ...keys.filter((one) => one !== key)]);
  return true;
}

/** Ids in their order; the first one seals. */
export function keyIds(path: string): readonly string[] {
  return keysIn(path).map(({ id }) => id);
}

function keysIn(path: string): readonly Key[] {
  const keys = readKeyFile(path, { production: false });
  if (keys === null) throw new Error(`There is no key file ${path}.`);
  return keys;
}

/** Whole or not at all: a process that is cut off leaves the old file. Owner and mode stay as they were, at most 0600. */
function write(path: string, keys: readonly Key[]): void {
  const draft = `${path}.${newToken("")}`;
  const handle = openSync(draft, "wx", statSync(path).mode & 0o600);
  try {
    writeSync(handle, `${JSON.stringify(keys.map(({ id, secret }) => ({ id, secret: secret.toString("base64") })), null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    renameSync(draft, path);
  } catch (error) {
    unlinkSync(draft);
    throw error;
  }
}
