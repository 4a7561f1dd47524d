import { describe, expect, test } from "vitest";
import { Browser, Native, flowIdIn } from "../kit/client";
import { anyEmail, anyPassword, registerPerson } from "../kit/fixtures";
import { useServer } from "../kit/use-server";
import { messageIds, methodsOf, names, node, valueOf } from "../kit/wire";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

const at = useServer();

describe("a registration flow", () => {
  test("asks for the traits and a new password on one screen", async () => {
    const flow = await new Browser(at.server).start("registration");
    expect(flow).toMatchObject({ type: "browser", state: "choose_method", organization_id: null });
    expect(flow.ui.action).toBe(at.server.url(`/self-service/registration?flow=${flow.id}`));
    expect(names(flow)[0]).toBe("csrf_token");
    expect(node(flow, "traits.email")).toMatchObject({ group: "default", attributes: { type: "email", required: true, node_type: "input" } });
    expect(node(flow, "password")).toMatchObject({ group: "password", attributes: { type: "password", autocomplete: "new-password", required: true }, meta: { label: { id: 1070001 } } });
    expect(node(flow, "method", "password")).toMatchObject({ attributes: { type: "submit", value: "password" }, meta: { label: { id: 1040001 } } });
    expect(methodsOf(flow)).toEqual(["password"]);
  });

  test("started by a navigation leads to its page, which posts to the wire", async () => {
    const browser = new Browser(at.server);
    const answer = await browser.visit("/self-service/registration/browser");
    expect(answer.status).toBe(303);
    const { answer: page } = await browser.follow(answer.location);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`/self-service/registration?flow=${flowIdIn(answer.location)}`);
  });

  test("is read only by the browser that began it", async () => {
    const flow = await new Browser(at.server).start("registration");
    const answer = await new Browser(at.server).fetch(`/self-service/registration/flows?id=${flow.id}`);
    expect(answer.status).toBe(403);
    expect(answer.json<ErrorJson>().error.id).toBe("security_csrf_violation");
  });
});

describe("registering", () => {
  test("by script signs in with a cookie and answers session and identity", async () => {
    const browser = new Browser(at.server);
    const email = anyEmail();
    const answer = await browser.submit(await browser.start("registration"), { method: "password", traits: { email }, password: anyPassword() });
    expect(answer.status).toBe(200);
    const done = answer.json<SignedInJson>();
    expect(done).not.toHaveProperty("session_token");
    expect(done.identity?.traits["email"]).toBe(email);
    expect(done.session.authenticator_assurance_level).toBe("aal1");
    expect(Array.isArray(done.continue_with)).toBe(true);
    expect((await browser.session()).identity?.id).toBe(done.identity?.id);
  });

  test("natively answers a token, which continue_with repeats", async () => {
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("registration"), { method: "password", traits: { email: anyEmail() }, password: anyPassword() });
    expect(answer.status).toBe(200);
    expect(answer.setCookies).toEqual([]);
    const done = answer.json<SignedInJson>();
    expect(done.session_token).toMatch(/^ory_st_[A-Za-z0-9]{32}$/);
    expect(done.continue_with).toContainEqual({ action: "set_ory_session_token", ory_session_token: done.session_token });
    expect(done.identity).toMatchObject({ schema_id: expect.any(String) as string, state: "active" });
    expect(done.identity?.schema_url).toBe(at.server.url(`/schemas/${Buffer.from(done.identity?.schema_id ?? "").toString("base64url")}`));
    expect(answer.text).not.toMatch(/credentials|metadata_admin|available_aal/);
  });

  test("by form redirects to the return URL", async () => {
    const browser = new Browser(at.server);
    const target = browser.url("/orders");
    const flow = await browser.open("registration", `?return_to=${encodeURIComponent(target)}`);
    const answer = await browser.post(flow, { method: "password", "traits.email": anyEmail(), password: anyPassword() });
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(target);
    expect((await browser.session()).active).toBe(true);
  });

  test("the address is kept in one spelling", async () => {
    const app = new Native(at.server);
    const email = anyEmail();
    const password = anyPassword();
    expect((await app.submit(await app.start("registration"), { method: "password", traits: { email: email.toUpperCase() }, password })).status).toBe(200);
    const other = new Native(at.server);
    expect((await other.submit(await other.start("login"), { method: "password", identifier: email, password })).status).toBe(200);
  });
});

describe("a refused registration", () => {
  test("an address in use is 400 with 4000007", async () => {
    const ada = await registerPerson(at.server);
    const app = new Native(at.server);
    for (const email of [ada.email, ada.email.toUpperCase()]) {
      const answer = await app.submit(await app.start("registration"), { method: "password", traits: { email }, password: anyPassword() });
      expect(answer.status).toBe(400);
      expect(messageIds(answer.json<FlowJson>())).toEqual([4000007]);
      expect(answer.text).not.toContain("ory_st_");
    }
  });

  test.each([
    ["too short", "abc1", 4000032],
    ["known to everybody", "password123", 4000034],
  ])("a password that is %s is told at its field", async (_name, password, id) => {
    const browser = new Browser(at.server);
    const email = anyEmail();
    const answer = await browser.submit(await browser.start("registration"), { method: "password", traits: { email }, password });
    expect(answer.status).toBe(400);
    const flow = answer.json<FlowJson>();
    expect(node(flow, "password").messages.map((message) => message.id)).toContain(id);
    expect(valueOf(flow, "traits.email")).toBe(email);
    expect(answer.text).not.toContain(`"${password}"`);
    expect((await browser.whoami()).status).toBe(401);
  });

  test("a password like the address is 4000031", async () => {
    const email = anyEmail();
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("registration"), { method: "password", traits: { email }, password: email });
    expect(answer.status).toBe(400);
    expect(node(answer.json<FlowJson>(), "password").messages.map((message) => message.id)).toContain(4000031);
  });

  test("what is no e-mail address is told at its field", async () => {
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("registration"), { method: "password", traits: { email: "not an address" }, password: anyPassword() });
    expect(answer.status).toBe(400);
    expect(node(answer.json<FlowJson>(), "traits.email").messages[0]?.id).toBeGreaterThan(4000000);
  });

  test("a missing address is 4000002", async () => {
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("registration"), { method: "password", traits: {}, password: anyPassword() });
    expect(answer.status).toBe(400);
    expect(node(answer.json<FlowJson>(), "traits.email").messages.map((message) => message.id)).toEqual([4000002]);
  });

  test("no method is 4010003", async () => {
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("registration"), { traits: { email: anyEmail() } });
    expect(answer.status).toBe(400);
    expect(messageIds(answer.json<FlowJson>())).toEqual([4010003]);
  });

  test("by form is a redirect to the same flow, which keeps the address and not the password", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.open("registration");
    const email = anyEmail();
    const answer = await browser.post(flow, { method: "password", "traits.email": email, password: "abc1" });
    expect([302, 303]).toContain(answer.status);
    expect(flowIdIn(answer.location)).toBe(flow.id);
    const { answer: page } = await browser.follow(answer.location);
    expect(page.text).toContain(email);
    expect(page.text).not.toContain("abc1");
  });

  test("fields nobody asked for are never written", async () => {
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("registration"), {
      method: "password", traits: { email: anyEmail(), admin: true }, password: anyPassword(),
      state: "inactive", id: "00000000-0000-4000-8000-000000000000", metadata_admin: { a: 1 }, metadata_public: { b: 2 }, credentials: {}, aal: "aal2",
    });
    if (answer.status === 200) {
      const { identity, session } = answer.json<SignedInJson>();
      expect(identity).toMatchObject({ state: "active" });
      expect(identity?.id).not.toBe("00000000-0000-4000-8000-000000000000");
      expect(JSON.stringify(identity)).not.toMatch(/"b":2|"a":1|"admin"/);
      expect(session.authenticator_assurance_level).toBe("aal1");
    } else {
      expect(answer.status).toBe(400);
    }
  });
});

describe("somebody who is signed in already", () => {
  test("is refused by script and sent on by navigation", async () => {
    const browser = new Browser(at.server);
    const [flow, late] = [await browser.start("registration"), await browser.start("registration")];
    expect((await browser.submit(flow, { method: "password", traits: { email: anyEmail() }, password: anyPassword() })).status).toBe(200);
    const create = await browser.fetch("/self-service/registration/browser");
    expect(create.status).toBe(400);
    expect(create.json<ErrorJson>().error.id).toBe("session_already_available");
    expect([302, 303]).toContain((await browser.visit("/self-service/registration/browser")).status);
    const submit = await browser.submit(late, { method: "password", traits: { email: anyEmail() }, password: anyPassword() });
    expect([400, 403]).toContain(submit.status);
    expect(["session_already_available", "security_csrf_violation"]).toContain(submit.json<ErrorJson>().error.id);
  });

  test("natively too", async () => {
    const ada = await registerPerson(at.server);
    const answer = await ada.app.fetch("/self-service/registration/api");
    expect(answer.status).toBe(400);
    expect(answer.json<ErrorJson>().error.id).toBe("session_already_available");
  });
});
