import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isStartError } from "../model/errors";
import { createKeyFile, EXAMPLE_SECRET, loadKeyRing } from "./keys";

let path = "";
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rung-keys-"));
  path = join(root, "state", "keys.json");
});
afterEach(() => rmSync(root, { recursive: true }));

const first = { production: true, databaseExists: false };
const later = { production: true, databaseExists: true };

function refusal(run: () => unknown): { code: number; line: string } {
  try {
    run();
  } catch (error) {
    if (isStartError(error)) return { code: error.exitCode, line: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
}

function write(document: unknown): void {
  createKeyFile(path);
  writeFileSync(path, JSON.stringify(document));
}

describe("the key file", () => {
  test("is made once, for its owner only, and read ever after", () => {
    const made = loadKeyRing({ path }, first);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    expect(readdirSync(dirname(path))).toEqual(["keys.json"]);
    const text = readFileSync(path, "utf8");
    expect(loadKeyRing({ path }, later).open("flow", made.seal("flow", "x", []), [])).toBe("x");
    createKeyFile(path);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("missing beside a database stops the start and is not replaced", () => {
    const { code, line } = refusal(() => loadKeyRing({ path }, later));
    expect(code).toBe(20);
    expect(line).toContain(path);
    expect(line).toContain("Restore");
    expect(line).not.toContain("\n");
    expect(() => statSync(path)).toThrow();
  });

  test("open to others is refused in production", () => {
    createKeyFile(path);
    chmodSync(path, 0o640);
    expect(refusal(() => loadKeyRing({ path }, later))).toMatchObject({ code: 21, line: expect.stringContaining("chmod 600") });
    expect(() => loadKeyRing({ path }, { production: false, databaseExists: true })).not.toThrow();
  });

  test("the documented example is refused", () => {
    write([{ id: "k1", secret: EXAMPLE_SECRET }]);
    expect(refusal(() => loadKeyRing({ path }, later)).code).toBe(22);
  });

  test.each([
    ["short", [{ id: "k1", secret: Buffer.alloc(16, "abcdefgh12345678").toString("base64") }]],
    ["not random", [{ id: "k1", secret: Buffer.alloc(32).toString("base64") }]],
    ["empty", []],
    ["not a list", { id: "k1" }],
    ["without an id", [{ secret: "x" }]],
    ["with an id that would not fit", [{ id: "K 1", secret: "x" }]],
  ])("%s is refused", (_, document) => {
    write(document);
    expect(refusal(() => loadKeyRing({ path }, later)).code).toBe(21);
  });

  test("is refused when it is no JSON", () => {
    createKeyFile(path);
    writeFileSync(path, "[{");
    expect(refusal(() => loadKeyRing({ path }, later)).line).toContain("not JSON");
  });
});
