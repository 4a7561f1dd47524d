import { describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { device, enrolPasskey, keysIn, passkeyChallenge, passkeyOptions, registerByPasskey, usePasskey } from "../kit/factors-keys";
import { anyEmail, browserAfterPassword, enrolTotp, registerPerson } from "../kit/fixtures";
import { send } from "../kit/http";
import { useServer } from "../kit/use-server";
import { authenticator } from "../kit/authenticator";
import type { Bend } from "../kit/authenticator";
import { messageIds, node, nodes } from "../kit/wire";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

const ONE_FACTOR = "one-factor.localhost";
const VERIFIED = "verified-users.localhost";
const NO_PASSKEYS = "no-passkeys.localhost";
const at = useServer({
  projects: [
    { slug: "one-factor", document: { selfservice: { methods: { passkey: { config: { aal2_on_user_verification: false } } } } } },
    { slug: "verified-users", document: { selfservice: { methods: { passkey: { config: { authenticator_selection: { user_verification: "required" } } } } } } },
    { slug: "no-passkeys", document: { selfservice: { methods: { passkey: { enabled: false } } } } },
  ],
});

describe("signing up with a passkey", () => {
  test("needs no password: the options fix the person, the session is aal1 like any registration's", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.start("registration");
    const data = JSON.parse(String(node(flow, "passkey_create_data").attributes["value"])) as { readonly displayNameFieldName: string; readonly credentialOptions: { readonly publicKey: Record<string, unknown> } };
    expect(data.displayNameFieldName).toBe("traits.email");
    expect(data.credentialOptions.publicKey).toMatchObject({ rp: { id: "localhost" }, authenticatorSelection: { residentKey: "required", userVerification: "preferred" } });
    expect(node(flow, "passkey_register_trigger")).toMatchObject({ attributes: { onclickTrigger: "oryPasskeyRegistration" }, meta: { label: { id: 1040007 } } });
    expect(node(flow, "webauthn_script").group).toBe("webauthn");
    const email = anyEmail();
    const made = device(browser).register(passkeyOptions(flow));
    const answer = await browser.submit(flow, { method: "passkey", traits: { email }, passkey_register: made });
    expect(answer.status, answer.text).toBe(200);
    const { session, identity } = answer.json<SignedInJson>();
    expect(session).toMatchObject({ authenticator_assurance_level: "aal1", authentication_methods: [{ method: "passkey", aal: "aal1" }] });
    expect(passkeyOptions(flow).user.id).toBe(Buffer.from((identity?.id ?? "").replaceAll("-", ""), "hex").toString("base64url"));
    const again = new Browser(at.server);
    const replay = await again.submit(await again.start("registration"), { method: "passkey", traits: { email: anyEmail() }, passkey_register: made });
    expect(replay.status).toBe(400);
  });

  test("works natively, without a script", async () => {
    const app = new Native(at.server);
    const flow = await app.start("registration");
    expect(nodes(flow, "webauthn_script")).toEqual([]);
    expect(node(flow, "passkey_register_trigger").attributes["onclick"]).toBeUndefined();
    const holder = authenticator({ origin: at.server.baseUrl });
    const done = await app.submit(flow, { method: "passkey", traits: { email: anyEmail() }, passkey_register: holder.register(passkeyOptions(flow)) });
    expect(done.json<SignedInJson>().session_token).toMatch(/^ory_st_/);
    const login = await app.start("login");
    const signed = await new Native(at.server).submit(login, { method: "passkey", passkey_login: holder.authenticate(passkeyChallenge(login)) });
    expect(signed.json<SignedInJson>().session.authenticator_assurance_level).toBe("aal2");
  });
});

describe("signing in with a passkey", () => {
  test("asks for nobody in particular, and its level is what this answer shows", async () => {
    const { email, holder } = await registerByPasskey(at.server);
    for (const [uv, aal] of [[true, "aal2"], [false, "aal1"]] as const) {
      const browser = new Browser(at.server);
      const flow = await browser.start("login");
      expect(passkeyChallenge(flow).allowCredentials ?? []).toEqual([]);
      expect(node(flow, "passkey_login").attributes["onloadTrigger"]).toBe("oryPasskeyLoginAutocompleteInit");
      expect(node(flow, "identifier").attributes["autocomplete"]).toBe("username webauthn");
      expect((await usePasskey(browser, flow, holder, { uv })).status).toBe(200);
      const session = await browser.session();
      expect([session.authenticator_assurance_level, session.authentication_methods.map(({ method }) => method)]).toEqual([aal, ["passkey"]]);
      expect(session.identity?.traits).toMatchObject({ email });
    }
  });

  test("is one factor where the project does not count user verification, and refused without it where it is required", async () => {
    const plain = await registerByPasskey(at.server, {}, ONE_FACTOR);
    const browser = new Browser(at.server, { host: ONE_FACTOR });
    expect((await usePasskey(browser, await browser.start("login"), plain.holder)).status).toBe(200);
    expect((await browser.session()).authenticator_assurance_level).toBe("aal1");
    const strict = await registerByPasskey(at.server, {}, VERIFIED);
    const other = new Browser(at.server, { host: VERIFIED });
    const flow = await other.start("login");
    const refused = await usePasskey(other, flow, strict.holder, { uv: false });
    expect([refused.status, messageIds(refused.json<FlowJson>())]).toEqual([400, expect.arrayContaining([4000043])]);
    expect((await usePasskey(other, refused.json<FlowJson>(), strict.holder)).status).toBe(200);
  });

  const bent: readonly (readonly [string, Bend])[] = [
    ["no user handle", { userHandle: null }], ["an empty handle", { userHandle: "" }], ["another person's handle", { userHandle: Buffer.alloc(16, 9).toString("base64url") }],
    ["another origin", { origin: "https://localhost" }], ["another challenge", { challenge: Buffer.alloc(32).toString("base64url") }], ["another relying party", { rpId: "localhos" }],
    ["a flipped backup flag", { be: true }], ["nobody there", { up: false }],
  ];
  test("refuses every bent answer and passes the honest one in the same form", async () => {
    const { holder } = await registerByPasskey(at.server);
    const browser = new Browser(at.server);
    let flow = await browser.start("login");
    for (const [what, bend] of bent) {
      const answer = await usePasskey(browser, flow, holder, bend);
      expect([what, answer.status, messageIds(answer.json<FlowJson>())]).toEqual([what, 400, expect.arrayContaining([4000043])]);
      expect((await browser.whoami()).status, what).toBe(401);
      flow = answer.json<FlowJson>();
    }
    expect((await usePasskey(browser, flow, holder)).status).toBe(200);
  });

  test("the same answer twice is one sign-in, and another flow's challenge is none", async () => {
    const { holder } = await registerByPasskey(at.server);
    const [here, there] = [new Browser(at.server), new Browser(at.server)];
    const [mine, theirs] = [await here.start("login"), await there.start("login")];
    const answer = holder.authenticate(passkeyChallenge(mine));
    expect((await there.submit(theirs, { method: "passkey", passkey_login: answer })).status).toBe(400);
    expect((await here.submit(mine, { method: "passkey", passkey_login: answer })).status).toBe(200);
    const late = await here.submit(mine, { method: "passkey", passkey_login: answer });
    expect([400, 403]).toContain(late.status);
  });

  test("with a passkey that nobody here knows says so, for its store to forget it", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.start("login");
    const holder = device(browser);
    holder.register({ challenge: "AAAA", rp: { id: "localhost" }, user: { id: Buffer.alloc(16, 3).toString("base64url") } });
    const answer = await usePasskey(browser, flow, holder);
    expect(answer.status).toBe(400);
    expect(answer.json<FlowJson>().ui.messages?.find(({ id }) => id === 4000043)?.context).toMatchObject({ unknown_credential_id: holder.keys[0]?.id, rp_id: "localhost" });
  });
});

describe("a passkey in the settings", () => {
  test("proves itself by being added, is renamed in place, and removed by its button", async () => {
    const browser = await browserAfterPassword(at.server, await registerPerson(at.server));
    const added = await enrolPasskey(browser, device(browser, { aaguid: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", synced: true }));
    expect(added.status, added.text).toBe(200);
    expect((await browser.session()).authentication_methods.map(({ method, aal }) => [method, aal])).toEqual([["password", "aal1"], ["passkey", "aal2"]]);
    const [key] = keysIn(await browser.start("settings"), "passkey");
    expect([key?.name, key?.node.meta.label?.id]).toEqual(["Apple Passwords", 1050020]);
    const renamed = await browser.submit(await browser.start("settings"), { method: "passkey", passkey_rename: key?.hex, passkey_rename_displayname: "My phone" });
    expect(keysIn(renamed.json<FlowJson>(), "passkey").map(({ name }) => name)).toEqual(["My phone"]);
    const removed = await browser.submit(await browser.start("settings"), { passkey_remove: key?.hex });
    expect([removed.status, keysIn(removed.json<FlowJson>(), "passkey")]).toEqual([200, []]);
  });

  test("that was removed signs nobody in", async () => {
    const browser = await browserAfterPassword(at.server, await registerPerson(at.server));
    const holder = device(browser);
    await enrolPasskey(browser, holder);
    const [key] = keysIn(await browser.start("settings"), "passkey");
    expect((await browser.submit(await browser.start("settings"), { passkey_remove: key?.hex })).status).toBe(200);
    const other = new Browser(at.server);
    expect((await usePasskey(other, await other.start("login"), holder)).status).toBe(400);
    expect((await other.whoami()).status).toBe(401);
  });

  test("that is the last way in stays", async () => {
    const { browser, holder } = await registerByPasskey(at.server);
    const again = new Browser(at.server);
    await usePasskey(again, await again.start("login"), holder);
    const [key] = keysIn(await again.start("settings"), "passkey");
    expect(key?.node.attributes["disabled"]).toBe(true);
    expect((await again.submit(await again.start("settings"), { passkey_remove: key?.hex })).status).toBe(400);
    expect((await browser.session()).active).toBe(true);
  });

  test("is not added by a password alone beside an app, not even under Lax", async () => {
    const host = "garden.localhost";
    const ada = await enrolTotp(at.server, await registerPerson(at.server, { host }));
    const browser = await browserAfterPassword(at.server, ada, { host });
    const answer = await enrolPasskey(browser, device(browser));
    expect([answer.status, answer.json<ErrorJson>().error.id]).toEqual([403, "session_aal2_required"]);
  });

  test("is never counted as the second factor that Strict asks for; a step-up may use it all the same", async () => {
    const person = await registerPerson(at.server);
    const browser = await browserAfterPassword(at.server, person);
    const holder = device(browser);
    await enrolPasskey(browser, holder);
    const other = await browserAfterPassword(at.server, person);
    expect((await other.session()).authenticator_assurance_level).toBe("aal1");
    const flow = await other.start("login", "?aal=aal2");
    expect(passkeyChallenge(flow)).toMatchObject({ userVerification: "required", allowCredentials: [{ id: holder.keys[0]?.id }] });
    expect((await usePasskey(other, flow, holder, { uv: false })).status, "no second step without the user").toBe(400);
    expect((await usePasskey(other, await other.start("login", "?aal=aal2"), holder)).status).toBe(200);
    expect((await other.session()).authenticator_assurance_level).toBe("aal2");
  });
});

test("switched off by the project: no nodes, 404 for its method, no endpoints", async () => {
  const browser = new Browser(at.server, { host: NO_PASSKEYS });
  const flow = await browser.start("login");
  expect(nodes(flow, "passkey_challenge")).toEqual([]);
  expect((await browser.submit(flow, { method: "passkey", passkey_login: "{}" })).status).toBe(404);
  expect((await send(at.server.url("/.well-known/passkey-endpoints", NO_PASSKEYS), { headers: { accept: "application/json" } })).status).toBe(404);
});

test("password managers are told where passkeys are added and managed, without a redirect", async () => {
  const answer = await send(at.server.url("/.well-known/passkey-endpoints"));
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, expect.stringContaining("application/json")]);
  const { enroll, manage } = answer.json<{ readonly enroll: string; readonly manage: string }>();
  for (const url of [enroll, manage]) expect(new URL(url).origin).toBe(at.server.baseUrl);
  const origins = await send(at.server.url("/.well-known/webauthn"));
  expect(origins.json<{ readonly origins: readonly string[] }>().origins).toEqual([at.server.baseUrl]);
  expect((await send(at.server.url("/.well-known/nothing"))).status).toBe(404);
});
