import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { send } from "./http";
import { makeProjects } from "./projects";
import type { TestProject } from "./projects";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What `template.ts` leaves for the tests: a migrated, seeded installation to copy. */
export interface Template {
  readonly dataDir: string;
  /** The one-time link for the first admin, as it was printed. */
  readonly setupLink: string;
  /** Name of the template database when the tests run on a PostgreSQL server. */
  readonly database: string | null;
}

export interface ServerOptions {
  /** A data directory to use as it is; absent: a copy of the template. "empty": a first start. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How far the server's wall clock runs ahead of ours. */
  readonly shiftSeconds?: number;
  /** Another built copy of the repository. */
  readonly root?: string;
  readonly port?: number;
  readonly readyWithinMs?: number;
  /** Made before the first start, beside the seeded ones. */
  readonly projects?: readonly TestProject[];
}

export interface TestServer {
  readonly port: number;
  readonly baseUrl: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything the process has written so far. */
  log(): string;
  /** The server's wall clock, in epoch milliseconds. */
  now(): number;
  url(path: string, host?: string): string;
  /** The set-up link that this first start printed, or the template's at this port. */
  setupUrl(): string;
  /** SIGTERM and wait; answers the exit code. */
  stop(): Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  exited: Promise<number | null>;
  /** The same installation and port again, after the process ended. */
  restart(options?: Pick<ServerOptions, "shiftSeconds" | "env">): Promise<TestServer>;
  /** Stops and removes the data. */
  dispose(): Promise<void>;
}

export function template(): Template {
  const text = process.env["RUNG_E2E_TEMPLATE"];
  if (text === undefined) throw new Error("the template installation is missing: run these tests by npm test");
  return JSON.parse(text) as Template;
}

/**
 * A port that nobody has, from below the range that systems give to outgoing connections: a port of that range, free now, may belong to
 * somebody's request by the time a server starts or starts again on it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(11_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "rung-e2e-"));
}

/** Starts the built server and waits until it says that it is ready. Rejects with its last words when it does not. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const port = options.port ?? (await freePort());
  const home = options.dataDir === undefined ? temporaryDirectory() : null;
  const dataDir = options.dataDir ?? join(home ?? "", "data");
  let databaseUrl: string | null = null;
  if (home !== null) cpSync(dirname(template().dataDir), home, { recursive: true });
  if (home !== null && template().database !== null) databaseUrl = await cloneDatabase(template().database ?? "");
  const extra: Record<string, string> = databaseUrl === null ? {} : { DATABASE_URL: databaseUrl };
  const launched: Launch = { ...options, port, dataDir, env: { ...extra, ...options.env } };
  try {
    if (options.projects !== undefined) await makeProjects(options.projects, serverEnv(launched));
    return await launch(launched, home);
  } catch (error) {
    if (home !== null) rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

interface Launch extends ServerOptions {
  readonly port: number;
  readonly dataDir: string;
}

/** The environment of a server under test; exported for tests that expect the process to refuse. */
export function serverEnv(options: Launch): NodeJS.ProcessEnv {
  const { RUNG_E2E_TEMPLATE: _template, RUNG_TEST_DATABASE_URL: _url, VITEST: _vitest, ...inherited } = process.env;
  return {
    ...inherited, ...clockEnv(options.shiftSeconds ?? 0),
    NODE_ENV: "production", PORT: String(options.port), RUNG_DATA_DIR: options.dataDir,
    RUNG_PUBLIC_URL: `http://localhost:${String(options.port)}`, RUNG_TRUSTED_PROXIES: "127.0.0.1,::1", RUNG_PASSWORD_PROFILE: "floor",
    NEXT_TELEMETRY_DISABLED: "1", ...options.env,
  };
}

export function spawnServer(options: Launch): { readonly child: ChildProcess; readonly log: () => string; readonly exited: Promise<number | null> } {
  const root = options.root ?? process.env["RUNG_E2E_ROOT"] ?? ROOT;
  const entry = join(root, "dist", "server.js");
  if (!existsSync(entry)) throw new Error("dist/server.js is missing: build first (npm run build)");
  const child = spawn(process.execPath, [entry], { cwd: root, env: serverEnv(options), stdio: ["ignore", "pipe", "pipe"] });
  const chunks: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk.toString("utf8")));
  const exited = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return { child, log: () => chunks.join(""), exited };
}

async function launch(options: Launch, home: string | null): Promise<TestServer> {
  const { child, log, exited } = spawnServer(options);
  const baseUrl = `http://localhost:${String(options.port)}`;
  let over = false;
  void exited.then(() => (over = true));
  const stop = async (): Promise<number | null> => {
    if (!over) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
    const code = await exited;
    clearTimeout(timer);
    return code;
  };
  const deadline = Date.now() + (options.readyWithinMs ?? 120_000);
  for (;;) {
    if (over) throw new Error(`the server ended before it was ready:\n${log().slice(-3_000)}`);
    if (await isReady(baseUrl)) break;
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the server did not become ready:\n${log().slice(-3_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const shift = (options.shiftSeconds ?? 0) * 1_000;
  return {
    port: options.port, baseUrl, dataDir: options.dataDir, pid: child.pid ?? 0, log, exited, stop,
    now: () => Date.now() + shift,
    // A path stays as it is spelled: `/sessions/./whoami` is not yet `/sessions/whoami`.
    url: (path, host = "localhost") => (/^\/(?!\/)/.test(path) ? `http://${host}:${String(options.port)}${path}` : new URL(path, `http://${host}:${String(options.port)}`).href),
    setupUrl: () => {
      const link = new URL(setupLinkIn(log()) ?? template().setupLink);
      link.port = String(options.port);
      return link.href;
    },
    kill: (signal) => void child.kill(signal),
    restart: async (change = {}) => {
      await stop();
      return launch({ ...options, ...change, env: { ...options.env, ...change.env } }, home);
    },
    dispose: async () => {
      await stop();
      if (home !== null) rmSync(home, { recursive: true, force: true });
    },
  };
}

async function isReady(baseUrl: string): Promise<boolean> {
  try {
    return (await send(`${baseUrl}/health/ready`)).status === 200;
  } catch {
    return false;
  }
}

/** The set-up link in a server's first words, or null. */
export function setupLinkIn(log: string): string | null {
  return /https?:\/\/[^\s"'<>]*set-?up[^\s"'<>]*/.exec(log)?.[0] ?? null;
}

/** libfaketime where it is installed (the whole process believes it), else a shifted `Date`. The monotonic clock stays real. */
function clockEnv(shiftSeconds: number): Record<string, string> {
  if (shiftSeconds === 0) return {};
  const library = faketimeLibrary();
  if (library === null) {
    const preload = join(ROOT, "e2e", "kit", "shift-clock.mjs");
    return { NODE_OPTIONS: `--import ${preload}`, RUNG_CLOCK_SHIFT_MS: String(shiftSeconds * 1_000) };
  }
  const sign = shiftSeconds < 0 ? "-" : "+";
  return { LD_PRELOAD: library, FAKETIME: `${sign}${String(Math.abs(shiftSeconds))}s`, FAKETIME_DONT_FAKE_MONOTONIC: "1", NO_FAKE_STAT: "1" };
}

function faketimeLibrary(): string | null {
  if (process.platform !== "linux") return null;
  const folders = readdirSync("/usr/lib").map((name) => join("/usr/lib", name, "faketime"));
  return folders.map((folder) => join(folder, "libfaketimeMT.so.1")).find((path) => existsSync(path)) ?? null;
}

/** A fresh database made from the template, on the server that RUNG_TEST_DATABASE_URL names. */
export async function cloneDatabase(from: string | null): Promise<string> {
  const { Client } = (await import("pg")).default;
  const server = new URL(process.env["RUNG_TEST_DATABASE_URL"] ?? "");
  const name = `rung_e2e_${randomBytes(6).toString("hex")}`;
  const client = new Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}${from === null ? "" : ` TEMPLATE ${from}`}`);
  } finally {
    await client.end();
  }
  server.pathname = `/${name}`;
  return server.href;
}

/** Text of a file beside the data, or null. */
export function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
