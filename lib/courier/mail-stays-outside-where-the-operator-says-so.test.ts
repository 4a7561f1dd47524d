import type { LookupFunction } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMailSink } from "../../e2e/kit/mail-sink";
import type { MailSink } from "../../e2e/kit/mail-sink";
import { createSmtpSender } from "./smtp";
import type { Mail } from "./smtp";

let sink: MailSink;
let port: string;
beforeAll(async () => {
  sink = await startMailSink();
  ({ port } = new URL(sink.url));
});
afterAll(() => sink.close());

const mail: Mail = { messageId: "<1@garden.test>", from: { address: "a@garden.test", name: "Garden" }, to: "rose@garden.test", subject: "s", text: "t", html: "h" };
const REFUSED = { kind: "unavailable", reason: "the mail server is not at a public address", down: true };
/** Answers one list after another, the last one for ever. */
function answering(...answers: readonly (readonly string[])[]): LookupFunction {
  let asked = 0;
  return (_host, options, callback) => {
    const found = (answers[Math.min(asked, answers.length - 1)] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    asked += 1;
    if (options.all === true) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family ?? 4);
  };
}
async function sent(host: string, lookup?: LookupFunction, times = 1): Promise<readonly unknown[]> {
  const sender = createSmtpSender({ stepMs: 5_000, wholeMs: 10_000 }, lookup);
  const answers: unknown[] = [];
  for (let n = 0; n < times; n += 1) answers.push(await sender.send({ connectionUri: `smtp://${host}:${port}?disable_starttls=true`, localName: null, headers: {}, publicOnly: true }, mail));
  sender.close();
  return answers;
}

describe("where projects may not reach private addresses", () => {
  test.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433", "0x7f000001"])("nothing is said to a mail server at %s", async (host) => {
    const [answer] = await sent(host);
    expect(answer).toMatchObject({ kind: "unavailable", down: true });
    expect(sink.mails).toEqual([]);
  });

  test.each([["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:127.0.0.1"], ["fd00::1"], ["8.8.8.8", "127.0.0.1"]])("nor to a name that leads to %s", async (...addresses) => {
    expect(await sent("mail.example", answering(addresses))).toEqual([REFUSED]);
  });

  test("a name that answers otherwise each time gains nothing: every dial asks, and dials what was judged", async () => {
    expect(await sent("rebind.example", answering(["127.0.0.1"], ["10.1.1.1"], ["::ffff:127.0.0.1"]), 3)).toEqual([REFUSED, REFUSED, REFUSED]);
    expect(sink.mails).toEqual([]);
  });
});

test("the operator's own mail server may be anywhere", async () => {
  const sender = createSmtpSender();
  expect(await sender.send({ connectionUri: sink.url, localName: null, headers: {} }, mail)).toEqual({ kind: "sent" });
  sender.close();
  expect(sink.mails).toHaveLength(1);
});
