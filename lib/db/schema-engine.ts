import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import type * as Bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { MigrationsOnDisk } from "./migrations-on-disk";

type Engine = Bindings.SchemaEngine;
const FILTERS = { externalTables: [], externalEnums: [] };
/** What the engine has to be given where only the dialect matters. */
const DIALECT: [string, string] = ["schema.prisma", "datasource db {\n  provider = \"postgresql\"\n}\n"];
const PACKAGE = "@prisma/schema-engine-wasm";

/*
 * Prisma's own schema engine as WebAssembly: nothing is downloaded, and `_prisma_migrations` keeps Prisma's format.
 * The package is pinned to the engine hash of the installed `prisma`; schema-engine-version.test.ts compares the two.
 */
let loaded: Promise<typeof Bindings> | null = null;

/** Loads and links the module once per process (some 100 ms), and only where a migration has to be written or applied. */
function load(): Promise<typeof Bindings> {
  loaded ??= link();
  return loaded;
}

async function link(): Promise<typeof Bindings> {
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  // From the working directory, as the migrations are: a bundler that sees import.meta.url would make a module of its own of it.
  const entry = createRequire(join(process.cwd(), "package.json")).resolve(`${PACKAGE}/schema_engine_bg`);
  const bytes = await readFile(join(dirname(entry), "schema_engine_bg.wasm"));
  const imports = { "./schema_engine_bg.js": { ...bindings } } as unknown as WebAssembly.Imports;
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports["__wbindgen_start"];
  if (typeof start === "function") start();
  return bindings;
}

async function open(factory: SqlMigrationAwareDriverAdapterFactory, datamodels: [string, string][]): Promise<Engine> {
  const bindings = await load();
  return await bindings.SchemaEngine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(factory));
}

function listOf(disk: MigrationsOnDisk): Bindings.MigrationList {
  return {
    baseDir: disk.directory,
    lockfile: { path: "migration_lock.toml", content: disk.lockfile },
    shadowDbInitScript: "",
    migrationDirectories: disk.migrations.map((migration) => ({
      path: migration.name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: migration.script } },
    })),
  };
}

/** Applies what `_prisma_migrations` does not know yet and answers the names. Throws what the engine or the database throws. */
export async function applyWithEngine(factory: SqlMigrationAwareDriverAdapterFactory, disk: MigrationsOnDisk): Promise<readonly string[]> {
  const engine = await open(factory, [DIALECT]);
  try {
    return (await engine.applyMigrations({ migrationsList: listOf(disk), filters: FILTERS })).appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/** The SQL that leads from the migrations to the schema; empty when they agree. Replays the migrations on the factory's shadow. */
export async function diffWithEngine(
  factory: SqlMigrationAwareDriverAdapterFactory, disk: MigrationsOnDisk, schema: { readonly path: string; readonly content: string },
): Promise<string> {
  const engine = await open(factory, [[schema.path, schema.content]]);
  try {
    const from: Bindings.DiffTarget = disk.migrations.length === 0 ? { tag: "empty" } : { tag: "migrations", ...listOf(disk) };
    const to: Bindings.DiffTarget = { tag: "schemaDatamodel", files: [{ ...schema }] };
    const diff = await engine.diff({ from, to, script: true, exitCode: true, filters: FILTERS });
    return diff.exitCode === 0 ? "" : diff.stdout ?? "";
  } finally {
    engine.free();
  }
}
