import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createHookDelivery } from "../actions/outbox";
import { testDatabase } from "../db/testing";
import type { OutboxMessage } from "../db/handles";
import type { TestDatabase } from "../db/testing";
import { ENDED_WHILE_SENDING } from "../model/outbox";
import { createHands } from "./hands";
import type { Ready } from "./hands";
import type { SmtpSender } from "./smtp";
import { openPost } from "./testing";
import type { Post } from "./testing";
import type { WorkerDeps } from "./worker";

const LEASE_SECONDS = 60;
let db: TestDatabase;
let post: Post;
/** Who was written to, in order. */
let sent: string[];

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  post = await openPost(db, { courier: { smtp: { connection_uri: "smtp://mail.test", from_address: "hello@garden.test" } } });
  sent = [];
});
afterEach(() => post.close());

const smtp = (): SmtpSender => ({
  send(_server, { to }) {
    sent.push(to);
    return Promise.resolve({ kind: "sent" });
  },
  close: () => undefined,
});
const stored = () => post.handle.listMessages({ limit: 50 });
/** Claims as a process does that ends before it says what became of anything. */
const die = async (changes: Partial<WorkerDeps> = {}): Promise<void> => {
  const dying = { ...db, platform: { ...db.platform, settleMessage: () => Promise.reject(new Error("killed")) } };
  await post.worker({ smtp: smtp(), db: dying, ...changes }).run();
  post.forward(LEASE_SECONDS);
};

test("a letter that ends the process each time is given up after six tries, and says so", async () => {
  await post.put({ to: "poison@example.com" });
  for (let death = 1; death <= 6; death += 1) {
    await die();
    expect(await stored()).toMatchObject([{ status: "processing", attempts: death }]);
  }
  await post.worker({ smtp: smtp() }).run();
  // The claim that gave it up sent nothing, and is not counted as sending.
  expect(await stored()).toMatchObject([{ status: "abandoned", attempts: 6, lastError: ENDED_WHILE_SENDING }]);
  expect(sent).toHaveLength(6);
  expect(post.logged.filter((line) => line.includes("a message was given up"))).toHaveLength(1);
  post.forward(LEASE_SECONDS);
  await post.worker({ smtp: smtp() }).run();
  expect(sent).toHaveLength(6);
});

test("one process that ended is no verdict, even where a project allows one try", async () => {
  const strict = await openPost(db, { courier: { message_retries: 0, smtp: { connection_uri: "smtp://mail.test", from_address: "hello@garden.test" } } });
  await post.close();
  post = strict;
  await post.put({ to: "once@example.com" });
  await die();
  await post.worker({ smtp: smtp() }).run();
  expect(await stored()).toMatchObject([{ status: "sent", attempts: 2 }]);
});

test("a hook that ends the process each time is called three times", async () => {
  await post.handle.transaction((tx) => tx.enqueueMessage({
    channel: "hook", template: "web_hook", recipientHint: "crm", sealed: "", dedupe: "hook", identityId: null, notBefore: post.now(), expiresAt: null, at: post.now(),
  }));
  let called = 0;
  const counting: WorkerDeps["deliverHook"] = (message) => {
    called += 1;
    return Promise.resolve(message.attempts > 3 ? { kind: "sent" } : { kind: "abandoned", error: "the worker fell" });
  };
  for (let death = 1; death <= 3; death += 1) await die({ deliverHook: counting });
  expect([called, (await stored())[0]?.attempts]).toEqual([3, 3]);
  // It holds nothing that opens: whoever looked inside would refuse it with another reason.
  const deliverHook = createHookDelivery(post.deps.keys, { evaluate: () => Promise.reject(new Error("not asked")), warn: () => undefined });
  await post.worker({ deliverHook }).run();
  expect(await stored()).toMatchObject([{ status: "abandoned", attempts: 3, lastError: ENDED_WHILE_SENDING }]);
});

test("a try that a process comes too late to begin is not counted", async () => {
  await post.put();
  let late = true;
  await post.worker({
    smtp: smtp(),
    projectOf() {
      if (late) post.forward(LEASE_SECONDS / 2);
      late = false;
      return Promise.resolve(post.project);
    },
  }).run();
  expect(sent).toHaveLength(1);
  expect(await stored()).toMatchObject([{ status: "sent", attempts: 1 }]);
});

test("of those that a process ended with, each comes again by itself: none uses up the tries of the others", async () => {
  for (let n = 0; n < 4; n += 1) await post.put({ to: `p${String(n)}@example.com`, data: { code: "123456", minutes: 60 } });
  await die();
  expect(sent).toHaveLength(4);
  // The next process ends with the first that it takes: the rest was given back before.
  const hung = { ...db, platform: { ...db.platform } };
  const worker = post.worker({ smtp: { send: (_server, { to }) => {
    sent.push(to);
    // From here on nothing of this process reaches the database.
    hung.platform.settleMessage = () => Promise.reject(new Error("killed"));
    hung.platform.claimMessages = () => Promise.reject(new Error("killed"));
    return Promise.resolve({ kind: "sent" });
  }, close: () => undefined }, db: hung });
  await worker.run();
  const now = await stored();
  expect(now.filter(({ status, attempts }) => status === "processing" && attempts === 2)).toHaveLength(1);
  expect(now.filter(({ status, attempts }) => status === "queued" && attempts === 1)).toHaveLength(3);
  // Nobody waits for the fallen one's lease.
  sent = [];
  await post.worker({ smtp: smtp() }).run();
  expect(sent).toHaveLength(3);
  expect(await post.handle.listMessages({ limit: 9, status: "sent" })).toHaveLength(3);
});

test("what ended a process leaves when nothing else is on its way, and nothing else leaves while it does", async () => {
  const [steps, leave] = [[] as string[], new Map<string, () => void>()];
  const ready = (id: string, alone = false): Ready => ({
    message: { id, projectId: "p", channel: "email" } as unknown as OutboxMessage, key: "mail.test", alone,
    handOver: () => {
      steps.push(`${id} begins`);
      return new Promise((resolve) => { leave.set(id, () => { steps.push(`${id} left`); resolve(); }); });
    },
  });
  const claims: Ready[][] = [[ready("first")], [ready("second"), ready("poison", true)], [ready("second")]];
  const back: string[] = [];
  const hands = createHands({
    size: 5, each: 5, claim: () => Promise.resolve(claims.shift() ?? []), putBack: (message) => { back.push(message.id); return Promise.resolve(); },
  });
  const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
  const all = hands.run();
  await turn();
  expect([steps, back]).toEqual([["first begins"], ["second"]]);
  leave.get("first")?.();
  await turn();
  void hands.run();
  await turn();
  expect(steps.slice(1)).toEqual(["first left", "poison begins"]);
  leave.get("poison")?.();
  await turn();
  leave.get("second")?.();
  await all;
  expect(steps.slice(3)).toEqual(["poison left", "second begins", "second left"]);
});
