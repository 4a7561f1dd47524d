import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isStartError } from "../model/errors";
import { embeddedSession, openEngine } from "./embedded";
import { migrate, requireCurrent } from "./migrate";
import { migrationsDirectory, readMigrations } from "./migrations-on-disk";
import { pgliteAdapter } from "./pglite-adapter";
import { diffWithEngine } from "./schema-engine";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);
let folder: string;
let client: PGlite;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rung-migrations-"));
  client = await openEngine({});
});
afterAll(async () => {
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

function packageField(name: string, field: string): unknown {
  return (require(`${name}/package.json`) as Readonly<Record<string, unknown>>)[field];
}

async function migrationsWith(name: string, script: string): Promise<string> {
  const directory = join(folder, name);
  await cp(migrationsDirectory(ROOT), directory, { recursive: true });
  await mkdir(join(directory, `29990101000000_${name}`));
  await writeFile(join(directory, `29990101000000_${name}`, "migration.sql"), script);
  return directory;
}

const halfMigrated = (error: unknown) => isStartError(error) && error.exitCode === 12 && !error.message.includes("\n");

describe("the migrations", () => {
  it("are written and applied by the very engine of the installed Prisma", async () => {
    const wanted = packageField("@prisma/engines-version", "version");
    const installed = JSON.parse(await readFile(join(ROOT, "node_modules", "@prisma", "schema-engine-wasm", "package.json"), "utf8")) as { version: string };
    expect(installed.version).toBe(wanted);
    expect(packageField("@prisma/client", "version")).toBe(packageField("prisma", "version"));
    expect(String(wanted).startsWith(`${String(packageField("prisma", "version"))}-`)).toBe(true);
  });

  it("say what prisma/schema.prisma says", async () => {
    const path = join(ROOT, "prisma", "schema.prisma");
    const disk = await readMigrations(migrationsDirectory(ROOT));
    const difference = await diffWithEngine(pgliteAdapter(client), disk, { path, content: await readFile(path, "utf8") });
    // What the schema language cannot say (cli/dev/migration.ts, HAND_WRITTEN), and nothing else.
    expect(difference.trim()).toBe('-- DropIndex\nDROP INDEX "credential_identifier_prefix_idx";');
  });

  it("are applied once, in Prisma's own table, and a second start finds nothing to do", async () => {
    const disk = await readMigrations(migrationsDirectory(ROOT));
    const session = embeddedSession(client);
    expect(await migrate(session, disk, "test")).toEqual(disk.migrations.map((migration) => migration.name));
    const rows = await session.query("SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY migration_name");
    expect(rows).toEqual(disk.migrations.map(({ name, checksum }) => ({ migration_name: name, checksum })));
    const untouched = { ...session, factory: { ...session.factory, connect: () => Promise.reject(new Error("the engine was asked")) } };
    expect(await migrate(untouched, disk, "test")).toEqual([]);
  });

  it("are never applied for whoever only wants to use the database", async () => {
    const session = embeddedSession(client);
    await requireCurrent(session, await readMigrations(migrationsDirectory(ROOT)), "test");
    const due = await readMigrations(await migrationsWith("due", "CREATE TABLE due (id int);\n"));
    await expect(requireCurrent(session, due, "test")).rejects.toSatisfy((error) => halfMigrated(error) && String(error).includes("is 1 migration behind this version of Rung; run: rung migrate up"));
    expect(await session.query("SELECT to_regclass('due') AS found")).toEqual([{ found: null }]);
  });

  it("leave everything as it was when one of them fails", async () => {
    const directory = await migrationsWith("failing", "CREATE TABLE half_done (id int);\nSELECT no_such_function();\n");
    const session = embeddedSession(client);
    await expect(migrate(session, await readMigrations(directory), "test")).rejects.toSatisfy(halfMigrated);
    expect(await session.query("SELECT to_regclass('half_done') AS found")).toEqual([{ found: null }]);
    expect(await migrate(session, await readMigrations(migrationsDirectory(ROOT)), "test")).toEqual([]);
  });

  it("refuse a schema that a newer version wrote, one whose history was edited, and one left half-way", async () => {
    const directory = await migrationsWith("newer", "CREATE TABLE newer (id int);\n");
    const session = embeddedSession(client);
    expect(await migrate(session, await readMigrations(directory), "test")).toEqual(["29990101000000_newer"]);
    await expect(migrate(session, await readMigrations(migrationsDirectory(ROOT)), "test")).rejects.toSatisfy(halfMigrated);
    await writeFile(join(directory, "29990101000000_newer", "migration.sql"), "CREATE TABLE renamed (id int);\n");
    await expect(migrate(session, await readMigrations(directory), "test")).rejects.toSatisfy(halfMigrated);
    await session.query("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '29990101000000_newer'");
    await expect(migrate(session, await readMigrations(directory), "test")).rejects.toSatisfy(halfMigrated);
  });

  it("are looked for where the process was started, and a wrong place is named", async () => {
    await expect(readMigrations(migrationsDirectory(folder))).rejects.toSatisfy((error) => isStartError(error) && error.message.includes(folder));
  });
});
