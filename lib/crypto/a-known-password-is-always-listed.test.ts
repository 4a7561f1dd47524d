import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isStartError } from "../model/errors";
import { buildPrefixes, createBlocklist, loadBlocklist } from "./blocklist";

let root = "";
let files = { table: "", source: "" };
const words = Array.from({ length: 1500 }, (_, index) => `Password-${index}`);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "rung-list-"));
  files = { table: join(root, "list.bin"), source: join(root, "list.txt") };
  writeFileSync(files.source, [...words, "short", "caf\u00e9caf\u00e9", ""].join("\r\n"));
});
afterAll(() => rmSync(root, { recursive: true }));

function check(list: { isListed(password: string): boolean }): void {
  for (const word of words) expect(list.isListed(word)).toBe(true);
  expect(list.isListed("pASSWORD-7")).toBe(true);
  expect(list.isListed("cafe\u0301cafe\u0301")).toBe(true);
  expect(list.isListed("Password-7 ")).toBe(false);
  expect(list.isListed("short")).toBe(false);
  expect(list.isListed("")).toBe(false);
}

describe("the list of known passwords", () => {
  test("built in memory finds every entry in any letter case", () => {
    check(createBlocklist(buildPrefixes([...words, "short", "caf\u00e9caf\u00e9"])));
    expect(createBlocklist(buildPrefixes(["same-same", "Same-Same"])).size).toBe(1);
    expect(createBlocklist(buildPrefixes([])).isListed("anything")).toBe(false);
  });

  test("built by the script is read as the same list, without a warning", () => {
    execFileSync(process.execPath, ["cli/dev/build-blocklist.mjs", "--from", files.source, "--out", files.table]);
    const warnings: string[] = [];
    check(loadBlocklist({ files, warn: (message) => warnings.push(message) }));
    expect(warnings).toEqual([]);
  });

  test("damaged or missing, it is made from its source, with a warning", () => {
    for (const spoil of [() => truncateSync(files.table, 4_001), () => rmSync(files.table)]) {
      spoil();
      const warnings: string[] = [];
      check(loadBlocklist({ files, warn: (message) => warnings.push(message) }));
      expect(warnings).toHaveLength(1);
    }
  });

  test("is never silently empty", () => {
    try {
      loadBlocklist({ files: { table: join(root, "none.bin"), source: join(root, "none.txt") } });
      expect.unreachable();
    } catch (error) {
      expect(isStartError(error) && error.exitCode).toBe(24);
    }
  });
});
