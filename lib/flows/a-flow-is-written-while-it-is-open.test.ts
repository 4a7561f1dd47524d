import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import { mayBegin } from "./begin";
import { park, unpark } from "./continuity";
import type { FlowRequest } from "./request";
import { addProject, bench, client, codesSentTo, depsOf, lettersTo, PASSWORD, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";

let house: Bench;
let mailed: string;
let hooked: string;
beforeAll(async () => {
  house = await bench();
  mailed = await addProject(house, "mailed", { "selfservice.methods.code.mfa_enabled": true });
  const hook = { hook: "web_hook", config: { url: "https://hook.example.test/before", method: "POST", body: { about: "${ctx}" } } };
  hooked = await addProject(house, "before", { "selfservice.flows.login.before.hooks": [hook] });
});
afterAll(() => house.close());
const code = (run: Promise<unknown>): Promise<string> => run.then(() => "done", (error: unknown) => (isDomainError(error) ? error.code : String(error)));

async function recovered(host: string, email: string): Promise<{ readonly who: Client; readonly settings: string | null }> {
  await register(client(house, "browser", host), email);
  house.clock.forward(61);
  const who = client(house, "browser", host);
  const { flow } = await who.submit(await who.start("recovery"), { method: "code", email });
  const result = await who.submit(flow, { method: "code", code: (await codesSentTo(house, email, host))[0] ?? "none" });
  if (result.kind !== "completed") throw new Error("not recovered");
  return { who, settings: new URL(result.returnTo).searchParams.get("flow") };
}

describe("the settings after a recovery", () => {
  it("keep a parked change although the browser's secret was changed with the sign-in", async () => {
    const { who, settings } = await recovered("localhost:4000", "parked@example.test");
    const before = await who.request("/");
    const flow = await house.services.engine.read("settings", settings, before);
    if (flow.kind !== "settings") throw new Error("no settings");
    const rotated: FlowRequest = { ...before, csrfHash: "another secret's" };
    const { keys } = house.services;
    await before.handle.transaction((tx) => park(tx, flow, { method: "password" }, rotated, keys));
    expect(await unpark(flow, { ...rotated, session: null }, keys), "nobody's").toBeNull();
    expect(await unpark(flow, rotated, keys)).toEqual({ method: "password" });
  });
});

describe("the hooks before a flow", () => {
  it("are told of the flow that replaces an expired one", async () => {
    const who = client(house, "browser", hooked);
    const old = await who.start("login");
    const told = async () => (await (await who.request("/")).handle.listMessages({ limit: 50 })).filter(({ channel }) => channel === "hook").length;
    const before = await told();
    house.clock.forward(24 * 3_600);
    expect(await code(who.submit(old, { method: "password", identifier: "x@example.test", password: "x" }))).toBe("self_service_flow_expired");
    expect(await told()).toBe(before + 1);
    await mayBegin(old, await who.request("/"), depsOf(house));
    expect(await told()).toBe(before + 2);
  });
});

describe("a flow that is over", () => {
  it("is not written by whoever comes late, nor by a transient payload", async () => {
    await register(client(house), "late@example.test");
    house.clock.forward(61);
    const who = client(house);
    const flow = await who.start("login");
    await who.submit(flow, { method: "password", identifier: "late@example.test", password: PASSWORD });
    who.token = null;
    await who.submit(flow, { method: "password", identifier: "late@example.test", password: "no", transient_payload: { late: true } });
    const request = await who.request("/");
    expect(await request.handle.transaction((tx) => tx.updateFlow(flow.id, { state: "sent_email", nodes: [], at: request.now }))).toBe(false);
    expect(await request.handle.findFlow("login", flow.id)).toMatchObject({ state: "passed_challenge", transientPayload: null });
  });

  it("while it is open keeps a small payload and refuses a large one", async () => {
    const who = client(house);
    const flow = await who.start("login");
    await who.submit(flow, { method: "password", identifier: "nobody@example.test", password: "no", transient_payload: { kept: 1 } });
    expect(await code(who.submit(flow, { method: "password", transient_payload: { long: "x".repeat(9_000) } }))).toBe("bad_request");
    expect((await (await who.request("/")).handle.findFlow("login", flow.id))?.transientPayload).toEqual({ kept: 1 });
  });
});

describe("a second step by mail", () => {
  it("sends nothing because another site opened it", async () => {
    const email = "lured@example.test";
    await register(client(house, "browser", mailed), email);
    house.clock.forward(61);
    const who = client(house, "browser", mailed);
    await signIn(who, email);
    const request = await who.request("/self-service/login/browser?aal=aal2");
    const from = (site: string) => house.services.engine.start("login", { ...request, origin: { ...request.origin, headers: { "sec-fetch-site": [site] } } });
    const before = (await lettersTo(house, email, mailed)).length;
    expect((await from("cross-site")).state).toBe("choose_method");
    expect(await lettersTo(house, email, mailed)).toHaveLength(before);
    expect((await from("same-origin")).state).toBe("sent_email");
  });

  it("tells whoever has only the mailbox that recovered them what is the matter", async () => {
    const { who } = await recovered(mailed, "stuck@example.test");
    const flow = await who.start("login", "?aal=aal2");
    expect(flow).toMatchObject({ nodes: [], messages: [{ id: 1010004 }, { id: 4000001, context: { reason_code: "no_other_second_factor" } }] });
  });
});
