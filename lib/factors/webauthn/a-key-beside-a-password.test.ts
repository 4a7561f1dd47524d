import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bench, client, codeOf, enrolTotp, messageIds, register, signIn } from "../../flows/testing";
import type { Bench, Client } from "../../flows/testing";
import { addKey, addPasskey, answerWithKey, creationIn, device, inputOf, levelOf, requestIn, signInWithPasskey } from "../passkey/testing";

const HOST = "localhost:4000";
let house: Bench;
let people = 0;
beforeAll(async () => { house = await bench(); });
afterAll(() => house.close());

const fresh = (): Client => client(house, "browser", HOST);
async function somebody(): Promise<{ readonly who: Client; readonly email: string }> {
  const email = `key-${String(people += 1)}@example.test`;
  const who = fresh();
  await register(who, email);
  return { who, email };
}

describe("a security key as second factor", () => {
  it("is named, asked for after the password, and reaches aal2", async () => {
    const { who, email } = await somebody();
    const keys = device(HOST, { uv: false, transports: ["usb", "nfc"] });
    const unnamed = await addKey(who, keys, "   ");
    expect(messageIds(unnamed)).toEqual([4000002]);
    keys.keys.length = 0;
    expect(levelOf(await addKey(who, keys, "Blue key"))).toBe("aal2");
    const lone = fresh();
    expect(await signIn(lone, email)).toMatchObject({ kind: "completed", next: { kind: "step_up" } });
    const flow = await lone.start("login", "?aal=aal2");
    expect(inputOf(flow, "identifier")).toMatchObject({ type: "hidden", value: email });
    expect(requestIn(flow, "webauthn_login_trigger")).toMatchObject({ userVerification: "discouraged", timeout: 300_000, allowCredentials: [{ transports: ["usb", "nfc"] }] });
    expect(inputOf(flow, "webauthn_login_trigger").onclick).toBe(`window.oryWebAuthnLogin(${String(inputOf(flow, "webauthn_login_trigger").value)})`);
    expect(levelOf(await answerWithKey(lone, keys))).toBe("aal2");
  });

  it("T40: a name is nothing but a name to a page that puts onclick into its markup", async () => {
    const who = fresh();
    await register(who, "o'hara&co@example.test");
    const { onclick, value } = inputOf(await who.start("settings"), "webauthn_register_trigger");
    const [, json = ""] = /^window\.oryWebAuthnRegistration\((.*)\)$/.exec(String(onclick)) ?? [];
    expect(json).not.toMatch(/[<>&'\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual(JSON.parse(String(value)));
    expect(String(value)).toContain("o'hara&co@example.test");
  });

  it("of another person, or removed, is refused; removing it is always allowed", async () => {
    const { who, email } = await somebody();
    const keys = device(HOST);
    await addKey(who, keys, "Key");
    const bob = await somebody();
    const theirs = device(HOST);
    await addKey(bob.who, theirs, "Bob's");
    const lone = fresh();
    await signIn(lone, email);
    const flow = await lone.start("login", "?aal=aal2");
    const wrong = await lone.submit(flow, { method: "webauthn", webauthn_login: theirs.authenticate(requestIn(flow, "webauthn_login_trigger"), {}, theirs.keys[0]) });
    expect(messageIds(wrong)).toEqual([4000043]);
    const settings = await who.start("settings");
    const hex = String(inputOf(settings, "webauthn_remove").value);
    expect(inputOf(settings, "webauthn_remove").disabled).toBe(false);
    expect(messageIds(await bob.who.submit(await bob.who.start("settings"), { webauthn_remove: hex }))).toContain(4000001);
    expect((await who.submit(settings, { webauthn_rename: hex, method: "webauthn", webauthn_rename_displayname: "Spare" })).kind).toBe("completed");
    expect((await who.submit(settings, { webauthn_remove: hex })).kind).toBe("completed");
    expect(await signIn(fresh(), email)).toMatchObject({ next: { kind: "allow" } });
  });

  it("every key of the person is excluded, whichever kind, and an id somebody has is never stored again (W13)", async () => {
    const { who } = await somebody();
    const [a, b] = [device(HOST), device(HOST)];
    await addKey(who, a, "A");
    await addPasskey(who, b);
    const flow = await who.start("settings");
    const both = [a.keys[0]?.id, b.keys[0]?.id].sort();
    expect(creationIn(flow).excludeCredentials?.map(({ id }) => id).sort()).toEqual(both);
    expect(creationIn(flow, "webauthn_register_trigger").excludeCredentials?.map(({ id }) => id).sort()).toEqual(both);
    const bob = await somebody();
    for (const id of both) {
      expect(messageIds(await addKey(bob.who, device(HOST), "mine now", { credentialId: id ?? "" }))).toEqual([4000001]);
      expect(messageIds(await addPasskey(bob.who, device(HOST), { credentialId: id ?? "" }))).toEqual([4000001]);
    }
    expect(levelOf(await signInWithPasskey(fresh(), b))).toBe("aal2");
  });

  it("stands beside an authenticator app as a choice", async () => {
    const { who, email } = await somebody();
    const secret = await enrolTotp(who, house);
    await addKey(who, device(HOST), "Key");
    await addPasskey(who, device(HOST));
    const lone = fresh();
    await signIn(lone, email);
    const flow = await lone.start("login", "?aal=aal2");
    expect([...new Set(flow.nodes.map(({ group }) => group))].sort()).toEqual(["default", "passkey", "totp", "webauthn"]);
    house.clock.forward(60);
    expect(levelOf(await lone.submit(flow, { method: "totp", totp_code: await codeOf(secret, house) }))).toBe("aal2");
  });
});
