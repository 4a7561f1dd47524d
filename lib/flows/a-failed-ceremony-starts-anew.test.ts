import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addPasskey, creationIn, device, levelOf, requestIn, signInWithPasskey } from "../factors/passkey/testing";
import { bench, client, lettersTo, messageIds, register } from "./testing";
import type { Bench, Client } from "./testing";

const HOST = "localhost:4000";
let house: Bench;
beforeAll(async () => { house = await bench(); });
afterAll(() => house.close());

async function somebody(email: string): Promise<Client> {
  const who = client(house);
  await register(who, email);
  return who;
}

describe("a ceremony that did not work out", () => {
  it("leaves a form that works: at sign-in after ten minutes, and in settings after a wrong answer", async () => {
    const who = await somebody("anew@example.test");
    const keys = device(HOST);
    const settings = await who.start("settings");
    const wrong = await who.submit(settings, { passkey_settings_register: keys.register(creationIn(settings), { origin: "https://evil.test" }) });
    expect([wrong.kind, messageIds(wrong)]).toEqual(["form", [4000001]]);
    expect(creationIn(wrong.flow).challenge).not.toBe(creationIn(settings).challenge);
    keys.keys.length = 0;
    expect((await who.submit(wrong.flow, { passkey_settings_register: keys.register(creationIn(wrong.flow)) })).kind).toBe("completed");

    const visitor = client(house);
    const login = await visitor.start("login");
    house.clock.forward(601);
    const late = await visitor.submit(login, { method: "passkey", passkey_login: keys.authenticate(requestIn(login)) });
    expect([late.kind, messageIds(late)]).toEqual(["form", [4000043]]);
    const again = await visitor.submit(late.flow, { method: "passkey", passkey_login: keys.authenticate(requestIn(late.flow)) });
    expect(levelOf(again)).toBe("aal2");
  });

  it("that shows a copied key is told to its owner, written down, and stops the key", async () => {
    const who = await somebody("copied@example.test");
    const keys = device(HOST);
    await addPasskey(who, keys);
    const copy = keys.clone();
    await signInWithPasskey(client(house), copy);
    await signInWithPasskey(client(house), copy);
    expect(messageIds(await signInWithPasskey(client(house), keys))).toEqual([4000043]);
    expect(messageIds(await signInWithPasskey(client(house), copy))).toEqual([4000043]);
    expect((await lettersTo(house, "copied@example.test")).map(({ template }) => template)).toContain("key_cloned");
    const project = await house.services.resolver.byHost(HOST);
    if (!project) throw new Error("no project");
    const audit = await house.services.db.forProject(project.row.id).listAudit({ limit: 5, action: "factor.cloned" });
    expect(audit).toHaveLength(1);
  });
});
