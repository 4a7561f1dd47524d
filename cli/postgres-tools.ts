import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { CliError } from "./errors";

/** A program of PostgreSQL's, and what is said where it is not installed. */
export interface Tool {
  readonly name: "pg_dump" | "pg_restore" | "psql";
  readonly args: readonly string[];
  readonly missing: readonly string[];
}

/** A program that began and did not do what it was asked. */
export class ToolError extends CliError {
  /** Its exit code, which psql gives a meaning; null: it was stopped. */
  readonly exitCode: number | null;

  constructor(name: Tool["name"], exitCode: number | null, reason: string) {
    super(`${name} failed: ${reason}`);
    this.name = "ToolError";
    this.exitCode = exitCode;
  }
}

/** What psql exits with when the server refused a statement of a script; everything else may have come after the statement was done. */
export const REFUSED_STATEMENT = 3;

/** The database as PostgreSQL's own programs are told of it: in the environment, because arguments are seen by everybody on a machine. */
export function connectionEnv(url: string): Readonly<Record<string, string>> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const given: Readonly<Record<string, string | null>> = {
    PGHOST: searchParams.get("host") ?? decodeURIComponent(hostname).replace(/^\[|\]$/g, ""), PGPORT: port === "" ? searchParams.get("port") ?? "5432" : port,
    PGUSER: decodeURIComponent(username), PGPASSWORD: decodeURIComponent(password), PGDATABASE: decodeURIComponent(pathname.slice(1)),
    // "no-verify" is the server's driver's own word: encrypted, from whomever; so is libpq's "require".
    PGSSLMODE: searchParams.get("sslmode")?.replace(/^no-verify$/, "require") ?? null, PGSSLROOTCERT: searchParams.get("sslrootcert"),
  };
  return Object.fromEntries(Object.entries(given).filter((one): one is [string, string] => one[1] !== null && one[1] !== ""));
}

/** Runs a program to its end. Throws `CliError` with its words, or with `missing` when it is not installed. */
export async function runTool(tool: Tool, url: string | null): Promise<void> {
  const running = start(tool, url);
  running.child.stdin.end();
  running.child.stdout.resume();
  await running.ended;
}

/** What a program writes, while it runs. Throws at its end, as `runTool` does, when it failed. */
export async function* outputOf(tool: Tool, url: string | null): AsyncGenerator<Uint8Array> {
  const running = start(tool, url);
  running.child.stdin.end();
  try {
    for await (const chunk of running.child.stdout) yield chunk as Uint8Array;
    await running.ended;
  } finally {
    running.child.kill();
  }
}

/** Runs a program on everything that `feed` yields; when `feed` throws, the program is ended before it sees the end of its input. */
export async function feedTool(tool: Tool, url: string, feed: AsyncIterable<Uint8Array | string>): Promise<void> {
  const { child, ended } = start(tool, url);
  child.stdout.resume();
  // A program that gave up reads no further: its words say why, a broken pipe does not.
  child.stdin.on("error", () => undefined);
  try {
    for await (const chunk of feed) {
      if (child.stdin.destroyed || child.exitCode !== null) break;
      if (!child.stdin.write(chunk)) await Promise.race([drained(child.stdin), ended]);
    }
  } catch (error) {
    child.kill("SIGKILL");
    await ended.catch(() => undefined);
    throw error;
  }
  child.stdin.end();
  await ended;
}

interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<void>;
}

function start({ name, args, missing }: Tool, url: string | null): Running {
  // What would lead elsewhere than DATABASE_URL is not inherited.
  const { PGHOSTADDR: _address, PGSERVICE: _service, ...own } = process.env;
  const env: NodeJS.ProcessEnv = { ...own, LC_MESSAGES: "C", PGOPTIONS: "--client-min-messages=warning", ...(url === null ? {} : connectionEnv(url)) };
  const child = spawn(name, [...args], { env, stdio: ["pipe", "pipe", "pipe"] });
  const words: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => words.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new CliError(...missing) : error));
    child.once("close", (code) => (code === 0 ? resolve() : reject(new ToolError(name, code, reasonIn(Buffer.concat(words).toString("utf8"))))));
  });
  ended.catch(() => undefined);
  return { child, ended };
}

/** The first line that names an error, and what follows it, as one sentence. */
function reasonIn(words: string): string {
  const lines = words.split("\n").map((line) => line.replace(/^(pg_dump|pg_restore|psql)(:<stdin>:\d+)?: /, "").replace(/\s+/g, " ").trim()).filter((line) => line !== "");
  const first = Math.max(0, lines.findIndex((line) => /^(error|fatal|ERROR|FATAL)\b/.test(line)));
  return lines.length === 0 ? "it was stopped." : lines.slice(first, first + 2).join("; ").replace(/^(error|ERROR): +/, "").replace(/; DETAIL: (.*)$/, " ($1)").slice(0, 500);
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const on = (): void => {
      stream.off("drain", on).off("close", on);
      resolve();
    };
    stream.on("drain", on).on("close", on);
  });
}
