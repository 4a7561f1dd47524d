import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSmsSink } from "../../e2e/kit/sms-sink";
import type { SmsSink } from "../../e2e/kit/sms-sink";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import type { JsonObject } from "../model/identity";
import { openPost } from "./testing";
import type { Post } from "./testing";

let db: TestDatabase;
let sink: SmsSink;
let post: Post;

beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  sink = await startSmsSink();
});
afterEach(async () => {
  post.close();
  await sink.close();
});

const channel = (request: JsonObject): JsonObject => ({
  courier: { channels: [{ id: "sms", type: "http", request_config: { url: sink.url, method: "POST", ...request } }] },
  clients: { http: { disallow_private_ip_ranges: false } },
});
const letter = { via: "sms", to: "+4915112345678" } as const;
const stored = async () => (await post.handle.listMessages({ limit: 1 }))[0];

describe("a text message", () => {
  test("fills the configured body, with the configured log-in, and ends with the line that binds it to our host", async () => {
    post = await openPost(db, channel({
      body: { to: "${ctx.recipient}", text: "${ctx.body}", kind: "${ctx.template_type}" },
      headers: { "X-Account": "garden" }, auth: { type: "basic_auth", config: { user: "ann", password: "hunter2" } },
    }));
    await post.put(letter);
    await post.worker().run();
    expect(sink.texts).toHaveLength(1);
    const [text] = sink.texts;
    expect(text?.json).toEqual({
      to: letter.to, kind: "login_code",
      text: `123456 is your code for Garden. Never tell it to anybody.\n\n@${new URL(post.project.config.baseUrl).hostname} #123456`,
    });
    expect(text?.headers).toMatchObject({
      "x-account": "garden", authorization: `Basic ${Buffer.from("ann:hunter2").toString("base64")}`, "content-type": "application/json; charset=utf-8",
      "idempotency-key": (await stored())?.id,
    });
    expect(await stored()).toMatchObject({ status: "sent", recipientHint: "+49…78" });
  });

  test("binds its code to the page that asks for it, where that is another host", async () => {
    post = await openPost(db, channel({ body: { text: "${ctx.body}" } }));
    await post.put({ ...letter, data: { code: "123456", minutes: 10, host: "login.bank.test" } });
    await post.worker().run();
    expect(sink.texts[0]?.json).toEqual({ text: expect.stringMatching(/\n\n@login\.bank\.test #123456$/) as string });
  });

  test("waits while the service is away or busy, and is given up when it keeps saying no", async () => {
    post = await openPost(db, channel({ body: { to: "${ctx.recipient}" } }));
    await post.put(letter);
    const worker = post.worker();
    for (const status of [503, 429, 500]) {
      sink.answer(status);
      await worker.run();
      expect(await stored()).toMatchObject({ status: "queued", attempts: 0, lastError: `the service answered ${status}` });
      post.forward(600);
    }
    sink.answer(400);
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await worker.run();
      post.forward(600);
    }
    expect(await stored()).toMatchObject({ status: "abandoned", attempts: 6, lastError: "the service answered 400" });
    expect(new Set(sink.texts.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  test("goes nowhere near this machine unless the project says so, and follows no redirect", async () => {
    post = await openPost(db, { ...channel({ body: { code: "${ctx.body}" } }), clients: { http: { disallow_private_ip_ranges: true } } });
    await post.put(letter);
    await post.worker().run();
    expect(sink.texts).toEqual([]);
    expect(await stored()).toMatchObject({ status: "queued", lastError: "the service was not reached (refused)" });
  });

  test("is nobody's business in the log", async () => {
    post = await openPost(db, channel({ body: { to: "${ctx.recipient}", text: "${ctx.body}" } }));
    sink.answer(400);
    await post.put(letter);
    const worker = post.worker();
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await worker.run();
      post.forward(600);
    }
    expect(post.logged.length).toBeGreaterThan(0);
    for (const line of post.logged) expect(line).not.toMatch(/123456|15112345678/);
  });
});

test("mail by HTTP knows recipient, subject and both forms", async () => {
  post = await openPost(db, {
    courier: { delivery_strategy: "http", http: { request_config: { url: sink.url, method: "POST", body: {
      to: "${ctx.recipient}", subject: "${ctx.subject}", text: "${ctx.body}", html: "${ctx.html_body}", template: "${ctx.template_type}", code: "${ctx.template_data.code}",
    } } } },
    clients: { http: { disallow_private_ip_ranges: false } },
  });
  await post.put();
  await post.worker().run();
  expect(sink.texts[0]?.json).toEqual({
    to: "ann@example.com", subject: "123456 is your code for Garden", text: expect.stringContaining("123456") as string,
    html: expect.stringContaining("<html lang=\"en\"") as string, template: "login_code", code: "123456",
  });
});
