import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { NewMessage, ProjectHandle } from "./handles";
import { seedProject, testDatabase, type TestDatabase } from "./testing";

const at = new Date("2026-01-01T00:00:00.000Z");
const after = (ms: number): Date => new Date(at.getTime() + ms);
const LEASE = 60_000;
const opened: TestDatabase[] = [];
let db: TestDatabase;
let handle: ProjectHandle;

beforeEach(async () => {
  db = await testDatabase();
  opened.push(db);
  ({ handle } = await seedProject(db));
});
afterAll(async () => {
  for (const one of opened) await one.close();
});

const message = (dedupe: string, changes: Partial<NewMessage> = {}): NewMessage => ({
  channel: "email", template: "login_code", recipientHint: "a…@example.com", sealed: "sealed", dedupe, identityId: null, notBefore: at, expiresAt: null, at, ...changes,
});
const put = (...messages: readonly NewMessage[]) => handle.transaction(async (tx) => {
  const answers: boolean[] = [];
  for (const one of messages) answers.push(await tx.enqueueMessage(one));
  return answers;
});

describe("the outbox", () => {
  it("takes a message once under one key, in its project", async () => {
    expect(await put(message("a"), message("a"), message("b"))).toEqual([true, false, true]);
    handle = (await seedProject(db)).handle;
    expect(await put(message("a"))).toEqual([true]);
    expect(await handle.listMessages({ limit: 10 })).toMatchObject([{ dedupe: "a", status: "queued", attempts: 0 }]);
  });

  it("gives each message to one of sixteen claimers, oldest first", async () => {
    await put(...Array.from({ length: 30 }, (_unused, index) => message(`m${index}`, { notBefore: after(index) })));
    const claims = await Promise.all(Array.from({ length: 16 }, () => db.platform.claimMessages(2, after(100), after(LEASE))));
    const keys = claims.flat().map(({ dedupe }) => dedupe);
    expect(keys).toHaveLength(30);
    expect(new Set(keys).size).toBe(30);
    expect(claims.flat().every(({ attempts, status }) => attempts === 1 && status === "processing")).toBe(true);
    expect(await db.platform.claimMessages(2, after(100), after(LEASE))).toEqual([]);
  });

  it("gives hooks and letters away apart, and nothing of a place that is busy", async () => {
    await put(message("mail"), message("text", { channel: "sms" }), message("hook", { channel: "hook" }));
    const [{ projectId } = { projectId: "" }] = await handle.listMessages({ limit: 1 });
    const claim = async (of: Parameters<typeof db.platform.claimMessages>[3]) =>
      (await db.platform.claimMessages(10, at, after(LEASE), of)).map(({ dedupe }) => dedupe);
    expect(await claim({ kind: "letters", busy: [`${projectId} email`, "other hook"] })).toEqual(["text"]);
    expect(await claim({ kind: "hooks", busy: [`${projectId} email`] })).toEqual(["hook"]);
    expect(await claim({ kind: "letters", busy: [] })).toEqual(["mail"]);
  });

  it("holds back what is not due, and gives a claim away again when its lease runs out", async () => {
    await put(message("now"), message("later", { notBefore: after(1_000) }));
    const [first] = await db.platform.claimMessages(10, at, after(LEASE));
    expect(first?.dedupe).toBe("now");
    expect(await db.platform.claimMessages(10, after(999), after(LEASE))).toEqual([]);
    const again = await db.platform.claimMessages(10, after(LEASE), after(2 * LEASE));
    expect(again.map(({ dedupe, attempts }) => [dedupe, attempts])).toEqual([["now", 2], ["later", 1]]);
    if (first === undefined) throw new Error("nothing claimed");
    expect(await db.platform.settleMessage(first.id, 1, { kind: "sent", at: after(LEASE) })).toBe(false);
    expect(await db.platform.settleMessage(first.id, 2, { kind: "sent", at: after(LEASE) })).toBe(true);
    expect(await db.platform.settleMessage(first.id, 2, { kind: "abandoned", error: "late", at: after(LEASE) })).toBe(false);
    expect(await handle.listMessages({ limit: 10, status: "sent" })).toMatchObject([{ dedupe: "now", sentAt: after(LEASE), attempts: 2, lastError: null }]);
  });

  it("tries again when told to, counts no try that could not be made, and forgets what was given up", async () => {
    await put(message("a"));
    const claim = async (now: Date) => (await db.platform.claimMessages(1, now, new Date(now.getTime() + LEASE)))[0];
    const [first] = await db.platform.claimMessages(1, at, after(LEASE));
    if (first === undefined) throw new Error("nothing claimed");
    await db.platform.settleMessage(first.id, 1, { kind: "retry", notBefore: after(2_000), error: "refused", at: after(10) });
    expect(await claim(after(1_999))).toBeUndefined();
    expect(await claim(after(2_000))).toMatchObject({ attempts: 2, lastError: "refused" });
    await db.platform.settleMessage(first.id, 2, { kind: "held", notBefore: after(3_000), error: "away", at: after(2_010) });
    expect(await claim(after(3_000))).toMatchObject({ attempts: 2 });
    await db.platform.settleMessage(first.id, 2, { kind: "abandoned", error: "gone", at: after(3_010) });
    expect(await claim(after(900_000))).toBeUndefined();
    await put(message("waiting"));
    expect(await db.platform.cleanUp(after(3_000), 100)).toBe(0);
    expect(await db.platform.cleanUp(after(10_000), 100)).toBe(1);
    expect(await handle.listMessages({ limit: 10 })).toMatchObject([{ dedupe: "waiting" }]);
  });
});
