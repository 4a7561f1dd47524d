import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Browser } from "../kit/client";
import { device, enrolKey, keyChallenge, keyOptions, keysIn, useKey } from "../kit/factors-keys";
import { anyEmail, browserAfterPassword, enrolTotp, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import type { Authenticator, Bend } from "../kit/authenticator";
import { send } from "../kit/http";
import { useServerWithMail } from "../kit/use-mail";
import { letterTo } from "../kit/letters";
import { messageIds, names, node, nodes, valueOf } from "../kit/wire";
import type { ErrorJson, FlowJson } from "../kit/wire";

const NO_KEYS = "no-keys.localhost";
const ALONE = "keys-alone.localhost";
const at = useServerWithMail(() => ({
  projects: [
    { slug: "no-keys", document: { selfservice: { methods: { webauthn: { enabled: false } } } } },
    { slug: "keys-alone", document: { selfservice: { methods: { webauthn: { config: { passwordless: true } } } } } },
  ],
}));

interface Keyholder {
  readonly person: Person;
  readonly browser: Browser;
  readonly holder: Authenticator;
}
async function keyholder(): Promise<Keyholder> {
  const person = await registerPerson(at.server);
  const browser = await browserAfterPassword(at.server, person);
  const holder = device(browser);
  const answer = await enrolKey(browser, holder);
  expect(answer.status, answer.text).toBe(200);
  return { person, browser, holder };
}
async function halfWay(person: Person): Promise<{ readonly browser: Browser; readonly flow: FlowJson }> {
  const browser = await browserAfterPassword(at.server, person);
  return { browser, flow: await browser.start("login", "?aal=aal2") };
}

describe("a security key", () => {
  test("is enrolled under a name, raises the session, and is told to the owner", async () => {
    const { person, browser } = await keyholder();
    expect((await browser.session()).authentication_methods.map(({ method, aal }) => [method, aal])).toEqual([["password", "aal1"], ["webauthn", "aal2"]]);
    const flow = await browser.start("settings");
    const [key] = keysIn(flow, "webauthn");
    expect(key?.node).toMatchObject({ group: "webauthn", attributes: { type: "submit", disabled: false }, meta: { label: { id: 1050018, context: { display_name: "Green key" } } } });
    expect(key?.node.meta.label?.context?.["added_at_unix"]).toBeTypeOf("number");
    await letterTo(at.mail, person.email, /was added/);
  });

  test("is offered at the second step with the contract's nodes, and its script is what the node says", async () => {
    const { flow } = await halfWay((await keyholder()).person);
    expect(names(flow)).toEqual(expect.arrayContaining(["csrf_token", "identifier", "webauthn_script", "webauthn_login", "webauthn_login_trigger"]));
    const trigger = node(flow, "webauthn_login_trigger");
    expect(trigger).toMatchObject({ attributes: { type: "button", onclickTrigger: "oryWebAuthnLogin" }, meta: { label: { id: 1010008 } } });
    expect(String(trigger.attributes["onclick"])).toMatch(/^window\.oryWebAuthnLogin\(/);
    expect(keyChallenge(flow)).toMatchObject({ rpId: "localhost", userVerification: "discouraged" });
    const script = node(flow, "webauthn_script").attributes;
    expect(script).toMatchObject({ type: "text/javascript", async: true, crossorigin: "anonymous", referrerpolicy: "no-referrer" });
    const served = await send(String(script["src"]));
    expect([served.status, served.headers["content-type"]]).toEqual([200, expect.stringContaining("javascript")]);
    expect(`sha512-${createHash("sha512").update(served.text).digest("base64")}`).toBe(script["integrity"]);
  });

  test("completes the second step once: the same answer again is nothing", async () => {
    const { person, holder } = await keyholder();
    const { browser, flow } = await halfWay(person);
    const answer = holder.authenticate(keyChallenge(flow));
    expect((await browser.submit(flow, { method: "webauthn", webauthn_login: answer })).status).toBe(200);
    expect((await browser.session()).authenticator_assurance_level).toBe("aal2");
    const other = await halfWay(person);
    const replayed = await other.browser.submit(other.flow, { method: "webauthn", webauthn_login: answer });
    expect([replayed.status, messageIds(replayed.json<FlowJson>())]).toEqual([400, expect.arrayContaining([4000043])]);
    expect((await other.browser.whoami()).status).toBe(403);
    const own = holder.authenticate(keyChallenge(replayed.json<FlowJson>()));
    expect((await other.browser.submit(replayed.json<FlowJson>(), { method: "webauthn", webauthn_login: own })).status, "the same form has a new challenge").toBe(200);
  });

  test("of somebody else is nothing", async () => {
    const [ada, eve] = [await keyholder(), await keyholder()];
    const { browser, flow } = await halfWay(ada.person);
    const asked = keyChallenge(flow);
    const foreign = eve.holder.authenticate({ challenge: asked.challenge, rpId: asked.rpId });
    const answer = await browser.submit(flow, { method: "webauthn", webauthn_login: foreign });
    expect([answer.status, messageIds(answer.json<FlowJson>())]).toEqual([400, expect.arrayContaining([4000043])]);
    expect((await browser.whoami()).status).toBe(403);
  });

  const forgeries: readonly (readonly [string, Bend])[] = [
    ["another site", { origin: "http://localhost.evil.example" }], ["our host on another port", { origin: "http://localhost:1" }],
    ["another challenge", { challenge: Buffer.alloc(32, 7).toString("base64url") }], ["a creation", { type: "webauthn.create" }],
    ["a frame of another site", { crossOrigin: true }], ["a top origin", { topOrigin: "http://localhost" }], ["another relying party", { rpId: "example.test" }],
    ["nobody touching it", { up: false }], ["a counter that went back", { counter: 0 }], ["another person's handle", { userHandle: Buffer.alloc(16, 1).toString("base64url") }],
    ["a broken signature", { signature: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]) }],
  ];
  test("answered with anything bent is refused, one thing at a time", async () => {
    const { person, holder } = await keyholder();
    const once = await halfWay(person);
    expect((await useKey(once.browser, once.flow, holder)).status).toBe(200);
    const { browser, flow: first } = await halfWay(person);
    let flow = first;
    for (const [what, bend] of forgeries.filter(([name]) => name !== "a counter that went back")) {
      const answer = await useKey(browser, flow, holder, bend);
      expect([what, answer.status, messageIds(answer.json<FlowJson>())]).toEqual([what, 400, expect.arrayContaining([4000043])]);
      flow = answer.json<FlowJson>();
      expect((await browser.whoami()).status, what).toBe(403);
    }
    expect((await useKey(browser, flow, holder)).status, "an honest answer still passes").toBe(200);
  });

  test("that counts backwards may be a copy: refused, flagged, and told", async () => {
    const { person, holder } = await keyholder();
    const copy = holder.clone();
    for (let round = 0; round < 2; round += 1) {
      const { browser, flow } = await halfWay(person);
      expect((await useKey(browser, flow, holder)).status).toBe(200);
    }
    const { browser, flow } = await halfWay(person);
    const answer = await useKey(browser, flow, copy);
    expect([answer.status, messageIds(answer.json<FlowJson>())]).toEqual([400, expect.arrayContaining([4000043])]);
    await letterTo(at.mail, person.email, /security key was refused/);
  });

  test("is never enrolled twice, and its place in the list is its owner's", async () => {
    const { browser, holder } = await keyholder();
    const flow = await browser.start("settings");
    expect(keyOptions(flow).excludeCredentials?.map(({ id }) => id)).toEqual([holder.keys[0]?.id]);
    const eve = await browserAfterPassword(at.server, await registerPerson(at.server));
    const form = await eve.start("settings");
    const stolen = device(eve).register(keyOptions(form), { credentialId: holder.keys[0]?.id ?? "" });
    const answer = await eve.submit(form, { method: "webauthn", webauthn_register: stolen, webauthn_register_displayname: "Mine now" });
    expect(answer.status).toBe(400);
    expect((await eve.session()).authenticator_assurance_level).toBe("aal1");
  });

  test("is renamed in place and removed by its own button; then Strict asks no more", async () => {
    const { person, browser } = await keyholder();
    const [key] = keysIn(await browser.start("settings"), "webauthn");
    const renamed = await browser.submit(await browser.start("settings"), { method: "webauthn", webauthn_rename: key?.hex, webauthn_rename_displayname: "Blue key" });
    expect(renamed.status, renamed.text).toBe(200);
    expect(keysIn(renamed.json<FlowJson>(), "webauthn").map(({ name }) => name)).toEqual(["Blue key"]);
    const unknown = await browser.submit(await browser.start("settings"), { webauthn_remove: "00ff" });
    expect(unknown.status).toBe(400);
    const removed = await browser.submit(await browser.start("settings"), { webauthn_remove: key?.hex });
    expect(removed.status, removed.text).toBe(200);
    expect(keysIn(removed.json<FlowJson>(), "webauthn")).toEqual([]);
    expect((await (await browserAfterPassword(at.server, person)).whoami()).status).toBe(200);
  });

  test("needs a name", async () => {
    const browser = await browserAfterPassword(at.server, await registerPerson(at.server));
    const answer = await enrolKey(browser, device(browser), "  ");
    expect(answer.status).toBe(400);
    expect(node(answer.json<FlowJson>(), "webauthn_register_displayname").messages.map(({ id }) => id)).toEqual([4000002]);
  });

  test("is enrolled only by somebody who proved what they have: under Lax a password alone adds no key beside an app", async () => {
    const host = "garden.localhost";
    const ada = await enrolTotp(at.server, await registerPerson(at.server, { host }));
    const browser = await browserAfterPassword(at.server, ada, { host });
    const flow = await browser.start("settings");
    const answer = await browser.submit(flow, { method: "webauthn", webauthn_register: device(browser).register(keyOptions(flow)), webauthn_register_displayname: "Thief's" });
    expect([answer.status, answer.json<ErrorJson>().error.id]).toEqual([403, "session_aal2_required"]);
  });

  test("begun in one session is not finished in another's", async () => {
    const [ada, eve] = [await browserAfterPassword(at.server, await registerPerson(at.server)), await browserAfterPassword(at.server, await registerPerson(at.server))];
    const hers = await eve.start("settings");
    const made = device(ada).register(keyOptions(hers));
    const answer = await ada.submit(await ada.start("settings"), { method: "webauthn", webauthn_register: made, webauthn_register_displayname: "Hers" });
    expect(answer.status).toBe(400);
    expect((await ada.session()).authenticator_assurance_level).toBe("aal1");
  });

  test("switched off by the project has no nodes, and its method is 404", async () => {
    const person = await registerPerson(at.server, { host: NO_KEYS });
    const browser = await browserAfterPassword(at.server, person, { host: NO_KEYS });
    const flow = await browser.start("settings");
    expect(nodes(flow, "webauthn_register_trigger")).toEqual([]);
    expect((await browser.submit(flow, { method: "webauthn", webauthn_register: "{}", webauthn_register_displayname: "x" })).status).toBe(404);
    expect((await browser.submit(await new Browser(at.server, { host: NO_KEYS, jar: browser.jar }).start("login", "?refresh=true"), { method: "webauthn", webauthn_login: "{}" })).status).toBe(404);
  });
});

describe("keys that sign in by themselves", () => {
  async function signUp(): Promise<{ readonly email: string; readonly browser: Browser; readonly holder: Authenticator }> {
    const browser = new Browser(at.server, { host: ALONE });
    const [email, holder] = [anyEmail(), device(browser)];
    const flow = await browser.start("registration");
    const answer = await browser.submit(flow, { method: "webauthn", traits: { email }, webauthn_register: holder.register(keyOptions(flow)), webauthn_register_displayname: "Blue key" });
    expect(answer.status, answer.text).toBe(200);
    return { email, browser, holder };
  }

  test("two screens: who are you, then the key; 422 to the page by script, 303 by form", async () => {
    const { email, holder } = await signUp();
    const browser = new Browser(at.server, { host: ALONE });
    const flow = await browser.start("login");
    expect(node(flow, "identifier").attributes["autocomplete"]).toBe("username webauthn");
    const named = await browser.submit(flow, { method: "webauthn", identifier: email });
    expect([named.status, named.json<ErrorJson>().error.id]).toEqual([422, "browser_location_change_required"]);
    const second = await browser.read("login", flow.id);
    expect(messageIds(second)).toEqual([1010012]);
    expect(node(second, "webauthn_login_trigger").meta.label?.id).toBe(1010013);
    const done = await browser.submit(second, { method: "webauthn", identifier: email, webauthn_login: holder.authenticate(keyChallenge(second)) });
    expect(done.status, done.text).toBe(200);
    expect((await browser.session()).authentication_methods).toMatchObject([{ method: "webauthn", aal: "aal1" }]);

    const page = new Browser(at.server, { host: ALONE });
    const form = await page.open("login");
    expect((await page.post(form, { method: "webauthn", identifier: email })).status).toBe(303);
    const ready = await page.read("login", form.id);
    expect((await page.post(ready, { method: "webauthn", identifier: email, webauthn_login: holder.authenticate(keyChallenge(ready)) })).status).toBe(303);
    expect((await page.session()).active).toBe(true);
  });

  test("the last one is never removed: its button is dead, and pressing it anyway says why", async () => {
    const { browser } = await signUp();
    const [key] = keysIn(await browser.start("settings"), "webauthn");
    expect(key?.node.attributes["disabled"]).toBe(true);
    const answer = await browser.submit(await browser.start("settings"), { webauthn_remove: key?.hex });
    expect(answer.status).toBe(400);
    expect(keysIn(await browser.start("settings"), "webauthn")).toHaveLength(1);
  });

  test("for an unknown name the same screen comes, always with the same key that nobody has", async () => {
    const stranger = anyEmail();
    const ids: string[][] = [];
    for (let round = 0; round < 2; round += 1) {
      const browser = new Browser(at.server, { host: ALONE });
      const flow = await browser.start("login");
      expect((await browser.submit(flow, { method: "webauthn", identifier: stranger })).status).toBe(422);
      const second = await browser.read("login", flow.id);
      expect(valueOf(second, "identifier")).toBe(stranger);
      ids.push((keyChallenge(second).allowCredentials ?? []).map(({ id }) => id));
    }
    expect(ids[0]).toHaveLength(1);
    expect(ids[1]).toEqual(ids[0]);
  });
});
