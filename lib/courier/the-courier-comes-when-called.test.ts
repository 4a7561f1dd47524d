import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startMailSink } from "../../e2e/kit/mail-sink";
import type { MailSink } from "../../e2e/kit/mail-sink";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { createCourier } from "./courier";
import { createSmtpSender } from "./smtp";
import { openPost } from "./testing";
import type { Post } from "./testing";

let db: TestDatabase;
let sink: MailSink;
let post: Post;

beforeAll(async () => {
  db = await testDatabase();
  sink = await startMailSink();
});
afterAll(async () => {
  await sink.close();
  await db.close();
});
beforeEach(async () => {
  sink.mood({ kind: "take" });
  sink.slow(0);
  post = await openPost(db, { courier: { smtp: { connection_uri: sink.url } } });
});
afterEach(() => post.close());

describe("the courier", () => {
  test("comes as soon as a letter is written, and not any more when it was stopped", async () => {
    const started = createCourier(post.deps).start();
    await post.put({ to: "first@example.com" });
    await sink.next("first@example.com", { timeoutMs: 5_000 });
    await started.stop();
    await post.put({ to: "second@example.com" });
    expect(await post.handle.listMessages({ limit: 10, status: "queued" })).toHaveLength(1);
    await createCourier(post.deps).run();
    expect(sink.mails.map(({ to }) => to[0])).toEqual(["first@example.com", "second@example.com"]);
  });

  test("finishes what is on its way when it is stopped", async () => {
    sink.slow(200);
    const started = createCourier(post.deps).start();
    await post.put({ to: "third@example.com" });
    await expect.poll(async () => (await post.handle.listMessages({ limit: 1 }))[0]?.status, { timeout: 5_000 }).toBe("processing");
    await started.stop();
    expect(await post.handle.listMessages({ limit: 1 })).toMatchObject([{ status: "sent" }]);
    expect(sink.mails.filter(({ to }) => to.includes("third@example.com"))).toHaveLength(1);
  });

  test("shows what a letter will say before it leaves", async () => {
    await post.put({ to: "fourth@example.com", locale: "es" });
    const [preview] = await createCourier(post.deps).preview(post.handle, post.project, 10);
    expect(preview).toMatchObject({ status: "queued", letter: { to: "fourth@example.com", code: "123456", subject: "123456 es su código de Garden" } });
  });
});

describe("a mail server", () => {
  const mail = { messageId: "<1@garden.test>", from: { address: "a@garden.test", name: "A" }, to: "b@example.com", subject: "s", text: "t", html: "<p>t</p>" };
  const elsewhere = (query = ""): string => sink.url.replace("127.0.0.1", "0.0.0.0") + query;
  const send = async (connectionUri: string, stepMs = 2_000, wholeMs = 5_000) => {
    const sender = createSmtpSender({ stepMs, wholeMs });
    const delivery = await sender.send({ connectionUri, localName: null, headers: {} }, mail);
    sender.close();
    return delivery;
  };

  test("elsewhere must switch to TLS, unless the address says otherwise", async () => {
    expect(await send(elsewhere())).toMatchObject({ kind: "unavailable" });
    expect(await send(elsewhere("?disable_starttls=true"))).toEqual({ kind: "sent" });
  });

  test("that does not answer in time is away, whatever it does afterwards", async () => {
    sink.slow(1_500);
    expect(await send(sink.url, 200)).toMatchObject({ kind: "unavailable", down: true });
    expect(await send(sink.url, 10_000, 300)).toEqual({ kind: "unavailable", reason: "the mail server took too long", down: true });
    expect(await send("smtp://127.0.0.1:1")).toEqual({ kind: "unavailable", reason: "the mail server failed with ESOCKET", down: true });
  });

  test("is told who it is for by the envelope: an address is never a list, and a name never a header", async () => {
    const sender = createSmtpSender();
    const before = sink.mails.length;
    for (const to of ["c@example.com, d@example.com", "c@example.com\r\nRCPT TO:<d@example.com>", "<d@example.com>", "C d@example.com <c@example.com>", ""]) {
      expect(await sender.send({ connectionUri: sink.url, localName: null, headers: {} }, { ...mail, to })).toMatchObject({ kind: "refused" });
    }
    expect(sink.mails).toHaveLength(before);
    await sender.send({ connectionUri: sink.url, localName: null, headers: { "X-Own": "yes" } }, { ...mail, to: "e@example.com", from: { address: "a@garden.test", name: "A\r\nBcc: f@example.com" } });
    sender.close();
    const taken = sink.mails.slice(before);
    expect(taken.at(-1)).toMatchObject({ to: ["e@example.com"] });
    expect(taken.at(-1)?.headers).toMatchObject({ "x-own": "yes", "auto-submitted": "auto-generated" });
    expect(taken.at(-1)?.headers["bcc"]).toBeUndefined();
  });
});
