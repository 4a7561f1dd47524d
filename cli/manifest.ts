import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createKeyRing, readKeyFile } from "../lib/crypto/keys";
import { CliError } from "./errors";

/** Beside the copied store: what it is a copy of. */
export const MANIFEST = "backup.json";

/** A key that the backup needs, and how to tell it from another of the same name; nothing of the key itself. */
interface NeededKey {
  readonly id: string;
  /** Null: the key file did not hold it when the backup was made. */
  readonly check: string | null;
}

export interface Manifest {
  readonly made_at: string;
  readonly database: "embedded" | "server";
  readonly megabytes: number;
  readonly projects: number;
  readonly people: number;
  readonly keys: readonly NeededKey[];
  /** Of a dump, or of all copied files together: size and SHA-256. Backups that older versions made may have none, nor keys. */
  readonly bytes?: number;
  readonly sha256?: string;
}

/** What to write of the keys that sealed a backup, as the key file of this installation has them. */
export function neededKeys(keyFile: string, ids: readonly string[]): readonly NeededKey[] {
  return ids.map((id) => ({ id, check: checkOf(keyFile, id) }));
}

/**
 * A backup without its keys is a backup of half the installation: throws `CliError` when the key file lacks one that the data need, or
 * has another of the same name.
 */
export function requireKeys(keyFile: string, ids: readonly string[], manifest: Manifest | null): void {
  const checks = new Map((manifest?.keys ?? []).map(({ id, check }) => [id, check]));
  const lost = ids.filter((id) => checkOf(keyFile, id) === null);
  const others = ids.filter((id) => !lost.includes(id) && (checks.get(id) ?? null) !== null && checks.get(id) !== checkOf(keyFile, id));
  const [wrong, words] = lost.length > 0 ? [lost, "does not hold"] : [others, "holds under the same name but with another secret"];
  if (wrong.length === 0) return;
  throw new CliError(
    `The backup was sealed with ${wrong.length === 1 ? "a key" : "keys"} that ${keyFile} ${words}: ${wrong.join(", ")}.`,
    "Put the key file of that installation there first. Nothing was changed. (--without-keys restores all the same: passwords made with that key, second factors and stored secrets stay shut.)",
  );
}

function checkOf(keyFile: string, id: string): string | null {
  const keys = readKeyFile(keyFile, { production: false });
  return keys === null ? null : createKeyRing(keys).macUnder(id, "backup", "this very key")?.toString("hex").slice(0, 32) ?? null;
}

/** The manifest of a backup; null when there is none beside it. Throws `CliError` when it is damaged. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const text = await readFile(join(folder, MANIFEST), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new CliError(`${join(folder, MANIFEST)} cannot be read. Nothing was changed.`);
  });
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    if (typeof value === "object" && value !== null && typeof value.made_at === "string") return { projects: 0, people: 0, megabytes: 0, keys: [], ...value } as Manifest;
  } catch {
    // falls through: not JSON
  }
  throw new CliError(`${join(folder, MANIFEST)} is damaged. Nothing was changed.`);
}

export async function digestOf(file: string): Promise<Pick<Required<Manifest>, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return { bytes: (await stat(file)).size, sha256: hash.digest("hex") };
}

/** What a volume or a file manager leaves behind, and no database reads. */
const HARMLESS = new Set(["lost+found", ".DS_Store"]);

/** Of everything below a folder: names, sizes and contents, in the order of the names. Folders count with their names, empty ones too. */
export async function digestBelow(folder: string): Promise<Pick<Required<Manifest>, "bytes" | "sha256">> {
  const hash = createHash("sha256");
  const total = { bytes: 0 };
  const add = async (path: string): Promise<void> => {
    const entries = await readdir(join(folder, path), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (HARMLESS.has(entry.name)) continue;
      const name = `${path}${entry.name}`;
      if (entry.isDirectory()) {
        hash.update(`${name}/\0`);
        await add(`${name}/`);
        continue;
      }
      const { bytes, sha256 } = await digestOf(join(folder, name));
      hash.update(`${name}\0${String(bytes)}\0${sha256}\0`);
      total.bytes += bytes;
    }
  };
  await add("");
  return { ...total, sha256: hash.digest("hex") };
}

/** Throws `CliError` when what was found is not what the manifest was written for; `place` is what its reader calls it. */
export function requireSame(place: string, found: Pick<Required<Manifest>, "bytes" | "sha256">, { bytes, sha256 }: Manifest): void {
  if (found.bytes !== bytes) throw new CliError(`${place} is damaged: it has ${String(found.bytes)} bytes, and the backup was made with ${String(bytes ?? 0)}. Nothing was changed.`);
  if (found.sha256 !== sha256) throw new CliError(`${place} is damaged: it is not what was written when the backup was made. Nothing was changed.`);
}
