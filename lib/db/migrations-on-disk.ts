import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "../model/errors";

export interface MigrationFile {
  /** Folder name, `<14 digits>_<words>`; the order of names is the order of application. */
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the script, hex: what Prisma keeps in `_prisma_migrations.checksum`. */
  readonly checksum: string;
}

export interface MigrationsOnDisk {
  readonly directory: string;
  /** Content of `migration_lock.toml`. */
  readonly lockfile: string;
  readonly migrations: readonly MigrationFile[];
}

/** The folder of migrations of an installation. `root` is where package.json lies; the process starts there. */
export function migrationsDirectory(root: string = process.cwd()): string {
  return join(root, "prisma", "migrations");
}

/** Reads every migration, oldest first. Throws StartError where the folder is missing: a wrong working directory. */
export async function readMigrations(directory: string): Promise<MigrationsOnDisk> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new StartError(`The migrations are not at ${directory}: start Rung from the folder that holds its package.json.`, undefined, { cause });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const migrations = await Promise.all(names.map(async (name) => {
    const script = await readFile(join(directory, name, "migration.sql"), "utf8");
    return { name, script, checksum: createHash("sha256").update(script).digest("hex") };
  }));
  const lockfile = await readFile(join(directory, "migration_lock.toml"), "utf8").catch(() => "");
  return { directory, lockfile, migrations };
}

/** One hash over all names and checksums: changes when, and only when, the history does. */
export function historyHash(disk: MigrationsOnDisk): string {
  const hash = createHash("sha256");
  for (const migration of disk.migrations) hash.update(`${migration.name}\n${migration.checksum}\n`);
  return hash.digest("hex");
}
