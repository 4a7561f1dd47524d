import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Flow, FlowKind } from "../model/flow";
import type { FlowResult } from "./result";
import { addProject, bench, client, codesSentTo, lettersTo, messageIds, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";

let house: Bench;
let host: string;
let second: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  host = await addProject(house, "letters", {
    "selfservice.methods.code.passwordless_enabled": true, "selfservice.flows.recovery.notify_unknown_recipients": true,
    "selfservice.flows.verification.notify_unknown_recipients": true,
  });
  second = await addProject(house, "second", { "selfservice.methods.code.mfa_enabled": true });
});
afterAll(() => house.close());

async function somebody(at = host): Promise<string> {
  people += 1;
  const email = `guessed-${String(people)}@example.test`;
  await register(client(house, "browser", at), email);
  house.clock.forward(61);
  return email;
}
const newest = async (email: string, at = host): Promise<string> => (await codesSentTo(house, email, at))[0] ?? "000000";
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
async function asked(who: Client, kind: FlowKind, payload: Record<string, string>): Promise<Flow> {
  house.clock.forward(61);
  return (await who.submit(await who.start(kind), { method: "code", ...payload })).flow;
}
const wait = (result: FlowResult): number | null => (result.kind === "form" ? result.retryAfterSeconds ?? null : null);

describe("a code in a flow that sent none", () => {
  it("uses up nobody's tries", async () => {
    const email = await somebody();
    const stranger = client(house, "browser", host);
    for (let n = 0; n < 12; n += 1) {
      const result = await stranger.submit(await stranger.start("login"), { method: "code", identifier: email, code: "123456" });
      expect([messageIds(result), wait(result)]).toEqual([[4010008], null]);
    }
    const who = client(house, "browser", host);
    const flow = await asked(who, "login", { identifier: email });
    expect(await who.submit(flow, { method: "code", code: await newest(email) })).toMatchObject({ kind: "completed" });
  });
});

describe.each([["recovery", 4060006], ["verification", 4070006]] as const)("a code of a %s", (kind, wrong) => {
  it("waits for its address over all flows, the same for somebody and nobody", async () => {
    const email = await somebody();
    const seen = async (address: string) => {
      const who = client(house, "browser", host);
      const answers: unknown[] = [];
      for (let flows = 0; flows < 2; flows += 1) {
        const flow = await asked(who, kind, { email: address });
        const bad = other(await newest(address));
        for (let n = 0; n < 3; n += 1) {
          const result = await who.submit(flow, { method: "code", code: bad });
          answers.push([messageIds(result), wait(result)]);
        }
      }
      return answers;
    };
    const known = await seen(email);
    expect(known).toEqual([...Array.from({ length: 5 }, () => [[wrong], null]), [[wrong], 30]]);
    expect(await seen("nobody-here@example.test")).toEqual(known);
  });

  it("is not looked at during the wait, passes after it, and ends what strangers' guesses at a sign-in counted", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const request = await who.request("/");
    const limits = house.services.limitsFor(request.handle);
    const identityId = (await request.handle.findAccountByIdentifier("password", email))?.identity.id ?? "nobody";
    const stopped = { subject: `code:${identityId}`, lane: "password", method: "code", deviceTrusted: false } as const;
    let at = request.now.getTime();
    for (let n = 0; n < 100; n += 1) await limits.chargeFactor(stopped, new Date(at += 3_700_000));
    const later = () => new Date(at += 3_700_000);
    expect((await limits.chargeFactor(stopped, later())).kind).toBe("disabled");

    const first = await asked(who, kind, { email });
    const bad = other(await newest(email));
    for (let n = 0; n < 3; n += 1) await who.submit(first, { method: "code", code: bad });
    const flow = await asked(who, kind, { email });
    const right = await newest(email);
    for (let n = 0; n < 2; n += 1) await who.submit(flow, { method: "code", code: other(right) });
    const early = await who.submit(flow, { method: "code", code: right });
    expect([messageIds(early), wait(early)]).toEqual([[wrong], 30]);
    house.clock.forward(31);
    const passed = await who.submit(flow, { method: "code", code: right });
    expect(passed.flow.completedAt).not.toBeNull();
    expect(passed.flow.state).toBe("passed_challenge");
    expect((await limits.chargeFactor(stopped, later())).kind).toBe("go");
  });
});

describe("what strangers ask for", () => {
  it("does not deny the code of a second step", async () => {
    const email = await somebody(second);
    const who = client(house, "browser", second);
    await signIn(who, email);
    const stranger = client(house, "browser", second);
    const answers: (number | null)[] = [];
    for (let n = 0; n < 6; n += 1) {
      house.clock.forward(61);
      answers.push(wait(await stranger.submit(await stranger.start("recovery"), { method: "code", email })));
    }
    expect(answers.at(-1)).toBeGreaterThan(60);
    const flow = await who.start("login", "?aal=aal2");
    if (flow.state !== "sent_email") await who.submit(flow, { method: "code", address: email });
    const [letter] = await lettersTo(house, email, second);
    expect(letter?.template).toBe("second_factor_code");
  });

  it("does not deny somebody on a device of theirs, and nobody has a device for an address that is nobody's", async () => {
    for (const [address, denied] of [[await somebody(), false], ["nobody-on-a-device@example.test", true]] as const) {
      for (let n = 0; n < 6; n += 1) await asked(client(house, "browser", host), "recovery", { email: address });
      house.clock.forward(61);
      const who = client(house, "browser", host);
      const flow = await who.start("recovery");
      const request = await who.request(`/self-service/recovery?flow=${flow.id}`);
      const result = await house.services.engine.submit("recovery", flow.id, { method: "code", email: address }, { ...request, isKnownDevice: () => true });
      expect(wait(result) !== null).toBe(denied);
    }
  });

  it("writes to strangers by mail, and never pays for a text message", async () => {
    const who = client(house, "browser", host);
    for (const kind of ["recovery", "verification"] as const) {
      for (const [address, letters] of [["nobody-knows@example.test", 1], ["+4915112345678", 0]] as const) {
        const before = (await lettersTo(house, address, host)).length;
        expect((await asked(who, kind, { email: address })).state).toBe("sent_email");
        expect((await lettersTo(house, address, host)).length - before).toBe(letters);
      }
    }
  });
});
