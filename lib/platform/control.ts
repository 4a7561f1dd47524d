import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/*
 * Commands beside a running server. With the embedded database only the holder of the lock may touch it, so the command
 * asks that process: one JSON line each way over a local socket that only the same user can reach.
 */

/** Says a line about work that goes on, before the answer. A listener that went away hears nothing. */
export type Tell = (line: string) => void;
export type ControlCommands = Readonly<Record<string, (args: readonly string[], tell: Tell) => Promise<unknown>>>;

export type ControlAnswer =
  | { readonly kind: "answered"; readonly result: unknown }
  /** No server is running here: the caller may open the database itself. */
  | { readonly kind: "nobody" }
  | { readonly kind: "failed"; readonly message: string };

/** Longer paths cannot be bound (sun_path is 104 bytes on some systems). */
const MAX_SOCKET_PATH = 100;
const MAX_REQUEST_BYTES = 64 * 1024;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Of silence: a command that works longer says lines meanwhile. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The socket's place: a folder of its own beside the data, or in the temporary folder where that path is too long. */
export function controlPath(dataDir: string): string {
  const beside = join(dirname(dataDir), "run", "control.sock");
  if (Buffer.byteLength(beside) <= MAX_SOCKET_PATH) return beside;
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
  return join(tmpdir(), `rung-${process.getuid?.() ?? 0}-${name}`, "control.sock");
}

/** Listens until `close`. The caller holds the database lock, so a socket that is already there is left from a dead process. */
export async function startControl(path: string, commands: ControlCommands): Promise<{ close(): Promise<void> }> {
  ownFolder(dirname(path));
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const tell: Tell = (line) => {
      if (socket.writable) socket.write(`${JSON.stringify({ tell: line })}\n`);
    };
    readLines(socket, MAX_REQUEST_BYTES, () => true).then(
      async (line) => socket.end(`${JSON.stringify(await answer(line, commands, tell))}\n`),
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(path, { force: true });
    },
  };
}

/** Asks the running server; `tell` hears what it says meanwhile. Never throws. */
export async function askControl(path: string, command: string, args: readonly string[] = [], tell: Tell = () => undefined): Promise<ControlAnswer> {
  if (isForeign(dirname(path))) return { kind: "failed", message: `${dirname(path)} belongs to somebody else` };
  const socket = createConnection(path);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
  } catch (error) {
    socket.destroy();
    const absent = error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ECONNREFUSED" || error.code === "ENOTDIR");
    return absent ? { kind: "nobody" } : { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
  try {
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error("the server did not answer")));
    socket.write(`${JSON.stringify({ command, args })}\n`);
    return parseAnswer(await readLines(socket, MAX_ANSWER_BYTES, (line) => {
      const said = field(JSON.parse(line), "tell");
      if (typeof said !== "string") return true;
      tell(said);
      return false;
    }));
  } catch (error) {
    return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  } finally {
    socket.destroy();
  }
}

async function answer(line: string, commands: ControlCommands, tell: Tell): Promise<Record<string, unknown>> {
  try {
    const request: unknown = JSON.parse(line);
    const name: unknown = field(request, "command");
    const args: unknown = field(request, "args") ?? [];
    if (typeof name !== "string" || !Object.hasOwn(commands, name)) return { ok: false, error: "unknown command" };
    if (!Array.isArray(args) || !args.every((arg): arg is string => typeof arg === "string")) return { ok: false, error: "arguments are texts" };
    return { ok: true, result: (await commands[name]?.(args, tell)) ?? null };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : "the command failed" };
  }
}

function parseAnswer(line: string): ControlAnswer {
  const reply: unknown = JSON.parse(line);
  if (field(reply, "ok") === true) return { kind: "answered", result: field(reply, "result") };
  return { kind: "failed", message: String(field(reply, "error") ?? "the server refused") };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** The first line that `isLast` says yes to. Rejects when a line is too long, cannot be read, or the connection ends early. */
function readLines(socket: Socket, maxBytes: number, isLast: (line: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const take = (): void => {
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
        const line = bytes.subarray(0, end).toString("utf8");
        bytes = bytes.subarray(end + 1);
        if (isLast(line)) return resolve(line);
      }
      if (bytes.length > maxBytes) reject(new Error("the line is too long"));
    };
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      try {
        take();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection ended early")));
  });
}

/**
 * In the temporary folder anybody may make one of this name first, and would be told what the server is told. Beside the data it is
 * whoever runs the server's, and the administrator of the machine asks there too.
 */
function isForeign(folder: string): boolean {
  const owner = process.getuid?.();
  if (owner === undefined || dirname(folder) !== tmpdir() || !basename(folder).startsWith("rung-")) return false;
  const facts = lstatSync(folder, { throwIfNoEntry: false });
  return facts !== undefined && (!facts.isDirectory() || facts.uid !== owner);
}

/** The folder keeps others out even before the socket has its own mode. A folder of somebody else is not used. */
function ownFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const facts = lstatSync(path);
  const owner = process.getuid?.();
  if (!facts.isDirectory() || (owner !== undefined && facts.uid !== owner)) throw new Error(`${path} belongs to somebody else`);
  if (owner !== undefined) chmodSync(path, 0o700);
}
