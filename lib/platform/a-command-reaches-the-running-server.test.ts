import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askControl, controlPath, startControl } from "./control";

let root = "";
let path = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "rung-ctl-"));
  path = controlPath(join(root, "data"));
});
afterAll(() => rmSync(root, { recursive: true }));

const commands = {
  echo: async (args: readonly string[]) => ({ said: args }),
  fail: async () => { throw new Error("could not"); },
  slow: async (_args: readonly string[], tell: (line: string) => void) => {
    tell("1 of 2");
    tell("2 of 2");
    return "done";
  },
};

describe("a command beside a running server", () => {
  test("finds nobody where nobody is", async () => {
    expect(await askControl(path, "echo")).toEqual({ kind: "nobody" });
  });

  test("is answered over a socket that only its owner can reach", async () => {
    const control = await startControl(path, commands);
    try {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      expect(await askControl(path, "echo", ["a b", "ü\n"])).toEqual({ kind: "answered", result: { said: ["a b", "ü\n"] } });
      expect(await askControl(path, "fail")).toEqual({ kind: "failed", message: "could not" });
      expect(await askControl(path, "toString")).toEqual({ kind: "failed", message: "unknown command" });
      expect(await Promise.all([1, 2, 3].map((n) => askControl(path, "echo", [String(n)])))).toHaveLength(3);
    } finally {
      await control.close();
    }
    expect(await askControl(path, "echo")).toEqual({ kind: "nobody" });
  });

  test("long work says how far it is, line by line, and then its answer", async () => {
    const control = await startControl(path, commands);
    const said: string[] = [];
    try {
      expect(await askControl(path, "slow", [], (line) => said.push(line))).toEqual({ kind: "answered", result: "done" });
      expect(said).toEqual(["1 of 2", "2 of 2"]);
    } finally {
      await control.close();
    }
  });

  test("what a dead process left behind is replaced; noise does not harm", async () => {
    writeFileSync(path, "stale");
    const control = await startControl(path, commands);
    try {
      const reply = await new Promise<string>((resolve) => {
        const socket = createConnection(path, () => socket.write("not json\n"));
        socket.on("data", (chunk: Buffer) => resolve(chunk.toString("utf8")));
      });
      expect(JSON.parse(reply)).toMatchObject({ ok: false });
      await new Promise<void>((resolve) => {
        const socket = createConnection(path, () => socket.write("x".repeat(100_000)));
        socket.on("error", () => undefined);
        socket.on("close", () => resolve());
      });
      expect(await askControl(path, "echo")).toEqual({ kind: "answered", result: { said: [] } });
    } finally {
      await control.close();
    }
  });

  // Only root gives a folder away.
  test.skipIf(process.getuid?.() !== 0)("a folder of somebody else in the temporary folder is asked nothing", async () => {
    const short = controlPath(join("/", "x".repeat(60), "y".repeat(60), String(process.pid), "data"));
    const control = await startControl(short, commands);
    try {
      expect(await askControl(short, "echo")).toMatchObject({ kind: "answered" });
      chownSync(dirname(short), 65_534, 65_534);
      expect(await askControl(short, "echo")).toMatchObject({ kind: "failed", message: expect.stringContaining("belongs to somebody else") });
    } finally {
      await control.close();
      rmSync(dirname(short), { recursive: true });
    }
  });

  test("a deep data folder gets a short path", () => {
    const deep = controlPath(join("/", "x".repeat(60), "y".repeat(60), "data"));
    expect(Buffer.byteLength(deep)).toBeLessThan(100);
    expect(deep).not.toBe(controlPath(join("/", "x".repeat(60), "z".repeat(60), "data")));
  });
});
