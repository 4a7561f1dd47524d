import { describe, expect, test } from "vitest";
import { Browser, Native, flowIdIn } from "../kit/client";
import { anyEmail, anyPassword, browserAfterPassword, confirmRecoveryCodes, enrolRecoveryCodes, enrolTotp, personWithTotp, registerPerson, typedBack } from "../kit/fixtures";
import { fromBase32, Authenticator } from "../kit/totp";
import { useServer } from "../kit/use-server";
import { csrfOf, messageIds, names, node, nodes, recoveryCodesOf, totpSecretOf } from "../kit/wire";
import type { ErrorJson, FlowJson } from "../kit/wire";

const at = useServer();

describe("a settings flow", () => {
  test("needs a session: 401 session_inactive by script and natively, the login by navigation", async () => {
    for (const answer of [await new Browser(at.server).fetch("/self-service/settings/browser"), await new Native(at.server).fetch("/self-service/settings/api")]) {
      expect(answer.status).toBe(401);
      expect(answer.json<ErrorJson>().error.id).toBe("session_inactive");
    }
    const browser = new Browser(at.server);
    const target = browser.url("/orders");
    const visit = await browser.visit(`/self-service/settings/browser?return_to=${encodeURIComponent(target)}`);
    expect(visit.status).toBe(303);
    const login = new URL(visit.location);
    expect(login.pathname).toBe("/self-service/login/browser");
    expect(login.searchParams.get("return_to")).toContain(encodeURIComponent(target).slice(0, 4));
  });

  test("shows profile, password, app and recovery codes in order", async () => {
    const ada = await registerPerson(at.server);
    const flow = await ada.app.start("settings");
    expect(flow).toMatchObject({ type: "api", state: "show_form", organization_id: null, identity: { id: ada.identityId, traits: { email: ada.email } } });
    expect(node(flow, "traits.email")).toMatchObject({ group: "profile", attributes: { value: ada.email } });
    expect(node(flow, "password")).toMatchObject({ group: "password", attributes: { autocomplete: "new-password" } });
    expect(node(flow, "totp_qr")).toMatchObject({ type: "img", group: "totp", attributes: { width: 256, height: 256, node_type: "img" }, meta: { label: { id: 1050005 } } });
    expect(node(flow, "totp_secret_key")).toMatchObject({ type: "text", group: "totp", attributes: { text: { id: 1050006 }, node_type: "text" }, meta: { label: { id: 1050017 } } });
    expect(node(flow, "totp_code")).toMatchObject({ group: "totp", attributes: { type: "text", required: true }, meta: { label: { id: 1070006 } } });
    expect(node(flow, "lookup_secret_regenerate")).toMatchObject({ group: "lookup_secret", attributes: { type: "submit", value: "true" }, meta: { label: { id: 1050008 } } });
    const order = flow.ui.nodes.map((one) => one.group).filter((group, index, all) => group !== all[index - 1]);
    expect(order.filter((group) => group !== "default")).toEqual(["profile", "password", "lookup_secret", "passkey", "totp"]);
    expect(fromBase32(totpSecretOf(flow))).toHaveLength(20);
    expect(String(node(flow, "totp_qr").attributes["src"])).toMatch(/^data:image\//);
    expect(JSON.stringify(flow.identity)).not.toMatch(/credentials|metadata_admin/);
  });

  test("belongs to its owner: somebody else gets security_identity_mismatch", async () => {
    const [ada, eve] = [await registerPerson(at.server), await registerPerson(at.server)];
    const flow = await ada.app.start("settings");
    for (const answer of [await eve.app.fetch(`/self-service/settings/flows?id=${flow.id}`), await eve.app.submit(flow, { method: "profile", traits: { email: anyEmail() } })]) {
      expect(answer.status).toBe(403);
      expect(answer.json<ErrorJson>().error.id).toBe("security_identity_mismatch");
      expect(answer.text).not.toContain(ada.email);
    }
    expect((await ada.app.session()).identity?.traits["email"]).toBe(ada.email);
  });

  test("without a session: 401 without an id", async () => {
    const ada = await registerPerson(at.server);
    const flow = await ada.app.start("settings");
    const stranger = new Native(at.server);
    for (const answer of [await stranger.fetch(`/self-service/settings/flows?id=${flow.id}`), await stranger.submit(flow, { method: "password", password: anyPassword() })]) {
      expect(answer.status).toBe(401);
      expect(answer.json<ErrorJson>().error).not.toHaveProperty("id");
    }
  });
});

describe("profile and password", () => {
  test("a new address is saved, signs in, and the old one does not", async () => {
    const ada = await registerPerson(at.server);
    const flow = await ada.app.start("settings");
    const email = anyEmail();
    const answer = await ada.app.submit(flow, { method: "profile", traits: { email } });
    expect(answer.status).toBe(200);
    const saved = answer.json<FlowJson>();
    expect(saved).toMatchObject({ id: flow.id, state: "success", identity: { traits: { email } } });
    expect(messageIds(saved)).toContain(1050001);
    const signIn = async (identifier: string): Promise<number> => {
      const app = new Native(at.server);
      return (await app.submit(await app.start("login"), { method: "password", identifier, password: ada.password })).status;
    };
    expect(await signIn(email)).toBe(200);
    expect(await signIn(ada.email)).toBe(400);
  });

  test("somebody else's address is refused and changes nothing", async () => {
    const [ada, bob] = [await registerPerson(at.server), await registerPerson(at.server)];
    const answer = await ada.app.submit(await ada.app.start("settings"), { method: "profile", traits: { email: bob.email } });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("4000007");
    expect((await ada.app.session()).identity?.traits["email"]).toBe(ada.email);
  });

  test("a new password replaces the old one and ends the person's other sessions", async () => {
    const ada = await registerPerson(at.server);
    const elsewhere = new Native(at.server);
    const signedIn = await elsewhere.submit(await elsewhere.start("login"), { method: "password", identifier: ada.email, password: ada.password });
    elsewhere.token = signedIn.json<{ session_token: string }>().session_token;
    expect((await elsewhere.whoami()).status).toBe(200);
    const password = anyPassword();
    const answer = await ada.app.submit(await ada.app.start("settings"), { method: "password", password });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(password);
    expect((await ada.app.whoami()).status).toBe(200);
    expect((await elsewhere.whoami()).status).toBe(401);
    const again = new Native(at.server);
    expect((await again.submit(await again.start("login"), { method: "password", identifier: ada.email, password: ada.password })).status).toBe(400);
    expect((await again.submit(await again.start("login"), { method: "password", identifier: ada.email, password })).status).toBe(200);
  });

  test("a listed password is refused at its field", async () => {
    const ada = await registerPerson(at.server);
    const answer = await ada.app.submit(await ada.app.start("settings"), { method: "password", password: "password123" });
    expect(answer.status).toBe(400);
    expect(node(answer.json<FlowJson>(), "password").messages.map((message) => message.id)).toContain(4000034);
  });

  test("a body that names no method is 4010004", async () => {
    const ada = await registerPerson(at.server);
    const answer = await ada.app.submit(await ada.app.start("settings"), { something: "else" });
    expect(answer.status).toBe(400);
    expect(messageIds(answer.json<FlowJson>())).toEqual([4010004]);
  });

  test("by form goes to the settings page again, by script 200 with a redirect in continue_with", async () => {
    const ada = await registerPerson(at.server);
    const browser = await browserAfterPassword(at.server, ada);
    const flow = await browser.open("settings");
    const form = await browser.post(flow, { method: "profile", "traits.email": ada.email });
    expect(form.status).toBe(303);
    expect(new URL(form.location).pathname).toBe("/settings");
    const { answer: page } = await browser.follow(form.location);
    expect(page.status).toBe(200);
    const script = await browser.submit(await browser.start("settings"), { method: "profile", traits: { email: ada.email } });
    expect(script.status).toBe(200);
    expect(script.json<FlowJson>().continue_with?.at(-1)?.action).toBe("redirect_browser_to");
  });
});

describe("an authenticator app", () => {
  test("enrolled by its typed key raises this session at once and burns the code", async () => {
    const ada = await registerPerson(at.server);
    const before = await ada.app.session();
    const flow = await ada.app.start("settings");
    const authenticator = new Authenticator(totpSecretOf(flow));
    const answer = await ada.app.submit(flow, { method: "totp", totp_code: await authenticator.code() });
    expect(answer.status).toBe(200);
    const saved = answer.json<FlowJson>();
    expect(messageIds(saved)).toContain(1050001);
    expect(nodes(saved, "totp_qr")).toEqual([]);
    expect(node(saved, "totp_unlink")).toMatchObject({ attributes: { type: "submit", value: "true" }, meta: { label: { id: 1050004 } } });
    const session = await ada.app.session();
    expect(session).toMatchObject({ id: before.id, authenticator_assurance_level: "aal2" });
    expect(session.authentication_methods.map((entry) => entry.method)).toEqual(["password", "totp"]);
    expect(new Date(session.expires_at).getTime()).toBeLessThanOrEqual(new Date(before.expires_at).getTime());
    const login = await ada.app.start("login", "?aal=aal2&refresh=true");
    const replay = await ada.app.submit(login, { method: "totp", totp_code: authenticator.lastCode() });
    expect(replay.status).toBe(400);
  });

  test("a wrong code says 4000008 at its field and keeps the same key", async () => {
    const ada = await registerPerson(at.server);
    const flow = await ada.app.start("settings");
    const authenticator = new Authenticator(totpSecretOf(flow));
    const answer = await ada.app.submit(flow, { method: "totp", totp_code: authenticator.wrongCode() });
    expect(answer.status).toBe(400);
    const again = answer.json<FlowJson>();
    expect(node(again, "totp_code").messages.map((message) => message.id)).toEqual([4000008]);
    expect(totpSecretOf(again)).toBe(authenticator.secret);
    expect((await ada.app.session()).authenticator_assurance_level).toBe("aal1");
    expect((await ada.app.submit(again, { method: "totp", totp_code: await authenticator.code() })).status).toBe(200);
  });

  test("a pending key never counts: the next sign-in asks nothing", async () => {
    const ada = await registerPerson(at.server);
    await ada.app.start("settings");
    const browser = await browserAfterPassword(at.server, ada);
    expect((await browser.whoami()).status).toBe(200);
  });

  test("short and non-numeric codes are told at the field, blanks are ignored", async () => {
    const ada = await registerPerson(at.server);
    const flow = await ada.app.start("settings");
    const authenticator = new Authenticator(totpSecretOf(flow));
    for (const code of ["", "123", "abcdef"]) {
      const answer = await ada.app.submit(flow, { method: "totp", totp_code: code });
      expect(answer.status).toBe(400);
      expect(node(answer.json<FlowJson>(), "totp_code").messages).not.toEqual([]);
    }
    const code = await authenticator.code();
    expect((await ada.app.submit(flow, { method: "totp", totp_code: `${code.slice(0, 3)} ${code.slice(3)}` })).status).toBe(200);
  });

  test("only an explicit true unlinks; then the person has aal1 available and nothing is asked", async () => {
    const ada = await personWithTotp(at.server);
    const refused = await ada.app.submit(await ada.app.start("settings"), { method: "totp" });
    expect(refused.status).toBe(400);
    const no = await ada.app.submit(await ada.app.start("settings"), { method: "totp", totp_unlink: false });
    expect(no.status).toBe(400);
    expect(nodes(await ada.app.start("settings"), "totp_unlink")).toHaveLength(1);
    const answer = await ada.app.submit(await ada.app.start("settings"), { totp_unlink: true });
    expect(answer.status).toBe(200);
    expect(nodes(answer.json<FlowJson>(), "totp_qr")).toHaveLength(1);
    expect((await ada.app.session()).authenticator_assurance_level).toBe("aal2");
    const browser = await browserAfterPassword(at.server, ada);
    expect((await browser.whoami()).status).toBe(200);
  });
});

describe("recovery codes", () => {
  test("are shown once, count from the confirmation, and are 12 of 16 characters", async () => {
    const ada = await personWithTotp(at.server);
    const flow = await ada.app.start("settings");
    const shown = await ada.app.submit(flow, { lookup_secret_regenerate: true });
    expect(shown.status).toBe(200);
    const offer = shown.json<FlowJson>();
    expect(offer.state).toBe("show_form");
    expect(offer.active).toBe("lookup_secret");
    expect(node(offer, "lookup_secret_codes")).toMatchObject({ type: "text", attributes: { text: { id: 1050015 } }, meta: { label: { id: 1050010 } } });
    expect(node(offer, "lookup_secret_confirm")).toMatchObject({ attributes: { type: "submit", value: "true" }, meta: { label: { id: 1050011 } } });
    const codes = recoveryCodesOf(offer);
    expect(codes).toHaveLength(12);
    expect(new Set(codes).size).toBe(12);
    for (const code of codes) expect(code.replace(/[\s-]/g, "")).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/i);
    // Not saved yet: the codes do not sign in.
    const browser = await browserAfterPassword(at.server, ada);
    const login = await browser.start("login", "?aal=aal2");
    expect(names(login)).not.toContain("lookup_secret");
    await confirmRecoveryCodes(ada.app, offer, codes);
    const after = await ada.app.start("settings");
    expect(names(after)).toContain("lookup_secret_disable");
    expect(names(after)).not.toContain("lookup_secret_codes");
    expect(names(after), "hashed by default: nothing can be revealed").not.toContain("lookup_secret_reveal");
    expect(JSON.stringify(after)).not.toContain(codes[0]);
  });

  test("making new ones leaves the old ones good until the new ones are confirmed", async () => {
    const ada = await enrolRecoveryCodes(await personWithTotp(at.server));
    const offer = (await ada.app.submit(await ada.app.start("settings"), { lookup_secret_regenerate: true })).json<FlowJson>();
    const fresh = recoveryCodesOf(offer);
    const use = async (code: string): Promise<number> => {
      const browser = await browserAfterPassword(at.server, ada);
      return (await browser.submit(await browser.start("login", "?aal=aal2"), { method: "lookup_secret", lookup_secret: code })).status;
    };
    expect(await use(fresh[0] ?? "")).toBe(400);
    expect(await use(ada.recoveryCodes[0] ?? "")).toBe(200);
    await confirmRecoveryCodes(ada.app, offer, fresh);
    expect(await use(ada.recoveryCodes[1] ?? "")).toBe(400);
    expect(await use(fresh[0] ?? "")).toBe(200);
  });

  test("a wrong code typed back confirms nothing", async () => {
    const ada = await personWithTotp(at.server);
    const offer = (await ada.app.submit(await ada.app.start("settings"), { lookup_secret_regenerate: true })).json<FlowJson>();
    const typed = Object.keys(typedBack(offer, recoveryCodesOf(offer)));
    expect(typed, "the flow asks for one code to be typed back").toHaveLength(1);
    const answer = await ada.app.submit(offer, { lookup_secret_confirm: true, [typed[0] ?? ""]: "0000-0000-0000-0000" });
    expect(answer.status).toBe(400);
    const browser = await browserAfterPassword(at.server, ada);
    expect(names(await browser.start("login", "?aal=aal2"))).not.toContain("lookup_secret");
  });

  test("can be removed", async () => {
    const ada = await enrolRecoveryCodes(await enrolTotp(at.server, await registerPerson(at.server)));
    const answer = await ada.app.submit(await ada.app.start("settings"), { lookup_secret_disable: true });
    expect(answer.status).toBe(200);
    expect(names(await ada.app.start("settings"))).toContain("lookup_secret_regenerate");
  });
});

describe("factor changes", () => {
  test("end the person's other sessions and keep the acting one", async () => {
    const ada = await personWithTotp(at.server);
    const browser = await browserAfterPassword(at.server, ada);
    expect((await browser.whoami()).status).toBe(403);
    expect((await ada.app.submit(await ada.app.start("settings"), { totp_unlink: true })).status).toBe(200);
    expect((await browser.whoami()).status).toBe(401);
    expect((await ada.app.whoami()).status).toBe(200);
  });

  test("by form: enrolling rotates the browser's token, and the old value is dead", async () => {
    const ada = await registerPerson(at.server);
    const browser = await browserAfterPassword(at.server, ada);
    const before = browser.jar.copy();
    const flow = await browser.open("settings");
    const authenticator = new Authenticator(totpSecretOf(flow));
    const answer = await browser.post(flow, { method: "totp", totp_code: await authenticator.code() });
    expect(answer.status).toBe(303);
    expect((await browser.session()).authenticator_assurance_level).toBe("aal2");
    expect((await new Browser(at.server, { jar: before }).whoami()).status).toBe(401);
    expect(flowIdIn(answer.location)).toBe(flow.id);
    const again = await browser.read("settings", flow.id);
    expect(csrfOf(again)).not.toBe(csrfOf(flow));
  });
});
