import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import type { FlowResult } from "./result";
import { addProject, bench, client, codeOf, codesSentTo, enrolTotp, lettersTo, messageIds, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";

const STRICT = "localhost:4000";
let house: Bench;
let lax: string;
let told: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  lax = await addProject(house, "lax", {}, { lax: true });
  told = await addProject(house, "told", { "selfservice.flows.recovery.notify_unknown_recipients": true });
});
afterAll(() => house.close());

async function somebody(host = STRICT): Promise<string> {
  people += 1;
  const email = `lost-${String(people)}@example.test`;
  await register(client(house, "browser", host), email);
  house.clock.forward(61);
  return email;
}
/** An owner who has proved the mailbox, as people do after signing up (ADR 0020: an account that nobody proved is reclaimed). */
async function provedSomebody(host = STRICT): Promise<string> {
  const email = await somebody(host);
  const who = client(house, "browser", host);
  const { flow } = await who.submit(await who.start("verification"), { method: "code", email });
  await who.submit(flow, { method: "code", code: await newest(email, host) });
  house.clock.forward(61);
  return email;
}
const newest = async (email: string, host = STRICT): Promise<string> => (await codesSentTo(house, email, host))[0] ?? "none";
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
async function asked(who: Client, email: string, query = ""): Promise<Flow> {
  const result = await who.submit(await who.start("recovery", query), { method: "code", email });
  expect(result).toMatchObject({ kind: "form", rejected: false, flow: { state: "sent_email" } });
  expect(messageIds(result)).toEqual([1060003]);
  return result.flow;
}
async function recovered(who: Client, email: string, host = STRICT, query = ""): Promise<Extract<FlowResult, { kind: "completed" }>> {
  const result = await who.submit(await asked(who, email, query), { method: "code", email: "", code: await newest(email, host) });
  if (result.kind !== "completed") throw new Error(JSON.stringify(result.flow.messages));
  return result;
}
const code = (run: Promise<unknown>): Promise<string> => run.then(() => "done", (error: unknown) => (isDomainError(error) ? error.code : String(error)));
const settingsOf = async (who: Client, result: Extract<FlowResult, { kind: "completed" }>): Promise<Flow> => {
  const id = new URL(result.returnTo).searchParams.get("flow");
  return house.services.engine.read("settings", id, await who.request(`/self-service/settings?flow=${String(id)}`));
};

describe("recovery by a code", () => {
  it("shows the contract's form, signs in with a marker, tells the owner and leads to the settings", async () => {
    const email = await somebody();
    const who = client(house);
    const elsewhere = client(house);
    await signIn(elsewhere, email);
    const begun = await who.start("recovery");
    const nodes = (flow: Flow) => flow.nodes.map(({ attributes, meta }) => (attributes.node_type === "input" ? [attributes.name, attributes.type, attributes.value, meta.label?.id] : []));
    expect(nodes(begun)).toEqual([["email", "email", undefined, 1070007], ["method", "submit", "code", 1070009]]);
    const flow = (await who.submit(begun, { method: "code", email: email.toUpperCase() })).flow;
    expect(nodes(flow)).toEqual([
      ["code", "text", undefined, 1070010], ["email", "submit", email, 1070008], ["method", "hidden", "code", undefined], ["method", "submit", "code", 1070009],
    ]);
    expect((await lettersTo(house, email)).find(({ template }) => template === "recovery_code")).toMatchObject({ data: { minutes: 10 } });

    const result = await who.submit(flow, { method: "code", code: await newest(email) });
    if (result.kind !== "completed") throw new Error("not recovered");
    expect(result).toMatchObject({ flow: { state: "passed_challenge" }, issued: { session: { aal: "aal1", methods: [{ method: "code_recovery", aal: "aal1" }] } } });
    expect(result.identity.verifiableAddresses).toMatchObject([{ value: email, verified: true }]);
    expect((await lettersTo(house, email)).map(({ template }) => template)).toContain("recovery_used");
    const settings = await settingsOf(who, result);
    expect(settings.messages).toMatchObject([{ id: 1060001, context: { privileged_session_expires_at: expect.any(String), privileged_session_expires_at_unix: expect.any(Number) } }]);
    const saved = await who.submit(settings, { method: "password", password: "an umbrella in the attic" });
    expect(saved).toMatchObject({ kind: "completed" });
    expect((await elsewhere.request("/")).session, "the other sessions are over").toBeNull();
  });

  it("of a native client hands over token and settings", async () => {
    const email = await somebody();
    const result = await recovered(client(house, "api"), email);
    expect(result.continueWith).toEqual([
      { action: "set_ory_session_token", ory_session_token: result.issued?.token },
      { action: "show_settings_ui", flow: { id: new URL(result.returnTo).searchParams.get("flow") } },
    ]);
  });

  it("with skip_settings leads where it was asked to", async () => {
    const email = await somebody();
    const result = await recovered(client(house), email, STRICT, "?skip_settings=true&return_to=/orders");
    expect(new URL(result.returnTo).pathname).toBe("/orders");
    expect(result.continueWith).toEqual([{ action: "redirect_browser_to", redirect_browser_to: result.returnTo }]);
  });

  it.each([["Strict", () => STRICT], ["Lax", () => lax]])("changes neither password nor factors without the second factor, under %s", async (_name, hostOf) => {
    const host = hostOf();
    const email = await provedSomebody(host);
    const owner = client(house, "browser", host);
    await signIn(owner, email);
    const secret = await enrolTotp(owner, house);
    house.clock.forward(61);
    const thief = client(house, "browser", host);
    const result = await recovered(thief, email, host);
    expect((await thief.request("/")).session?.session.aal).toBe("aal1");
    const flow = host === STRICT ? result.returnTo : (await settingsOf(thief, result)).id;
    if (host === STRICT) {
      expect(await code(settingsOf(thief, result))).toBe("session_aal2_required");
      expect(await code(thief.start("settings"))).toBe("session_aal2_required");
    } else {
      const settings = await thief.start("settings");
      expect(settings.id).not.toBe(flow);
      for (const payload of [
        { method: "password", password: "a thief in the night" }, { totp_unlink: true }, { lookup_secret_regenerate: true },
        { method: "profile", traits: { email: "thief@example.test" } },
      ]) expect(await code(thief.submit(settings, payload))).toBe("session_aal2_required");
    }
    house.clock.forward(60);
    await thief.submit(await thief.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
    expect(await thief.submit(await thief.start("settings"), { method: "password", password: "the owner, back again" })).toMatchObject({ kind: "completed" });
  });

  it("answers a wrong code with 200 and the same form, and ends after five whatever is sent again", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email);
    const first = await newest(email);
    for (let at = 0; at < 4; at += 1) {
      const wrong = await who.submit(flow, { method: "code", code: other(first) });
      expect(wrong).toMatchObject({ kind: "form", rejected: false });
      expect(messageIds(wrong)).toEqual([4060006]);
    }
    house.clock.forward(61);
    await who.submit(flow, { method: "code", email });
    const second = await newest(email);
    if (first !== second) expect(messageIds(await who.submit(flow, { method: "code", code: first }))).toEqual([4060006]);
    const over = await who.submit(flow, { method: "code", code: second });
    expect(over).toMatchObject({ kind: "form", rejected: true });
    expect(messageIds(over)).toEqual([4000001]);
    house.clock.forward(61);
    const before = await lettersTo(house, email);
    expect(messageIds(await who.submit(flow, { method: "code", email }))).toEqual([4060002]);
    expect(await lettersTo(house, email)).toEqual(before);
    expect((await who.request("/")).session).toBeNull();
  });

  it("typed by many at once recovers once, and a replay nothing", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email);
    const right = await newest(email);
    const results = await Promise.all(Array.from({ length: 5 }, () => who.submit(flow, { method: "code", code: right }).catch(() => null)));
    expect(results.filter((result) => result?.kind === "completed")).toHaveLength(1);
    expect(messageIds(await client(house).submit(flow, { method: "code", code: right }).catch(async () => asDone(who, flow, right)))).toEqual([4060001]);
  });
  /** The browser that began it, signed out again. */
  async function asDone(who: Client, flow: Flow, right: string): Promise<FlowResult> {
    who.token = null;
    return who.submit(flow, { method: "code", code: right });
  }

  it("knows its own flow, its own time and its own purpose", async () => {
    const [ada, bea] = [await somebody(), await somebody()];
    const [one, two] = [client(house), client(house)];
    const [flowOfAda, flowOfBea] = [await asked(one, ada), await asked(two, bea)];
    const [codeOfAda, codeOfBea] = [await newest(ada), await newest(bea)];
    if (codeOfAda !== codeOfBea) expect(messageIds(await two.submit(flowOfBea, { method: "code", code: codeOfAda }))).toEqual([4060006]);
    house.clock.forward(10 * 60 + 1);
    expect(messageIds(await one.submit(flowOfAda, { method: "code", code: codeOfAda }))).toEqual([4060006]);
    house.clock.forward(61);
    const verifying = client(house);
    const verification = (await verifying.submit(await verifying.start("verification"), { method: "code", email: ada })).flow;
    const verificationCode = await newest(ada);
    house.clock.forward(61);
    const fresh = await asked(one, ada);
    if (verificationCode !== await newest(ada)) expect(messageIds(await one.submit(fresh, { method: "code", code: verificationCode }))).toEqual([4060006]);
    expect(verification.state).toBe("sent_email");
  });

  it("is refused to somebody signed in, and where the project switched it off", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email);
    await signIn(who, email);
    expect(await code(who.start("recovery"))).toBe("session_already_available");
    expect(await code(who.submit(flow, { method: "code", code: await newest(email) }))).toBe("session_already_available");
    const off = await addProject(house, "off", { "selfservice.flows.recovery.enabled": false, "selfservice.flows.verification.enabled": false });
    expect(await code(client(house, "browser", off).start("recovery"))).toBe("self_service_flow_disabled");
    expect(await code(client(house, "browser", off).start("verification"))).toBe("self_service_flow_disabled");
  });

  it("too late is another flow, with everything asked for", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email, "?skip_settings=true");
    house.clock.forward(3_600);
    const error = await who.submit(flow, { method: "code", code: await newest(email) }).catch((thrown: unknown) => thrown);
    if (!isDomainError(error)) throw error;
    expect(error.code).toBe("self_service_flow_expired");
    const request = await who.request("/");
    const fresh = await house.services.engine.read("recovery", String(error.details["useFlowId"]), request);
    expect(fresh).toMatchObject({ state: "choose_method", messages: [{ id: 4060005 }], internal: { recovery: { skipSettings: true } } });
  });
});

describe("nobody learns who has an account", () => {
  it("by asking to recover it: known, unknown and switched off are answered alike", async () => {
    const known = await somebody();
    const off = await somebody();
    const request = await client(house).request("/");
    const account = await request.handle.findAccountByAddress("recovery", "email", off);
    if (!account) throw new Error("nobody");
    await request.handle.transaction((tx) => tx.updateIdentity(account.identity.id, { version: account.identity.version, state: "inactive", at: request.now }));
    const seen = async (email: string) => {
      const who = client(house);
      const flow = await asked(who, email);
      const wrong = await who.submit(flow, { method: "code", code: "000000" });
      const again = await who.submit(flow, { method: "code", email });
      return JSON.stringify([flow.nodes, flow.messages, flow.state, wrong.flow.messages, wrong.flow.nodes, again.kind === "form" ? again.retryAfterSeconds : null]).replaceAll(email, "<email>");
    };
    const expected = await seen(known);
    expect(await seen("stranger@example.test")).toBe(expected);
    expect(await seen(off)).toBe(expected);
    expect([await lettersTo(house, "stranger@example.test"), (await lettersTo(house, off)).some(({ template }) => template.startsWith("recovery"))]).toEqual([[], false]);
  });

  it("and a letter tells an unknown mailbox so, where the project wants it", async () => {
    const who = client(house, "browser", told);
    await asked(who, "stranger@example.test");
    expect(await lettersTo(house, "stranger@example.test", told)).toMatchObject([{ template: "recovery_unknown" }]);
    expect((await lettersTo(house, "stranger@example.test", told))[0]?.data).not.toHaveProperty("code");
  });

  it("a person switched off after the letter left gets the answer of a wrong code", async () => {
    const email = await somebody();
    const who = client(house);
    const flow = await asked(who, email);
    const right = await newest(email);
    const request = await who.request("/");
    const account = await request.handle.findAccountByAddress("recovery", "email", email);
    if (!account) throw new Error("nobody");
    await request.handle.transaction((tx) => tx.updateIdentity(account.identity.id, { version: account.identity.version, state: "inactive", at: request.now }));
    expect(messageIds(await who.submit(flow, { method: "code", code: right }))).toEqual([4060006]);
  });
});
