import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { controlPath, startControl } from "../../lib/platform/control";
import { besideServer } from "./beside-server";

const SETTINGS = ["RUNG_DATA_DIR", "RUNG_KEY_FILE", "DATABASE_URL", "RUNG_LOG_LEVEL"] as const;
const before = Object.fromEntries(SETTINGS.map((name) => [name, process.env[name]]));
let home: string;
let asked: number;
let control: { close(): Promise<void> };
let said: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "rung-beside-"));
  Object.assign(process.env, { RUNG_DATA_DIR: join(home, "data"), RUNG_KEY_FILE: join(home, "keys.json"), RUNG_LOG_LEVEL: "silent" });
  Reflect.deleteProperty(process.env, "DATABASE_URL");
  asked = 0;
  control = await startControl(controlPath(join(home, "data")), {
    greet() {
      asked += 1;
      return Promise.resolve({ lines: ["of the embedded one"] });
    },
  });
  said = "";
  const hear = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(hear);
  vi.spyOn(process.stderr, "write").mockImplementation(hear);
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await control.close();
  for (const name of SETTINGS) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[name];
  }
  rmSync(home, { recursive: true, force: true });
});
const here = () => Promise.resolve(["here"]);

test("a running server with the embedded database is asked", async () => {
  await besideServer("greet", here);
  expect([asked, said]).toEqual([1, "of the embedded one\n"]);
});

test("where DATABASE_URL names a database server, the socket of another installation is not asked", async () => {
  // A server that hangs up: this installation's own database, which cannot be used.
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  process.env["DATABASE_URL"] = `postgresql://rung@127.0.0.1:${String((server.address() as AddressInfo).port)}/rung`;
  await besideServer("greet", here);
  server.close();
  expect([asked, process.exitCode]).toEqual([0, 14]);
  expect(said).not.toContain("of the embedded one");
});
