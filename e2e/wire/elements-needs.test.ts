import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser, Native, anyAddress, flowIdIn } from "../kit/client";
import { documentFor } from "../kit/factors-config";
import { anyPhone } from "../kit/factors-world";
import { enrolRecoveryCodes, enrolTotp, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { send } from "../kit/http";
import { startMailSink } from "../kit/mail-sink";
import type { MailSink } from "../kit/mail-sink";
import type { JsonDocument } from "../kit/projects";
import { startServer } from "../kit/server";
import type { TestServer } from "../kit/server";
import type { Authenticator } from "../kit/totp";
import { csrfOf, messageIds, methodsOf, names, node, nodes } from "../kit/wire";
import type { FlowJson, MessageJson, NodeJson } from "../kit/wire";

/*
 * What the screens of @ory/elements-react rely on beyond the operations themselves (contract part 11), asked of the JSON: nodes by name
 * and group, arrays that are arrays, bodies with empty texts, full-page navigation, headings, and the context of messages.
 */
const COMMON: JsonDocument = {
  selfservice: {
    methods: {
      passkey: { enabled: true }, webauthn: { enabled: true }, totp: { enabled: true }, lookup_secret: { enabled: true, config: { storage: "revealable" } },
    },
    flows: { recovery: { enabled: true }, verification: { enabled: true } },
  },
};
/** Codes as second factor to two addresses; neither the provider nor the text messages are ever used. */
const CODES = documentFor({ webauthn: "second", code: "second" }, {
  smsUrl: "http://127.0.0.1:9/", provider: { issuer: "http://127.0.0.1:9", clientId: "nobody", clientSecret: "nothing to see here" },
});
const PROJECTS = [
  { slug: "elements", document: COMMON }, { slug: "codes", document: CODES },
  { slug: "screens", document: { selfservice: { flows: { registration: { style: "profile_first" }, login: { style: "identifier_first" }, recovery: { enabled: true } } } } },
];
const HOST = "elements.localhost";
const SCREENS = "screens.localhost";
let server: TestServer;
let mail: MailSink;
let ada: Person & { readonly authenticator: Authenticator };
beforeAll(async () => {
  mail = await startMailSink();
  server = await startServer({ projects: PROJECTS, env: { RUNG_SMTP_URL: mail.url } });
  ada = await enrolTotp(server, await registerPerson(server, { host: HOST }));
  await enrolRecoveryCodes(ada);
});
afterAll(async () => {
  await server.dispose();
  await mail.close();
});

const browser = (host = HOST): Browser => new Browser(server, { host });
async function afterPassword(): Promise<Browser> {
  const page = browser();
  const answer = await page.submit(await page.start("login"), { method: "password", identifier: ada.email, password: ada.password });
  expect([200, 422]).toContain(answer.status);
  return page;
}
/** Every message of a flow, wherever it stands. */
function messagesOf(flow: FlowJson): readonly MessageJson[] {
  const inside = (one: NodeJson): readonly MessageJson[] => {
    const { text, title } = one.attributes as { readonly text?: MessageJson; readonly title?: MessageJson };
    return [...one.messages, ...[one.meta.label, text, title].filter((message) => message !== undefined)];
  };
  return [...(flow.ui.messages ?? []), ...flow.ui.nodes.flatMap(inside)];
}
function groupsOf(flow: FlowJson): readonly string[] {
  return [...new Set(flow.ui.nodes.map(({ group }) => group))];
}

describe("1: settings cards are built from these names, in these groups", () => {
  test("before and after a factor is there", async () => {
    const fresh = await registerPerson(server, { host: HOST });
    const page = browser();
    await page.submit(await page.start("login"), { method: "password", identifier: fresh.email, password: fresh.password });
    const flow = await page.start("settings");
    const wanted = {
      totp: ["totp_qr", "totp_secret_key", "totp_code"], lookup_secret: ["lookup_secret_regenerate"], password: ["password"], profile: ["traits.email"],
      webauthn: ["webauthn_register", "webauthn_register_displayname", "webauthn_register_trigger", "webauthn_script"],
      passkey: ["passkey_settings_register", "passkey_register_trigger", "passkey_create_data"],
    };
    for (const [group, ids] of Object.entries(wanted)) for (const id of ids) expect([id, nodes(flow, id).map((one) => one.group)]).toEqual([id, expect.arrayContaining([group]) as string[]]);
    expect(node(flow, "totp_qr").attributes).toMatchObject({ node_type: "img", width: 256, height: 256, src: expect.stringMatching(/^data:image\/png;base64,/) as string });
    expect(node(flow, "totp_secret_key").attributes).toMatchObject({ node_type: "text", text: { id: 1_050_006, context: { secret: expect.any(String) as string } } });
    const enrolled = await ada.app.start("settings");
    expect(names(enrolled)).toEqual(expect.arrayContaining(["totp_unlink", "lookup_secret_reveal", "lookup_secret_disable"]));
    expect(names(enrolled)).not.toContain("totp_qr");
  });

  test("a card of a method that is off has no nodes at all", async () => {
    const other = await registerPerson(server);
    expect(groupsOf(await other.app.start("settings"))).not.toContain("oidc");
  });

  test("every node repeats its type, has an array of messages and an object of meta", async () => {
    const page = await afterPassword();
    const flows = [await page.start("login", "?aal=aal2"), await browser().start("registration"), await ada.app.start("settings"), await browser(SCREENS).start("login")];
    for (const one of flows.flatMap((flow) => flow.ui.nodes)) {
      expect([one.attributes.node_type, Array.isArray(one.messages), typeof one.meta]).toEqual([one.type, true, "object"]);
      if (one.type === "input") expect(one.attributes["disabled"]).toBeTypeOf("boolean");
    }
  });
});

test("2: nodes are an array, also where there is nothing to fill in", async () => {
  const plain = await registerPerson(server);
  expect((await plain.app.start("login", "?aal=aal2")).ui.nodes).toEqual([]);
});

describe("3: bodies as Elements sends them", () => {
  test("an empty resend beside a code, an empty e-mail beside a recovery code: both count as absent", async () => {
    const app = new Native(server, { host: HOST });
    const created = await app.fetch("/self-service/recovery/api");
    const flow = created.json<FlowJson>();
    const sent = (await app.submit(flow, { method: "code", email: "nobody.at.all@example.test" })).json<FlowJson>();
    expect(sent.state).toBe("sent_email");
    const tried = await app.submit(flow, { method: "code", code: "123456", email: "", resend: "" });
    expect([tried.status, messageIds(tried.json<FlowJson>())]).toEqual([200, [4_060_006]]);
  });

  test("a settings toggle with and without its method", async () => {
    const revealed = await ada.app.submit(await ada.app.start("settings"), { lookup_secret_reveal: true });
    expect([revealed.status, names(revealed.json<FlowJson>())]).toEqual([200, expect.arrayContaining(["lookup_secret_codes"])]);
    const again = await ada.app.submit(await ada.app.start("settings"), { method: "lookup_secret", lookup_secret_reveal: "true" });
    expect(again.status).toBe(200);
  });

  test("empty texts of other methods do not choose them", async () => {
    const page = browser();
    const flow = await page.start("login");
    const answer = await page.submit(flow, { method: "password", identifier: ada.email, password: ada.password, code: "", resend: "", webauthn_login: "", passkey_login: "", provider: "" });
    expect([200, 422]).toContain(answer.status);
  });
});

test("4: the second step offers a choice of groups, and a code's buttons say where it would go", async () => {
  const page = await afterPassword();
  const flow = await page.start("login", "?aal=aal2");
  expect(groupsOf(flow)).toEqual(expect.arrayContaining(["totp", "lookup_secret"]));
  expect(methodsOf(flow)).toEqual(["totp", "lookup_secret"]);
  const app = new Native(server, { host: "codes.localhost" });
  const password = "four quiet ladders and a fifth";
  const traits = { email: "two.addresses@example.test", backup: "two.addresses.spare@example.test", phone: anyPhone() };
  const registered = await app.submit(await app.start("registration"), { method: "password", traits, password });
  expect(registered.status).toBe(200);
  const other = browser("codes.localhost");
  expect((await other.submit(await other.start("login"), { method: "password", identifier: traits.email, password })).status).toBe(422);
  const choice = await other.start("login", "?aal=aal2");
  const buttons = nodes(choice, "address").map(({ attributes, meta, group }) => [group, attributes["type"], attributes["value"], meta.label?.id, meta.label?.context]);
  expect(buttons).toEqual(expect.arrayContaining([
    ["code", "submit", traits.backup, 1_010_023, { address: traits.backup, channel: "email" }],
    ["code", "submit", traits.phone, 1_010_023, { address: traits.phone, channel: "sms" }],
  ]));
  expect([buttons.length, methodsOf(choice)]).toEqual([2, []]);
});

describe("5 and 10: flows begin and restart by navigation", () => {
  test.each(["login", "registration", "recovery", "verification"])("%s: 303 to its page with the flow", async (kind) => {
    const answer = await browser().visit(`/self-service/${kind}/browser?return_to=${encodeURIComponent(server.url("/orders", HOST))}`);
    expect([answer.status, new URL(answer.location).pathname]).toEqual([303, `/${kind}`]);
    expect(flowIdIn(answer.location)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("settings: through the second step and back", async () => {
    const page = await afterPassword();
    const answer = await page.visit("/self-service/settings/browser");
    expect([answer.status, new URL(answer.location).searchParams.get("aal")]).toEqual([303, "aal2"]);
    const session = await browser().visit("/self-service/settings/browser");
    expect([session.status, new URL(session.location).pathname]).toEqual([303, "/self-service/login/browser"]);
  });

  test("somebody signed in who begins a sign-in goes on", async () => {
    const other = await registerPerson(server);
    const page = browser("localhost");
    await page.submit(await page.start("login"), { method: "password", identifier: other.email, password: other.password });
    const answer = await page.visit("/self-service/login/browser");
    expect([answer.status, answer.location]).toEqual([303, server.url("/")]);
  });

  test("a GET of the submit address leads to the form", async () => {
    const page = browser();
    const flow = await page.start("login");
    const answer = await page.visit(`/self-service/login?flow=${flow.id}`);
    expect([answer.status, flowIdIn(answer.location)]).toEqual([303, flow.id]);
  });
});

test("6: what headings are made from is there", async () => {
  const page = await afterPassword();
  const to = server.url("/orders", HOST);
  const flow = await page.start("login", `?aal=aal2&refresh=true&return_to=${encodeURIComponent(to)}`);
  expect(flow).toMatchObject({ requested_aal: "aal2", refresh: true, return_to: to, request_url: expect.stringContaining("/self-service/login/browser?aal=aal2&refresh=true") as string });
  const wrong = (await page.submit(flow, { method: "totp", totp_code: "000000" })).json<FlowJson>();
  expect(wrong.active).toBe("totp");
});

test("7: an insufficient session says why, at top level and in details, for whoever looks", async () => {
  const answer = await (await afterPassword()).whoami();
  const body = answer.json<{ readonly redirect_browser_to: string; readonly error: { readonly id: string; readonly details: { readonly redirect_browser_to: string } } }>();
  expect([answer.status, body.error.id, body.error.details.redirect_browser_to]).toEqual([403, "session_aal2_required", body.redirect_browser_to]);
});

test("8: every cookie has Path=/ and no Domain, so a proxy may rewrite it", async () => {
  const page = browser();
  const flow = await page.start("login");
  const answers = [await browser().fetch("/self-service/login/browser"), await page.submit(flow, { method: "password", identifier: ada.email, password: ada.password })];
  for (const line of answers.flatMap(({ setCookies }) => setCookies)) {
    expect(line).toMatch(/; Path=\//i);
    expect(line).not.toMatch(/Domain=/i);
  }
});

test("9: every context with an instant also holds it in seconds, and every list is one", async () => {
  const page = await afterPassword();
  const shown = (await ada.app.submit(await ada.app.start("settings"), { lookup_secret_reveal: true })).json<FlowJson>();
  const flows = [shown, await page.start("login", "?aal=aal2"), await browser().start("registration"), await browser().start("login")];
  const messages = flows.flatMap(messagesOf);
  const nested = messages.flatMap(({ context }) => (Array.isArray(context?.["secrets"]) ? context["secrets"] as readonly MessageJson[] : []));
  expect(nested.length).toBeGreaterThan(0);
  for (const { id, text, type, context = {} } of [...messages, ...nested]) {
    expect([typeof id, typeof text, ["info", "error", "success"].includes(type)]).toEqual(["number", "string", true]);
    for (const name of Object.keys(context).filter((key) => key.endsWith("_at"))) expect([id, name, typeof context[`${name}_unix`]]).toEqual([id, name, "number"]);
  }
});

describe("the screens of the other styles", () => {
  test("identifier first: who, then how, in two answers of 400 and 200", async () => {
    const person = await registerOn(SCREENS);
    const page = browser(SCREENS);
    const flow = await page.start("login");
    expect(node(flow, "identifier").group).toBe("identifier_first");
    const asked = await page.submit(flow, { method: "identifier_first", identifier: person.email });
    const second = asked.json<FlowJson>();
    expect([asked.status, second.active, node(second, "identifier").attributes["type"]]).toEqual([400, "identifier_first", "hidden"]);
    const done = await page.submit(second, { method: "password", identifier: person.email, password: person.password });
    expect(done.status).toBe(200);
  });

  test("profile first: forward, back with what was typed, forward again", async () => {
    const page = browser(SCREENS);
    const flow = await page.start("registration");
    const forward = (await page.submit(flow, { method: "profile", traits: { email: "back@example.test" } })).json<FlowJson>();
    expect([messageIds(forward), node(forward, "traits.email").attributes["type"], node(forward, "screen").attributes["value"]]).toEqual([[1_040_009], "hidden", "previous"]);
    const back = (await page.submit(forward, { method: "profile", screen: "previous", traits: { email: "back@example.test" } })).json<FlowJson>();
    expect([node(back, "traits.email").attributes["type"], node(back, "traits.email").attributes["value"]]).toEqual(["email", "back@example.test"]);
    const again = (await page.submit(back, { method: "profile", screen: "credential-selection", traits: { email: "back@example.test" } })).json<FlowJson>();
    expect(messageIds(again)).toEqual([1_040_009]);
  });
});

/** Registers through the two screens of `profile_first`. */
async function registerOn(host: string): Promise<{ readonly email: string; readonly password: string }> {
  const app = new Native(server, { host });
  const person = { email: `two.screens.${anyAddress().replaceAll(".", "")}@example.test`, password: "four quiet ladders and a fifth" };
  const first = await app.start("registration");
  const second = (await app.submit(first, { method: "profile", traits: { email: person.email } })).json<FlowJson>();
  const done = await app.submit(second, { method: "password", traits: { email: person.email }, password: person.password });
  if (done.status !== 200) throw new Error(`registration: ${String(done.status)} ${done.text}`);
  return person;
}

test("the script is served as its node says: the same address, the same digest", async () => {
  const { attributes } = node(await browser().start("login"), "webauthn_script");
  const answer = await send(new URL(String(attributes["src"]), server.url("/", HOST)));
  const digest = Buffer.from(await crypto.subtle.digest("SHA-512", new TextEncoder().encode(answer.text))).toString("base64");
  expect([answer.status, answer.headers["content-type"]?.toLowerCase(), attributes["integrity"]]).toEqual([200, "text/javascript; charset=utf-8", `sha512-${digest}`]);
  expect(csrfOf(await browser().start("login"))).not.toBe("");
});
