import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { addKey, addPasskey, device, inputOf, levelOf, requestIn, signInWithPasskey } from "../factors/passkey/testing";
import type { FlowId } from "../model/ids";
import { log } from "../observability/log";
import { keysOf } from "../webauthn/key-record";
import { bench, client, lettersTo, messageIds, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";

const HOST = "localhost:4000";
let house: Bench;
beforeAll(async () => { house = await bench(); });
afterAll(() => house.close());
afterEach(() => { vi.restoreAllMocks(); });

async function somebody(email: string): Promise<Client> {
  const who = client(house);
  await register(who, email);
  return who;
}
const handleOf = async (who: Client) => (await who.request("/")).handle;
const ownerOf = async (who: Client) => (await who.request("/")).session?.identity.id ?? (() => { throw new Error("nobody is signed in"); })();

describe("one honest answer", () => {
  it("sent twice at once signs in once, and nobody calls the key a copy", async () => {
    const who = await somebody("twice@example.test");
    const keys = device(HOST);
    await addPasskey(who, keys);
    const visitor = client(house);
    const flow = await visitor.start("login");
    const payload = { method: "passkey", passkey_login: keys.authenticate(requestIn(flow)) };
    const results = await Promise.all([visitor.submit(flow, payload), visitor.submit(flow, payload)]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(["completed", "form"]);
    expect(results.filter(({ kind }) => kind === "form").flatMap(messageIds)).toEqual([4000043]);
    const handle = await handleOf(who);
    expect(keysOf(await handle.listCredentials(await ownerOf(who))).map(({ key }) => key.clonedAt)).toEqual([null]);
  });

  it("judged after its twin was accepted is refused without alarm: the key, the letters and the audit log stay as they are", async () => {
    const who = await somebody("late@example.test");
    const keys = device(HOST);
    await addPasskey(who, keys);
    const visitor = client(house);
    const flow = await visitor.start("login");
    const payload = { method: "passkey", passkey_login: keys.authenticate(requestIn(flow)) };
    // The second request has read the flow before the first one is done, and the key only after it.
    const late = await visitor.request(`/self-service/login?flow=${flow.id}`);
    const accounts = late.handle.findAccountByIdentifier.bind(late.handle);
    const handle = { ...late.handle, findAccountByIdentifier: async (...args: Parameters<typeof accounts>) => { first ??= visitor.submit(flow, payload); await first; return accounts(...args); } };
    let first: ReturnType<Client["submit"]> | undefined;
    const second = await house.services.engine.submit("login", flow.id, payload, { ...late, handle });
    expect([(await first)?.kind, second.kind, messageIds(second)]).toEqual(["completed", "form", [4000043]]);
    expect(keysOf(await late.handle.listCredentials(await ownerOf(who))).map(({ key }) => key.clonedAt)).toEqual([null]);
    expect((await lettersTo(house, "late@example.test")).map(({ template }) => template)).not.toContain("key_cloned");
    const audit = await late.handle.listAudit({ limit: 20 });
    expect(audit.filter(({ identityId }) => identityId !== null).map(({ action }) => action)).not.toContain("factor.cloned");
    expect(levelOf(await signInWithPasskey(client(house), keys))).toBe("aal2");
  });
});

describe("a refused answer", () => {
  it("of a real copy says so in the audit log, and leaves a form with a new challenge", async () => {
    const who = await somebody("copy@example.test");
    const keys = device(HOST);
    await addPasskey(who, keys);
    const copy = keys.clone();
    await signInWithPasskey(client(house), copy);
    const visitor = client(house);
    const flow = await visitor.start("login");
    const refused = await visitor.submit(flow, { method: "passkey", passkey_login: keys.authenticate(requestIn(flow)) });
    const handle = await handleOf(who);
    const stored = await handle.findFlow("login", flow.id as FlowId);
    expect(stored?.internal.passkey?.challenge).toBe(requestIn(refused.flow).challenge);
    const [entry] = await handle.listAudit({ limit: 1, action: "factor.cloned" });
    expect(entry?.details).toMatchObject({ because: "counter" });
  });

  it("of a row that somebody wrote into is an error in the log and named in the audit log, and the person learns nothing of it", async () => {
    const who = await somebody("row@example.test");
    const keys = device(HOST);
    await addPasskey(who, keys);
    const handle = await handleOf(who);
    const [owned] = keysOf(await handle.listCredentials(await ownerOf(who)));
    if (owned === undefined) throw new Error("no key");
    await handle.transaction((tx) => tx.replaceDocument(owned.credential.id, owned.key.version, { ...owned.credential.document, version: 2, signCount: -5 }, house.clock.now()));
    const errors = vi.spyOn(log, "error");
    expect(messageIds(await signInWithPasskey(client(house), keys))).toEqual([4000043]);
    expect(errors).toHaveBeenCalledTimes(1);
    const [entry] = await handle.listAudit({ limit: 1, action: "login.rejected" });
    expect(entry?.details).toMatchObject({ method: "passkey", because: "tampered" });
  });
});

describe("what a flow remembers", () => {
  it("is merged where it lies: what another request stored or spent meanwhile stays", async () => {
    const who = await somebody("merge@example.test");
    const handle = await handleOf(who);
    const flow = await client(house).start("login");
    const at = house.clock.now();
    const ceremony = (challenge: string) => ({ challenge, expiresAt: at.getTime(), userVerification: "preferred" as const });
    await handle.transaction((tx) => tx.updateFlow(flow.id as FlowId, { internal: { passkey: ceremony("spent"), webauthn: ceremony("kept") }, at }));
    await Promise.all([
      handle.transaction((tx) => tx.consumeChallenge(flow.id as FlowId, "passkey", "spent", at)),
      handle.transaction((tx) => tx.updateFlow(flow.id as FlowId, { internalPatch: { webauthn: ceremony("new") }, at })),
    ]);
    expect((await handle.findFlow("login", flow.id as FlowId))?.internal).toEqual({ webauthn: ceremony("new") });
  });
});

describe("the second step", () => {
  it("names the keys it asks for, and a first step names none", async () => {
    const who = await somebody("names@example.test");
    const key = device(HOST, { uv: false });
    await addKey(who, key, "Blue key");
    house.clock.forward(1);
    await addKey(who, device(HOST), "Spare");
    const lone = client(house);
    expect(inputOf(await lone.start("login"), "passkey_login_trigger").node_type).toBe("input");
    const label = (flow: Awaited<ReturnType<Client["start"]>>, name: string) =>
      flow.nodes.find(({ attributes }) => attributes.node_type === "input" && attributes.name === name)?.meta.label?.context?.["display_names"];
    expect(label(await lone.start("login"), "passkey_login_trigger")).toBeUndefined();
    await signIn(lone, "names@example.test");
    expect(label(await lone.start("login", "?aal=aal2"), "webauthn_login_trigger")).toEqual(["Blue key", "Spare"]);
  });
});
