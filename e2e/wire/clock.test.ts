import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser, Native, flowIdIn } from "../kit/client";
import { anyPassword, browserAfterPassword, browserAtAal2, personWithTotp, registerPerson, stepUp } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { startServer } from "../kit/server";
import type { TestServer } from "../kit/server";
import { Authenticator } from "../kit/totp";
import { messageIds, nodes } from "../kit/wire";
import type { ErrorJson, FlowJson, SessionJson, SignedInJson } from "../kit/wire";

/** The server is started again with its clock ahead; its data stay. */
describe("sixteen minutes later", () => {
  let server: TestServer;
  let ada: Person & { readonly authenticator: Authenticator };
  let plain: Person;
  let browser: Browser;
  let before: SessionJson;
  beforeAll(async () => {
    const first = await startServer();
    plain = await registerPerson(first);
    const person = await personWithTotp(first);
    const early = await browserAtAal2(first, person);
    before = await early.session();
    server = await first.restart({ shiftSeconds: 16 * 60 });
    browser = new Browser(server, { jar: early.jar });
    ada = { ...person, app: new Native(server, { token: person.app.token }), authenticator: new Authenticator(person.authenticator.secret, server.now) };
  });
  afterAll(() => server.dispose());

  test("the session lives, at the level it had", async () => {
    expect(await browser.session()).toMatchObject({ id: before.id, authenticator_assurance_level: "aal2", expires_at: before.expires_at });
  });

  test("settings open, but a factor change wants a fresh second factor, not a password", async () => {
    const answer = await browser.submit(await browser.start("settings"), { totp_unlink: true });
    expect(answer.status).toBe(403);
    const body = answer.json<ErrorJson>();
    expect(body.error.id).toBe("session_refresh_required");
    const refresh = new URL(body.redirect_browser_to ?? "");
    expect([refresh.pathname, refresh.searchParams.get("refresh"), refresh.searchParams.get("aal")]).toEqual(["/self-service/login/browser", "true", "aal2"]);
    expect(refresh.searchParams.get("return_to")).toContain("/self-service/settings?flow=");
    const natively = await ada.app.submit(await ada.app.start("settings"), { totp_unlink: true });
    expect(natively.json<ErrorJson>().error.id).toBe("session_refresh_required");
  });

  test("a refresh with the password alone reopens nothing", async () => {
    const mine = new Browser(server, { jar: browser.jar.copy() });
    const refreshed = await mine.submit(await mine.start("login", "?refresh=true"), { method: "password", identifier: ada.email, password: ada.password });
    expect(refreshed.status).toBe(200);
    const answer = await mine.submit(await mine.start("settings"), { totp_unlink: true });
    expect(answer.status).toBe(403);
    expect(answer.json<ErrorJson>().error.id).toBe("session_refresh_required");
    browser = mine;
  });

  test("a first factor proved again moves the session's end, a second one never does", async () => {
    const session = await browser.session();
    expect(new Date(session.expires_at).getTime()).toBeGreaterThan(new Date(before.expires_at).getTime());
    await stepUp(browser, ada.authenticator, "?refresh=true&aal=aal2");
    expect((await browser.session()).expires_at).toBe(session.expires_at);
  });

  test("with a fresh code the change goes through", async () => {
    const flow = await browser.start("settings");
    const answer = await browser.submit(flow, { lookup_secret_regenerate: true });
    expect(answer.status).toBe(200);
    expect(nodes(answer.json<FlowJson>(), "lookup_secret_codes")).toHaveLength(1);
  });

  test("a person without a second factor is asked for the password again, without aal=aal2", async () => {
    const app = new Native(server, { token: plain.app.token });
    const answer = await app.submit(await app.start("settings"), { method: "password", password: anyPassword() });
    expect(answer.status).toBe(403);
    const body = answer.json<ErrorJson>();
    expect(body.error.id).toBe("session_refresh_required");
    expect(new URL(body.redirect_browser_to ?? "").searchParams.has("aal")).toBe(false);
    const refreshed = await app.submit(await app.start("login", "?refresh=true"), { method: "password", identifier: plain.email, password: plain.password });
    expect(refreshed.json<SignedInJson>().session_token).toBe(app.token);
    expect((await app.submit(await app.start("settings"), { method: "password", password: anyPassword() })).status).toBe(200);
  });
});

describe("a settings change by form, after the privileged window", () => {
  let server: TestServer;
  afterAll(() => server.dispose());

  test("waits for the proof, continues by itself once, and only in the browser that made it", async () => {
    const first = await startServer();
    const person = await personWithTotp(first);
    const early = await browserAtAal2(first, person);
    server = await first.restart({ shiftSeconds: 16 * 60 });
    const browser = new Browser(server, { jar: early.jar });
    const authenticator = new Authenticator(person.authenticator.secret, server.now);
    const flow = await browser.open("settings");
    const password = anyPassword();
    const asked = await browser.post(flow, { method: "password", password });
    expect(asked.status).toBe(303);
    const refresh = new URL(asked.location);
    expect(refresh.searchParams.get("refresh")).toBe("true");
    const { trail } = await browser.follow(asked.location);
    const login = await browser.read("login", flowIdIn(trail.at(-1) ?? ""));
    const proof = login.requested_aal === "aal2" ? { method: "totp", totp_code: await authenticator.code() } : { method: "password", identifier: person.email, password: person.password };
    const proved = await browser.post(login, proof);
    expect(proved.status).toBe(303);
    expect(new URL(proved.location).pathname).toBe("/self-service/settings");
    const stranger = new Browser(server);
    await stranger.visit(proved.location);
    const { answer: page } = await browser.follow(proved.location);
    expect(page.status).toBe(200);
    const app = new Native(server);
    expect((await app.submit(await app.start("login"), { method: "password", identifier: person.email, password })).status).toBe(200);
    const again = await browser.follow(proved.location);
    expect(again.answer.status).toBeLessThan(500);
  });
});

describe("two hours later", () => {
  let server: TestServer;
  let early: Browser;
  let signedInLater: Browser;
  let app: Native;
  let ada: Person;
  const old: Partial<Record<"login" | "registration" | "settings" | "apiLogin" | "apiSettings", FlowJson>> = {};
  beforeAll(async () => {
    const first = await startServer();
    ada = await registerPerson(first);
    const visitor = new Browser(first);
    old.login = await visitor.start("login");
    old.registration = await visitor.start("registration");
    old.apiLogin = await new Native(first).start("login");
    old.apiSettings = await ada.app.start("settings");
    const signedIn = await browserAfterPassword(first, ada);
    old.settings = await signedIn.start("settings");
    server = await first.restart({ shiftSeconds: 2 * 3_600 });
    early = new Browser(server, { jar: visitor.jar });
    app = new Native(server, { token: ada.app.token });
    signedInLater = new Browser(server, { jar: signedIn.jar });
  });
  afterAll(() => server.dispose());
  const flow = (name: keyof typeof old): FlowJson => {
    const found = old[name];
    if (found === undefined) throw new Error(`no old ${name} flow`);
    return found;
  };

  test.each(["login", "registration"] as const)("a %s flow has expired: 410 with the way to a new one", async (kind) => {
    const read = await early.fetch(`/self-service/${kind}/flows?id=${flow(kind).id}`);
    expect(read.status).toBe(410);
    const body = read.json<ErrorJson>();
    expect(body.error.id).toBe("self_service_flow_expired");
    expect(body.error.details?.["redirect_to"]).toContain(`/self-service/${kind}/browser`);
    const fields = kind === "login" ? { method: "password", identifier: ada.email, password: ada.password } : { method: "password", traits: { email: "late@example.test" }, password: anyPassword() };
    const submit = await early.submit(flow(kind), fields);
    expect(submit.status).toBe(410);
    const expired = submit.json<ErrorJson>();
    expect(expired.error.id).toBe("self_service_flow_expired");
    expect(expired.expired_at).toMatch(/Z$/);
    expect(expired.since).toBeGreaterThan(0);
    const fresh = await early.read(kind, expired.use_flow_id ?? "");
    expect(messageIds(fresh)).toEqual([kind === "login" ? 4010001 : 4040001]);
    expect(fresh.ui.messages?.[0]?.context?.["expired_at_unix"]).toBeTypeOf("number");
    expect(fresh.request_url).toBe(flow(kind).request_url);
    expect(early.sessionCookie()).toBeUndefined();
  });

  test("by form a fresh flow's page comes instead", async () => {
    const answer = await early.post(flow("login"), { method: "password", identifier: ada.email, password: ada.password });
    expect(answer.status).toBe(303);
    expect(flowIdIn(answer.location)).not.toBe(flow("login").id);
    const { answer: page } = await early.follow(answer.location);
    expect(page.status).toBe(200);
    const direct = await early.follow(`/login?flow=${flow("login").id}`);
    expect(direct.answer.status).toBe(200);
    expect(direct.answer.text).toMatch(/<form|href="[^"]*\/self-service\/login\/browser/);
  });

  test("natively the same, with details.api", async () => {
    const visitor = new Native(server);
    const read = await visitor.fetch(`/self-service/login/flows?id=${flow("apiLogin").id}`);
    expect(read.status).toBe(410);
    expect(read.json<ErrorJson>().error.details).toHaveProperty("api");
    const submit = await visitor.submit(flow("apiLogin"), { method: "password", identifier: ada.email, password: ada.password });
    expect(submit.status).toBe(410);
    expect(submit.json<ErrorJson>().use_flow_id).toBeTypeOf("string");
  });

  test("a settings flow too: 4050001 on the new one", async () => {
    for (const [client, name] of [[app, "apiSettings"], [signedInLater, "settings"]] as const) {
      expect((await client.fetch(`/self-service/settings/flows?id=${flow(name).id}`)).status).toBe(410);
      const submit = await client.submit(flow(name), { method: "profile", traits: { email: ada.email } });
      expect(submit.status).toBe(410);
      const fresh = await client.fetch(`/self-service/settings/flows?id=${submit.json<ErrorJson>().use_flow_id ?? ""}`);
      expect(messageIds(fresh.json<FlowJson>())).toEqual([4050001]);
    }
  });
});

test("two days later the session is over, whatever the cookie says, and whoami is 401", async () => {
  const first = await startServer();
  const ada = await registerPerson(first);
  const browser = await browserAfterPassword(first, ada);
  const server = await first.restart({ shiftSeconds: 48 * 3_600 });
  try {
    expect((await new Native(server, { token: ada.app.token }).whoami()).status).toBe(401);
    const later = new Browser(server, { jar: browser.jar });
    expect((await later.whoami()).status).toBe(401);
    const flow = await later.fetch("/self-service/login/browser?aal=aal2");
    expect(flow.json<ErrorJson>().error.id).toBe("session_aal1_required");
    expect((await later.start("login")).refresh).toBe(false);
  } finally {
    await server.dispose();
  }
});
