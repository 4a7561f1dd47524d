import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native, flowIdIn } from "../kit/client";
import { anyPhone } from "../kit/factors-world";
import { anyEmail, anyPassword, browserAfterPassword, enrolTotp, registerPerson } from "../kit/fixtures";
import { codeByMail, codeByText, letterTo } from "../kit/letters";
import { useServerWithMail } from "../kit/use-mail";
import { messageIds, methodsOf, names, node, nodes } from "../kit/wire";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

/** Codes instead of passwords; codes beside passwords; and neither, as a project begins. */
const FIRST = "codes-first.localhost";
const SECOND = "codes-second.localhost";
const PHONE = { type: "string", format: "tel", title: "Phone", "ory.sh/kratos": { credentials: { code: { identifier: true, via: "sms" } }, verification: { via: "sms" } } } as const;
const EMAIL = {
  type: "string", format: "email", title: "E-Mail",
  "ory.sh/kratos": { credentials: { password: { identifier: true }, code: { identifier: true, via: "email" } }, verification: { via: "email" }, recovery: { via: "email" } },
} as const;
const SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#", title: "Person", type: "object",
  properties: { traits: { type: "object", properties: { email: EMAIL, phone: PHONE }, required: ["email"], additionalProperties: false } },
} as const;
const IDENTITY = { default_schema_id: "person", schemas: [{ id: "person", url: `base64://${Buffer.from(JSON.stringify(SCHEMA)).toString("base64")}` }] } as const;
const at = useServerWithMail(({ sms }) => ({
  projects: [
    { slug: "codes-first", document: { selfservice: { methods: { code: { passwordless_enabled: true } }, flows: { verification: { enabled: false } } } } },
    {
      slug: "codes-second",
      document: {
        identity: IDENTITY, clients: { http: { disallow_private_ip_ranges: false } },
        courier: { channels: [{ id: "sms", type: "http", request_config: { url: sms.url, method: "POST" } }] },
        selfservice: { methods: { code: { mfa_enabled: true } }, flows: { verification: { enabled: false } } },
      },
    },
  ],
}));

const differentFrom = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

/** Somebody known by an address alone, whose last letter was more than a minute ago. */
const people: string[] = [];
function somebody(): string {
  const email = people.pop();
  if (email === undefined) throw new Error("register more people");
  return email;
}
async function ask(browser: Browser, email: string, typed = email): Promise<{ readonly flow: FlowJson; readonly code: () => Promise<string> }> {
  const after = at.mail.mails.length;
  const answer = await browser.submit(await browser.start("login"), { method: "code", identifier: typed });
  expect(answer.status, answer.text).toBe(400);
  return { flow: answer.json<FlowJson>(), code: () => codeByMail(at.mail, email, after) };
}
beforeAll(async () => {
  for (let index = 0; index < 9; index += 1) {
    const app = new Native(at.server, { host: FIRST });
    const email = anyEmail();
    const after = at.mail.mails.length;
    const asked = { method: "code", traits: { email } } as const;
    const sent = (await app.submit(await app.start("registration"), asked)).json<FlowJson>();
    const done = await app.submit(sent, { ...asked, code: await codeByMail(at.mail, email, after) });
    expect(done.status, done.text).toBe(200);
    people.push(email);
  }
  await at.passSeconds(65);
});

describe("signing up with a code", () => {
  test("asks for the address, sends, and shows where to type it; the address is verified by it", async () => {
    const browser = new Browser(at.server, { host: FIRST });
    const flow = await browser.start("registration");
    expect(node(flow, "method", "code").meta.label?.id).toBe(1040006);
    const email = anyEmail();
    const after = at.mail.mails.length;
    const sent = await browser.submit(flow, { method: "code", traits: { email } });
    expect(sent.status).toBe(400);
    const waiting = sent.json<FlowJson>();
    expect([waiting.state, messageIds(waiting)]).toEqual(["sent_email", [1040005]]);
    expect(node(waiting, "traits.email").attributes).toMatchObject({ type: "hidden", value: email });
    expect(node(waiting, "code").meta.label?.id).toBe(1070012);
    expect(nodes(waiting, "resend")).toHaveLength(1);
    const done = await browser.submit(waiting, { method: "code", traits: { email }, code: await codeByMail(at.mail, email, after) });
    expect(done.status, done.text).toBe(200);
    const session = await browser.session();
    expect(session.authentication_methods).toMatchObject([{ method: "code", aal: "aal1" }]);
    expect(session.identity).toMatchObject({ verifiable_addresses: [{ value: email, verified: true }] });
  });

  test("for an address in use looks the same, and its owner gets another letter", async () => {
    const email = somebody();
    const browser = new Browser(at.server, { host: FIRST });
    const sent = await browser.submit(await browser.start("registration"), { method: "code", traits: { email } });
    expect([sent.status, messageIds(sent.json<FlowJson>())]).toEqual([400, [1040005]]);
    await letterTo(at.mail, email, /already have an account/);
    const guess = await browser.submit(sent.json<FlowJson>(), { method: "code", traits: { email }, code: "000000" });
    expect(messageIds(guess.json<FlowJson>())).toEqual([4040003]);
  });
});

describe("signing in with a code", () => {
  test("by script and by form", async () => {
    const email = somebody();
    const browser = new Browser(at.server, { host: FIRST });
    const begun = await browser.start("login");
    expect(node(begun, "method", "code").meta.label?.id).toBe(1010015);
    const { flow, code } = await ask(browser, email, ` ${email.toUpperCase()} `);
    const right = await code();
    expect([flow.state, messageIds(flow)]).toEqual(["sent_email", [1010014]]);
    expect(node(flow, "code")).toMatchObject({ group: "code", attributes: { autocomplete: "one-time-code", required: true }, meta: { label: { id: 1070013 } } });
    expect(nodes(flow, "method").map(({ attributes }) => attributes["type"]).sort()).toEqual(["hidden", "submit"]);
    expect(node(flow, "resend").attributes["value"]).toBe("code");
    const letter = await letterTo(at.mail, email, new RegExp(`^${right} is your code`));
    expect(letter.text).toContain(right);
    expect(letter.text + letter.html, "no link signs anybody in").not.toMatch(/token=|code=\d/);
    // Elements sends an empty `resend` beside the code (contract, part 11).
    const done = await browser.submit(flow, { method: "code", identifier: email, code: right, resend: "" });
    expect(done.status, done.text).toBe(200);
    expect((await browser.session()).authentication_methods).toMatchObject([{ method: "code", aal: "aal1" }]);

    const other = somebody();
    const page = new Browser(at.server, { host: FIRST });
    const form = await page.open("login");
    const mark = at.mail.mails.length;
    const sent = await page.post(form, { method: "code", identifier: other });
    expect([sent.status, flowIdIn(sent.location)]).toEqual([303, form.id]);
    const digits = await codeByMail(at.mail, other, mark);
    const signed = await page.post(await page.read("login", form.id), { method: "code", identifier: other, code: `${digits.slice(0, 3)} ${digits.slice(3)}` });
    expect(signed.status).toBe(303);
    expect((await page.session()).active).toBe(true);
  });

  test("is asked for once a minute, and a new code ends the one before", async () => {
    const email = somebody();
    const browser = new Browser(at.server, { host: FIRST });
    const { flow, code } = await ask(browser, email);
    const first = await code();
    const soon = await browser.submit(flow, { method: "code", identifier: email, resend: "code" });
    expect(soon.status).toBe(429);
    expect(Number(soon.headers["retry-after"])).toBeGreaterThan(0);
    await at.passSeconds(65);
    const after = at.mail.mails.length;
    const again = await browser.submit(flow, { method: "code", identifier: email, resend: "CODE" });
    expect([again.status, again.json<FlowJson>().state]).toEqual([400, "sent_email"]);
    const second = await codeByMail(at.mail, email, after);
    expect(messageIds((await browser.submit(flow, { method: "code", identifier: email, code: first })).json<FlowJson>())).toEqual([4010008]);
    expect((await browser.submit(flow, { method: "code", identifier: email, code: second })).status).toBe(200);
  });

  test("is tried five times in a flow; then not even the right one passes", async () => {
    const email = somebody();
    const browser = new Browser(at.server, { host: FIRST });
    const { flow, code } = await ask(browser, email);
    const right = await code();
    for (let round = 0; round < 5; round += 1) {
      expect(messageIds((await browser.submit(flow, { method: "code", identifier: email, code: differentFrom(right) })).json<FlowJson>())).toEqual([4010008]);
    }
    const late = await browser.submit(flow, { method: "code", identifier: email, code: right });
    expect([400, 429]).toContain(late.status);
    expect((await browser.whoami()).status).toBe(401);
  });

  test("passes in its own flow only, under its own name only, and once", async () => {
    const [ada, eve] = [somebody(), somebody()];
    const browser = new Browser(at.server, { host: FIRST });
    const { flow, code } = await ask(browser, ada);
    const right = await code();
    const elsewhere = new Browser(at.server, { host: FIRST });
    const other = await ask(elsewhere, eve);
    expect(messageIds((await elsewhere.submit(other.flow, { method: "code", identifier: eve, code: right })).json<FlowJson>())).toEqual([4010008]);
    expect(messageIds((await browser.submit(flow, { method: "code", identifier: eve, code: right })).json<FlowJson>())).toEqual([4010008]);
    expect((await browser.submit(flow, { method: "code", identifier: ada, code: right })).status).toBe(200);
    expect([400, 403]).toContain((await browser.submit(flow, { method: "code", identifier: ada, code: right })).status);
  });

  test("ends after ten minutes", async () => {
    const email = somebody();
    const browser = new Browser(at.server, { host: FIRST });
    const { flow, code } = await ask(browser, email);
    const right = await code();
    await at.passSeconds(11 * 60);
    expect(messageIds((await browser.submit(flow, { method: "code", identifier: email, code: right })).json<FlowJson>())).toEqual([4010008]);
  });

  test("what cannot be a code is told at its field and costs no try", async () => {
    const email = somebody();
    const browser = new Browser(at.server, { host: FIRST });
    const { flow, code } = await ask(browser, email);
    for (const typed of ["12345", "abcdef", "1234567"]) {
      const answer = await browser.submit(flow, { method: "code", identifier: email, code: typed });
      expect(answer.status, typed).toBe(400);
    }
    expect((await browser.submit(flow, { method: "code", identifier: email, code: await code() })).status).toBe(200);
  });

  test("a project that signs nobody in with codes has no such method", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.start("login");
    expect(methodsOf(flow)).not.toContain("code");
    expect((await browser.submit(flow, { method: "code", identifier: anyEmail() })).status).toBe(404);
  });
});

describe("a code as second step", () => {
  async function withPhone(): Promise<{ readonly email: string; readonly password: string; readonly phone: string }> {
    const [email, password, phone] = [anyEmail(), anyPassword(), anyPhone()];
    const app = new Native(at.server, { host: SECOND });
    const done = await app.submit(await app.start("registration"), { method: "password", traits: { email, phone }, password });
    expect(done.status, done.text).toBe(200);
    return { email, password, phone };
  }
  const halfWay = async (person: { readonly email: string; readonly password: string }): Promise<Browser> => {
    const browser = new Browser(at.server, { host: SECOND });
    const answer = await browser.submit(await browser.start("login"), { method: "password", identifier: person.email, password: person.password });
    expect(answer.status, answer.text).toBe(422);
    return browser;
  };

  test("offers one button for each address, without a method; pressing one sends", async () => {
    const ada = await withPhone();
    const browser = await halfWay(ada);
    const flow = await browser.start("login", "?aal=aal2");
    const buttons = nodes(flow, "address");
    expect(buttons.map(({ attributes, meta }) => [attributes["value"], meta.label?.id, meta.label?.context?.["channel"]])).toEqual(
      expect.arrayContaining([[ada.phone, 1010023, "sms"], [ada.email, 1010023, "email"]]));
    expect(names(flow)).not.toContain("method");
    const sent = await browser.submit(flow, { address: ada.phone });
    expect([sent.status, messageIds(sent.json<FlowJson>())]).toEqual([400, [1010025]]);
    const done = await browser.submit(sent.json<FlowJson>(), { method: "code", code: await codeByText(at.sms, ada.phone, 0) });
    expect(done.status, done.text).toBe(200);
    expect((await browser.session()).authentication_methods).toMatchObject([{ method: "password" }, { method: "code", aal: "aal2" }]);
  });

  test("`via` narrows the choice to one address; a foreign address is refused", async () => {
    const ada = await withPhone();
    const browser = await halfWay(ada);
    const flow = await browser.start("login", "?aal=aal2&via=phone");
    const offered = nodes(flow, "address").map(({ attributes }) => attributes["value"]);
    expect(flow.state === "sent_email" ? [ada.phone] : offered).toEqual([ada.phone]);
    expect((await browser.fetch("/self-service/login/browser?aal=aal2&via=nothing")).status).toBe(400);
    const choose = await browser.start("login", "?aal=aal2");
    const foreign = await browser.submit(choose, { method: "code", address: anyPhone() });
    expect([foreign.status, messageIds(foreign.json<FlowJson>())]).toEqual([400, [4010010]]);
  });

  test("goes at once where there is one address and nothing else to choose", async () => {
    const [email, password] = [anyEmail(), anyPassword()];
    const app = new Native(at.server, { host: SECOND });
    expect((await app.submit(await app.start("registration"), { method: "password", traits: { email }, password })).status).toBe(200);
    const after = at.mail.mails.length;
    const browser = await halfWay({ email, password });
    const flow = await browser.start("login", "?aal=aal2");
    expect([flow.state, flow.active, messageIds(flow).includes(1010025)]).toEqual(["sent_email", "code", true]);
    expect((await browser.submit(flow, { method: "code", code: await codeByMail(at.mail, email, after) })).status).toBe(200);
  });

  test("never by the address that recovered the account (J5)", async () => {
    const ada = await withPhone();
    const browser = new Browser(at.server, { host: SECOND });
    const after = at.mail.mails.length;
    const waiting = (await browser.submit(await browser.start("recovery"), { method: "code", email: ada.email })).json<FlowJson>();
    expect((await browser.submit(waiting, { method: "code", code: await codeByMail(at.mail, ada.email, after) })).status).toBe(422);
    await at.passSeconds(65);
    const flow = await browser.start("login", "?aal=aal2");
    expect(flow.state === "sent_email" || nodes(flow, "address").every(({ attributes }) => attributes["value"] === ada.phone)).toBe(true);
    const refused = await browser.submit(flow, { method: "code", address: ada.email });
    expect([refused.status, messageIds(refused.json<FlowJson>())]).toEqual([400, [4010010]]);
    expect((await browser.whoami()).json<ErrorJson>().error.id).toBe("session_aal2_required");
  });

  test("is off as a project begins", async () => {
    const ada = await enrolTotp(at.server, await registerPerson(at.server));
    const browser = await browserAfterPassword(at.server, ada);
    expect(nodes(await browser.start("login", "?aal=aal2"), "address")).toEqual([]);
    const answer = await browser.submit(await browser.start("login", "?aal=aal2"), { method: "code", address: ada.email });
    expect(answer.status).toBe(404);
    expect(answer.json<Partial<SignedInJson>>()).not.toHaveProperty("session");
  });
});
