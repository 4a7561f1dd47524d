import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { migrationsDirectory, readMigrations } from "../../lib/db/migrations-on-disk";
import { pgliteAdapter } from "../../lib/db/pglite-adapter";
import { diffWithEngine } from "../../lib/db/schema-engine";

const USAGE = `npm run migration -- create <name>   write what prisma/schema.prisma has over prisma/migrations
npm run migration -- check           exit 1 when the two differ
`;
/** Indexes that the schema language cannot say; the engine would drop them. */
const HAND_WRITTEN = ["credential_identifier_prefix_idx"];
const LOCKFILE = "# Which dialect the scripts beside this file are written in. Read by Prisma; do not edit.\nprovider = \"postgresql\"\n";

/** The SQL from the migrations to the schema, replayed on an in-memory database; empty when they agree. */
async function schemaDifference(root: string): Promise<string> {
  const directory = migrationsDirectory(root);
  await mkdir(directory, { recursive: true });
  const path = join(root, "prisma", "schema.prisma");
  const schema = { path, content: await readFile(path, "utf8") };
  const client = await PGlite.create();
  try {
    const difference = await diffWithEngine(pgliteAdapter(client), await readMigrations(directory), schema);
    return HAND_WRITTEN.reduce((script, name) => script.replace(`-- DropIndex\nDROP INDEX "${name}";\n`, ""), difference).trim();
  } finally {
    await client.close();
  }
}

async function create(name: string, root: string): Promise<string> {
  const script = await schemaDifference(root);
  if (script === "") return "Nothing to do: the schema and the migrations agree.\n";
  const stamp = new Date().toISOString().replaceAll(/[^0-9]/g, "").slice(0, 14);
  const directory = migrationsDirectory(root);
  const folder = join(directory, `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "migration.sql"), script);
  await writeFile(join(directory, "migration_lock.toml"), LOCKFILE);
  return `Wrote ${join("prisma", "migrations", `${stamp}_${name}`, "migration.sql")}. Read it before you commit it.\n`;
}

/** `npm run migration`: answers the exit code. */
async function main(args: readonly string[], root: string = process.cwd()): Promise<number> {
  const [verb, name] = args;
  if (verb === "create" && name !== undefined && /^[a-z0-9_]+$/.test(name)) {
    process.stdout.write(await create(name, root));
    return 0;
  }
  if (verb === "check") {
    const script = await schemaDifference(root);
    process.stdout.write(script === "" ? "The schema and the migrations agree.\n" : `The migrations lack this:\n${script}`);
    return script === "" ? 0 : 1;
  }
  process.stderr.write(USAGE);
  return 2;
}

process.exitCode = await main(process.argv.slice(2));
