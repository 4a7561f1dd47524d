import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import type { FlowName } from "../kit/client";
import { device, keyOptions } from "../kit/factors-keys";
import { anyEmail, anyPassword } from "../kit/fixtures";
import type { Answer } from "../kit/http";
import { letterTo } from "../kit/letters";
import { useServerWithMail } from "../kit/use-mail";

/*
 * Whoever asks about an address learns nothing about it (security.md part 7): a known and an unknown one get the same status, headers,
 * cookies and body. Ids, times, tokens and the address itself are masked, nothing else.
 */
const UNIFIED = "one-form.localhost";
const WHO_FIRST = "who-first.localhost";
const at = useServerWithMail(() => {
  const methods = { code: { passwordless_enabled: true }, webauthn: { config: { passwordless: true } } } as const;
  return {
    projects: [
      { slug: "one-form", document: { selfservice: { methods } } },
      { slug: "who-first", document: { selfservice: { methods, flows: { login: { style: "identifier_first" } } } } },
    ],
  };
});

/** Somebody with every way to sign in, in each project; their last letter is more than a minute old. */
const known = new Map<string, string[]>();
async function newcomer(host: string): Promise<string> {
  const email = anyEmail();
  const browser = new Browser(at.server, { host });
  const flow = await browser.start("registration");
  const made = device(browser).register(keyOptions(flow));
  const answer = await browser.submit(flow, { method: "webauthn", traits: { email }, webauthn_register: made, webauthn_register_displayname: "Blue key" });
  expect(answer.status, answer.text).toBe(200);
  expect((await browser.submit(await browser.start("settings"), { method: "password", password: anyPassword() })).status).toBe(200);
  return email;
}
function somebody(host: string): string {
  const email = known.get(host)?.pop();
  if (email === undefined) throw new Error("register more people");
  return email;
}

interface Probe {
  readonly name: string;
  readonly host: string;
  readonly kind: FlowName;
  readonly fields: (email: string) => Readonly<Record<string, string>>;
}
const PROBES: readonly Probe[] = [
  { name: "a wrong password", host: UNIFIED, kind: "login", fields: (email) => ({ method: "password", identifier: email, password: "not the one at all" }) },
  { name: "a sign-in code", host: UNIFIED, kind: "login", fields: (email) => ({ method: "code", identifier: email }) },
  { name: "the keys behind a name", host: UNIFIED, kind: "login", fields: (email) => ({ method: "webauthn", identifier: email }) },
  { name: "who one is, before how", host: WHO_FIRST, kind: "login", fields: (email) => ({ method: "identifier_first", identifier: email }) },
  { name: "a recovery code", host: UNIFIED, kind: "recovery", fields: (email) => ({ method: "code", email }) },
  { name: "a verification code", host: UNIFIED, kind: "verification", fields: (email) => ({ method: "code", email }) },
  { name: "a registration code", host: UNIFIED, kind: "registration", fields: (email) => ({ method: "code", "traits.email": email }) },
];

beforeAll(async () => {
  for (const host of [UNIFIED, WHO_FIRST]) {
    const people: string[] = [];
    for (let index = 0; index < (host === UNIFIED ? 3 * (PROBES.length - 1) : 3); index += 1) people.push(await newcomer(host));
    known.set(host, people);
  }
  await at.passSeconds(65);
});

interface Seen {
  readonly status: number;
  readonly headers: string;
  readonly cookies: readonly string[];
  readonly body: string;
}
/** The order of the headers is the order they were sent in. */
function seen(answer: Answer, email: string): Seen {
  const mask = (text: string): string => masked(text, email);
  return {
    status: answer.status,
    headers: Object.entries(answer.headers).filter(([name]) => name !== "date" && name !== "set-cookie").map(([name, value]) => `${name}: ${mask(value)}`).join("\n"),
    cookies: answer.setCookies.map((line) => `${line.split("=", 1)[0] ?? ""} ${line.split(";").slice(1).map((part) => part.split("=", 1)[0]?.trim()).join(" ")}`),
    body: mask(answer.text),
  };
}
function masked(text: string, email: string): string {
  return text.replaceAll(email, "EMAIL").replaceAll(encodeURIComponent(email), "EMAIL")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/transports[^\]]{1,100}\]/g, "WAYS")
    .replaceAll(/[A-Za-z0-9+/_-]{20,}={0,2}/g, "TOKEN")
    // Where the framework cut its stream into pieces tells how busy the machine was, and nothing of the person.
    .replaceAll(/"\]\)<\/script><script[^>]*>self\.__next_f\.push\(\[1,"/g, "");
}

/** The answer to the submission, and then the flow or the page as everybody sees it. */
const DOORS: Readonly<Record<"by script" | "by form" | "natively", (probe: Probe, email: string) => Promise<readonly Answer[]>>> = {
  async "by script"({ host, kind, fields }, email) {
    const browser = new Browser(at.server, { host });
    const flow = await browser.start(kind);
    const answer = await browser.submit(flow, nested(fields(email)));
    return [answer, await browser.fetch(`/self-service/${kind}/flows?id=${flow.id}`)];
  },
  async "by form"({ host, kind, fields }, email) {
    const browser = new Browser(at.server, { host });
    const answer = await browser.post(await browser.open(kind), fields(email));
    return [answer, await browser.visit(answer.location)];
  },
  async natively({ host, kind, fields }, email) {
    const app = new Native(at.server, { host });
    const flow = await app.start(kind);
    return [await app.submit(flow, nested(fields(email))), await app.fetch(`/self-service/${kind}/flows?id=${flow.id}`)];
  },
};
function nested({ "traits.email": email, ...fields }: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  return email === undefined ? fields : { ...fields, traits: { email } };
}

describe.each(PROBES.map((probe) => [probe.name, probe] as const))("asking for %s", (_name, probe) => {
  test.each(Object.entries(DOORS))("%s is answered alike for an address that is known and one that is not", async (_door, run) => {
    const [somebodys, nobodys] = [somebody(probe.host), anyEmail()];
    const mine = (await run(probe, somebodys)).map((answer) => seen(answer, somebodys));
    const theirs = (await run(probe, nobodys)).map((answer) => seen(answer, nobodys));
    expect(theirs).toEqual(mine);
    expect(mine[0]?.status).not.toBe(429);
    expect(mine.every(({ status }) => status < 500)).toBe(true);
  });
});

test("a second try within the minute is told to wait, known or not", async () => {
  const waits: unknown[] = [];
  for (const email of [anyEmail(), anyEmail()]) {
    const browser = new Browser(at.server, { host: UNIFIED });
    const flow = await browser.start("recovery");
    await browser.submit(flow, { method: "code", email });
    const again = await browser.submit(flow, { method: "code", email });
    expect(Number(again.headers["retry-after"])).toBeGreaterThan(0);
    waits.push({ ...seen(again, email), headers: "", body: masked(again.text, email).replaceAll(/\d+ seconds?/g, "SOON").replaceAll(/"seconds":\d+/g, "SOON") });
  }
  expect(waits[1]).toEqual(waits[0]);
});

test("only somebody who is known gets a letter", async () => {
  const stranger = anyEmail();
  const browser = new Browser(at.server, { host: UNIFIED });
  await browser.submit(await browser.start("recovery"), { method: "code", email: stranger });
  // Somebody else's letter, asked for later, has come: the stranger's would have come before it.
  const later = await newcomer(UNIFIED);
  await letterTo(at.mail, later, /./);
  expect(at.mail.mails.filter(({ to }) => to.includes(stranger))).toEqual([]);
});
