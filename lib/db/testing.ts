import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import type { Identity, JsonObject } from "../model/identity";
import type { CredentialId, FlowId, IdentityId, ProjectId, ProjectKey, SessionId, WorkspaceId } from "../model/ids";
import type { LoginFlow } from "../model/flow";
import type { Session } from "../model/session";
import type { ProjectRow } from "../model/project";
import { embeddedDriver, serverDriver } from "./client";
import { type Connection, connectionOver } from "./connection";
import { databaseOver } from "./database";
import { embeddedSession, openEngine } from "./embedded";
import type { Database, NewCredential, ProjectHandle } from "./handles";
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

/** The embedded engine itself, in memory and migrated, for tests of lib/db that go below the handles. */
export async function testEngine(): Promise<PGlite> {
  return await openEngine({ template: await template() });
}

async function inMemory(): Promise<TestDatabase> {
  const client = await testEngine();
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

const AT = new Date("2026-01-01T00:00:00.000Z");

/** A person with one e-mail address, and the credentials that are given. */
export async function seedPerson(handle: ProjectHandle, credentials: readonly NewCredential[] = [], email = `${randomBytes(6).toString("hex")}@example.com`):
  Promise<{ readonly identity: Identity; readonly credentialIds: readonly CredentialId[] }> {
  return await handle.transaction(async (tx) => {
    const identity = await tx.insertIdentity({
      id: randomUUID() as string as IdentityId, schemaId: "default", traits: { email }, at: AT,
      verifiable: [{ value: email, via: "email" }], recovery: [{ value: email, via: "email" }],
    });
    const credentialIds: CredentialId[] = [];
    for (const credential of credentials) credentialIds.push(await tx.insertCredential(identity.id, credential));
    return { identity, credentialIds };
  });
}

/** A live aal1 session. */
export async function seedSession(handle: ProjectHandle, identityId: IdentityId, changes: Partial<Session> = {}): Promise<Session> {
  const now = changes.issuedAt ?? new Date();
  return await handle.transaction((tx) => tx.insertSession({
    session: {
      id: randomUUID() as string as SessionId, identityId, kind: "browser", tokenHash: randomBytes(32).toString("hex"), aal: "aal1",
      methods: [{ method: "password", aal: "aal1", completedAt: now }], authenticatedAt: now, issuedAt: now,
      expiresAt: new Date(now.getTime() + 86_400_000), revokedAt: null, ...changes,
    },
    device: { ipAddress: "192.0.2.1", userAgent: "test" },
  }));
}

/** A browser's first-factor login flow as it is begun. */
export function loginFlow(changes: Partial<LoginFlow> = {}): LoginFlow {
  const now = new Date();
  return {
    id: randomUUID() as string as FlowId, kind: "login", type: "browser", state: "choose_method", active: null,
    requestUrl: "http://localhost:4000/self-service/login/browser", returnTo: null, nodes: [], messages: [], internal: {},
    transientPayload: null, csrfHash: null, issuedAt: now, expiresAt: new Date(now.getTime() + 600_000), completedAt: null,
    createdAt: now, updatedAt: now, requestedAal: "aal1", refresh: false, sessionId: null, identityId: null, ...changes,
  };
}
