import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isStartError } from "../model/errors";
import { acquireLock } from "./lock";
import { type ProcessIdentity, thisProcess } from "./process-identity";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rung-lock-"));
  path = join(folder, "data.lock");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("close", resolve));
  return child.pid ?? 0;
}

describe("the lock beside the data directory", () => {
  it("refuses a second holder within two seconds and names the first", async () => {
    const lock = await acquireLock(path, "the store");
    const began = performance.now();
    await expect(acquireLock(path, "the store")).rejects.toSatisfy((error) =>
      isStartError(error) && error.exitCode === 10 && error.message.includes(`process ${process.pid}`) && !error.message.includes("\n"));
    expect(performance.now() - began).toBeLessThan(2_000);
    await lock.release();
  });

  it("is free again after release, and leaves nothing behind", async () => {
    await (await acquireLock(path, "the store")).release();
    await (await acquireLock(path, "the store")).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is taken over from a dead process", async () => {
    await writeFile(path, JSON.stringify({ ...await thisProcess(), pid: await deadPid() }));
    const lock = await acquireLock(path, "the store");
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is taken over when its pid now belongs to a process that began at another time", async () => {
    await writeFile(path, JSON.stringify({ ...await thisProcess(), startedAt: "12" }));
    await (await acquireLock(path, "the store")).release();
  });

  it("goes to one of sixteen takers of a dead holder", async () => {
    await writeFile(path, JSON.stringify({ ...await thisProcess(), pid: await deadPid() }));
    const answers = await Promise.allSettled(Array.from({ length: 16 }, () => acquireLock(path, "the store")));
    const won = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    expect(won).toHaveLength(1);
    expect(answers.every((answer) => answer.status === "fulfilled" || isStartError(answer.reason))).toBe(true);
    await won[0]?.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is taken over also where an earlier taker died half-way", async () => {
    const dead = { ...await thisProcess(), pid: await deadPid() };
    await writeFile(path, JSON.stringify(dead));
    await writeFile(claimOn(path, dead), JSON.stringify({ ...await thisProcess(), pid: await deadPid() }));
    await (await acquireLock(path, "the store")).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is never taken from a living process of another container, whose pid means nothing here", async () => {
    const lock = await acquireLock(path, "the store"); // its heart beats on this file
    await writeFile(path, JSON.stringify({ pid: 1, startedAt: "7", place: "another container" }));
    await expect(acquireLock(path, "the store")).rejects.toSatisfy((error) => isStartError(error) && error.message.includes("process 1"));
    await lock.release();
  });

  it("refuses a file that is not a lock, and leaves it", async () => {
    await writeFile(path, "notes");
    await expect(acquireLock(path, "the store")).rejects.toSatisfy(isStartError);
    expect(await readFile(path, "utf8")).toBe("notes");
  });
});

/** The name under which takers of `dead` exclude each other. */
function claimOn(lockPath: string, { pid, startedAt, place }: ProcessIdentity): string {
  return `${lockPath}.${createHash("sha256").update(JSON.stringify({ pid, startedAt, place })).digest("hex").slice(0, 12)}`;
}
