import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { anyEmail, anyPassword, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { anyPhone } from "../kit/factors-world";
import { codeByMail, codeByText } from "../kit/letters";
import { useServerWithMail } from "../kit/use-mail";
import { messageIds, node } from "../kit/wire";
import type { ErrorJson, FlowJson, IdentityJson, SignedInJson } from "../kit/wire";

/** People with a phone beside their address, and a project that lets nobody in before an address is verified. */
const SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#", title: "Person", type: "object",
  properties: {
    traits: {
      type: "object",
      properties: {
        email: {
          type: "string", format: "email", title: "E-Mail",
          "ory.sh/kratos": { credentials: { password: { identifier: true } }, verification: { via: "email" }, recovery: { via: "email" } },
        },
        phone: { type: "string", format: "tel", title: "Phone", "ory.sh/kratos": { verification: { via: "sms" } } },
      },
      required: ["email"], additionalProperties: false,
    },
  },
} as const;
const IDENTITY = { default_schema_id: "person", schemas: [{ id: "person", url: `base64://${Buffer.from(JSON.stringify(SCHEMA)).toString("base64")}` }] } as const;
const PHONES = "phones.localhost";
const VERIFIED_ONLY = "verified-only.localhost";
const at = useServerWithMail(({ sms }) => {
  const shared = {
    identity: IDENTITY, clients: { http: { disallow_private_ip_ranges: false } },
    courier: { channels: [{ id: "sms", type: "http", request_config: { url: sms.url, method: "POST" } }] },
  } as const;
  return {
    projects: [
      { slug: "phones", document: { ...shared, selfservice: { flows: { settings: { after: { profile: { hooks: [{ hook: "show_verification_ui" }] } } } } } } },
      { slug: "verified-only", document: { ...shared, selfservice: { flows: {
        login: { after: { hooks: [{ hook: "require_verified_address" }] } },
        registration: { after: { password: { hooks: [{ hook: "session" }, { hook: "show_verification_ui" }] } } },
      } } } },
    ],
  };
});
type Verifiable = IdentityJson & { readonly verifiable_addresses?: readonly { readonly value: string; readonly verified: boolean; readonly via: string; readonly status: string }[] };

async function addresses(app: Native): Promise<Verifiable["verifiable_addresses"]> {
  return ((await app.session()).identity as Verifiable).verifiable_addresses;
}
async function ask(browser: Browser, email: string): Promise<FlowJson> {
  const answer = await browser.submit(await browser.start("verification"), { method: "code", email });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<FlowJson>();
}

describe("an address", () => {
  let ada: Person;
  beforeAll(async () => {
    ada = await registerPerson(at.server, { host: PHONES });
  });

  test("is verified with the code that came with the registration's letter or a new one; the session stays as it was", async () => {
    expect(await addresses(ada.app)).toMatchObject([{ value: ada.email, verified: false, via: "email" }]);
    await at.passSeconds(65);
    const before = at.mail.mails.length;
    const browser = new Browser(at.server, { host: PHONES });
    const waiting = await ask(browser, ada.email);
    expect([waiting.state, messageIds(waiting)]).toEqual(["sent_email", [1080003]]);
    expect(node(waiting, "code").meta.label?.id).toBe(1070011);
    const session = await ada.app.session();
    const done = await browser.submit(waiting, { method: "code", code: await codeByMail(at.mail, ada.email, before) });
    expect(done.status).toBe(200);
    const flow = done.json<FlowJson>();
    expect([flow.state, flow.ui.method, messageIds(flow)]).toEqual(["passed_challenge", "GET", [1080002]]);
    expect(node(flow, "continue")).toMatchObject({ type: "a", attributes: { node_type: "a" } });
    expect(await addresses(ada.app)).toMatchObject([{ value: ada.email, verified: true, status: "completed" }]);
    expect((await ada.app.session()).authentication_methods).toEqual(session.authentication_methods);
    expect((await browser.whoami()).status, "nobody is signed in by it").toBe(401);

    const again = await browser.submit(waiting, { method: "code", code: "000000" });
    expect([again.status, again.json<ErrorJson>().error.id]).toEqual([410, "self_service_flow_replaced"]);
    expect(again.json<ErrorJson>().use_flow_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("changed in the settings is unverified until its own code comes back", async () => {
    const email = anyEmail();
    const before = at.mail.mails.length;
    const saved = await ada.app.submit(await ada.app.start("settings"), { method: "profile", traits: { email } });
    expect(saved.status, saved.text).toBe(200);
    expect(await addresses(ada.app)).toMatchObject([{ value: email, verified: false }]);
    const code = await codeByMail(at.mail, email, before);
    const item = saved.json<FlowJson>().continue_with?.find(({ action }) => action === "show_verification_ui");
    const { id } = (item?.["flow"] ?? {}) as { readonly id?: string };
    expect(id, "the flow that waits for this code").toBeTypeOf("string");
    const flow = await ada.app.fetch(`/self-service/verification/flows?id=${String(id)}`);
    const done = await ada.app.submit(flow.json<FlowJson>(), { method: "code", code });
    expect([done.status, messageIds(done.json<FlowJson>())]).toEqual([200, [1080002]]);
    expect(await addresses(ada.app)).toMatchObject([{ value: email, verified: true }]);
  });

  test("by form: redirects to its page, which leads on", async () => {
    const start = at.mail.mails.length;
    const person = await registerPerson(at.server);
    await at.passSeconds(65);
    // The letter of the registration is there, so that the next one is the form's.
    await codeByMail(at.mail, person.email, start);
    const before = at.mail.mails.length;
    const browser = new Browser(at.server);
    const flow = await browser.open("verification");
    expect((await browser.post(flow, { method: "code", email: person.email })).status).toBe(303);
    const done = await browser.post(await browser.read("verification", flow.id), { method: "code", code: await codeByMail(at.mail, person.email, before) });
    expect(done.status).toBe(303);
    expect((await browser.follow(done.location)).answer.status).toBe(200);
    expect(await addresses(person.app)).toMatchObject([{ verified: true }]);
  });

  test("a wrong code answers 200 with 4070006; five of them end the flow", async () => {
    const person = await registerPerson(at.server);
    await at.passSeconds(65);
    const before = at.mail.mails.length;
    const browser = new Browser(at.server);
    const waiting = await ask(browser, person.email);
    const code = await codeByMail(at.mail, person.email, before);
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    for (let round = 0; round < 5; round += 1) {
      const answer = await browser.submit(waiting, { method: "code", code: wrong });
      expect([answer.status, messageIds(answer.json<FlowJson>())]).toEqual([200, [4070006]]);
    }
    await browser.submit(waiting, { method: "code", code });
    expect(await addresses(person.app)).toMatchObject([{ verified: false }]);
  });
});

test("a phone is verified by a text message that names our host", async () => {
  const person = await registerPerson(at.server, { host: PHONES });
  const phone = anyPhone();
  const saved = await person.app.submit(await person.app.start("settings"), { method: "profile", traits: { email: person.email, phone } });
  expect(saved.status, saved.text).toBe(200);
  const code = await codeByText(at.sms, phone, 0);
  const text = at.sms.texts.find(({ body }) => body.includes(phone))?.json as { readonly body: string; readonly recipient: string };
  expect(text.recipient).toBe(phone);
  expect(text.body.split("\n").at(-1), "WebOTP").toBe(`@${PHONES} #${code}`);
  const items = saved.json<FlowJson>().continue_with?.filter(({ action }) => action === "show_verification_ui") ?? [];
  const flows = items.map((item) => (item["flow"] as { readonly id: string; readonly verifiable_address: string }));
  const id = flows.find(({ verifiable_address: address }) => address === phone)?.id;
  const flow = (await person.app.fetch(`/self-service/verification/flows?id=${String(id)}`)).json<FlowJson>();
  const done = await person.app.submit(flow, { method: "code", code });
  expect([done.status, messageIds(done.json<FlowJson>())]).toEqual([200, [1080005]]);
  expect((await addresses(person.app))?.find(({ value }) => value === phone)).toMatchObject({ verified: true, via: "sms" });
});

describe("require_verified_address", () => {
  test("turns people round with the flow in which to verify; afterwards they are let in", async () => {
    const [email, password] = [anyEmail(), anyPassword()];
    const before = at.mail.mails.length;
    const app = new Native(at.server, { host: VERIFIED_ONLY });
    const signUp = (await app.submit(await app.start("registration"), { method: "password", traits: { email }, password })).json<SignedInJson>();
    const shown = signUp.continue_with?.find(({ action }) => action === "show_verification_ui")?.["flow"] as { readonly id: string; readonly verifiable_address: string };
    expect(shown.verifiable_address).toBe(email);

    const late = new Native(at.server, { host: VERIFIED_ONLY });
    const refused = await late.submit(await late.start("login"), { method: "password", identifier: email, password });
    expect([refused.status, refused.json<ErrorJson>().error.id]).toEqual([403, "session_verified_address_required"]);
    expect(refused.text).not.toContain("ory_st_");

    const flow = (await app.fetch(`/self-service/verification/flows?id=${shown.id}`)).json<FlowJson>();
    const done = await app.submit(flow, { method: "code", code: await codeByMail(at.mail, email, before) });
    expect(messageIds(done.json<FlowJson>())).toEqual([1080002]);
    const welcome = await late.submit(await late.start("login"), { method: "password", identifier: email, password });
    expect(welcome.status, welcome.text).toBe(200);
  });
});
