import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import type { JsonObject } from "../model/identity";
import type { Delivery, HookDelivery } from "./delivery";
import type { SmtpSender } from "./smtp";
import { openPost } from "./testing";
import type { Post } from "./testing";

const DAY_SECONDS = 24 * 3_600;
let db: TestDatabase;
let post: Post;
let other: Post;

beforeEach(async () => {
  db = await testDatabase();
  post = await openPost(db, through("smtp://tarpit.test"));
  other = await openPost(db, through("smtp://quick.test"));
});
afterEach(async () => {
  post.close();
  other.close();
  await db.close();
});

function through(uri: string): JsonObject {
  return { courier: { smtp: { connection_uri: uri, from_address: "hello@garden.test" } } };
}
const hook = ({ handle, now }: Post, dedupe: string) => handle.transaction((tx) => tx.enqueueMessage({
  channel: "hook", template: "hook", recipientHint: "hook", sealed: "", dedupe, identityId: null, notBefore: now(), expiresAt: null, at: now(),
}));
const ofStatus = async ({ handle }: Post, status: "sent" | "processing" | "queued") => (await handle.listMessages({ limit: 100, status })).length;

/** Two projects of a test have rings of their own; one worker serves both. */
const bothKeys = (): Post["deps"]["keys"] => ({
  ...post.deps.keys,
  open: (...args) => {
    try {
      return post.deps.keys.open(...args);
    } catch {
      return other.deps.keys.open(...args);
    }
  },
});
/** Receivers that hang until they are let go. */
function hanging<T>(answer: T) {
  const waiting: (() => void)[] = [];
  let free = false;
  return {
    hang: () => (free ? Promise.resolve(answer) : new Promise<T>((resolve) => waiting.push(() => resolve(answer)))),
    letGo() {
      free = true;
      for (const go of waiting) go();
    },
  };
}
const mailers = (slow: () => Promise<Delivery>): SmtpSender => ({
  send: ({ connectionUri }) => (connectionUri.includes("tarpit") ? slow() : Promise.resolve({ kind: "sent" })), close: () => undefined,
});

test("hooks that hang take three hands of their project: letters leave, and so do the hooks of others", async () => {
  const { hang, letGo } = hanging<HookDelivery>({ kind: "sent" });
  for (let n = 0; n < 30; n += 1) await hook(post, `hook-${String(n)}`);
  await hook(other, "quick");
  await other.put();
  const worker = post.worker({
    keys: bothKeys(), smtp: mailers(() => Promise.resolve({ kind: "sent" })),
    deliverHook: ({ projectId }) => (projectId === post.project.row.id ? hang() : Promise.resolve({ kind: "sent" })),
  });
  const running = worker.run();
  await expect.poll(() => ofStatus(other, "sent"), { timeout: 15_000 }).toBe(2);
  expect(await ofStatus(post, "processing")).toBe(3);
  letGo();
  await running;
  expect(await ofStatus(post, "sent")).toBe(30);
});

test("a mail server that hangs takes five hands: the mail of others leaves, also what is written meanwhile", async () => {
  const { hang, letGo } = hanging<Delivery>({ kind: "sent" });
  for (let n = 0; n < 40; n += 1) await post.put();
  await other.put();
  const worker = post.worker({ keys: bothKeys(), smtp: mailers(hang) });
  const running = worker.run();
  await expect.poll(() => ofStatus(other, "sent"), { timeout: 15_000 }).toBe(1);
  expect(await ofStatus(post, "processing")).toBe(5);
  await other.put();
  void worker.run();
  await expect.poll(() => ofStatus(other, "sent"), { timeout: 15_000 }).toBe(2);
  letGo();
  await running;
  expect(await ofStatus(post, "sent")).toBe(40);
  // Put back is not tried: nobody's attempts were used up.
  expect((await post.handle.listMessages({ limit: 100 })).every(({ attempts }) => attempts === 1)).toBe(true);
});

test("a notice that nobody can send is given up after five days, set up or not", async () => {
  post = await openPost(db);
  await post.put({ template: "new_device", data: { at: post.now().toISOString() } });
  const worker = post.worker();
  post.forward(5 * DAY_SECONDS - 60);
  await worker.run();
  expect(await post.handle.listMessages({ limit: 1 })).toMatchObject([{ status: "queued" }]);
  post.forward(120);
  await worker.run();
  expect(await post.handle.listMessages({ limit: 1 })).toMatchObject([{ status: "abandoned", lastError: "no mail server is set up" }]);
});

test("a project that cannot be read keeps its mail for five days, tries rarely, and holds up nobody", async () => {
  await post.put();
  await other.put();
  const worker = post.worker({
    keys: bothKeys(), smtp: mailers(() => Promise.resolve({ kind: "sent" })),
    projectOf: (id) => (id === post.project.row.id ? Promise.reject(new Error("broken")) : Promise.resolve(other.project)),
  });
  await worker.run();
  expect(await ofStatus(other, "sent")).toBe(1);
  const [held] = await post.handle.listMessages({ limit: 1 });
  expect(held).toMatchObject({ status: "queued", attempts: 0, lastError: "its project could not be read" });
  expect(held?.notBefore.getTime()).toBeGreaterThan(post.now().getTime());
  post.forward(5 * DAY_SECONDS + 1);
  await worker.run();
  expect(await post.handle.listMessages({ limit: 1 })).toMatchObject([{ status: "abandoned" }]);
});
