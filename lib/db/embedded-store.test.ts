import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isStartError } from "../model/errors";
import { openDatabase } from "./open";
import { probe } from "./probe";
import { seedProject } from "./testing";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const silent = { info: () => undefined, warn: () => undefined };
let folder: string;
/** A whole store that no process has open; tests copy it. */
let whole: string;
let program: string;

const open = (dataDir: string) => openDatabase({ kind: "embedded", dataDir, log: silent, root: ROOT });

/** Opens the store and writes audit entries, one transaction each, saying each number once it is committed. */
const WRITER = `
  import { openDatabase } from "./open";
  import { isStartError } from "../model/errors";
  const [dataDir, root] = process.argv.slice(2);
  try {
    const db = await openDatabase({ kind: "embedded", dataDir, root, log: { info() {}, warn() {} } });
    const project = await db.platform.findProjectBySlug("kept");
    const handle = db.forProject(project.id);
    for (;;) {
      const record = await handle.transaction((tx) => tx.appendAudit({ action: "written", actor: { kind: "system" }, result: "ok" }, new Date()));
      console.log(record.sequence);
    }
  } catch (error) {
    console.error(isStartError(error) ? error.message : error);
    process.exit(isStartError(error) ? error.exitCode : 1);
  }`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rung-store-"));
  whole = join(folder, "whole");
  const cache = join(ROOT, "node_modules", ".cache", "rung-tests");
  await mkdir(cache, { recursive: true });
  program = join(cache, `writer-${process.pid}.mjs`);
  await build({
    stdin: { contents: WRITER, resolveDir: join(ROOT, "lib", "db"), loader: "ts" },
    bundle: true, platform: "node", format: "esm", packages: "external", outfile: program, logLevel: "silent",
  });
  const db = await open(whole);
  await seedProject(db, { slug: "kept", name: "Kept" });
  await db.close();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(program, { force: true });
});

async function copyOf(name: string): Promise<string> {
  const dataDir = join(folder, name);
  await cp(whole, dataDir, { recursive: true });
  return dataDir;
}

/** Names, sizes and content of everything in a directory. */
async function fingerprint(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const entries = (await readdir(directory, { recursive: true })).sort();
  for (const entry of entries) {
    const path = join(directory, entry);
    hash.update(`${entry}\n`);
    if ((await stat(path)).isFile()) hash.update(await readFile(path));
  }
  return hash.digest("hex");
}

function writer(dataDir: string): { readonly child: ChildProcess; readonly numbers: AsyncIterator<string>; readonly ended: Promise<{ code: number | null; words: string }> } {
  const child = spawn(process.execPath, [program, dataDir, ROOT], { stdio: ["ignore", "pipe", "pipe"] });
  const words: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => words.push(chunk.toString()));
  const ended = new Promise<{ code: number | null; words: string }>((resolve) => child.once("close", (code) => resolve({ code, words: words.join("") })));
  return { child, numbers: createInterface(child.stdout)[Symbol.asyncIterator](), ended };
}

describe("the embedded store", () => {
  it("is closed to the eyes of other users", async () => {
    expect((await stat(whole)).mode & 0o077).toBe(0);
  });

  it("keeps its rows over a close and a reopening, and needs no migration engine for the second start", async () => {
    const dataDir = await copyOf("reopened");
    const said: string[] = [];
    const db = await openDatabase({ kind: "embedded", dataDir, root: ROOT, log: { ...silent, info: (_fields, message) => void said.push(message) } });
    expect((await db.platform.findProjectBySlug("kept"))?.name).toBe("Kept");
    await db.ping();
    await db.close();
    expect(said).toEqual([]);
    expect(await readdir(folder)).not.toContain("reopened.lock");
  });

  it("keeps every acknowledged commit when its process is killed, refuses a second process, and is taken over from the dead", async () => {
    const dataDir = await copyOf("killed");
    const first = writer(dataDir);
    for (let seen = 0; seen < 20; seen += 1) await first.numbers.next();
    const second = await writer(dataDir).ended;
    expect(second.code).toBe(10);
    expect(second.words).toContain(`process ${first.child.pid}`);
    expect(second.words.trim().split("\n")).toHaveLength(1);
    first.child.kill("SIGKILL");
    let acknowledged = 20;
    for (let line = await first.numbers.next(); line.done !== true; line = await first.numbers.next()) acknowledged = Number(line.value);
    await first.ended;
    const db = await open(dataDir);
    const project = await db.platform.findProjectBySlug("kept");
    if (project === null) throw new Error("the project is gone");
    const newest = (await db.forProject(project.id).listAudit({ limit: 1 }))[0]?.sequence ?? 0;
    expect(newest).toBeGreaterThanOrEqual(acknowledged);
    expect(newest).toBeLessThanOrEqual(acknowledged + 1);
    await db.close();
  });

  it("starts again after a process was killed while it made the store", async () => {
    const dataDir = join(folder, "fresh");
    await mkdir(`${dataDir}.creating`);
    await writeFile(join(`${dataDir}.creating`, "PG_VERSION"), "18\n");
    expect(await probe(dataDir)).toBe("empty");
    await (await open(dataDir)).close();
    expect(await probe(dataDir)).toBe("store");
    expect(await readdir(folder)).not.toContain("fresh.creating");
  });

  const harm: Readonly<Record<string, (dataDir: string) => Promise<void>>> = {
    "lost its PG_VERSION": (dataDir) => rm(join(dataDir, "PG_VERSION")),
    "was written by another version": (dataDir) => writeFile(join(dataDir, "PG_VERSION"), "15\n"),
    "lost its control file": (dataDir) => rm(join(dataDir, "global", "pg_control")),
    "has a flipped byte in its control file": async (dataDir) => {
      const path = join(dataDir, "global", "pg_control");
      const bytes = await readFile(path);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      await writeFile(path, bytes);
    },
    "has an empty write-ahead log": async (dataDir) => {
      for (const name of await readdir(join(dataDir, "pg_wal"))) if (/^[0-9A-F]{24}$/.test(name)) await truncate(join(dataDir, "pg_wal", name));
    },
    "lost its write-ahead log": (dataDir) => rm(join(dataDir, "pg_wal"), { recursive: true }),
    "holds a foreign file": (dataDir) => writeFile(join(dataDir, "notes.txt"), "mine"),
    "is somebody else's folder": async (dataDir) => {
      await rm(dataDir, { recursive: true });
      await mkdir(dataDir);
      await writeFile(join(dataDir, "thesis.tex"), "mine");
    },
  };
  it.each(Object.entries(harm))("is refused and left untouched when it %s", async (name, hurt) => {
    const dataDir = await copyOf(name.replaceAll(/[^a-z]+/gi, "-"));
    await hurt(dataDir);
    const before = await fingerprint(dataDir);
    await expect(open(dataDir)).rejects.toSatisfy((error) => isStartError(error) && error.exitCode === 11
      && error.message.includes(dataDir) && /restore/i.test(error.message) && !error.message.includes("\n"));
    expect(await fingerprint(dataDir)).toBe(before);
    expect(await readdir(folder)).not.toContain(`${dataDir}.lock`);
  });

  it("is never opened by a build", async () => {
    const before = process.env["NEXT_PHASE"];
    process.env["NEXT_PHASE"] = "phase-production-build";
    try {
      await expect(open(join(folder, "built"))).rejects.toSatisfy(isStartError);
    } finally {
      if (before === undefined) delete process.env["NEXT_PHASE"];
      else process.env["NEXT_PHASE"] = before;
    }
    expect(await readdir(folder)).not.toContain("built.lock");
  });
});
