import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addProject, bench, client, messageIds, register, signIn } from "../../flows/testing";
import type { Bench, Client } from "../../flows/testing";
import { isDomainError } from "../../model/errors";
import { userHandleOf } from "../../webauthn/user-handle";
import { addPasskey, creationIn, device, inputOf, inputsOf, levelOf, requestIn, signInWithPasskey } from "./testing";

const HOST = "localhost:4000";
let house: Bench;
let plain: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  plain = await addProject(house, "plain", { "selfservice.methods.passkey.config.aal2_on_user_verification": false });
});
afterAll(() => house.close());

async function somebody(host = HOST): Promise<{ readonly who: Client; readonly email: string }> {
  const email = `passkey-${String(people += 1)}@example.test`;
  const who = client(house, "browser", host);
  await register(who, email);
  return { who, email };
}
const fresh = (host = HOST): Client => client(house, "browser", host);

describe("an account that begins with a passkey", () => {
  it("has the id that the passkey keeps as its user handle, and signs in by nothing else", async () => {
    const keys = device(HOST);
    const who = fresh();
    const first = await who.start("registration");
    const flow = first.nodes.some(({ group }) => group === "passkey") ? first
      : (await who.submit(first, { method: "profile", traits: { email: "begins@example.test" } })).flow;
    const data = JSON.parse(String(inputOf(flow, "passkey_create_data").value)) as { displayNameFieldName: string; displayNameFieldNames: string[]; credentialOptions: unknown };
    expect([data.displayNameFieldName, data.displayNameFieldNames[0]]).toEqual(["traits.email", "traits.email"]);
    const result = await who.submit(flow, { method: "passkey", traits: { email: "begins@example.test" }, passkey_register: keys.register(creationIn(flow)) });
    if (result.kind !== "completed") throw new Error(JSON.stringify(result.flow.messages));
    expect(keys.keys[0]?.userHandle).toBe(userHandleOf(result.identity.id));
    expect(levelOf(result)).toBe("aal1");

    const back = await signInWithPasskey(fresh(), keys);
    expect(back).toMatchObject({ kind: "completed", identity: { id: result.identity.id } });
    expect(levelOf(back)).toBe("aal2");
  });

  it("is not begun twice by one answer, nor by somebody's key", async () => {
    const keys = device(HOST);
    const who = fresh();
    const first = await who.start("registration");
    const flow = (await who.submit(first, { method: "profile", traits: { email: "twice@example.test" } })).flow;
    const text = keys.register(creationIn(flow));
    const answers = await Promise.all([1, 2, 3].map(() => who.submit(flow, { method: "passkey", traits: { email: "twice@example.test" }, passkey_register: text })));
    expect(answers.filter(({ kind }) => kind === "completed")).toHaveLength(1);

    const other = fresh();
    const again = (await other.submit(await other.start("registration"), { method: "profile", traits: { email: "thief@example.test" } })).flow;
    const { id } = JSON.parse(text) as { id: string };
    const taken = await other.submit(again, { method: "passkey", traits: { email: "thief@example.test" }, passkey_register: device(HOST).register(creationIn(again), { credentialId: id }) });
    expect([taken.kind, messageIds(taken)]).toEqual(["form", [4000001]]);
    expect(await signInWithPasskey(fresh(), keys), "its owner still signs in").toMatchObject({ kind: "completed" });
  });
});

describe("the level of a passkey (J6)", () => {
  it("is aal2 with verification and aal1 without, by this assertion", async () => {
    const { who } = await somebody();
    const keys = device(HOST);
    expect(levelOf(await addPasskey(who, keys))).toBe("aal2");
    expect(levelOf(await signInWithPasskey(fresh(), keys))).toBe("aal2");
    expect(levelOf(await signInWithPasskey(fresh(), keys, { uv: false }))).toBe("aal1");
  });

  it("is aal1 where the project does not count verification", async () => {
    const { who } = await somebody(plain);
    const keys = device(plain);
    expect(levelOf(await addPasskey(who, keys))).toBe("aal1");
    expect(levelOf(await signInWithPasskey(fresh(plain), keys))).toBe("aal1");
  });

  it("a device that never verified its user learns it beside a password only (W34)", async () => {
    const { who } = await somebody();
    const keys = device(HOST);
    await addPasskey(who, keys, { uv: false });
    expect(levelOf(await signInWithPasskey(fresh(), keys, { uv: true })), "a finder may have set the PIN").toBe("aal1");
    const again = await signInWithPasskey(who, keys, { uv: true }, "?refresh=true");
    expect(again.kind).toBe("completed");
    expect(levelOf(await signInWithPasskey(fresh(), keys, { uv: true }))).toBe("aal2");
  });

  it("owning one asks nothing more of a password; as second step it must verify", async () => {
    const { who, email } = await somebody();
    const keys = device(HOST);
    await addPasskey(who, keys);
    const lone = fresh();
    expect(await signIn(lone, email)).toMatchObject({ kind: "completed", next: { kind: "allow", aal: "aal1" } });
    const flow = await lone.start("login", "?aal=aal2");
    expect(requestIn(flow)).toMatchObject({ userVerification: "required", allowCredentials: [{ id: keys.keys[0]?.id, type: "public-key" }] });
    const weak = await lone.submit(flow, { method: "passkey", passkey_login: keys.authenticate(requestIn(flow), { uv: false }) });
    expect([weak.kind, messageIds(weak)]).toEqual(["form", [4000043]]);
    expect(levelOf(await signInWithPasskey(lone, keys, {}, "?aal=aal2"))).toBe("aal2");
  });
});

describe("an answer counts once", () => {
  it("of two equal answers at the same moment one signs in, and none does later", async () => {
    const { who } = await somebody();
    const keys = device(HOST);
    await addPasskey(who, keys);
    const visitor = fresh();
    const flow = await visitor.start("login");
    const text = keys.authenticate(requestIn(flow));
    const answers = await Promise.all([1, 2, 3, 4].map(() => visitor.submit(flow, { method: "passkey", passkey_login: text }).catch((error: unknown) => {
      if (isDomainError(error)) return { kind: "refused" as const };
      throw error;
    })));
    expect(answers.filter(({ kind }) => kind === "completed")).toHaveLength(1);
    const late = fresh();
    expect((await late.submit(await late.start("login"), { method: "passkey", passkey_login: text })).kind).toBe("form");
  });

  it("an answer after ten minutes is refused", async () => {
    const { who } = await somebody();
    const keys = device(HOST);
    await addPasskey(who, keys);
    const visitor = fresh();
    const flow = await visitor.start("login");
    house.clock.forward(601);
    expect(messageIds(await visitor.submit(flow, { method: "passkey", passkey_login: keys.authenticate(requestIn(flow)) }))).toEqual([4000043]);
  });

  it("a key of nobody, of another project, or of another person is refused with the same sentence", async () => {
    const { who } = await somebody();
    const mine = device(HOST);
    await addPasskey(who, mine);
    const bob = await somebody();
    const theirs = device(HOST);
    await addPasskey(bob.who, theirs);
    const elsewhere = await somebody(plain);
    const foreign = device(plain);
    await addPasskey(elsewhere.who, foreign);
    for (const [keys, host, query] of [[device(HOST), HOST, ""], [foreign, HOST, ""]] as const) {
      const visitor = fresh(host);
      const flow = await visitor.start("login", query);
      if (keys.keys.length === 0) keys.register({ challenge: "x", rp: { id: "localhost" }, user: { id: "AAAA" } });
      const text = keys.authenticate(requestIn(flow), { origin: `http://${HOST}`, rpId: "localhost" }, keys.keys[0]);
      const result = await visitor.submit(flow, { method: "passkey", passkey_login: text });
      expect(messageIds(result)).toEqual([4000043]);
    }
    const refresh = await who.start("login", "?refresh=true");
    expect(messageIds(await who.submit(refresh, { method: "passkey", passkey_login: theirs.authenticate(requestIn(refresh), {}, theirs.keys[0]) }))).toEqual([4000043]);
  });
});

describe("passkeys in settings", () => {
  it("lists, renames and removes them, and says what the contract and we say of each", async () => {
    const { who } = await somebody();
    const keys = device(HOST, { aaguid: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", synced: true });
    await addPasskey(who, keys);
    house.clock.forward(60);
    await signInWithPasskey(fresh(), keys);
    const flow = await who.start("settings");
    const [node] = inputsOf(flow, "passkey_remove");
    expect(node?.meta.label).toMatchObject({ id: 1050020, context: { display_name: "Apple Passwords", provider: "Apple Passwords", backed_up: true, added_at_unix: expect.any(Number) as unknown, last_used_at_unix: expect.any(Number) as unknown } });
    const hex = Buffer.from(keys.keys[0]?.id ?? "", "base64url").toString("hex");
    expect(node?.attributes).toMatchObject({ value: hex, disabled: false });
    expect(creationIn(flow)).toMatchObject({ excludeCredentials: [{ id: keys.keys[0]?.id }], authenticatorSelection: { residentKey: "required", requireResidentKey: true } });

    const missing = await who.submit(flow, { method: "passkey", passkey_rename: hex });
    expect(messageIds(missing)).toEqual([4000002]);
    const long = await who.submit(flow, { method: "passkey", passkey_rename: hex, passkey_rename_displayname: "x".repeat(65) });
    expect(messageIds(long)).toEqual([4000017]);
    const renamed = await who.submit(flow, { method: "passkey", passkey_rename: hex, passkey_rename_displayname: "  My \u202e phone " });
    expect(renamed.kind).toBe("completed");
    expect(inputsOf(renamed.flow, "passkey_remove")[0]?.meta.label?.context).toMatchObject({ display_name: "My phone" });
    expect(levelOf(await signInWithPasskey(fresh(), keys)), "a new name changes nothing else").toBe("aal2");

    const removed = await who.submit(renamed.flow, { passkey_remove: hex });
    expect(removed.kind).toBe("completed");
    expect(inputsOf(removed.flow, "passkey_remove")).toEqual([]);
    expect(messageIds(await signInWithPasskey(fresh(), keys))).toEqual([4000043]);
    expect(messageIds(await who.submit(removed.flow, { passkey_remove: hex }))).toContain(4000001);
  });

  it("never removes the last way in", async () => {
    const keys = device(HOST);
    const who = fresh();
    const flow = (await who.submit(await who.start("registration"), { method: "profile", traits: { email: "last@example.test" } })).flow;
    await who.submit(flow, { method: "passkey", traits: { email: "last@example.test" }, passkey_register: keys.register(creationIn(flow)) });
    const settings = await who.start("settings");
    expect(inputOf(settings, "passkey_remove").disabled).toBe(true);
    const refused = await who.submit(settings, { passkey_remove: String(inputOf(settings, "passkey_remove").value) });
    expect(refused.kind).toBe("form");
    expect(inputsOf(refused.flow, "passkey_remove")[0]?.messages).toMatchObject([{ id: 4000001, context: { reason_code: "last_first_factor" } }]);
    expect((await signInWithPasskey(fresh(), keys)).kind).toBe("completed");
  });

  it("two removals at once leave one way in", async () => {
    const [one, two] = [device(HOST), device(HOST)];
    const who = fresh();
    const flow = (await who.submit(await who.start("registration"), { method: "profile", traits: { email: "both@example.test" } })).flow;
    await who.submit(flow, { method: "passkey", traits: { email: "both@example.test" }, passkey_register: one.register(creationIn(flow)) });
    await addPasskey(who, two);
    const [left, right] = [fresh(), fresh()];
    await signInWithPasskey(left, one);
    await signInWithPasskey(right, two);
    const flows = await Promise.all([left, right].map((person) => person.start("settings")));
    const hexes = [one, two].map((keys) => Buffer.from(keys.keys[0]?.id ?? "", "base64url").toString("hex"));
    await Promise.allSettled([left, right].map((person, index) => person.submit(flows[index] as never, { passkey_remove: hexes[index] ?? "" })));
    const back = await Promise.all([one, two].map((keys) => signInWithPasskey(fresh(), keys)));
    expect(back.filter(({ kind }) => kind === "completed")).toHaveLength(1);
  });

  it("an app gets the same nodes without script and onclick", async () => {
    const app = client(house, "api");
    const flow = await app.start("login");
    expect(inputOf(flow, "passkey_login")).toMatchObject({ onloadTrigger: "oryPasskeyLoginAutocompleteInit" });
    expect(inputOf(flow, "passkey_login_trigger")).toMatchObject({ onclickTrigger: "oryPasskeyLogin" });
    expect(JSON.stringify(flow.nodes)).not.toMatch(/"onclick"|"onload"|webauthn_script/);
    const page = await fresh().start("login");
    expect(page.nodes.filter(({ type }) => type === "script")).toHaveLength(1);
    expect(page.nodes.find(({ type }) => type === "script")).toMatchObject({ group: "webauthn", attributes: { src: `http://${HOST}/.well-known/ory/webauthn.js`, integrity: expect.stringMatching(/^sha512-/) as unknown } });
    expect(inputOf(page, "passkey_login_trigger").onclick).toBe("window.oryPasskeyLogin()");
    expect(inputOf(page, "identifier")).toMatchObject({ autocomplete: "username webauthn" });
  });
});

describe("a project without passkeys", () => {
  it("offers none and takes none", async () => {
    const host = await addProject(house, "none", { "selfservice.methods.passkey.enabled": false, "selfservice.methods.webauthn.enabled": false });
    const who = fresh(host);
    const flow = await who.start("login");
    expect(flow.nodes.some(({ group }) => group === "passkey" || group === "webauthn")).toBe(false);
    await expect(who.submit(flow, { method: "passkey", passkey_login: "{}" })).rejects.toMatchObject({ code: "method_disabled" });
    await expect(who.submit(flow, { method: "webauthn", webauthn_login: "{}" })).rejects.toMatchObject({ code: "method_disabled" });
  });
});
