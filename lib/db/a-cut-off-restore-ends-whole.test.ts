import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isStartError } from "../model/errors";
import { inspectStore, restoreStore } from "./backup";
import { copyBeside, finishSwap, swapIn, swapPending, swapSteps } from "./swap";

/*
 * The folders of data are files with one word here: what is inside is copied by nobody, and every state between two steps of the very
 * list that a restore goes through is looked at. That a real store survives it is shown with rung restore (cli).
 */

let home: string;
beforeAll(async () => { home = await mkdtemp(join(tmpdir(), "rung-swap-")); });
afterAll(() => rm(home, { recursive: true, force: true }));

async function place(name: string, { old }: { readonly old: "data" | "empty" | "none" } = { old: "data" }): Promise<string> {
  const dataDir = join(home, name, "data");
  await mkdir(copyBeside(dataDir), { recursive: true });
  await writeFile(join(copyBeside(dataDir), "word"), "new");
  if (old !== "none") await mkdir(dataDir);
  if (old === "data") await writeFile(join(dataDir, "word"), "old");
  return dataDir;
}
const word = (folder: string): Promise<string | null> => readFile(join(folder, "word"), "utf8").catch(() => null);
const beside = async (dataDir: string): Promise<readonly string[]> => (await readdir(join(dataDir, ".."))).sort();

test("without an interruption the copy is in place, what was there is kept, and nothing else is left", async () => {
  const dataDir = await place("whole");
  expect(await swapIn(dataDir, "monday")).toMatchObject({ kept: `${dataDir}.before-monday` });
  expect([await word(dataDir), await word(`${dataDir}.before-monday`)]).toEqual(["new", "old"]);
  expect(await beside(dataDir)).toEqual(["data", "data.before-monday"]);
  expect(await finishSwap(dataDir)).toBeNull();
});

const STEPS = swapSteps("unused", "unused").length;
for (const old of ["data", "empty", "none"] as const) {
  for (let done = 0; done <= STEPS; done += 1) {
    test(`${String(done)} of ${String(STEPS)} steps over ${old}: whoever opens the data next finds the old ones or the new ones, whole, and says so`, async () => {
      const dataDir = await place(`${old}-${String(done)}`, { old });
      for (const step of swapSteps(dataDir, "monday").slice(0, done)) await step();
      const noted = await swapPending(dataDir);
      const result = await finishSwap(dataDir);
      expect(result === null).toBe(!noted);
      if (noted) expect(result?.words).toMatch(/restore had been cut off and is finished/);
      expect(await word(dataDir)).toBe(done > 0 ? "new" : old === "data" ? "old" : null);
      expect(await word(`${dataDir}.before-monday`)).toBe(done > 0 && old === "data" ? "old" : null);
      expect((await beside(dataDir)).filter((name) => name !== "data" && name !== "data.before-monday")).toEqual([]);
    });
  }
}

test("a copy that went missing meanwhile brings the old data back; when both are gone nothing is made up", async () => {
  const dataDir = await place("lost");
  for (const step of swapSteps(dataDir, "monday").slice(0, 2)) await step();
  await rm(copyBeside(dataDir), { recursive: true });
  await cp(join(home, "lost"), join(home, "gone"), { recursive: true });
  expect((await finishSwap(dataDir))?.words).toContain("the data are those from before");
  expect(await word(dataDir)).toBe("old");
  expect(await beside(dataDir)).toEqual(["data"]);

  const gone = join(home, "gone", "data");
  await rm(`${gone}.before-monday`, { recursive: true });
  await expect(finishSwap(gone)).rejects.toSatisfy((error) => isStartError(error) && error.message.includes("restore the backup again"));
  expect(await swapPending(gone)).toBe(true);
});

test("where the copy was removed before it was in place, the old data are not called those of the backup", async () => {
  const dataDir = await place("removed");
  for (const step of swapSteps(dataDir, "monday").slice(0, 1)) await step();
  await rm(copyBeside(dataDir), { recursive: true });
  expect((await finishSwap(dataDir))?.words).toContain("unless");
  expect(await word(dataDir)).toBe("old");
});

test("data that cannot be read are thrown away by nobody", async () => {
  const dataDir = await place("unreadable", { old: "none" });
  // As a folder is that answers with an error: it is no folder at all.
  await writeFile(dataDir, "something");
  await expect(swapIn(dataDir, "monday")).rejects.toThrow();
  expect(await readFile(dataDir, "utf8")).toBe("something");
});

test("a step that is refused leaves the old data, and the next start has nothing to finish", async () => {
  const dataDir = await place("refused");
  await mkdir(join(`${dataDir}.before-monday`, "in the way"), { recursive: true });
  await expect(swapIn(dataDir, "monday")).rejects.toThrow();
  expect(await word(dataDir)).toBe("old");
  expect(await swapPending(dataDir)).toBe(false);
});

test("whoever only looks finishes nothing, and says what to do; a note of somebody else is left alone", async () => {
  const dataDir = await place("looked-at");
  for (const step of swapSteps(dataDir, "monday").slice(0, 2)) await step();
  await expect(inspectStore(dataDir)).rejects.toSatisfy((error) => isStartError(error) && error.message.includes("was cut off"));
  expect(await swapPending(dataDir)).toBe(true);
  await writeFile(`${dataDir}.restore.json`, "mine");
  await expect(finishSwap(dataDir)).rejects.toSatisfy((error) => isStartError(error) && error.message.includes("is not a note"));
  expect(await readFile(`${dataDir}.restore.json`, "utf8")).toBe("mine");
  await expect(restoreStore(join(home, "a-backup"), dataDir, { mark: "tuesday" })).rejects.toSatisfy((error) => isStartError(error) && error.message.includes("is not a note"));
  expect([await word(copyBeside(dataDir)), await word(`${dataDir}.before-monday`)]).toEqual(["new", "old"]);
});
