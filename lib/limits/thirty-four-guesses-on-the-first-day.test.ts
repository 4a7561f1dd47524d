import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import type { ProjectHandle } from "../db/handles";
import { seedProject, testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../model/time";
import { createLimits, shouldDisable } from "./charge";
import type { FactorTry, Limits } from "./charge";
import { sourceKey } from "./source";

let db: TestDatabase;
let handle: ProjectHandle;
let limits: Limits;
const start = new Date("2026-03-01T00:00:00.000Z");

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  handle = (await seedProject(db)).handle;
  limits = createLimits(handle.limits, ephemeralKeyRing());
});

const totp: FactorTry = { subject: "person-1", lane: "typed_second", method: "totp", deviceTrusted: false };
const codes: FactorTry = { ...totp, method: "lookup_secret" };

/** Tries as fast as the budget permits until `until`; answers when each guess was evaluated. */
async function guessUntil(attempt: FactorTry, until: Date): Promise<{ readonly at: readonly number[]; readonly disabledAt: number | null }> {
  const at: number[] = [];
  let now = start;
  while (now < until) {
    const answer = await limits.chargeFactor(attempt, now);
    if (answer.kind === "disabled") return { at, disabledAt: now.getTime() };
    if (answer.kind === "go") at.push(now.getTime());
    else now = addMs(now, answer.retryAfterSeconds * 1000);
  }
  return { at, disabledAt: null };
}

describe("guessing one secret", () => {
  test("34 guesses on the first day, 24 on each later one, a stop after the hundredth", async () => {
    const { at, disabledAt } = await guessUntil(totp, addMs(start, 6 * DAY_MS));
    const onDay = (day: number): number => at.filter((ms) => Math.floor((ms - start.getTime()) / DAY_MS) === day).length;
    expect([onDay(0), onDay(1), onDay(2)]).toEqual([34, 24, 24]);
    expect(at).toHaveLength(100);
    expect(disabledAt).not.toBeNull();
    expect(((disabledAt ?? 0) - start.getTime()) / DAY_MS).toBeCloseTo(3.8, 1);
  });

  test("the hundredth failure is the one that disables", () => {
    expect([99, 100, 101].map((failures) => shouldDisable(failures))).toEqual([false, true, true]);
  });

  test("five at once, then 30 seconds, doubling; a try during the wait is not counted", async () => {
    for (let n = 1; n <= 5; n += 1) expect(await limits.chargeFactor(totp, start)).toEqual({ kind: "go", failures: n });
    expect(await limits.chargeFactor(totp, start)).toEqual({ kind: "wait", retryAfterSeconds: 30 });
    expect(await limits.chargeFactor(totp, addMs(start, 29_001))).toEqual({ kind: "wait", retryAfterSeconds: 1 });
    expect(await limits.chargeFactor(totp, addMs(start, 30_000))).toEqual({ kind: "go", failures: 6 });
    expect(await limits.chargeFactor(totp, addMs(start, 30_000))).toEqual({ kind: "wait", retryAfterSeconds: 60 });
  });

  test("sixteen racers at once get five guesses", async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => limits.chargeFactor(totp, start)));
    expect(answers.filter((answer) => answer.kind === "go")).toHaveLength(5);
  });

  test("typed second factors share one wait and stop one by one", async () => {
    for (let n = 0; n < 5; n += 1) await limits.chargeFactor(n % 2 === 0 ? totp : codes, start);
    expect((await limits.chargeFactor(totp, start)).kind).toBe("wait");
    expect((await limits.chargeFactor(codes, start)).kind).toBe("wait");
    expect(await limits.chargeFactor(totp, addMs(start, HOUR_MS))).toEqual({ kind: "go", failures: 4 });
    expect(await limits.chargeFactor(codes, addMs(start, 2 * HOUR_MS))).toEqual({ kind: "go", failures: 3 });
  });

  test("success clears only the authenticator used", async () => {
    await limits.chargeFactor(codes, start);
    await limits.chargeFactor(totp, start);
    await limits.succeedFactor(totp);
    expect(await limits.chargeFactor(totp, start)).toEqual({ kind: "go", failures: 1 });
    expect(await limits.chargeFactor(codes, start)).toEqual({ kind: "go", failures: 2 });
  });

  test("a server error gives the try back", async () => {
    for (let n = 0; n < 12; n += 1) {
      expect(await limits.chargeFactor(totp, start)).toEqual({ kind: "go", failures: 1 });
      await limits.refundFactor(totp, start);
    }
  });

  test("a stranger's failures do not reach a known device, nor another person", async () => {
    for (let n = 0; n < 8; n += 1) await limits.chargeFactor(totp, start);
    expect((await limits.chargeFactor(totp, start)).kind).toBe("wait");
    const known = { ...totp, deviceTrusted: true };
    for (let n = 0; n < 10; n += 1) expect((await limits.chargeFactor(known, start)).kind).toBe("go");
    expect(await limits.chargeFactor(known, start)).toEqual({ kind: "wait", retryAfterSeconds: 30 });
    expect((await limits.chargeFactor({ ...totp, subject: "person-2" }, start)).kind).toBe("go");
    expect((await limits.chargeFactor({ ...totp, lane: "password", method: "password" }, start)).kind).toBe("go");
  });

  test("binding anew lifts the stop", async () => {
    await guessUntil(totp, addMs(start, 6 * DAY_MS));
    await limits.clearFactor(totp.subject, "totp");
    expect(await limits.chargeFactor(totp, addMs(start, 7 * DAY_MS))).toEqual({ kind: "go", failures: 1 });
  });
});

describe("one source", () => {
  test("twenty at once, then one every three seconds", async () => {
    for (let n = 0; n < 20; n += 1) expect(await limits.chargeSource("203.0.113.1", start)).toEqual({ kind: "go" });
    expect(await limits.chargeSource("203.0.113.1", start)).toEqual({ kind: "wait", retryAfterSeconds: 3 });
    expect(await limits.chargeSource("::ffff:203.0.113.1", addMs(start, 3 * SECOND_MS))).toEqual({ kind: "go" });
    expect((await limits.chargeSource("203.0.113.1", addMs(start, 3 * SECOND_MS))).kind).toBe("wait");
    expect(await limits.chargeSource("203.0.113.2", start)).toEqual({ kind: "go" });
  });

  test("is a /64 in IPv6, and nobody when the address is unknown", async () => {
    for (let n = 0; n < 20; n += 1) await limits.chargeSource(`2001:db8:0:1::${n.toString(16)}`, start);
    expect((await limits.chargeSource("2001:db8:0:1:ffff::1", start)).kind).toBe("wait");
    expect((await limits.chargeSource("2001:db8:0:2::1", start)).kind).toBe("go");
    for (let n = 0; n < 30; n += 1) expect((await limits.chargeSource(null, start)).kind).toBe("go");
    expect(sourceKey("2001:db8:0:1::5")).toBe("2001:db8:0:1:0:0:0:0/64");
    expect(sourceKey("nonsense")).toBeNull();
  });

  test("begins 60 flows a minute and 10 registrations an hour", async () => {
    const begun = async (kind: "flow" | "registration", at: Date): Promise<number> => {
      let count = 0;
      while ((await limits.chargeCreate(kind, "203.0.113.1", at)).kind === "go") count += 1;
      return count;
    };
    expect(await begun("flow", start)).toBe(60);
    expect(await begun("flow", addMs(start, MINUTE_MS))).toBe(60);
    expect(await begun("registration", start)).toBe(10);
    expect(await begun("registration", addMs(start, HOUR_MS))).toBe(10);
  });

  test("trying many people has its failures held, one forgetful person does not", async () => {
    for (let n = 0; n < 30; n += 1) expect((await limits.noteFailure("203.0.113.1", "ada", start)).kind).toBe("go");
    for (let n = 1; n < 10; n += 1) expect((await limits.noteFailure("203.0.113.1", `person-${n}`, start)).kind).toBe("go");
    expect(await limits.noteFailure("203.0.113.1", "one-more", start)).toEqual({ kind: "wait", retryAfterSeconds: 900 });
    expect((await limits.noteFailure("203.0.113.1", "ada", addMs(start, MINUTE_MS))).kind).toBe("wait");
    expect((await limits.noteFailure("203.0.113.2", "ada", start)).kind).toBe("go");
    expect((await limits.noteFailure("203.0.113.1", "ada", addMs(start, 16 * MINUTE_MS))).kind).toBe("go");
  });
});

test("no counter holds a name or an address in clear", async () => {
  await limits.chargeFactor({ ...totp, subject: "ada@garden.test" }, start);
  await limits.chargeSource("203.0.113.77", start);
  const rows = await db.connection.reads.prisma.limitCounter.findMany();
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/garden|203\.0\.113/);
});
