import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addProject, bench, client, messageIds, register } from "../../flows/testing";
import type { Bench, Client } from "../../flows/testing";
import type { FlowResult } from "../../flows/result";
import type { Flow } from "../../model/flow";
import { userHandleOf } from "../../webauthn/user-handle";
import { addKey, answerWithKey, creationIn, device, inputOf, inputsOf, levelOf, requestIn } from "../passkey/testing";

let house: Bench;
let hidden: string;
let open: string;
beforeAll(async () => {
  house = await bench();
  const passwordless = { "selfservice.methods.webauthn.config.passwordless": true, "selfservice.methods.passkey.enabled": false };
  hidden = await addProject(house, "hidden", passwordless);
  open = await addProject(house, "open", { ...passwordless, "security.account_enumeration.mitigate": false });
});
afterAll(() => house.close());

const fresh = (host: string, transport: "browser" | "api" = "browser"): Client => client(house, transport, host);
const ask = async (who: Client, identifier: string): Promise<FlowResult> => who.submit(await who.start("login"), { method: "webauthn", identifier });

async function registered(host: string, email: string, keys = device(host), who = fresh(host)) {
  const first = await who.start("registration");
  const { flow } = await who.submit(first, { method: "profile", traits: { email } });
  const text = keys.register(creationIn(flow, "webauthn_register_trigger"));
  const result = await who.submit(flow, { method: "webauthn", traits: { email }, webauthn_register: text, webauthn_register_displayname: "First" });
  return { who, keys, flow, result };
}
/** What a stranger can compare: everything but the random parts. */
const shape = (flow: Flow): unknown => JSON.parse(JSON.stringify(flow.nodes), (key, value: unknown) =>
  (key === "nonce" || key === "onclick" ? "…" : typeof value === "string" && value.includes("challenge") ? Object.keys((JSON.parse(value) as { publicKey: object }).publicKey).sort() : value));

describe("an account whose way in is a key", () => {
  it("is made with the key, and the key's handle is its id", async () => {
    const { keys, result } = await registered(hidden, "key@example.test");
    if (result.kind !== "completed") throw new Error(JSON.stringify(result.flow.messages));
    expect([levelOf(result), keys.keys[0]?.userHandle]).toEqual(["aal1", userHandleOf(result.identity.id)]);
  });

  it("signs in by name and key, on two screens, at aal1", async () => {
    const { keys } = await registered(hidden, "two@example.test");
    const who = fresh(hidden);
    const first = await who.start("login");
    expect(inputOf(first, "identifier")).toMatchObject({ autocomplete: "username webauthn", required: true });
    const second = await who.submit(first, { method: "webauthn", identifier: "Two@Example.test" });
    expect(second).toMatchObject({ kind: "form", navigates: true, flow: { messages: [{ id: 1010012 }] } });
    expect(inputsOf(second.flow, "webauthn_login_trigger")[0]?.meta.label?.id).toBe(1010013);
    const done = await who.submit(second.flow, { webauthn_login: keys.authenticate(requestIn(second.flow, "webauthn_login_trigger")), identifier: "two@example.test" });
    expect([done.kind, levelOf(done)]).toEqual(["completed", "aal1"]);
    const refresh = await answerWithKey(who, keys, {}, "?refresh=true");
    expect([refresh.kind, levelOf(refresh)]).toEqual(["completed", "aal1"]);
  });

  it("needs its name on the form, and a key of the person who was named", async () => {
    const mine = await registered(hidden, "mine@example.test");
    const theirs = await registered(hidden, "theirs@example.test");
    const who = fresh(hidden);
    expect(messageIds(await who.submit(await who.start("login"), { method: "webauthn" }))).toEqual([4000002]);
    const screen = (await ask(who, "mine@example.test")).flow;
    const wrong = await who.submit(screen, { webauthn_login: theirs.keys.authenticate(requestIn(screen, "webauthn_login_trigger"), {}, theirs.keys.keys[0]), identifier: "mine@example.test" });
    expect(messageIds(wrong)).toEqual([4000043]);
    expect((await registered(hidden, "mine@example.test", device(hidden))).result).not.toMatchObject({ identity: { id: (mine.result as { identity?: { id: string } }).identity?.id } });
  });

  it("an unknown name looks like a known one and always the same (W36)", async () => {
    await registered(hidden, "known@example.test");
    const known = await ask(fresh(hidden), "known@example.test");
    const unknown = await ask(fresh(hidden), "nobody@example.test");
    const again = await ask(fresh(hidden), "nobody@example.test");
    const named = (flow: Flow) => JSON.stringify(shape(flow)).replaceAll(/\w+@example\.test/g, "name");
    expect([unknown.kind, unknown.flow.messages, named(unknown.flow)]).toEqual([known.kind, known.flow.messages, named(known.flow)]);
    const keysOf = (result: FlowResult) => requestIn(result.flow, "webauthn_login_trigger").allowCredentials;
    expect(keysOf(again)).toEqual(keysOf(unknown));
    expect(keysOf(unknown)).not.toEqual(keysOf(await ask(fresh(hidden), "somebody-else@example.test")));
    expect(keysOf(unknown)).toHaveLength(1);
    const stranger = device(hidden);
    stranger.register({ challenge: "x", rp: { id: "hidden.localhost" }, user: { id: "AAAA" } });
    const guess = fresh(hidden);
    const screen = (await ask(guess, "nobody@example.test")).flow;
    const fake = requestIn(screen, "webauthn_login_trigger");
    const text = stranger.authenticate({ ...fake, rpId: "hidden.localhost" }, { credentialId: fake.allowCredentials?.[0]?.id ?? "" }, stranger.keys[0]);
    expect(messageIds(await guess.submit(screen, { webauthn_login: text, identifier: "nobody@example.test" }))).toEqual([4000043]);
  });

  it("a person with a password and no key looks like one with a key, where names are hidden", async () => {
    await register(fresh(hidden), "password@example.test");
    const result = await ask(fresh(hidden), "password@example.test");
    expect(result).toMatchObject({ flow: { messages: [{ id: 1010012 }] } });
  });

  it("a project that hides nothing says so", async () => {
    await registered(open, "there@example.test");
    expect(messageIds(await ask(fresh(open), "not-there@example.test"))).toEqual([4000015]);
    expect(messageIds(await ask(fresh(open), "there@example.test"))).toEqual([1010012]);
  });

  it("the last key stays; a second one frees the first", async () => {
    const { who, result } = await registered(hidden, "stays@example.test");
    expect(result.kind).toBe("completed");
    const flow = await who.start("settings");
    const hex = String(inputOf(flow, "webauthn_remove").value);
    expect(inputOf(flow, "webauthn_remove").disabled).toBe(true);
    const refused = await who.submit(flow, { webauthn_remove: hex });
    expect(inputsOf(refused.flow, "webauthn_remove")[0]?.messages).toMatchObject([{ id: 4000001 }]);
    expect(levelOf(await addKey(who, device(hidden), "Second"))).toBe("aal1");
    expect((await who.submit(await who.start("settings"), { webauthn_remove: hex })).kind).toBe("completed");
  });

  it("an app is offered no keys and may not use them", async () => {
    const app = fresh(hidden, "api");
    const flow = await app.start("login");
    expect(flow.nodes.some(({ group }) => group === "webauthn")).toBe(false);
    expect(messageIds(await app.submit(flow, { method: "webauthn", identifier: "two@example.test" }))).toEqual([4010002]);
  });
});

describe("a project that changes its mind (contract, trap 13)", () => {
  it("a key counts only for what it was enrolled as", async () => {
    const { countAll, usableAll } = await import("../registry");
    const { methods } = await import("../testing");
    const { enrolled, browser } = await import("../../webauthn/testing");
    const owned = await enrolled(browser());
    const credential = { ...owned.credential, type: "webauthn" as const };
    const [alone, beside] = [true, false].map((passwordless) => methods({ webauthn: { enabled: true, passwordless } }));
    const first = { ...credential, document: { ...credential.document, passwordless: true } };
    const second = { ...credential, document: { ...credential.document, passwordless: false } };
    const sum = (one: typeof credential, config = methods()) => countAll([one], config).reduce((all, { first: f, second: s }) => [(all[0] ?? 0) + f, (all[1] ?? 0) + s], [0, 0]);
    expect([sum(first, alone), sum(first, beside), sum(second, alone), sum(second, beside)]).toEqual([[1, 0], [0, 0], [0, 0], [0, 1]]);
    expect(usableAll([second], beside ?? methods())).toEqual([{ method: "webauthn", aal: "aal2" }]);
    expect(usableAll([first], alone ?? methods())).toEqual([{ method: "webauthn", aal: "aal1" }]);
  });
});
