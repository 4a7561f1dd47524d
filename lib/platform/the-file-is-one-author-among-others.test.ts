import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { answerReady, readyDetail } from "../http/probes";
import { testEdge } from "../http/testing";
import type { TestEdge } from "../http/testing";
import type { RevisionRow } from "../db/handles";
import { isStartError, START_EXIT } from "../model/errors";
import { openConfigFile } from "./config-file";
import type { ConfigFile } from "./config-file";
import { configFileStatus } from "./config-file-status";
import { reconfigure } from "./testing";

let edge: TestEdge;
let folder: string;
let path: string;
const open: ConfigFile[] = [];
beforeAll(async () => {
  edge = await testEdge();
  folder = mkdtempSync(join(tmpdir(), "rung-file-"));
  path = join(folder, "rung.yml");
});
afterEach(() => {
  for (const file of open.splice(0)) file.close();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await edge.close();
});

const yaml = (whoami: string, lifespan = "24h"): string => `# ours\nsession:\n  lifespan: ${lifespan}\n  whoami:\n    required_aal: ${whoami}\n`;
const logged: string[] = [];
const log = { info: () => undefined, warn: (fields: object) => void logged.push(JSON.stringify(fields)) };

async function follow(how: { readonly strict?: boolean; readonly at?: string } = {}): Promise<ConfigFile> {
  const { db, resolver, clock } = edge.services;
  const file = await openConfigFile({ platform: db.platform, baseUrlOf: resolver.baseUrlOf, clock, log }, how.at ?? path, { strict: how.strict ?? true, lookEveryMs: 50 });
  open.push(file);
  return file;
}
async function inForce(): Promise<RevisionRow> {
  const row = await edge.services.db.platform.findDefaultProject();
  const revision = row === null ? null : await edge.services.db.platform.findRevision(row.id, row.currentRevision);
  if (revision === null) throw new Error("no revision");
  return revision;
}
const aal = (revision: RevisionRow): unknown => (revision.document["session"] as { readonly whoami?: { readonly required_aal?: unknown } } | undefined)?.whoami?.required_aal;
/** Asks again until it is so; the test's own limit ends it otherwise. */
async function until(so: () => Promise<boolean>): Promise<void> {
  while (!await so()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a file becomes a revision of its own, once: two processes and a restart change nothing more", async () => {
  writeFileSync(path, yaml("aal1"));
  const before = (await inForce()).number;
  const [one] = await Promise.all([follow(), follow(), follow()]);
  const revision = await inForce();
  expect(revision).toMatchObject({ number: before + 1, author: { kind: "file", id: null, label: "rung.yml" } });
  expect(revision.fileDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(aal(revision)).toBe("aal1");
  expect(await one.status()).toMatchObject({ state: "applied", revision: before + 1, problems: [] });
  await follow();
  expect((await inForce()).number).toBe(before + 1);
  writeFileSync(path, yaml("aal1").replace("# ours", "# ours, still").replace("24h", "24h0m0s"));
  for (const file of open) await file.look();
  expect((await inForce()).number, "another comment and another spelling are no change").toBe(before + 1);
});

test("a file that did not change never overrides what the console saved; one that did does, and who won is shown", async () => {
  writeFileSync(path, yaml("aal1", "25h"));
  const file = await follow();
  const applied = (await inForce()).number;
  await reconfigure(edge.services, { session: { whoami: { required_aal: "highest_available" } } });
  await file.look();
  const again = await follow();
  expect(aal(await inForce())).toBe("highest_available");
  expect(await again.status()).toMatchObject({ state: "overridden_by_console", revision: applied, current: applied + 1 });
  expect(await configFileStatus()).toMatchObject({ state: "overridden_by_console" });
  expect(await readyDetail()).toEqual({ config_file: { state: "overridden_by_console" } });
  writeFileSync(path, yaml("aal1", "26h"));
  await until(async () => aal(await inForce()) === "aal1");
  expect(await again.status()).toMatchObject({ state: "applied", current: applied + 2 });
});

test("a file that says what is in force already is noted all the same, so that it is not new after the next edit", async () => {
  writeFileSync(path, yaml("aal1", "27h"));
  await follow();
  await reconfigure(edge.services, { session: { lifespan: "28h" } });
  writeFileSync(path, yaml("aal1", "28h"));
  for (const file of open) await file.look();
  await reconfigure(edge.services, { session: { lifespan: "29h" } });
  await follow();
  expect((await inForce()).document).toMatchObject({ session: { lifespan: "29h" } });
});

describe("a change is seen", () => {
  test("when the file is written in place, replaced by a rename, or reached through a link that now leads elsewhere", async () => {
    writeFileSync(path, yaml("aal1", "30h"));
    const link = join(folder, "mounted.yml");
    symlinkSync("rung.yml", link);
    await follow({ at: link });
    const says = (lifespan: string) => until(async () => JSON.stringify((await inForce()).document).includes(`"${lifespan}`));
    writeFileSync(path, yaml("aal1", "31h"));
    await says("31h");
    writeFileSync(join(folder, "other"), yaml("aal1", "32h"));
    renameSync(join(folder, "other"), path);
    await says("32h");
    writeFileSync(join(folder, "version-2.yml"), yaml("aal1", "33h"));
    symlinkSync("version-2.yml", join(folder, "swap"));
    renameSync(join(folder, "swap"), link);
    await says("33h");
  });
});

describe("a file that is wrong", () => {
  const WRONG = yaml("aal2", "34h");

  test("keeps the last good configuration, says so, and stays ready", async () => {
    writeFileSync(path, yaml("aal1", "34h"));
    const file = await follow();
    const { number } = await inForce();
    logged.length = 0;
    for (const [text, key] of [[WRONG, "session.whoami.required_aal"], ["session: [", ""], ["", ""], ["dsn: !s3cret x\n", ""], ["surprise: 1\n", "surprise"]] as const) {
      writeFileSync(path, text);
      await file.look();
      expect((await inForce()).number).toBe(number);
      const status = await file.status();
      expect(status).toMatchObject({ state: "kept_last_good", problems: [{ key }] });
      const answer = answerReady({ ready: true, errors: {} }, await readyDetail());
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toMatchObject({ status: "ok", detail: { config_file: { state: "kept_last_good", key } } });
      // Everybody may ask whether we are ready: not a word of the file goes there.
      expect(answer.body).not.toContain("s3cret");
    }
    expect(logged).toHaveLength(5);
    expect(logged[0]).toContain("highest_available");
    rmSync(path);
    await file.look();
    expect((await file.status()).state).toBe("kept_last_good");
    writeFileSync(path, yaml("aal1", "34h"));
    await file.look();
    expect(await file.status()).toMatchObject({ state: "applied", current: number });
  });

  test("stops a start with a report that names key, value and place, and with its own exit code", async () => {
    writeFileSync(path, WRONG);
    const error = await follow().then(() => null, (thrown: unknown) => thrown);
    expect(isStartError(error)).toBe(true);
    const { message, exitCode } = error as { readonly message: string; readonly exitCode: number };
    expect(exitCode).toBe(START_EXIT.configInvalid);
    const lines = message.split("\n").map((line) => line.trimEnd());
    expect(lines[0]).toBe(`${path} cannot be used: a key or value is invalid.`);
    expect(message).toContain("session.whoami.required_aal (line 5, column 5)");
    const at = lines.findIndex((line) => line.endsWith("required_aal: aal2"));
    expect(lines[at + 1]?.indexOf("^^^^")).toBe(lines[at]?.indexOf("aal2"));
    expect(lines[at + 2]).toMatch(/aal1.*highest_available|highest_available.*aal1/);
    expect((await follow({ strict: false }).then((file) => file.status())).state, "a worker goes on with the last good one").toBe("kept_last_good");
  });

  test("is told without its secrets, and keys of the installation are left out and named", async () => {
    writeFileSync(path, "courier:\n  smtp:\n    connection_uri: hunter2\n    conection_uri: hunter3\nselfservice:\n  methods:\n    oidc:\n      config:\n        providers:\n          - { id: x, provider: generic, client_secrett: hunter4 }\n");
    const error = await follow().then(() => null, (thrown: unknown) => thrown) as Error;
    expect(error.message).toContain("conection_uri");
    expect(error.message).not.toMatch(/hunter/);
    writeFileSync(path, `dsn: postgres://rung:hunter5@db/rung\nlog: { level: debug }\nserve: { public: { port: 1 } }\n${yaml("aal1", "35h")}`);
    const file = await follow();
    const { document } = await inForce();
    expect(document).not.toHaveProperty("dsn");
    expect(JSON.stringify(document)).not.toContain("hunter5");
    expect([...(await file.status()).ignored].sort()).toEqual(["dsn", "log", "serve.public.port"]);
  });
});

test("what is no file, or no configuration by its size, is told and never read", async () => {
  const pipe = join(folder, "pipe.yml");
  execFileSync("mkfifo", [pipe]);
  expect((await (await follow({ strict: false, at: pipe })).status()).problems).toMatchObject([{ reason: "is not an ordinary file." }]);
  const huge = join(folder, "huge.yml");
  writeFileSync(huge, `${yaml("aal1")}#${"x".repeat(5 * 1024 * 1024)}\n`);
  expect((await (await follow({ strict: false, at: huge })).status()).problems).toMatchObject([{ reason: "is larger than 5 MB." }]);
});
