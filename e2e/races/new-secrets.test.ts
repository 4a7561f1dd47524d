import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { PAIRS, returnFrom } from "../kit/factors";
import { UPSTREAM, slugOf } from "../kit/factors-config";
import { device, enrolKey, keyChallenge, passkeyChallenge, passkeyOptions, registerByPasskey } from "../kit/factors-keys";
import { World, anyPhone, somebody } from "../kit/factors-world";
import { anyEmail, anyPassword, browserAfterPassword, registerPerson } from "../kit/fixtures";
import type { Answer } from "../kit/http";
import { codeByMail, codeByText } from "../kit/letters";
import type { TestServer } from "../kit/server";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

/** Every secret of the new factors is spent once: many at the same moment, one winner, nobody else in. */
const RACERS = 16;
/** Submissions of one recovery or verification form that are looked at; the one after the last ends the form (security.md, L4). */
const LOOKED_AT = 5;
const FIRST = "keys-second-codes-first-passkeys-second.localhost";
const SECOND = "keys-second-codes-second-passkeys-second.localhost";
let world: World;
let server: TestServer;
beforeAll(async () => {
  const needs = PAIRS.flatMap((pair) => (pair.kind === "possible" ? [pair.needs] : [])).filter((one) => [FIRST, SECOND].includes(`${slugOf(one)}.localhost`));
  world = await World.begin(needs);
  ({ server } = world);
});
afterAll(() => world.end());

/** The same person's browser, many times: one address, the same cookies. */
function crowd(browser: Browser, length = RACERS): readonly Browser[] {
  return Array.from({ length }, () => new Browser(browser.server, { host: browser.host, address: browser.address, jar: browser.jar.copy() }));
}
function expectOneWinner(answers: readonly Answer[], status: number): void {
  expect(answers.filter((answer) => answer.status === status)).toHaveLength(1);
  expect(answers.filter((answer) => answer.status >= 500)).toEqual([]);
}

describe("one code by mail", () => {
  test("signs in once", async () => {
    const email = anyEmail();
    const app = new Native(server, { host: FIRST });
    const asked = { method: "code", traits: { email } } as const;
    const before = world.mail.mails.length;
    const sent = (await app.submit(await app.start("registration"), asked)).json<FlowJson>();
    const code = await codeByMail(world.mail, email, before);
    const racing = await Promise.all(Array.from({ length: RACERS }, () => app.submit(sent, { ...asked, code })));
    expectOneWinner(racing, 200);

    await world.passSeconds(65);
    ({ server } = world);
    const browser = new Browser(server, { host: FIRST });
    const after = world.mail.mails.length;
    const flow = (await browser.submit(await browser.start("login"), { method: "code", identifier: email })).json<FlowJson>();
    const login = await codeByMail(world.mail, email, after);
    const answers = await Promise.all(crowd(browser).map((one) => one.submit(flow, { method: "code", identifier: email, code: login })));
    expectOneWinner(answers, 200);
    expect(answers.filter((answer) => answer.setCookies.some((line) => /session/i.test(line) && !/max-age=0/i.test(line)))).toHaveLength(1);
  });

  test("by text message raises one session once", async () => {
    const [email, password, phone] = [anyEmail(), anyPassword(), anyPhone()];
    const app = new Native(server, { host: SECOND });
    const done = (await app.submit(await app.start("registration"), { method: "password", traits: { email, phone }, password })).json<SignedInJson>();
    app.token = done.session_token ?? null;
    const flow = await app.start("login", "?aal=aal2");
    const waiting = flow.state === "sent_email" ? flow : (await app.submit(flow, { method: "code", address: phone })).json<FlowJson>();
    const code = await codeByText(world.sms, phone, 0);
    const answers = await Promise.all(Array.from({ length: RACERS }, () => app.submit(waiting, { method: "code", code })));
    expectOneWinner(answers, 200);
    expect((await app.session()).authentication_methods.map(({ method }) => method)).toEqual(["password", "code"]);
  });

  test("recovers once, and verifies once", async () => {
    const ada = await registerPerson(server);
    // The letter that asks to confirm the address holds a code as well: it is here before the one that recovers is waited for.
    await codeByMail(world.mail, ada.email, 0);
    await world.passSeconds(65);
    ({ server } = world);
    const browser = new Browser(server);
    const before = world.mail.mails.length;
    const flow = (await browser.submit(await browser.start("recovery"), { method: "code", email: ada.email })).json<FlowJson>();
    const code = await codeByMail(world.mail, ada.email, before);
    expectOneWinner(await Promise.all(crowd(browser, LOOKED_AT).map((one) => one.submit(flow, { method: "code", code }))), 422);

    await world.passSeconds(65);
    ({ server } = world);
    const other = new Browser(server);
    const after = world.mail.mails.length;
    const verify = (await other.submit(await other.start("verification"), { method: "code", email: ada.email })).json<FlowJson>();
    const proof = await codeByMail(world.mail, ada.email, after);
    const answers = await Promise.all(crowd(other, LOOKED_AT).map((one) => one.submit(verify, { method: "code", code: proof })));
    expect(answers.filter((answer) => answer.status === 200 && answer.json<FlowJson>().state === "passed_challenge")).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
  });
});

describe("one assertion", () => {
  test("of a security key raises one session once", async () => {
    const person = await registerPerson(server);
    const owner = await browserAfterPassword(server, person);
    const holder = device(owner);
    expect((await enrolKey(owner, holder)).status).toBe(200);
    const browser = await browserAfterPassword(server, person);
    const flow = await browser.start("login", "?aal=aal2");
    const signed = holder.authenticate(keyChallenge(flow));
    const racers = crowd(browser);
    const answers = await Promise.all(racers.map((one) => one.submit(flow, { method: "webauthn", webauthn_login: signed })));
    expectOneWinner(answers, 200);
    const winner = racers[answers.findIndex(({ status }) => status === 200)];
    expect((await winner?.session())?.authentication_methods.map(({ method }) => method)).toEqual(["password", "webauthn"]);
  });

  test("of a passkey begins one session", async () => {
    const { holder } = await registerByPasskey(server);
    const browser = new Browser(server);
    const flow = await browser.start("login");
    const signed = holder.authenticate(passkeyChallenge(flow));
    const racers = crowd(browser);
    const answers = await Promise.all(racers.map((one) => one.submit(flow, { method: "passkey", passkey_login: signed })));
    expectOneWinner(answers, 200);
    const winner = racers[answers.findIndex(({ status }) => status === 200)];
    // The registration's own, and no third.
    expect((await winner?.fetch("/sessions"))?.json<unknown[]>()).toHaveLength(1);
  });

  test("that makes a passkey makes one account", async () => {
    const browser = new Browser(server);
    const flow = await browser.start("registration");
    const made = device(browser).register(passkeyOptions(flow));
    const answers = await Promise.all(crowd(browser).map((one) => one.submit(flow, { method: "passkey", traits: { email: anyEmail() }, passkey_register: made })));
    expectOneWinner(answers, 200);
  });
});

describe("one handover from an identity provider", () => {
  test("signs in once", async () => {
    const person = somebody("");
    const browser = new Browser(server, { host: FIRST });
    const flow = await browser.open("login");
    const left = await browser.post(flow, { method: "oidc", provider: UPSTREAM });
    const complete = await world.upstream(person, () => returnFrom(browser, left.location));
    const answers = await Promise.all(crowd(browser, LOOKED_AT).map((one) => one.visit(complete)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 303));
    const signedIn = answers.filter((answer) => answer.setCookies.some((line) => /session/i.test(line) && !/max-age=0/i.test(line)));
    expect(signedIn).toHaveLength(1);
  });

  test("is fetched by an app once", async () => {
    const person = somebody("");
    const app = new Native(server, { host: FIRST });
    const flow = await app.start("registration", "?return_session_token_exchange_code=true") as FlowJson & { readonly session_token_exchange_code?: string };
    const left = await app.submit(flow, { method: "oidc", provider: UPSTREAM });
    expect(left.status, left.text).toBe(422);
    const browser = new Browser(server, { host: FIRST });
    const complete = await world.upstream(person, () => returnFrom(browser, left.json<ErrorJson>().redirect_browser_to ?? ""));
    const code = new URL((await browser.visit(complete)).location).searchParams.get("code") ?? "";
    const path = `/sessions/token-exchange?init_code=${String(flow.session_token_exchange_code)}&return_to_code=${code}`;
    const answers = await Promise.all(Array.from({ length: RACERS }, () => app.fetch(path)));
    expectOneWinner(answers, 200);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(RACERS - 1);
  });
});
