import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import { loginEntry } from "./login-entry";
import type { FlowResult } from "./result";
import { addProject, bench, client, codesSentTo, depsOf, lettersTo, messageIds, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";
import { planVerification, startVerification } from "./verify-address";
import { requireVerified, verifyingNewAddresses } from "./verify-address-hooks";

const HOST = "localhost:4000";
let house: Bench;
let shown: string;
let demanded: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  shown = await addProject(house, "shown", {
    "selfservice.flows.registration.after.password.hooks": [{ hook: "show_verification_ui" }],
    "selfservice.flows.settings.after.profile.hooks": [{ hook: "show_verification_ui" }],
  });
  demanded = await addProject(house, "demanded", { "selfservice.flows.login.after.hooks": [{ hook: "require_verified_address" }] });
});
afterAll(() => house.close());

async function somebody(host = HOST): Promise<string> {
  people += 1;
  const email = `unproved-${String(people)}@example.test`;
  await register(client(house, "browser", host), email);
  house.clock.forward(61);
  return email;
}
const newest = async (email: string, host = HOST): Promise<string> => (await codesSentTo(house, email, host))[0] ?? "none";
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
async function asked(who: Client, email: string, query = ""): Promise<Flow> {
  const result = await who.submit(await who.start("verification", query), { method: "code", email });
  expect(result).toMatchObject({ kind: "form", rejected: false, flow: { state: "sent_email" } });
  expect(messageIds(result)).toEqual([1080003]);
  return result.flow;
}
async function isVerified(email: string, host = HOST): Promise<boolean | undefined> {
  const account = await (await client(house, "browser", host).request("/")).handle.findAccountByAddress("verifiable", "email", email);
  return account?.identity.verifiableAddresses.find(({ value }) => value === email)?.verified;
}
const personAt = async (who: Client, email: string) => {
  const account = await (await who.request("/")).handle.findAccountByAddress("verifiable", "email", email);
  if (!account) throw new Error("nobody");
  return account.identity;
};

describe("verification", () => {
  it("shows the contract's form, marks the address and points onward", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email, "?return_to=/orders");
    const nodes = (at: Flow) => at.nodes.map(({ attributes, meta }) => (attributes.node_type === "input" ? [attributes.name, attributes.type, attributes.value, meta.label?.id] : []));
    expect(nodes(flow)).toEqual([
      ["code", "text", undefined, 1070011], ["email", "submit", email, 1070008], ["method", "hidden", "code", undefined], ["method", "submit", "code", 1070009],
    ]);
    const wrong = await who.submit(flow, { method: "code", code: other(await newest(email)) });
    expect(wrong).toMatchObject({ kind: "form", rejected: false });
    expect(messageIds(wrong)).toEqual([4070006]);
    const passed = await who.submit(flow, { method: "code", email: "", code: await newest(email) });
    expect(passed).toMatchObject({ kind: "form", rejected: false, flow: { state: "passed_challenge" } });
    expect(messageIds(passed)).toEqual([1080002]);
    const [anchor, ...more] = passed.flow.nodes;
    expect(more).toEqual([]);
    expect(anchor?.attributes).toMatchObject({ node_type: "a", id: "continue", title: { id: 1070009 }, href: "http://localhost:4000/orders" });
    expect(await isVerified(email)).toBe(true);
  });

  it("sent again when it is over is another flow", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email);
    const code = await newest(email);
    await who.submit(flow, { method: "code", code });
    const error = await who.submit(flow, { method: "code", code }).catch((thrown: unknown) => thrown);
    if (!isDomainError(error)) throw error;
    expect(error.code).toBe("self_service_flow_replaced");
    const fresh = await house.services.engine.read("verification", String(error.details["useFlowId"]), await who.request("/"));
    expect(fresh).toMatchObject({ state: "choose_method", messages: [{ id: 4070002 }] });
  });

  it("changes no session, whoever passes it: not one's own, not somebody else's, and begins none", async () => {
    const [ada, bea] = [await somebody(), await somebody()];
    for (const [who, signedInAs] of [[client(house), null], [client(house), ada], [client(house), bea], [client(house, "api"), null]] as const) {
      if (signedInAs !== null) await signIn(who, signedInAs);
      const before = (await who.request("/")).session;
      house.clock.forward(61);
      const flow = await asked(who, ada);
      const result = await who.submit(flow, { method: "code", code: await newest(ada) });
      expect(result).not.toHaveProperty("issued");
      const after = (await who.request("/")).session;
      expect(after?.session).toEqual(before?.session);
      expect(after?.identity.id).toBe(before?.identity.id);
    }
  });

  it("ends after five wrong codes, and no resend brings it back", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email);
    const code = await newest(email);
    for (let at = 0; at < 5; at += 1) expect(messageIds(await who.submit(flow, { method: "code", code: other(code) }))).toEqual([4070006]);
    expect(messageIds(await who.submit(flow, { method: "code", code }))).toEqual([4000001]);
    house.clock.forward(61);
    const error = await who.submit(flow, { method: "code", email }).catch((thrown: unknown) => thrown);
    expect(isDomainError(error) ? error.code : error).toBe("self_service_flow_replaced");
    expect(await isVerified(email)).toBe(false);
  });

  it("does not verify an address that was exchanged meanwhile", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email);
    const code = await newest(email);
    const request = await who.request("/");
    const identity = await personAt(who, email);
    await request.handle.transaction((tx) => tx.updateIdentity(identity.id, {
      version: identity.version, verifiable: [{ via: "email", value: `moved-${email}` }], at: request.now,
    }));
    expect(messageIds(await who.submit(flow, { method: "code", code }))).toEqual([4070006]);
  });

  it("answers an unknown address like a known one", async () => {
    const known = await somebody();
    const seen = async (email: string) => {
      const who = client(house);
      const flow = await asked(who, email);
      const wrong = await who.submit(flow, { method: "code", code: "000000" });
      return JSON.stringify([flow.nodes, flow.messages, flow.state, wrong.flow.messages, wrong.flow.nodes]).replaceAll(email, "<email>");
    };
    expect(await seen("stranger@example.test")).toBe(await seen(known));
    expect(await lettersTo(house, "stranger@example.test")).toEqual([]);
  });
});

describe("what another flow begins", () => {
  it("a person registers, is led to the flow and proves the address; a change of it begins another and tells both", async () => {
    const email = `shown-${String(people += 1)}@example.test`;
    const who = client(house, "browser", shown);
    const result = await register(who, email);
    if (result.kind !== "completed") throw new Error("not registered");
    expect(result.continueWith.map(({ action }) => action)).toEqual(["show_verification_ui", "redirect_browser_to"]);
    expect((await lettersTo(house, email, shown)).map(({ template }) => template)).toEqual(["verification_code"]);
    await signIn(who, email);
    house.clock.forward(61);
    const changed = `changed-${email}`;
    const saved = await who.submit(await who.start("settings"), { method: "profile", traits: { email: changed } });
    if (saved.kind !== "completed") throw new Error(JSON.stringify(saved.flow.messages));
    expect(saved.continueWith[0]).toMatchObject({ action: "show_verification_ui", flow: { verifiable_address: changed } });
    expect(await isVerified(changed, shown)).toBe(false);
    expect((await lettersTo(house, changed, shown)).map(({ template }) => template).sort()).toEqual(["address_changed", "verification_code"]);
    expect((await lettersTo(house, email, shown)).map(({ template }) => template)).toContain("address_changed");
  });

  it("registration sends a code to each new address, and shows the flow where the hook says so", async () => {
    const email = await somebody(shown);
    const who = client(house, "browser", shown);
    const identity = await personAt(who, email);
    const request = await who.request("/self-service/registration/browser?after_verification_return_to=/orders");
    const registration = await who.start("registration", "?after_verification_return_to=/orders");
    const plan = await planVerification(registration, "password", identity.verifiableAddresses, request, depsOf(house));
    const items = await request.handle.transaction((tx) => startVerification(tx, plan, identity.id, request, depsOf(house)));
    expect(items).toMatchObject([{ action: "show_verification_ui", flow: { verifiable_address: email } }]);
    const item = items[0];
    if (item?.action !== "show_verification_ui") throw new Error("no flow");
    expect(item.flow.url).toBe(`http://${shown}/verification?flow=${item.flow.id}`);
    expect((await lettersTo(house, email, shown))[0]).toMatchObject({ template: "verification_code" });
    const flow = await house.services.engine.read("verification", item.flow.id, await who.request("/"));
    const passed = await who.submit(flow, { method: "code", code: await newest(email, shown) });
    expect(passed.flow.nodes[0]?.attributes).toMatchObject({ href: `http://${shown}/orders` });
    expect(await isVerified(email, shown)).toBe(true);
  });

  it("an address that was written to a moment ago gets no second letter, but a flow with the button", async () => {
    const email = await somebody();
    const who = client(house);
    const identity = await personAt(who, email);
    const registration = await who.start("registration");
    const request = await who.request("/");
    const deps = depsOf(house);
    const plans = [await planVerification(registration, "password", identity.verifiableAddresses, request, deps), await planVerification(registration, "password", identity.verifiableAddresses, request, deps)];
    expect(plans.map(({ addresses }) => addresses.map(({ send }) => send))).toEqual([[true], [false]]);
    const before = await lettersTo(house, email);
    for (const plan of plans) await request.handle.transaction((tx) => startVerification(tx, plan, identity.id, request, deps));
    expect(await lettersTo(house, email)).toHaveLength(before.length + 1);
  });

  it("settings verify a new address with the change, and not when the change fails", async () => {
    const email = await somebody(shown);
    const who = client(house, "browser", shown);
    await signIn(who, email);
    const flow = await who.start("settings");
    const request = await who.request("/");
    if (flow.kind !== "settings" || !request.session) throw new Error("not signed in");
    const changed = `changed-${email}`;
    const outcome = { kind: "changed", completed: null, action: "address.changed", revokesOthers: false } as const;
    const before = request.session.identity;
    const after = [{ via: "email", value: changed }] as const;
    const failing = await verifyingNewAddresses(flow, before, after, { ...outcome, commit: () => Promise.resolve(false) }, request, depsOf(house));
    expect(await request.handle.transaction(failing.outcome.commit)).toBe(false);
    expect(await lettersTo(house, changed, shown)).toEqual([]);
    house.clock.forward(61);
    const later = await who.request("/");
    const working = await verifyingNewAddresses(flow, before, after, {
      ...outcome, commit: async (tx) => (await tx.updateIdentity(before.id, { version: before.version, verifiable: after, at: later.now })) !== null,
    }, later, depsOf(house));
    expect(await later.handle.transaction(working.outcome.commit)).toBe(true);
    expect(await lettersTo(house, changed, shown)).toMatchObject([{ template: "verification_code" }]);
    expect(await isVerified(changed, shown)).toBe(false);
    const form: FlowResult = { kind: "form", flow, rejected: true };
    expect(working.answer(form)).toBe(form);
  });
});

describe("require_verified_address", () => {
  it("stores no session at the sign-in of an unproved address, and one at a proved", async () => {
    const email = await somebody(demanded);
    const who = client(house, "browser", demanded);
    const error = await signIn(who, email).catch((thrown: unknown) => thrown);
    expect(isDomainError(error) ? error.code : error).toBe("session_verified_address_required");
    expect(who.token).toBeNull();
    const account = await personAt(who, email);
    const request = await who.request("/");
    const sessions = await request.handle.listSessions(account.id, request.now, { offset: 0, limit: 10 });
    expect(sessions.sessions.filter(({ methods }) => methods.length > 0)).toHaveLength(1);
    house.clock.forward(61);
    await who.submit(await asked(who, email), { method: "code", code: await newest(email, demanded) });
    expect(await signIn(who, email)).toMatchObject({ kind: "completed" });
  });

  it("refuses the sign-in of an unproved address with a flow that has sent its code, and lets a proved one in", async () => {
    const email = await somebody(demanded);
    const who = client(house, "browser", demanded);
    const flow = await who.start("login");
    const request = await who.request("/");
    const identity = await personAt(who, email);
    if (flow.kind !== "login") throw new Error("no login");
    const method = { method: "password", aal: "aal1", completedAt: request.now } as const;
    const check = { flow, identity, method, audit: loginEntry("login.rejected", flow, "password", request, identity.id) };
    const error = await requireVerified(check, request, depsOf(house)).catch((thrown: unknown) => thrown);
    if (!isDomainError(error)) throw error;
    expect(error.code).toBe("session_verified_address_required");
    expect(error.details["continueWith"]).toMatchObject([{ action: "show_verification_ui", flow: { verifiable_address: email } }]);
    const id = String(new URL(String(error.details["redirectTo"])).searchParams.get("flow"));
    const verification = await house.services.engine.read("verification", id, await who.request("/"));
    await who.submit(verification, { method: "code", code: await newest(email, demanded) });
    expect(await requireVerified({ ...check, identity: await personAt(who, email) }, request, depsOf(house))).toBeNull();
    const [address] = identity.verifiableAddresses;
    const byCode = { method: "code", aal: "aal1", completedAt: request.now, ...(address === undefined ? {} : { addressId: address.id }) } as const;
    expect(await requireVerified({ ...check, method: byCode }, request, depsOf(house))).toBeNull();
    await expect(requireVerified({ ...check, identity: { ...identity, verifiableAddresses: [] } }, request, depsOf(house))).rejects.toSatisfy((thrown) => isDomainError(thrown) && thrown.code === "internal");
  });
});
