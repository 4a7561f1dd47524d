import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readEnv } from "../lib/env";
import { startCommands } from "../lib/http/commands";
import { operations } from "../lib/http/operations";
import { bootServices } from "../lib/services";
import type { Services } from "../lib/services";
import { checkClock, checkNode } from "./doctor-machine";
import { runIn } from "./testing";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const home = mkdtempSync(join(tmpdir(), "rung-backup-"));
const before = { ...process.env };
let services: Services;
let commands: { close(): Promise<void> } | null = null;

beforeAll(async () => {
  Object.assign(process.env, { RUNG_DATA_DIR: join(home, "data"), RUNG_KEY_FILE: join(home, "keys.json"), PORT: "47113", RUNG_LOG_LEVEL: "silent" });
  services = await bootServices(readEnv());
  commands = await startCommands(services, operations);
});
afterAll(async () => {
  await commands?.close();
  await services.close();
  for (const name of ["RUNG_DATA_DIR", "RUNG_KEY_FILE", "PORT", "RUNG_LOG_LEVEL"]) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[name];
  }
  rmSync(home, { recursive: true, force: true });
});

const rung = (...args: string[]) => runIn(home, args);
const names = async (): Promise<readonly string[]> => (await services.db.platform.listWorkspaces()).map(({ name }) => name);
const add = (name: string) => services.db.platform.insertWorkspace({ id: crypto.randomUUID() as never, name, at: new Date() });
async function stopped<T>(run: () => Promise<T>): Promise<T> {
  await commands?.close();
  await services.close();
  const result = await run();
  services = await bootServices(readEnv());
  commands = await startCommands(services, operations);
  return result;
}

function largestBelow(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return files.reduce((a, b) => (statSync(b).size > statSync(a).size ? b : a));
}

test("everything acknowledged before a backup of the running server is in it, and what comes later is not", async () => {
  await add("before");
  let writing = true;
  const writer = (async () => {
    for (let index = 0; writing; index += 1) {
      await add(`while ${String(index)}`);
      // The embedded database never leaves the event loop by itself; requests come from outside it.
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const made = await rung("backup", "--to", join(home, "monday"), "--format", "json").finally(() => { writing = false; });
  await writer;
  expect(made.code, made.err).toBe(0);
  expect(JSON.parse(made.out)).toMatchObject({ database: "embedded", projects: 2 });
  expect(made.err).toContain("keys");
  expect(readdirSync(join(home, "monday")).sort()).toEqual(["backup.json", "data"]);
  expect(statSync(join(home, "monday", "data")).mode & 0o077).toBe(0);
  expect((await rung("backup", "--to", join(home, "monday"))).code, "a backup is never written over").toBe(1);
  mkdirSync(join(home, "mine.partial"));
  writeFileSync(join(home, "mine.partial", "notes"), "mine");
  expect((await rung("backup", "--to", join(home, "mine"))).err).toContain("mine.partial exists already");
  expect(readdirSync(join(home, "mine.partial"))).toEqual(["notes"]);

  await add("later");
  expect((await rung("restore", join(home, "monday"), "--yes")).err, "the server runs").toContain(String(process.pid));
  const restored = await stopped(() => rung("restore", join(home, "monday"), "--yes"));
  expect(restored.code, restored.err).toBe(0);
  expect(await names()).toContain("before");
  expect(await names()).not.toContain("later");
  expect(readdirSync(home).filter((name) => name.startsWith("data.before-")), "what was there is kept").toHaveLength(1);
});

test("a backup that is not whole changes nothing", async () => {
  await add("kept");
  const made = await stopped(async () => {
    const backup = await rung("backup", "--to", join(home, "tuesday"));
    writeFileSync(join(home, "tuesday", "data", "global", "pg_control"), "torn");
    return backup;
  });
  expect(made.code, made.err).toBe(0);
  const refused = await stopped(() => rung("restore", join(home, "tuesday"), "--yes"));
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.err).toContain("pg_control");
  expect(await names()).toContain("kept");
  expect(existsSync(join(home, "data.restoring"))).toBe(false);
});

test("one byte that was changed in a backup is refused; one without a checksum is restored and the command says so", async () => {
  await add("before the flip");
  const flipped = join(home, "flipped");
  const kept = (): readonly string[] => readdirSync(home).filter((name) => name.startsWith("data.before-"));
  await stopped(async () => {
    expect(await rung("backup", "--to", flipped)).toMatchObject({ code: 0 });
    const before = kept();
    const refused = async (): Promise<void> => {
      const { code, out, err } = await rung("restore", flipped, "--yes");
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(/^\S+flipped\/data is damaged: it is not what was written when the backup was made\. Nothing was changed\.$/m);
    };
    // The middle of the largest table: PostgreSQL itself opens such a store.
    const file = largestBelow(join(flipped, "data", "base"));
    const whole = readFileSync(file);
    const bytes = Buffer.from(whole);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await refused();
    writeFileSync(file, whole);
    writeFileSync(join(flipped, "data", "base", "more"), "");
    await refused();
    rmSync(join(flipped, "data", "base", "more"));
    expect([kept(), existsSync(join(home, "data.restoring"))], "nothing was put aside, and nothing is left").toEqual([before, false]);

    // A file manager that looked in is no damage, and a manifest of an older version says less.
    writeFileSync(join(flipped, "data", ".DS_Store"), "x");
    const compared = await rung("restore", flipped, "--yes");
    expect(compared).toMatchObject({ code: 0 });
    expect(compared.err).not.toContain("not known");
    // The next restore may fall into the same second, whose name would be taken.
    for (const name of kept()) if (!before.includes(name)) rmSync(join(home, name), { recursive: true });
    const manifest = join(flipped, "backup.json");
    const { sha256: _digest, bytes: _bytes, ...older } = JSON.parse(readFileSync(manifest, "utf8")) as Readonly<Record<string, unknown>>;
    writeFileSync(manifest, JSON.stringify(older));
    const unknown = await rung("restore", flipped, "--yes");
    expect(unknown).toMatchObject({ code: 0 });
    expect(unknown.err).toContain("no checksum of its files");
  });
  expect(await names()).toContain("before the flip");
});

test("a backup is refused where its keys are not", async () => {
  await services.db.platform.insertJob({
    id: crypto.randomUUID(), projectId: (await services.db.platform.listProjects())[0]?.id as never, kind: "export_audit", total: null, input: null, createdBy: "test",
    parts: [services.keys.seal("job", "{}", ["x"])], at: new Date(),
  }, { action: "job.started", actor: { kind: "system" }, result: "ok" });
  const keys = readFileSync(join(home, "keys.json"), "utf8");
  const answer = await stopped(async () => {
    await rung("backup", "--to", join(home, "wednesday"));
    writeFileSync(join(home, "keys.json"), keys.replace(/"id":\s*"[^"]+"/, '"id": "another"'), { mode: 0o600 });
    const manifest = join(home, "wednesday", "backup.json");
    renameSync(manifest, `${manifest}.away`);
    const refused = await rung("restore", join(home, "wednesday"), "--yes");
    renameSync(`${manifest}.away`, manifest);
    writeFileSync(join(home, "keys.json"), keys.replace(/"secret":\s*"[^"]+"/, `"secret": "${randomBytes(32).toString("base64")}"`), { mode: 0o600 });
    const other = await rung("restore", join(home, "wednesday"), "--yes");
    writeFileSync(join(home, "keys.json"), keys, { mode: 0o600 });
    return { refused, other };
  });
  expect(answer.refused.code).toBe(1);
  expect(answer.refused.err).toContain(services.keys.currentKid);
  expect(answer.other.code).toBe(1);
  expect(answer.other.err).toContain("under the same name but with another secret");
});

test("a restore that was cut off between its two renames is finished by the next start, and until then every command says so", async () => {
  await add("before the cut");
  const said = await stopped(async () => {
    cpSync(join(home, "monday", "data"), join(home, "data.restoring"), { recursive: true });
    writeFileSync(join(home, "data.restore.json"), '{"kept":"data.before-the-cut"}\n');
    renameSync(join(home, "data"), join(home, "data.before-the-cut"));
    return [await rung("admin", "list"), await rung("doctor"), await rung("backup", "--to", join(home, "cut")), await rung("migrate", "status")];
  });
  for (const { code, out, err } of said) {
    expect(code).toBe(1);
    expect(`${out}${err}`).toMatch(/restore of \S+ was cut off/);
  }
  expect(await names()).toContain("before");
  expect(await names()).not.toContain("before the cut");
  expect(readdirSync(home)).toContain("data.before-the-cut");
  expect(readdirSync(home).filter((name) => name.startsWith("data.rest"))).toEqual([]);
});

test("the doctor says what is wrong and what to do, and where migrations stand", async () => {
  const healthy = await rung("doctor", "--format", "json");
  const findings = JSON.parse(healthy.out) as readonly { readonly check: string; readonly verdict: string; readonly remedy: string | null }[];
  expect(findings.map(({ check }) => check)).toEqual(["node", "environment", "keys", "disk", "port", "mail", "database", "migrations", "config file", "admins", "outbox", "jobs", "clock"]);
  expect(findings.filter(({ verdict }) => verdict === "fail")).toEqual([]);
  expect(healthy.code).toBe(0);
  for (const { verdict, remedy } of findings) expect(remedy === null).toBe(verdict === "ok");

  const status = await rung("migrate", "status", "--format", "json");
  expect((JSON.parse(status.out) as readonly { readonly applied: boolean }[]).every(({ applied }) => applied)).toBe(true);
  expect((await rung("migrate", "up")).code).toBe(0);

  writeFileSync(join(home, "rung.yml"), "session: { whoami: { required_aal: aal2 } }\n");
  process.env["RUNG_CONFIG_FILE"] = join(home, "rung.yml");
  const ill = await stopped(async () => {
    const keys = readFileSync(join(home, "keys.json"), "utf8");
    const wrong = await rung("doctor");
    rmSync(join(home, "keys.json"));
    const lost = await rung("doctor");
    writeFileSync(join(home, "keys.json"), keys, { mode: 0o600 });
    return { wrong, lost };
  });
  Reflect.deleteProperty(process.env, "RUNG_CONFIG_FILE");
  expect(ill.wrong.code).toBe(1);
  expect(ill.wrong.out).toMatch(/config file.*fail.*required_aal/);
  expect(ill.lost.code).toBe(1);
  expect(ill.lost.out).toMatch(/keys.*fail.*keys\.json is missing/);
});

test("Node and the clock are judged", () => {
  expect([checkNode("18.20.0"), checkNode("20.18.0"), checkNode("20.19.0"), checkNode("24.1.0")].map(({ verdict }) => verdict)).toEqual(["fail", "fail", "ok", "ok"]);
  const now = new Date();
  expect([0, 3_000, 60_000].map((ms) => checkClock(new Date(now.getTime() + ms), now).verdict)).toEqual(["ok", "warn", "fail"]);
});
