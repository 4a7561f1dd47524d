import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ContinueWith, Flow } from "../model/flow";
import type { Identity } from "../model/identity";
import { identityToWire } from "../wire/identity";
import { answersAlike } from "./taken";
import { addProject, bench, client, codesSentTo, lettersTo, messageIds, PASSWORD, register } from "./testing";
import type { Bench, Client } from "./testing";

let house: Bench;
let host: string;
let two: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  host = await addProject(house, "alike", {
    "security.account_enumeration.mitigate": true,
    "selfservice.flows.registration.after.password.hooks": [{ hook: "show_verification_ui" }],
  });
});
beforeAll(async () => {
  const address = { type: "string", format: "email", "ory.sh/kratos": { verification: { via: "email" }, recovery: { via: "email" } } };
  const name = { type: "object", properties: { second: { type: "string" }, b: { type: "string" } } };
  const email = { ...address, "ory.sh/kratos": { ...address["ory.sh/kratos"], credentials: { password: { identifier: true } } } };
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#", type: "object",
    properties: { traits: { type: "object", properties: { email, other: address, zeta: { type: "string" }, a: name }, required: ["email"] } },
  };
  const url = `base64://${Buffer.from(JSON.stringify(schema)).toString("base64")}`;
  two = await addProject(house, "two", {
    "security.account_enumeration.mitigate": true, "identity.default_schema_id": "two", "identity.schemas": [{ id: "two", url }],
    "selfservice.flows.registration.after.password.hooks": [{ hook: "show_verification_ui" }],
  });
});
afterAll(() => house.close());

async function somebody(): Promise<string> {
  const email = `taken-${String(people += 1)}@example.test`;
  await register(client(house, "browser", host), email);
  house.clock.forward(61);
  return email;
}

async function registered(who: Client, email: string): Promise<{ readonly identity: Identity; readonly shown: readonly ContinueWith[]; readonly flow: Flow }> {
  const result = await register(who, email);
  if (result.kind !== "completed") throw new Error(JSON.stringify(result.flow.messages));
  expect(result.issued).toBeNull();
  return { identity: result.identity, shown: result.continueWith, flow: result.flow };
}

describe("a registration with somebody's address", () => {
  it("is answered like a new one: person, verification flow, and what a code does there", async () => {
    const taken = await somebody();
    const free = `free-${taken}`;
    const seen = async (email: string) => {
      const who = client(house, "browser", host);
      const { identity, shown, flow } = await registered(who, email);
      const item = shown[0];
      if (item?.action !== "show_verification_ui") throw new Error("no flow");
      const verification = await house.services.engine.read("verification", item.flow.id, await who.request("/"));
      const wrong = await who.submit(verification, { method: "code", code: "000000" });
      const again = await who.submit(verification, { method: "code", email });
      const ended = await house.services.engine.read("registration", flow.id, await who.request("/"));
      const wire = JSON.stringify([identityToWire(identity, { baseUrl: "https://rung.test" }), shown, verification.nodes, verification.messages, wrong.flow.messages, again.kind, ended.state, ended.completedAt]);
      return wire.replaceAll(email, "<email>").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>");
    };
    expect(await seen(taken)).toBe(await seen(free));
  });

  it("has the same bytes with names and two addresses, whichever of them is taken, and writes to the free one as always", async () => {
    const seen = async (email: string, other: string) => {
      const who = client(house, "browser", two);
      const traits = { zeta: "z", email, a: { second: "2", b: "1" }, other };
      const result = await who.submit(await who.start("registration"), { method: "password", traits, password: PASSWORD });
      if (result.kind !== "completed") throw new Error(JSON.stringify(result.flow.messages));
      return JSON.stringify([identityToWire(result.identity, { baseUrl: "https://rung.test" }), result.continueWith])
        .replaceAll(email, "<email>").replaceAll(other, "<other>").replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>").replaceAll(/\d{4}-[-\dT:.]+Z/g, "<at>");
    };
    const fresh = await seen("one@two.test", "a-other@two.test");
    house.clock.forward(61);
    expect(await seen("one@two.test", "b-other@two.test")).toBe(fresh);
    expect(await lettersTo(house, "b-other@two.test", two)).toMatchObject([{ template: "verification_code", data: { code: expect.stringMatching(/^\d{6}$/) as string } }]);
    house.clock.forward(61);
    expect(await seen("two@two.test", "a-other@two.test")).toBe(fresh);
    expect((await lettersTo(house, "a-other@two.test", two))[0]).toMatchObject({ template: "registration_taken" });
  });

  it("tells the owner in a letter without a code, stores nobody, and no code passes its flow", async () => {
    const taken = await somebody();
    const codes = await codesSentTo(house, taken, host);
    const who = client(house, "browser", host);
    const { identity, shown } = await registered(who, taken);
    expect((await lettersTo(house, taken, host))[0]).toMatchObject({ template: "registration_taken", data: { host: "alike.localhost" } });
    expect(await codesSentTo(house, taken, host)).toEqual(codes);
    expect(await (await who.request("/")).handle.findIdentity(identity.id)).toBeNull();
    const item = shown[0];
    if (item?.action !== "show_verification_ui") throw new Error("no flow");
    const flow = await house.services.engine.read("verification", item.flow.id, await who.request("/"));
    for (const code of ["000000", "123456", "999999"]) expect(messageIds(await who.submit(flow, { method: "code", code }))).toEqual([4070006]);
  });

  it("writes to the owner once a minute at most, however often somebody tries", async () => {
    const taken = await somebody();
    const before = (await lettersTo(house, taken, host)).length;
    for (let at = 0; at < 3; at += 1) await registered(client(house, "browser", host), taken);
    expect(await lettersTo(house, taken, host)).toHaveLength(before + 1);
  });

  it("says so where a session would betray it, and where the project hides nobody", async () => {
    const email = `betrayed-${String(people += 1)}@example.test`;
    await register(client(house), email);
    expect(messageIds(await register(client(house), email))).toEqual([4000007]);
    const open = await client(house).request("/");
    expect(answersAlike("password", open), "hook session").toBe(false);
    const hidden = await client(house, "browser", host).request("/");
    expect(answersAlike("password", hidden)).toBe(true);
    const { config } = hidden.project;
    const changed = (change: Partial<typeof config>) => ({ ...hidden, project: { ...hidden.project, config: { ...config, ...change } } });
    expect(answersAlike("password", changed({ mitigateEnumeration: false }))).toBe(false);
    expect(answersAlike("password", changed({ flows: { ...config.flows, verification: { ...config.flows.verification, enabled: false } } }))).toBe(false);
  });
});
