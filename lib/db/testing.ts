import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { JsonObject } from "../model/identity";
import type { ProjectId, ProjectKey, WorkspaceId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import { embeddedDriver, serverDriver } from "./client";
import { type Connection, connectionOver } from "./connection";
import { databaseOver } from "./database";
import { embeddedSession, openEngine } from "./embedded";
import type { Database, ProjectHandle } from "./handles";
import { migrate } from "./migrate";
import { historyHash, migrationsDirectory, readMigrations } from "./migrations-on-disk";
import { migrateServer } from "./server-migration";

/** A migrated database of one's own. Close it in `afterAll`. */
export interface TestDatabase extends Database {
  /** Below the handles, for tests of lib/db itself. */
  readonly connection: Connection;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const readDisk = () => readMigrations(migrationsDirectory(ROOT));

/** In memory, or on the server of RUNG_TEST_DATABASE_URL when that is set. Empty but for its schema. */
export async function testDatabase(): Promise<TestDatabase> {
  const url = process.env["RUNG_TEST_DATABASE_URL"];
  return url === undefined || url === "" ? await inMemory() : await onServer(url);
}

async function inMemory(): Promise<TestDatabase> {
  const client = await openEngine({ template: await template() });
  const connection = connectionOver(embeddedDriver(client, async () => undefined));
  return { ...databaseOver(connection), connection };
}

/** A dump of a migrated database, made once per history and kept between runs. Makers that race each rename a whole file. */
async function template(): Promise<Blob> {
  const disk = await readDisk();
  const folder = join(tmpdir(), "rung-test-templates");
  const file = join(folder, `pglite-0.5-${historyHash(disk).slice(0, 16)}.tar`);
  const kept = await readFile(file).catch(() => null);
  if (kept !== null) return new Blob([kept], { type: "application/x-tar" });
  const client = await openEngine({});
  await migrate(embeddedSession(client), disk, "a test database");
  const dump = await client.dumpDataDir("none");
  await client.close();
  await mkdir(folder, { recursive: true });
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, Buffer.from(await dump.arrayBuffer()));
  await rename(partial, file);
  return dump;
}

async function onServer(url: string): Promise<TestDatabase> {
  const name = `rung_test_${randomBytes(8).toString("hex")}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const source = await serverTemplate(admin, url);
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${source}`);
  const connection = connectionOver(serverDriver(withDatabase(url, name), () => undefined));
  const drop = async (): Promise<void> => {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  };
  return { ...databaseOver(connection, drop), connection };
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

/** The migrated database that others are copied from; made under a lock by the first test file that needs it. */
async function serverTemplate(admin: pg.Client, url: string): Promise<string> {
  const disk = await readDisk();
  const name = `rung_template_${historyHash(disk).slice(0, 16)}`;
  await admin.query("SELECT pg_advisory_lock(727067)");
  try {
    const found = await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 0) {
      const partial = `${name}_making`;
      await admin.query(`DROP DATABASE IF EXISTS ${partial} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${partial}`);
      await migrateServer(withDatabase(url, partial), disk, "a test database");
      await admin.query(`ALTER DATABASE ${partial} RENAME TO ${name}`);
    }
  } finally {
    await admin.query("SELECT pg_advisory_unlock(727067)");
  }
  return name;
}

export interface SeedOverrides {
  readonly document?: JsonObject;
  readonly slug?: string;
  readonly name?: string;
  readonly kind?: ProjectRow["kind"];
  readonly isDefault?: boolean;
  readonly hosts?: readonly string[];
  readonly at?: Date;
}

/** A workspace with one project at revision 1. Slug and key are random unless given, so tests can share a database. */
export async function seedProject(db: Database, overrides: SeedOverrides = {}): Promise<{ readonly row: ProjectRow; readonly handle: ProjectHandle }> {
  const at = overrides.at ?? new Date("2026-01-01T00:00:00.000Z");
  const mark = randomBytes(5).toString("hex");
  const workspaceId = randomUUID() as string as WorkspaceId;
  await db.platform.insertWorkspace({ id: workspaceId, name: `Workspace ${mark}`, at });
  const row = await db.platform.insertProject({
    id: randomUUID() as string as ProjectId, workspaceId, slug: overrides.slug ?? `project-${mark}`, name: overrides.name ?? `Project ${mark}`,
    key: mark as ProjectKey, kind: overrides.kind ?? "app", isDefault: overrides.isDefault ?? false, hosts: overrides.hosts ?? [], at,
  }, {
    document: overrides.document ?? {}, author: { kind: "system", id: null, label: "test" }, comment: "", summary: "", at,
  });
  return { row, handle: db.forProject(row.id) };
}
