import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { seedProject, testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS } from "../model/time";
import { createLimits } from "./charge";
import type { Limits, RateAnswer, SendPurpose, SendRecipient, SmsBudget } from "./charge";

let db: TestDatabase;
let limits: Limits;
const start = new Date("2026-03-01T00:00:00.000Z");
const ann: SendRecipient = { via: "email", value: "ann@example.com" };
const open: SmsBudget = { smsPerDay: 100, smsPrefixes: [] };
const number = (n: number): SendRecipient => ({ via: "sms", value: `+4915110000${String(n).padStart(3, "0")}` });

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  limits = createLimits((await seedProject(db)).handle.limits, ephemeralKeyRing());
});

const ask = (recipient: SendRecipient, atMs: number, source: string | null = null, sms = open): Promise<RateAnswer> =>
  limits.chargeSend(recipient, source, sms, addMs(start, atMs));

/** Asks as soon as it may for as long as told; answers when each message was sent. */
async function sendUntil(recipient: SendRecipient, untilMs: number): Promise<readonly number[]> {
  const sent: number[] = [];
  let atMs = 0;
  while (atMs < untilMs) {
    const answer = await ask(recipient, atMs);
    if (answer.kind === "go") sent.push(atMs);
    else atMs += answer.retryAfterSeconds * 1000;
  }
  return sent;
}

describe("one address", () => {
  test("is written to once a minute, five times an hour and ten times a day, and the wait says when", async () => {
    const sent = await sendUntil(ann, DAY_MS + 1);
    expect(sent.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 60].map((minute) => minute * MINUTE_MS));
    expect(sent.filter((ms) => ms < DAY_MS)).toHaveLength(10);
    expect(sent[10]).toBe(DAY_MS);
  });

  test("is told the wait in whole seconds", async () => {
    expect(await ask(ann, 0)).toEqual({ kind: "go" });
    expect(await ask(ann, 0)).toEqual({ kind: "wait", retryAfterSeconds: 60 });
    expect(await ask(ann, 59_001)).toEqual({ kind: "wait", retryAfterSeconds: 1 });
    expect(await ask(ann, 60_000)).toEqual({ kind: "go" });
  });

  test("is not another one, and an address is not the same text on another channel", async () => {
    await ask(ann, 0);
    expect((await ask({ ...ann, value: "bea@example.com" }, 0)).kind).toBe("go");
    expect((await ask({ ...ann, via: "sms" }, 0)).kind).toBe("go");
  });

  test("is written to once when sixteen ask at the same moment", async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask(ann, 0)));
    expect(answers.filter(({ kind }) => kind === "go")).toHaveLength(1);
  });
});

describe("one source", () => {
  test("causes twenty messages an hour, to whomever", async () => {
    const to = (n: number) => ask({ via: "email", value: `person-${n}@example.com` }, 0, "203.0.113.7");
    const answers: RateAnswer[] = [];
    for (let n = 0; n < 25; n += 1) answers.push(await to(n));
    expect(answers.filter(({ kind }) => kind === "go")).toHaveLength(20);
    expect(answers.at(-1)).toEqual({ kind: "wait", retryAfterSeconds: 3_600 });
    expect((await ask(ann, 0, "203.0.113.8")).kind).toBe("go");
    expect((await ask({ ...ann, value: "bea@example.com" }, HOUR_MS, "203.0.113.7")).kind).toBe("go");
  });
});

describe("text messages of one project", () => {
  test("are summed up over a day, and mail goes on", async () => {
    const sms = { smsPerDay: 6, smsPrefixes: [] };
    const answers: RateAnswer[] = [];
    for (let n = 0; n < 5; n += 1) answers.push(await ask(number(n), 0, null, sms));
    expect(answers.map(({ kind }) => kind)).toEqual(["go", "go", "go", "wait", "wait"]);
    expect(answers.at(-1)).toEqual({ kind: "wait", retryAfterSeconds: DAY_MS / 1000 });
    expect((await ask(ann, 0, null, sms)).kind).toBe("go");
    expect((await ask(number(9), DAY_MS, null, sms)).kind).toBe("go");
    expect((await ask(number(8), 0, null, { ...sms, smsPerDay: 0 })).kind).toBe("wait");
  });

  test("go to allowed prefixes only; others are told to wait and take nothing from the sum, but count for their source", async () => {
    const sms = { smsPerDay: 4, smsPrefixes: ["+49", "+33"] };
    for (let n = 0; n < 20; n += 1) {
      expect(await ask({ via: "sms", value: `+88213${n}` }, 0, "203.0.113.9", sms)).toEqual({ kind: "wait", retryAfterSeconds: 3_600 });
    }
    expect((await ask(number(1), 0, "203.0.113.9", sms)).kind).toBe("wait");
    expect((await ask(number(1), 0, "203.0.113.10", sms)).kind).toBe("go");
    expect((await ask({ via: "sms", value: "+33612345678" }, 0, null, sms)).kind).toBe("go");
  });
});

describe("what strangers cause", () => {
  const as = (purpose: SendPurpose, recipient: SendRecipient, atMs: number, sms = open) => limits.chargeSend(recipient, null, sms, addMs(start, atMs), purpose);

  test("takes no message from the person who proved a first factor, nor from their known device", async () => {
    for (let n = 0; n < 10; n += 1) expect((await as("public", ann, n * HOUR_MS)).kind).toBe("go");
    const later = 10 * HOUR_MS;
    expect((await as("public", ann, later)).kind).toBe("wait");
    expect((await as("second_factor", ann, later)).kind).toBe("go");
    expect((await as("known_device", ann, later)).kind).toBe("go");
    // Windows of the same sizes.
    expect(await as("second_factor", ann, later)).toEqual({ kind: "wait", retryAfterSeconds: 60 });
    expect(await as("known_device", ann, later)).toEqual({ kind: "wait", retryAfterSeconds: 60 });
  });

  test("uses up half of the day's text messages; the other half is for those two, and together it is the sum", async () => {
    const sms = { smsPerDay: 7, smsPrefixes: [] };
    const run = async (purpose: SendPurpose, from: number) => {
      let sent = 0;
      for (let n = from; n < from + 10; n += 1) if ((await as(purpose, number(n), 0, sms)).kind === "go") sent += 1;
      return sent;
    };
    expect(await run("public", 0)).toBe(4);
    expect(await run("second_factor", 10)).toBe(3);
    expect(await run("known_device", 20)).toBe(0);
  });
});
