import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native, flowIdIn } from "../kit/client";
import { anyEmail, anyPassword, browserAfterPassword, browserAtAal2, enrolRecoveryCodes, enrolTotp, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { codeByMail, letterTo } from "../kit/letters";
import { Authenticator } from "../kit/totp";
import { useServerWithMail } from "../kit/use-mail";
import { messageIds, names, node, totpSecretOf } from "../kit/wire";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

const at = useServerWithMail();
const people: Person[] = [];
/** Somebody whose last letter was more than a minute ago (lane L5). */
function somebody(): Person {
  const person = people.pop();
  if (person === undefined) throw new Error("register more people");
  return person;
}
beforeAll(async () => {
  for (let index = 0; index < 12; index += 1) people.push(await registerPerson(at.server));
  await at.passSeconds(65);
});

async function ask(browser: Browser, email: string, query = ""): Promise<FlowJson> {
  mark = at.mail.mails.length;
  const answer = await browser.submit(await browser.start("recovery", query), { method: "code", email });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<FlowJson>();
}
/** Letters from before the newest question are passed over. */
let mark = 0;
const codeFor = (person: Person): Promise<string> => codeByMail(at.mail, person.email, mark);
const differentFrom = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

describe("recovering", () => {
  test("by script: a code by mail, 422 to the settings of a session with the marker, a new password", async () => {
    const ada = somebody();
    const elsewhere = await browserAfterPassword(at.server, ada);
    const browser = new Browser(at.server);
    const flow = await browser.start("recovery");
    expect(flow).toMatchObject({ type: "browser", state: "choose_method" });
    expect(node(flow, "email")).toMatchObject({ group: "code", attributes: { type: "email", required: true }, meta: { label: { id: 1070007 } } });
    expect(node(flow, "method").meta.label?.id).toBe(1070009);
    mark = at.mail.mails.length;
    const sent = await browser.submit(flow, { method: "code", email: ada.email.toUpperCase() });
    expect(sent.status).toBe(200);
    const waiting = sent.json<FlowJson>();
    expect([waiting.id, waiting.state, messageIds(waiting)]).toEqual([flow.id, "sent_email", [1060003]]);
    expect(node(waiting, "code")).toMatchObject({ attributes: { type: "text", pattern: "[0-9]+", maxlength: 6 }, meta: { label: { id: 1070010 } } });

    const done = await browser.submit(waiting, { method: "code", code: await codeFor(ada) });
    expect(done.status, done.text).toBe(422);
    const settings = new URL(done.json<ErrorJson>().redirect_browser_to ?? "");
    expect(settings.pathname).toBe("/settings");
    expect((await browser.session()).authentication_methods).toMatchObject([{ method: "code_recovery", aal: "aal1" }]);
    const form = await browser.read("settings", settings.searchParams.get("flow") ?? "");
    expect(messageIds(form)).toEqual([1060001]);
    expect((await elsewhere.whoami()).status, "the other sessions are over").toBe(401);
    const password = anyPassword();
    expect((await browser.submit(form, { method: "password", password })).status).toBe(200);
    expect((await browserAfterPassword(at.server, { ...ada, password })).sessionCookie()).toBeDefined();
    await letterTo(at.mail, ada.email, /was recovered/);
    await letterTo(at.mail, ada.email, /password.*was changed/i);
  });

  test("by form: redirects only, to the settings page", async () => {
    const ada = somebody();
    const browser = new Browser(at.server);
    const flow = await browser.open("recovery");
    mark = at.mail.mails.length;
    const sent = await browser.post(flow, { method: "code", email: ada.email });
    expect([sent.status, flowIdIn(sent.location)]).toEqual([303, flow.id]);
    expect((await browser.follow(sent.location)).answer.text).toContain('name="code"');
    const done = await browser.post(await browser.read("recovery", flow.id), { method: "code", code: await codeFor(ada) });
    expect(done.status).toBe(303);
    const { answer } = await browser.follow(done.location);
    expect([answer.status, new URL(done.location).pathname]).toEqual([200, "/settings"]);
    expect(answer.text).toContain("screen-settings");
  });

  test("natively: 200 with a token and the settings flow", async () => {
    const ada = somebody();
    const app = new Native(at.server);
    mark = at.mail.mails.length;
    const waiting = (await app.submit(await app.start("recovery"), { method: "code", email: ada.email })).json<FlowJson>();
    const done = (await app.submit(waiting, { method: "code", code: await codeFor(ada) })).json<FlowJson>();
    const token = done.continue_with?.find(({ action }) => action === "set_ory_session_token")?.["ory_session_token"];
    expect(token).toMatch(/^ory_st_/);
    expect(done.continue_with?.map(({ action }) => action)).toEqual(["set_ory_session_token", "show_settings_ui"]);
    expect((await new Native(at.server, { token: String(token) }).session()).authentication_methods.map(({ method }) => method)).toEqual(["code_recovery"]);
  });
});

describe("recovery goes around no second factor", () => {
  test("the session waits for it, by every door; with it the lost app is replaced", async () => {
    const ada = await enrolRecoveryCodes(await enrolTotp(at.server, somebody()));
    const browser = new Browser(at.server);
    const waiting = await ask(browser, ada.email);
    expect((await browser.submit(waiting, { method: "code", code: await codeFor(ada) })).status).toBe(422);
    const whoami = await browser.whoami();
    expect([whoami.status, whoami.json<ErrorJson>().error.id]).toEqual([403, "session_aal2_required"]);
    const settings = await browser.fetch("/self-service/settings/browser");
    expect([settings.status, settings.json<ErrorJson>().error.id]).toEqual([403, "session_aal2_required"]);
    expect(new URL((await browser.visit("/self-service/settings/browser")).location).searchParams.get("aal")).toBe("aal2");
    expect(settings.text).not.toContain(ada.email);

    const step = await browser.start("login", "?aal=aal2");
    expect(names(step)).toContain("lookup_secret");
    expect((await browser.submit(step, { method: "lookup_secret", lookup_secret: ada.recoveryCodes[3] })).status).toBe(200);
    expect((await browser.session()).authentication_methods.map(({ method, aal }) => [method, aal])).toEqual([["code_recovery", "aal1"], ["lookup_secret", "aal2"]]);
    expect((await browser.submit(await browser.start("settings"), { method: "totp", totp_unlink: true })).status).toBe(200);
    const form = await browser.start("settings");
    const app = new Authenticator(totpSecretOf(form), at.server.now);
    expect((await browser.submit(form, { method: "totp", totp_code: await app.code() })).status).toBe(200);
  });

  test("under Lax too: a mailbox changes no password and removes no factor of somebody with an app", async () => {
    const host = "garden.localhost";
    const ada = await enrolTotp(at.server, await registerPerson(at.server, { host }));
    await at.passSeconds(65);
    const browser = new Browser(at.server, { host });
    const waiting = await ask(browser, ada.email);
    expect((await browser.submit(waiting, { method: "code", code: await codeFor(ada) })).status).toBe(422);
    const form = await browser.start("settings");
    for (const fields of [{ method: "password", password: anyPassword() }, { method: "totp", totp_unlink: true }]) {
      const answer = await browser.submit(form, fields);
      expect([answer.status, answer.json<ErrorJson>().error.id], fields.method).toEqual([403, "session_aal2_required"]);
    }
  });
});

describe("a code of recovery", () => {
  test("that is wrong answers 200 with 4060006, also by form, and the right one still passes", async () => {
    const ada = somebody();
    const browser = new Browser(at.server);
    const waiting = await ask(browser, ada.email);
    const code = await codeFor(ada);
    const wrong = await browser.submit(waiting, { method: "code", code: differentFrom(code) });
    expect([wrong.status, messageIds(wrong.json<FlowJson>())]).toEqual([200, [4060006]]);
    expect((await browser.post(waiting, { method: "code", code: differentFrom(code) })).status).toBe(303);
    expect((await browser.submit(waiting, { method: "code", code })).status).toBe(422);
    const again = await new Browser(at.server).submit(await new Browser(at.server).start("recovery"), { method: "code", code });
    expect(again.status).not.toBe(422);
  });

  test("is tried five times, and then the flow is over", async () => {
    const ada = somebody();
    const browser = new Browser(at.server);
    const waiting = await ask(browser, ada.email);
    const code = await codeFor(ada);
    for (let round = 0; round < 5; round += 1) await browser.submit(waiting, { method: "code", code: differentFrom(code) });
    const late = await browser.submit(waiting, { method: "code", code });
    expect(late.status).not.toBe(422);
    expect((await browser.whoami()).status).toBe(401);
  });

  test("is good in the browser that asked, and in no other", async () => {
    const ada = somebody();
    const waiting = await ask(new Browser(at.server), ada.email);
    const thief = new Browser(at.server);
    const answer = await thief.submit(waiting, { method: "code", code: await codeFor(ada), csrf_token: node(await thief.start("recovery"), "csrf_token").attributes["value"] });
    expect([answer.status, answer.json<ErrorJson>().error.id]).toEqual([403, "security_csrf_violation"]);
    const own = new Browser(at.server);
    const other = await own.submit(await own.start("recovery"), { method: "code", code: await codeFor(ada) });
    expect(messageIds(other.json<FlowJson>())).toEqual([4060006]);
  });

  test("is one a minute for each address, and a new one ends the one before", async () => {
    const ada = somebody();
    const browser = new Browser(at.server);
    const waiting = await ask(browser, ada.email);
    const first = await codeFor(ada);
    const soon = await browser.submit(waiting, { method: "code", email: ada.email });
    expect(soon.status).toBe(429);
    expect(Number(soon.headers["retry-after"])).toBeGreaterThan(30);
    const before = at.mail.mails.length;
    await at.passSeconds(65);
    expect((await browser.submit(waiting, { method: "code", email: ada.email })).status).toBe(200);
    const second = await codeByMail(at.mail, ada.email, before);
    expect(messageIds((await browser.submit(waiting, { method: "code", code: first })).json<FlowJson>())).toEqual([4060006]);
    expect((await browser.submit(waiting, { method: "code", code: second })).status).toBe(422);
  });

  test("that is old is wrong; the flow itself lives on", async () => {
    const ada = somebody();
    const browser = new Browser(at.server);
    const waiting = await ask(browser, ada.email);
    const code = await codeFor(ada);
    await at.passSeconds(16 * 60);
    expect(messageIds((await browser.submit(waiting, { method: "code", code })).json<FlowJson>())).toEqual([4060006]);
  });
});

test("somebody who is signed in is not recovered", async () => {
  const browser = await browserAfterPassword(at.server, await registerPerson(at.server));
  const answer = await browser.fetch("/self-service/recovery/browser");
  expect([answer.status, answer.json<ErrorJson>().error.id]).toEqual([400, "session_already_available"]);
  expect([302, 303]).toContain((await browser.visit("/self-service/recovery/browser")).status);
});

test("an address that nobody has gets the same answer and no letter", async () => {
  const email = anyEmail();
  const waiting = await ask(new Browser(at.server), email);
  expect([waiting.state, messageIds(waiting)]).toEqual(["sent_email", [1060003]]);
  await letterTo(at.mail, people[0]?.email ?? "", /./).catch(() => null);
  expect(at.mail.mails.filter(({ to }) => to.includes(email))).toEqual([]);
});

test("nobody's session comes with it: the token in the cookie is new", async () => {
  const ada = await enrolTotp(at.server, await registerPerson(at.server));
  const before = (await browserAtAal2(at.server, ada)).sessionCookie();
  await at.passSeconds(65);
  const browser = new Browser(at.server);
  const waiting = await ask(browser, ada.email);
  await browser.submit(waiting, { method: "code", code: await codeFor(ada) });
  expect(browser.sessionCookie()).toBeDefined();
  expect(browser.sessionCookie()).not.toBe(before);
  expect((await browser.whoami()).json<Partial<SignedInJson>>()).not.toHaveProperty("identity");
});
