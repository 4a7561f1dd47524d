import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startMailSink } from "../../e2e/kit/mail-sink";
import type { MailSink } from "../../e2e/kit/mail-sink";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import type { JsonObject } from "../model/identity";
import { openPost } from "./testing";
import type { Post } from "./testing";

let db: TestDatabase;
let sink: MailSink;
let post: Post;
const opened: TestDatabase[] = [];

beforeAll(async () => {
  sink = await startMailSink();
});
afterAll(async () => {
  await sink.close();
  for (const one of opened) await one.close();
});
beforeEach(async () => {
  // The worker serves all projects of a database: each test has one of its own.
  db = await testDatabase();
  opened.push(db);
  sink.mood({ kind: "take" });
  sink.slow(0);
  await sink.revive();
  post = await openPost(db, smtp());
});
afterEach(() => post.close());

const smtp = (more: JsonObject = {}): JsonObject => ({ courier: { smtp: { connection_uri: sink.url, from_address: "hello@garden.test" }, ...more } });
const to = (address: string) => sink.mails.filter((mail) => mail.to.includes(address));
const stored = () => post.handle.listMessages({ limit: 50 });
let last = 0;
const anyone = (): string => `person-${last += 1}@example.com`;

describe("a letter", () => {
  test("leaves as text and HTML in its language, with the project's name, once", async () => {
    const address = anyone();
    await post.put({ to: address, locale: "de", template: "verification_code", data: { code: "012345", minutes: 15 } });
    const worker = post.worker();
    await worker.run();
    await worker.run();
    const [mail, second] = to(address);
    expect(second).toBeUndefined();
    expect(mail).toMatchObject({ from: "hello@garden.test", subject: "012345 ist Ihr Code für Garden", to: [address] });
    expect(mail?.headers["auto-submitted"]).toBe("auto-generated");
    expect(mail?.text).toContain("012345");
    expect(mail?.text).toContain("15 Minuten");
    expect(mail?.html).toContain('<html lang="de" dir="ltr">');
    expect(mail?.html).toContain("012345");
    const [message] = await stored();
    expect(message).toMatchObject({ status: "sent", attempts: 1, lastError: null, sentAt: post.now() });
    expect(mail?.messageId).toBe(`<${message?.id ?? ""}@garden.test>`);
  });

  test("goes over the installation's server where the project names none, and from its address", async () => {
    const address = anyone();
    post = await openPost(db, {}, { smtpUrl: sink.url, from: { address: "post@house.test", name: null } });
    await post.put({ to: address });
    await post.worker().run();
    expect(to(address)).toMatchObject([{ from: "post@house.test" }]);
    expect(to(address)[0]?.headers["from"]).toContain("Garden");
  });

  test("waits, loudly once, where nobody set up a server, and leaves when somebody does", async () => {
    const address = anyone();
    post = await openPost(db);
    await post.put({ to: address });
    await post.put({ to: address });
    const worker = post.worker();
    for (let minute = 0; minute < 20; minute += 1) {
      await worker.run();
      post.forward(60);
    }
    expect(await stored()).toMatchObject([{ status: "queued", attempts: 0 }, { status: "queued", attempts: 0 }]);
    expect(post.logged.filter((line) => line.includes("wait in the outbox"))).toHaveLength(1);
    await post.worker({ mail: { smtpUrl: sink.url, from: null } }).run();
    expect(to(address)).toHaveLength(2);
  });
});

describe("a server that is away", () => {
  test("loses no mail: it is tried more and more rarely, and delivered once when the server is back", async () => {
    const address = anyone();
    await sink.die();
    await post.put({ to: address, template: "password_changed", data: { at: post.now().toISOString() } });
    const worker = post.worker();
    const tries: number[] = [];
    const start = post.now().getTime();
    while (post.now().getTime() < start + 3_600_000) {
      const [before] = await stored();
      await worker.run();
      const [after] = await stored();
      if (before?.notBefore.getTime() !== after?.notBefore.getTime()) tries.push((post.now().getTime() - start) / 1_000);
      post.forward(Math.max(1, ((after?.notBefore.getTime() ?? 0) - post.now().getTime()) / 1_000));
    }
    expect(tries.slice(0, 10)).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256]);
    expect(tries.length).toBeLessThan(25);
    expect(await stored()).toMatchObject([{ status: "queued", attempts: 0, lastError: expect.stringContaining("mail server") }]);
    await sink.revive();
    post.forward(300);
    await worker.run();
    await worker.run();
    expect(to(address)).toHaveLength(1);
    expect(await stored()).toMatchObject([{ status: "sent" }]);
  });

  test("is left alone for a moment, for all of its messages, and holds up no other server", async () => {
    const [dead, alive] = [anyone(), anyone()];
    const other = await openPost(db, { courier: { smtp: { connection_uri: "smtp://127.0.0.1:1" } } });
    await other.put({ to: dead });
    await post.put({ to: alive });
    await post.worker({ keys: { ...post.deps.keys, open: (...args) => openAny([post, other], ...args) } }).run();
    expect(to(alive)).toHaveLength(1);
    expect(await other.handle.listMessages({ limit: 1 })).toMatchObject([{ status: "queued" }]);
  });

  test("sends no code that has expired meanwhile", async () => {
    const address = anyone();
    await sink.die();
    await post.put({ to: address, expiresAt: new Date(post.now().getTime() + 600_000) });
    const worker = post.worker();
    await worker.run();
    await sink.revive();
    post.forward(600);
    await worker.run();
    expect(to(address)).toEqual([]);
    expect(await stored()).toMatchObject([{ status: "abandoned", lastError: "it came too late to be of use" }]);
  });
});

describe("a message that is refused", () => {
  test("is tried five times more, after 1, 2, 4, 8 and 16 seconds, then given up with one line that tells no address and no code", async () => {
    const address = anyone();
    sink.mood({ kind: "refuse", status: 550 });
    await post.put({ to: address });
    const worker = post.worker();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await worker.run();
      const [message] = await stored();
      expect(message?.attempts).toBe(attempt);
      const wait = ((message?.notBefore.getTime() ?? 0) - post.now().getTime()) / 1_000;
      if (message?.status === "queued") waits.push(wait);
      post.forward(wait);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    expect(await stored()).toMatchObject([{ status: "abandoned", lastError: "the mail server answered 550" }]);
    const lines = post.logged.filter((line) => line.includes("given up"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("login_code");
    for (const line of post.logged) expect(line).not.toMatch(new RegExp(`123456|${address}`));
    sink.mood({ kind: "take" });
    post.forward(3_600);
    await worker.run();
    expect(to(address)).toEqual([]);
  });

  test("waits uncounted where the server asks to come back (4xx)", async () => {
    const address = anyone();
    sink.mood({ kind: "refuse", status: 451 });
    await post.put({ to: address });
    const worker = post.worker();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await worker.run();
      post.forward(600);
    }
    sink.mood({ kind: "take" });
    await worker.run();
    expect(to(address)).toHaveLength(1);
  });

  test("stops nobody else: one that does not open and one of no known kind are given up, the rest leaves", async () => {
    const address = anyone();
    await post.handle.transaction((tx) => tx.enqueueMessage({
      channel: "email", template: "login_code", recipientHint: "x", sealed: "v1.not.a.seal", dedupe: "poison", identityId: null, notBefore: post.now(), expiresAt: null, at: post.now(),
    }));
    await post.handle.transaction((tx) => tx.enqueueMessage({
      channel: "email", template: "nonsense", recipientHint: "x", sealed: "", dedupe: "nonsense", identityId: null, notBefore: post.now(), expiresAt: null, at: post.now(),
    }));
    await post.put({ to: anyone(), data: {} });
    for (let n = 0; n < 12; n += 1) await post.put({ to: address });
    const worker = post.worker();
    await worker.run();
    expect(to(address)).toHaveLength(12);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      post.forward(60);
      await worker.run();
    }
    expect((await stored()).filter(({ status }) => status === "abandoned")).toHaveLength(3);
    expect(to(address)).toHaveLength(12);
  });
});

describe("several workers", () => {
  test("hand every message over once", async () => {
    const address = anyone();
    for (let n = 0; n < 40; n += 1) await post.put({ to: address, data: { code: String(100_000 + n), minutes: 10 } });
    await Promise.all(Array.from({ length: 4 }, () => post.worker().run()));
    const subjects = to(address).map(({ subject }) => subject);
    expect(subjects).toHaveLength(40);
    expect(new Set(subjects).size).toBe(40);
    expect((await stored()).every(({ status, attempts }) => status === "sent" && attempts === 1)).toBe(true);
  });

  test("take over from one that died between the last byte and its verdict, under the same message id", async () => {
    const address = anyone();
    await post.put({ to: address });
    // The process dies here: the mail has left, and nothing was written down.
    const killed = { ...db, platform: { ...db.platform, settleMessage: () => Promise.reject(new Error("killed")) } };
    await post.worker({ db: killed }).run();
    const worker = post.worker();
    await worker.run();
    expect(to(address)).toHaveLength(1);
    post.forward(61);
    await worker.run();
    await worker.run();
    expect(to(address)).toHaveLength(2);
    expect(new Set(to(address).map(({ messageId }) => messageId)).size).toBe(1);
    expect(await stored()).toMatchObject([{ status: "sent", attempts: 2 }]);
  });

  test("hand over again what a server took without saying so, under the same message id", async () => {
    const address = anyone();
    sink.mood({ kind: "cut" });
    await post.put({ to: address });
    const worker = post.worker();
    await worker.run();
    sink.mood({ kind: "take" });
    post.forward(10);
    await worker.run();
    expect(to(address)).toHaveLength(2);
    expect(new Set(to(address).map(({ messageId }) => messageId)).size).toBe(1);
  });

  test("stop when asked to: what is on its way is finished, nothing more is begun", async () => {
    const address = anyone();
    sink.slow(300);
    await post.put({ to: address });
    const worker = post.worker();
    const running = worker.run();
    await expect.poll(async () => (await stored())[0]?.status).toBe("processing");
    await worker.drain();
    expect(to(address)).toHaveLength(1);
    await post.put({ to: address });
    await running;
    await worker.run();
    expect(to(address)).toHaveLength(1);
  });
});

test("what was handed over is counted by channel, kind and outcome, and by nothing else", async () => {
  await post.put({ to: anyone() });
  await post.put({ to: anyone(), template: "new_device", data: { at: post.now().toISOString() } });
  await post.worker().run();
  const text = await post.metrics.text();
  expect(text).toContain('rung_messages_total{channel="email",template="code",outcome="sent"} 1');
  expect(text).toContain('rung_messages_total{channel="email",template="notice",outcome="sent"} 1');
  expect(text).not.toContain("example.com");
});

/** Two projects of a test have rings of their own; one worker serves both. */
function openAny(posts: readonly Post[], ...args: Parameters<Post["deps"]["keys"]["open"]>): string {
  for (const one of posts) {
    try {
      return one.deps.keys.open(...args);
    } catch {
      continue;
    }
  }
  throw new Error("no ring opens it");
}
