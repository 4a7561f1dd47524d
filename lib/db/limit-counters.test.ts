import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LimitCounters } from "./handles";
import { seedProject, testDatabase, type TestDatabase } from "./testing";

const RACERS = 32;
const start = new Date("2026-01-01T00:00:00.000Z");
const after = (ms: number): Date => new Date(start.getTime() + ms);
let db: TestDatabase;
let limits: LimitCounters;

beforeAll(async () => {
  db = await testDatabase();
  limits = (await seedProject(db)).handle.limits;
});
afterAll(() => db.close());

describe("limit counters", () => {
  it("lose no increment under 32 racers", async () => {
    const budget = { free: 1_000, baseWaitMs: 1_000, maxWaitMs: 1_000 };
    const answers = await Promise.all(Array.from({ length: RACERS }, () => limits.charge("lane", "many", budget, start)));
    expect(answers.every((answer) => answer.allowed)).toBe(true);
    expect(answers.map((answer) => answer.count).sort((a, b) => a - b)).toEqual(Array.from({ length: RACERS }, (_unused, index) => index + 1));
    expect(await limits.read("lane", "many")).toMatchObject({ count: RACERS });
  });

  it("let exactly the free tries through when all come at the same moment", async () => {
    const budget = { free: 5, baseWaitMs: 30_000, maxWaitMs: 3_600_000 };
    const answers = await Promise.all(Array.from({ length: RACERS }, () => limits.charge("lane", "burst", budget, start)));
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(5);
    expect(answers.every((answer) => answer.allowed || answer.waitUntil?.getTime() === after(30_000).getTime())).toBe(true);
  });

  it("double the wait with every try after the free ones, up to the longest", async () => {
    const budget = { free: 2, baseWaitMs: 30_000, maxWaitMs: 100_000 };
    const waits: (number | null)[] = [];
    let now = start;
    for (let round = 0; round < 6; round += 1) {
      const answer = await limits.charge("lane", "growth", budget, now);
      expect(answer.allowed).toBe(true);
      waits.push(answer.waitUntil === null ? null : answer.waitUntil.getTime() - now.getTime());
      now = answer.waitUntil ?? now;
    }
    expect(waits).toEqual([null, 30_000, 60_000, 100_000, 100_000, 100_000]);
  });

  it("count nothing while a wait runs, and a refund takes back the try with its wait", async () => {
    const budget = { free: 1, baseWaitMs: 30_000, maxWaitMs: 60_000 };
    expect(await limits.charge("lane", "refund", budget, start)).toEqual({ allowed: true, count: 1, waitUntil: after(30_000) });
    expect(await limits.charge("lane", "refund", budget, after(29_999))).toEqual({ allowed: false, count: 1, waitUntil: after(30_000) });
    await limits.refund("lane", "refund", after(29_999));
    expect(await limits.charge("lane", "refund", budget, after(29_999))).toMatchObject({ allowed: true, count: 1 });
    await limits.clear("lane", "refund");
    expect(await limits.read("lane", "refund")).toBeNull();
  });

  it("leak a bucket: the burst at once, then one token every refill", async () => {
    const bucket = { burst: 3, refillMs: 3_000 };
    const first = await Promise.all(Array.from({ length: 8 }, () => limits.take("source", "bucket", bucket, start)));
    expect(first.filter((wait) => wait === 0)).toHaveLength(3);
    expect(first.filter((wait) => wait === 3_000)).toHaveLength(5);
    expect(await limits.take("source", "bucket", bucket, after(1_000))).toBe(2_000);
    expect(await limits.take("source", "bucket", bucket, after(3_000))).toBe(0);
    expect(await limits.take("source", "bucket", bucket, after(3_000))).toBe(3_000);
    expect(await limits.take("source", "bucket", bucket, after(60_000))).toBe(0);
  });

  it("count so many in a window that begins with its first, whoever comes at once, and begin anew when it is over", async () => {
    const window = { max: 3, windowMs: 60_000 };
    const first = await Promise.all(Array.from({ length: RACERS }, () => limits.countIn("send", "window", window, start)));
    expect(first.filter((wait) => wait === 0)).toHaveLength(3);
    expect(first.filter((wait) => wait === 60_000)).toHaveLength(RACERS - 3);
    expect(await limits.countIn("send", "window", window, after(59_999))).toBe(1);
    expect(await limits.countIn("send", "window", window, after(60_000))).toBe(0);
    expect(await limits.countIn("send", "window", window, after(90_000))).toBe(0);
    expect(await limits.countIn("send", "window", window, after(119_999))).toBe(0);
    expect(await limits.countIn("send", "window", window, after(119_999))).toBe(1);
    expect(await limits.countIn("send", "window", window, start)).toBe(0);
    expect(await limits.countIn("send", "none", { max: 0, windowMs: 60_000 }, start)).toBe(60_000);
  });

  it("hold nobody for longer than one full bucket when the clock is set back", async () => {
    const bucket = { burst: 2, refillMs: 1_000 };
    await limits.take("source", "clock", bucket, after(86_400_000));
    expect(await limits.take("source", "clock", bucket, start)).toBeLessThanOrEqual(1_000);
  });

  it("are another project's for another project", async () => {
    const other = (await seedProject(db)).handle.limits;
    const bucket = { burst: 1, refillMs: 60_000 };
    expect(await limits.take("source", "shared", bucket, start)).toBe(0);
    expect(await other.take("source", "shared", bucket, start)).toBe(0);
  });
});
