import { describe, expect, it } from "vitest";
import { isDomainError, isStartError } from "../model/errors";
import { embeddedDriver } from "./client";
import { connectionOver } from "./connection";
import { databaseOver } from "./database";
import { requireSpaceToStart, reserveOf, spaceGuard } from "./free-space";
import { seedProject, testEngine } from "./testing";

const MB = 1024 * 1024;
const full = async () => ({ freeBytes: 10 * MB, totalBytes: 100_000 * MB });
const roomy = async () => ({ freeBytes: 900 * MB, totalBytes: 100_000 * MB });

describe("free space", () => {
  it("keeps 64 MB in reserve, or a twentieth of a small volume", () => {
    expect(reserveOf(100_000 * MB)).toBe(64 * MB);
    expect(reserveOf(200 * MB)).toBe(10 * MB);
  });

  it("is asked for before the start", async () => {
    await expect(requireSpaceToStart("/data/rung", full)).rejects.toSatisfy((error) => isStartError(error) && error.exitCode === 13);
    await requireSpaceToStart("/data/rung", roomy);
  });

  it("is looked at once for many writes", async () => {
    let looks = 0;
    const guard = spaceGuard("/data/rung", () => {
      looks += 1;
      return roomy();
    });
    await Promise.all(Array.from({ length: 50 }, () => guard()));
    expect(looks).toBe(1);
  });

  it("stops writes with 503 and lets reads go on", async () => {
    const client = await testEngine();
    const space = { free: true };
    const guard = async () => {
      if (!space.free) await spaceGuard("/data/rung", full)();
    };
    const db = databaseOver(connectionOver(embeddedDriver(client, guard)));
    const { handle } = await seedProject(db);
    space.free = false;
    const refused = (error: unknown) => isDomainError(error) && error.code === "unavailable" && error.details["retryAfterSeconds"] === 30;
    await expect(handle.transaction((tx) => tx.insertFlowError({}, new Date()))).rejects.toSatisfy(refused);
    await expect(handle.limits.take("lane", "key", { burst: 1, refillMs: 1 }, new Date())).rejects.toSatisfy(refused);
    expect(await handle.findSessionByTokenHash("none")).toBeNull();
    space.free = true;
    await handle.transaction((tx) => tx.insertFlowError({}, new Date()));
    await db.close();
  });
});
