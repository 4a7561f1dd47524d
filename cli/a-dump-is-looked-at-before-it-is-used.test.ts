import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readEnv } from "../lib/env";
import { csrfOf, registerIn, testEdge, text } from "../lib/http/testing";
import type { TestEdge } from "../lib/http/testing";
import { bootServices } from "../lib/services";
import type { Services } from "../lib/services";
import { connectionEnv, feedTool, runTool } from "./postgres-tools";
import { runIn } from "./testing";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

test("PostgreSQL's programs are told the database that DATABASE_URL names, and nothing on their command line", () => {
  expect(connectionEnv("postgresql://ru%3Ang:s%40cret@[::1]:6543/a%20b?sslmode=require")).toEqual({
    PGHOST: "::1", PGPORT: "6543", PGUSER: "ru:ng", PGPASSWORD: "s@cret", PGDATABASE: "a b", PGSSLMODE: "require",
  });
  expect(connectionEnv("postgresql://db.test/rung?sslmode=no-verify")["PGSSLMODE"], "a word that psql does not know").toBe("require");
  expect(connectionEnv("postgresql:///rung?host=/run/postgresql")).toEqual({ PGHOST: "/run/postgresql", PGPORT: "5432", PGDATABASE: "rung" });
});

test("where they are not installed, it is said what to do", async () => {
  const path = process.env["PATH"];
  process.env["PATH"] = join(tmpdir(), "nothing-here");
  const tool = { name: "pg_dump", args: [], missing: ["install it"] } as const;
  await expect(runTool(tool, null).finally(() => { process.env["PATH"] = path; })).rejects.toMatchObject({ lines: ["install it"] });
});

const server = process.env["RUNG_TEST_DATABASE_URL"] ?? "";
const SETTINGS = ["DATABASE_URL", "RUNG_DATA_DIR", "RUNG_KEY_FILE", "RUNG_PASSWORD_PROFILE", "RUNG_LOG_LEVEL"] as const;
const ADA = { address: "ada@dump.test", password: "correct-horse-battery-dump" };

// The stage unit-pg of the tests runs this; in the stage unit there is no server.
if (server !== "") describe("a PostgreSQL server's data", () => {
  const before = { ...process.env };
  const home = mkdtempSync(join(tmpdir(), "rung-dump-"));
  const mark = randomBytes(5).toString("hex");
  const urlOf = (name: string): string => Object.assign(new URL(server), { pathname: `/rung_dump_${mark}_${name}` }).toString();
  const backup = join(home, "monday");
  let edge: TestEdge;
  let begun = false;

  /** One statement after the other, by PostgreSQL's own client: these databases are not opened otherwise. */
  const sql = (url: string, ...statements: readonly string[]): string => {
    const ran = spawnSync("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...statements.flatMap((one) => ["-c", one])], { env: { ...process.env, ...connectionEnv(url) }, encoding: "utf8" });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return ran.stdout.trim();
  };
  const on = (name: string): void => {
    process.env["DATABASE_URL"] = urlOf(name);
  };
  const rung = (...args: readonly string[]) => runIn(home, args);
  const opened = async <T>(work: (services: Services) => Promise<T>): Promise<T> => {
    const services = await bootServices(readEnv());
    Object.assign(globalThis, { [Symbol.for("rung.services")]: Promise.resolve(services) });
    return work(services).finally(() => services.close());
  };
  /** The status of a sign-in with her password. */
  const signIn = (): Promise<number> => opened(async () => {
    const client = edge.client();
    const flow = (await client.json("GET", "/self-service/login/browser")).body;
    return (await client.json("POST", `/self-service/login?flow=${text(flow["id"])}`, { method: "password", csrf_token: csrfOf(flow), identifier: ADA.address, password: ADA.password })).status;
  });
  /** The backup again, changed by `change`. */
  const damaged = (name: string, change: (folder: string) => void): string => {
    const folder = join(home, name);
    cpSync(backup, folder, { recursive: true });
    change(folder);
    return folder;
  };
  const refusal = async (folder: string, ...flags: readonly string[]): Promise<string> => {
    const answer = await rung("restore", folder, "--yes", ...flags);
    expect(answer).toMatchObject({ code: 1, out: "" });
    return answer.err;
  };

  beforeAll(async () => {
    requirePrograms();
    edge = await testEdge(new Date());
    begun = true;
    for (const name of ["from", "to", "empty"]) sql(server, `CREATE DATABASE rung_dump_${mark}_${name}`);
    Object.assign(process.env, { RUNG_DATA_DIR: join(home, "data"), RUNG_KEY_FILE: join(home, "keys.json"), RUNG_PASSWORD_PROFILE: "floor", RUNG_LOG_LEVEL: "silent" });
  });
  afterAll(async () => {
    // Without the programs nothing was begun.
    if (!begun) return;
    for (const name of ["from", "to", "empty"]) sql(server, `DROP DATABASE IF EXISTS rung_dump_${mark}_${name} WITH (FORCE)`);
    for (const name of SETTINGS) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    await edge.close();
    rmSync(home, { recursive: true, force: true });
  });

  test("no command but migrate and restore changes the schema, and none works on another version's", async () => {
    on("from");
    for (const command of [["admin", "list"], ["keys", "list"], ["audit", "verify"], ["list", "workspaces"]]) {
      const answer = await rung(...command);
      expect(answer.code, command.join(" ")).toBe(1);
      expect(answer.err).toMatch(/^The database at \S+ is \d+ migrations behind this version of Rung; run: rung migrate up\n$/);
    }
    expect((await rung("backup", "--to", join(home, "none"))).err).toContain("holds no installation");
    expect(sql(urlOf("from"), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).toBe("0");
    expect((await rung("migrate", "status")).err).toContain("behind this version");
    expect((await rung("migrate", "up")).code).toBe(0);
    expect((await rung("admin", "list")).code).toBe(0);

    const [newest] = sql(urlOf("from"), "SELECT migration_name FROM _prisma_migrations ORDER BY 1 DESC LIMIT 1").split("\n");
    sql(urlOf("from"), `CREATE TABLE kept AS SELECT * FROM _prisma_migrations WHERE migration_name = '${String(newest)}'`, `DELETE FROM _prisma_migrations WHERE migration_name = '${String(newest)}'`);
    expect((await rung("admin", "list")).err).toContain("1 migration behind");
    sql(urlOf("from"), "INSERT INTO _prisma_migrations SELECT * FROM kept", "UPDATE kept SET id = 'newer', migration_name = '29990101000000_newer'", "INSERT INTO _prisma_migrations SELECT * FROM kept");
    for (const command of [["admin", "list"], ["backup", "--to", join(home, "none")], ["migrate", "up"]]) {
      const answer = await rung(...command);
      expect(answer.code, command.join(" ")).toBe(1);
      expect(answer.err).toMatch(/29990101000000_newer, which this version of Rung does not know/);
    }
    sql(urlOf("from"), "DELETE FROM _prisma_migrations WHERE id = 'newer'", "DROP TABLE kept");
  });

  test("comes back whole in an empty database: people sign in, and the audit chain holds", async () => {
    on("from");
    await opened(async () => {
      expect((await registerIn(edge.client(), ADA.address, ADA.password)).status).toBe(200);
      expect((await registerIn(edge.client(), "grace@dump.test", ADA.password)).status).toBe(200);
    });
    const made = await rung("backup", "--to", backup, "--format", "json");
    expect(made.code, made.err).toBe(0);
    const manifest = JSON.parse(readFileSync(join(backup, "backup.json"), "utf8")) as { readonly keys: readonly { readonly id: string }[] };
    expect(manifest).toMatchObject({ database: "server", projects: 2, people: 2, bytes: statSync(join(backup, "database.dump")).size });
    expect(manifest.keys.map(({ id }) => id), "passwords are made with it").toEqual((JSON.parse(readFileSync(join(home, "keys.json"), "utf8")) as readonly { readonly id: string }[]).map(({ id }) => id));
    expect(statSync(join(backup, "database.dump")).mode & 0o077).toBe(0);

    on("to");
    const restored = await rung("restore", backup, "--yes", "--format", "json");
    expect(restored.code, restored.err).toBe(0);
    expect(JSON.parse(restored.out)).toMatchObject({ projects: 2, people: 2 });
    const count = (name: string): string => sql(urlOf(name), "SELECT string_agg(n || ' ' || t, ',' ORDER BY t) FROM (SELECT relname AS t, (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM ' || quote_ident(relname), false, true, '')))[1]::text AS n FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace) x");
    expect(count("to")).toBe(count("from"));
    expect(await signIn()).toBe(200);
    const verified = await rung("audit", "verify", "default");
    expect(verified.code, verified.err).toBe(0);
  });

  test("is not written over unless that is said, nor under running servers", async () => {
    on("to");
    sql(urlOf("to"), "CREATE TABLE of_a_newer_version (number bigint GENERATED ALWAYS AS IDENTITY, project uuid REFERENCES project (id))", "CREATE VIEW seen AS SELECT number FROM of_a_newer_version", "CREATE SEQUENCE alone");
    expect(await refusal(backup)).toMatch(/^The database rung_dump_\w+_to on \S+ is not empty: .*--replace.* Nothing was changed\.\n$/);
    await opened(async (services) => {
      await services.db.platform.listProjects();
      expect(await refusal(backup, "--replace")).toMatch(/is in use by Rung .* stop every process/);
    });
    expect((await runIn(home, ["restore", backup, "--replace"])).err, "nobody can be asked").toContain("--yes");
    expect(sql(urlOf("to"), "SELECT to_regclass('of_a_newer_version') IS NOT NULL")).toBe("t");
    expect(await rung("restore", backup, "--replace", "--yes")).toMatchObject({ code: 0 });
    for (const gone of ["of_a_newer_version", "seen", "alone"]) expect(sql(urlOf("to"), `SELECT to_regclass('${gone}') IS NULL`), gone).toBe("t");
    expect(await signIn()).toBe(200);
  });

  test("stays as it is when the backup breaks on the way in", async () => {
    on("to");
    const folder = damaged("breaking", (path) => rmSync(join(path, "backup.json")));
    sql(urlOf("from"), "CREATE SCHEMA extra", "CREATE TABLE extra.one (id int)");
    spawnSync("pg_dump", ["--format=custom", "--no-owner", `--file=${join(folder, "database.dump")}`], { env: { ...process.env, ...connectionEnv(urlOf("from")) } });
    // What another program keeps there stands in the way after everything of Rung was dropped.
    sql(urlOf("to"), "CREATE SCHEMA extra", "CREATE TABLE extra.another (id int)");
    expect(await refusal(folder, "--replace")).toMatch(/^psql failed: .*extra.* Nothing was changed\.$/m);
    sql(urlOf("to"), "DROP SCHEMA extra CASCADE");
    sql(urlOf("from"), "DROP SCHEMA extra CASCADE");
    expect(await signIn()).toBe(200);
  });

  test("keeps nothing of what is cut off while it is put in", async () => {
    async function* cut(): AsyncGenerator<string> {
      yield "BEGIN;\nCREATE TABLE half (id int);\nCOPY half FROM stdin;\n1\n";
      throw new Error("cut off");
    }
    await expect(feedTool({ name: "psql", args: ["-X", "-q", "--file=-"], missing: [] }, urlOf("to"), cut())).rejects.toThrow("cut off");
    expect(sql(urlOf("to"), "SELECT to_regclass('half') IS NULL")).toBe("t");
  });

  test("does not say that nothing was changed where the connection ends with the transaction, and can be restored again", async () => {
    on("to");
    for (const [kept, restores] of [[false, 0], [true, 1]] as const) {
      sql(urlOf("to"), "DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
      const line = await cutAtCommit(urlOf("to"), kept);
      process.env["DATABASE_URL"] = line.url;
      const said = await refusal(backup).finally(() => line.close());
      expect(said).toMatch(/^psql failed: .* It is not known whether the backup is in the database: .*$/m);
      expect(said).toContain("--replace");
      expect(said).not.toContain("Nothing was changed");
      // What is said of either end is true of it.
      await expect.poll(() => sql(urlOf("to"), "SELECT count(*) FROM pg_tables WHERE tablename = 'project'")).toBe(String(restores));
      on("to");
      expect(await rung("restore", backup, "--replace", "--yes")).toMatchObject({ code: 0 });
      expect(await signIn()).toBe(200);
    }
  });

  test("a server that was begun again while the backup was looked at stops the restore, and nothing is changed", async () => {
    on("to");
    const holds = (): string => sql(urlOf("to"), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    const [tables, path] = [holds(), process.env["PATH"] ?? ""];
    const programs = mkdtempSync(join(home, "programs-"));
    const given = Object.entries({ ...connectionEnv(urlOf("to")), PGAPPNAME: "rung" }).map(([name, value]) => `${name}='${String(value)}'`).join(" ");
    const counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rung'";
    writeFileSync(join(programs, "pg_restore"), [
      "#!/bin/sh", `export PATH='${path}'`, `${given} psql -X -q -c 'SELECT pg_sleep(120)' >/dev/null 2>&1 </dev/null &`,
      `until [ "$(${given.replace("PGAPPNAME='rung'", "")} psql -X -q -A -t -c "${counted}")" -gt 0 ]; do sleep 0.1; done`, 'exec pg_restore "$@"', "",
    ].join("\n"), { mode: 0o755 });
    process.env["PATH"] = `${programs}:${path}`;
    const said = await refusal(backup, "--replace").finally(() => { process.env["PATH"] = path; });
    expect(said).toMatch(/Rung was started meanwhile: stop every process of it first.*Nothing was changed\.$/m);
    expect(holds()).toBe(tables);
    sql(urlOf("to"), counted.replace("count(*)", "pg_terminate_backend(pid)"));
  });

  test("a dump and its note of an older version, without keys and checksum, is taken with a sentence", async () => {
    on("to");
    const older = damaged("older", (folder) => {
      const note = JSON.parse(readFileSync(join(folder, "backup.json"), "utf8")) as Record<string, unknown>;
      for (const name of ["keys", "bytes", "sha256", "projects"]) Reflect.deleteProperty(note, name);
      writeFileSync(join(folder, "backup.json"), JSON.stringify(note));
    });
    const answer = await rung("restore", older, "--yes", "--replace");
    expect(answer).toMatchObject({ code: 0 });
    expect(answer.err).toContain("has no checksum");
  });

  test("a damaged, newer or foreign backup, and one of other keys, ends in one sentence and changes nothing", async () => {
    on("empty");
    const dump = (folder: string): string => join(folder, "database.dump");
    const flip = (file: string): void => {
      const bytes = readFileSync(file);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    };
    const cut = (file: string): void => truncateSync(file, Math.floor(statSync(file).size * 0.9));
    const withoutManifest = (folder: string): void => rmSync(join(folder, "backup.json"));
    const says = async (name: string, change: (folder: string) => void): Promise<string> => refusal(damaged(name, change));

    expect(await says("truncated", (folder) => cut(dump(folder)))).toMatch(/^\S+database\.dump is damaged: it has \d+ bytes.* Nothing was changed\.\n$/);
    expect(await says("flipped", (folder) => flip(dump(folder)))).toMatch(/^\S+database\.dump is damaged: .* Nothing was changed\.\n$/);
    expect(await says("manifest", (folder) => cut(join(folder, "backup.json")))).toMatch(/^\S+backup\.json is damaged\. Nothing was changed\.\n$/);
    expect(await says("bare-truncated", (folder) => { withoutManifest(folder); cut(dump(folder)); })).toMatch(/^pg_restore failed: .* Nothing was changed\.$/m);
    expect(await says("foreign", (folder) => { withoutManifest(folder); writeFileSync(dump(folder), "no dump at all"); })).toMatch(/^pg_restore failed: .* Nothing was changed\.$/m);
    mkdirSync(join(home, "nothing"));
    expect(await refusal(join(home, "nothing"))).toContain("it has no database.dump");

    const of = (url: string) => (folder: string): void => {
      withoutManifest(folder);
      spawnSync("pg_dump", ["--format=custom", "--no-owner", `--file=${dump(folder)}`], { env: { ...process.env, ...connectionEnv(url) } });
    };
    expect(await says("empty-dump", of(urlOf("empty")))).toMatch(/holds no installation of Rung/);
    sql(urlOf("from"), "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name) VALUES ('newer', 'x', now(), '29990101000000_newer')");
    expect(await says("newer", of(urlOf("from")))).toMatch(/The backup cannot be used: it holds migration 29990101000000_newer, which this version of Rung does not know\. Nothing was changed\.\n$/);

    const keys = readFileSync(join(home, "keys.json"), "utf8");
    const [key] = JSON.parse(keys) as readonly { readonly id: string }[];
    const held = (id: string): void => writeFileSync(join(home, "keys.json"), JSON.stringify([{ id, secret: randomBytes(32).toString("base64") }]), { mode: 0o600 });
    held("another");
    expect(await refusal(backup)).toMatch(new RegExp(`does not hold: ${String(key?.id)}\\.\n.*Nothing was changed`));
    held(String(key?.id));
    expect(await refusal(backup)).toMatch(/under the same name but with another secret/);

    expect(sql(urlOf("empty"), "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toBe("0");
    expect(await rung("restore", backup, "--without-keys")).toMatchObject({ code: 0 });
    expect(await signIn(), "without its key no password can be checked").not.toBe(200);
    writeFileSync(join(home, "keys.json"), keys, { mode: 0o600 });
    expect(await signIn()).toBe(200);
  });
});

/** Whoever names a server wants these tests: they are not left out in silence. Throws, naming what is not on the PATH. */
function requirePrograms(): void {
  const missing = ["psql", "pg_dump", "pg_restore"].filter((name) => spawnSync(name, ["--version"]).status !== 0);
  if (missing.length === 0) return;
  throw new Error(`RUNG_TEST_DATABASE_URL names a PostgreSQL server, but ${missing.join(", ")} cannot be run: put the server's own programs on the PATH, as cli/dev/test.mjs does.`);
}

/** A way to the server that ends when a COMMIT comes by: before the server sees it, or after it answered. */
async function cutAtCommit(to: string, kept: boolean): Promise<{ readonly url: string; close(): void }> {
  const { hostname, port } = new URL(to);
  const between = createServer((client) => {
    const onward = connect(Number(port === "" ? "5432" : port), hostname);
    let committing = false;
    const end = (): void => {
      client.destroy();
      onward.destroy();
    };
    for (const one of [client, onward]) one.on("error", end).on("close", end);
    client.on("data", (chunk) => {
      committing ||= /COMMIT;?\0/.test(chunk.toString("latin1"));
      if (committing && !kept) end();
      else onward.write(chunk);
    });
    onward.on("data", (chunk) => {
      if (committing) end();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => { between.listen(0, "127.0.0.1", resolve); });
  const address = between.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: Object.assign(new URL(to), { hostname: "127.0.0.1", port: String(address.port) }).toString(), close: () => between.close() };
}
