import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { START_EXIT, StartError } from "../model/errors";
import type { Key, KeyRing } from "./key-types";
import { followingRing } from "./key-follow";
import { newToken } from "./token";

/** The secret printed in .env.example. A key file that holds it is refused everywhere (security.md 8). */
export const EXAMPLE_SECRET = "cnVuZy1leGFtcGxlLXNlY3JldC1kby1ub3QtdXNlLW1l";

const MIN_SECRET_BYTES = 32;
const MIN_DISTINCT_BYTES = 8;
const KEY_ID = /^[a-z0-9-]{1,32}$/;

export interface KeyFileOptions {
  /** In production a file that others may read is refused. */
  readonly production: boolean;
  /** True when there is data that a lost key would make unreadable: then a missing file is an error, never a new key. */
  readonly databaseExists: boolean;
}

/**
 * The keys of an installation. On the very first start the file is made (mode 0600, its folder 0700); afterwards it must
 * be there; a rotation of it is followed while the process runs. Throws `StartError`: 20 missing beside existing data, 21 unreadable, short or open to others, 22 the example.
 */
export function loadKeyRing(file: { readonly path: string }, options: KeyFileOptions): KeyRing {
  const read = (): readonly Key[] | null => readKeyFile(file.path, options);
  const found = read();
  if (found !== null) return followingRing(found, { path: file.path, read });
  if (options.databaseExists) {
    throw new StartError(
      `The key file ${file.path} is missing, but there is a database sealed with it. Restore the file from your backup ` +
        "(or set RUNG_KEY_FILE to where it is now); nothing was changed.",
      START_EXIT.keyMissing,
    );
  }
  createKeyFile(file.path);
  const made = read();
  if (made === null) throw bad(file.path, "vanished right after it was created");
  return followingRing(made, { path: file.path, read });
}

/** The keys of a file, newest first; null when there is no such file. Throws `StartError` 21 or 22. */
export function readKeyFile(path: string, options: { readonly production: boolean }): readonly Key[] | null {
  const text = readText(path);
  if (text === null) return null;
  if (options.production && process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) {
    throw bad(path, `can be read by other users; run: chmod 600 ${path}`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw bad(path, "is not JSON; restore it from your backup");
  }
  if (!Array.isArray(document) || document.length === 0) throw bad(path, 'must be a list like [{"id":"k1","secret":"<base64>"}]');
  const keys = document.map((entry: unknown, index) => parseKey(path, entry, index));
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw bad(path, "names the same key id twice");
  return keys;
}

/** Makes a file of one random key. A file that is already there is left alone, whoever made it. */
export function createKeyFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const key = { id: newToken("k").slice(0, 9).toLowerCase(), secret: randomBytes(MIN_SECRET_BYTES).toString("base64") };
  const draft = `${path}.${newToken("")}`;
  const handle = openSync(draft, "wx", 0o600);
  try {
    writeSync(handle, `${JSON.stringify([key], null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // A link fails when the name is taken: of two first starts one file wins, and nobody ever reads half of it.
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw bad(path, "could not be created", error);
  } finally {
    unlinkSync(draft);
  }
}

function parseKey(path: string, entry: unknown, index: number): Key {
  const where = `entry ${index + 1}`;
  if (typeof entry !== "object" || entry === null) throw bad(path, `has no key in ${where}`);
  const id: unknown = Reflect.get(entry, "id");
  const secret: unknown = Reflect.get(entry, "secret");
  if (typeof id !== "string" || !KEY_ID.test(id)) throw bad(path, `has no usable id in ${where}: 1 to 32 of a-z, 0-9 and -`);
  if (typeof secret !== "string") throw bad(path, `has no secret in ${where}`);
  const bytes = Buffer.from(secret, "base64");
  if (secret.trim() === EXAMPLE_SECRET || bytes.equals(Buffer.from(EXAMPLE_SECRET, "base64"))) {
    throw new StartError(
      `The key file ${path} holds the documented example secret (${where}); replace it by the output of: openssl rand -base64 32`,
      START_EXIT.exampleSecret,
    );
  }
  if (bytes.length < MIN_SECRET_BYTES) {
    throw bad(path, `has a secret of ${bytes.length} bytes in ${where}; ${MIN_SECRET_BYTES} are needed: openssl rand -base64 32`);
  }
  if (new Set(bytes).size < MIN_DISTINCT_BYTES) throw bad(path, `has a secret that is not random in ${where}: openssl rand -base64 32`);
  return { id, secret: bytes };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw bad(path, "cannot be read by this user", error);
  }
}

function bad(path: string, problem: string, cause?: unknown): StartError {
  return new StartError(`The key file ${path} ${problem}.`, START_EXIT.keyBad, cause === undefined ? undefined : { cause });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
