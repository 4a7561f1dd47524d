import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Flow } from "../model/flow";
import { addProject, bench, client, codesSentTo, lettersTo, messageIds } from "./testing";
import type { Bench, Client } from "./testing";

let house: Bench;
let host: string;
let open: string;
let people = 0;
const PASSWORDLESS = { "selfservice.methods.code.passwordless_enabled": true };
beforeAll(async () => {
  house = await bench();
  host = await addProject(house, "hidden", { ...PASSWORDLESS, "security.account_enumeration.mitigate": true });
  open = await addProject(house, "open", { ...PASSWORDLESS, "security.account_enumeration.mitigate": false });
});
afterAll(() => house.close());

const newAddress = (): string => `new-${String(people += 1)}@example.test`;
const newest = async (email: string): Promise<string> => (await codesSentTo(house, email, host))[0] ?? "none";
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const traits = (email: string) => ({ email, name: { first: "Ada" } });
async function asked(who: Client, email: string): Promise<Flow> {
  const result = await who.submit(await who.start("registration"), { method: "code", traits: traits(email) });
  expect(result).toMatchObject({ kind: "form", rejected: true, flow: { state: "sent_email", active: "code" } });
  expect(messageIds(result)).toEqual([1040005]);
  return result.flow;
}
const fields = (flow: Flow) => flow.nodes.map(({ attributes, meta }) => (attributes.node_type === "input" ? [attributes.name, attributes.type, attributes.value, meta.label?.id] : []));

describe("registration by a code", () => {
  it("carries the traits hidden, verifies the address and makes a way to sign in", async () => {
    const email = newAddress();
    const who = client(house, "browser", host);
    const begun = await who.start("registration");
    expect(fields(begun)).toContainEqual(["method", "submit", "code", 1040006]);
    const flow = (await who.submit(begun, { method: "code", traits: traits(email) })).flow;
    expect(fields(flow)).toEqual([
      ["traits.email", "hidden", email, 1070002], ["traits.name.first", "hidden", "Ada", 1070002], ["traits.name.last", "hidden", undefined, 1070002],
      ["code", "text", undefined, 1070012], ["resend", "submit", "code", 1070008], ["method", "hidden", "code", undefined], ["method", "submit", "code", 1070009],
    ]);
    const result = await who.submit(flow, { method: "code", traits: traits(email), code: await newest(email) });
    expect(result).toMatchObject({ kind: "completed", identity: { traits: traits(email), verifiableAddresses: [{ value: email, verified: true }] } });

    house.clock.forward(61);
    const back = client(house, "browser", host);
    const login = (await back.submit(await back.start("login"), { method: "code", identifier: email })).flow;
    expect(await back.submit(login, { method: "code", code: await newest(email) })).toMatchObject({ kind: "completed" });
  });

  it("proves the address it was sent to and no other", async () => {
    const [mine, theirs] = [newAddress(), newAddress()];
    const who = client(house, "browser", host);
    const flow = await asked(who, mine);
    const code = await newest(mine);
    expect(messageIds(await who.submit(flow, { method: "code", traits: traits(theirs), code }))).toEqual([4000036]);
    expect(messageIds(await who.submit(flow, { method: "code", traits: traits(mine), code: other(code) }))).toEqual([4040003]);
    expect(await who.submit(flow, { method: "code", traits: traits(mine), code })).toMatchObject({ kind: "completed" });
  });

  it("is over after five wrong codes, and one of many at once makes one person", async () => {
    const email = newAddress();
    const who = client(house, "browser", host);
    const flow = await asked(who, email);
    const code = await newest(email);
    for (let at = 0; at < 5; at += 1) expect(messageIds(await who.submit(flow, { method: "code", traits: traits(email), code: other(code) }))).toEqual([4040003]);
    expect(messageIds(await who.submit(flow, { method: "code", traits: traits(email), code }))).toEqual([4000001]);
    house.clock.forward(61);
    const racing = client(house, "browser", host);
    const fresh = await asked(racing, email);
    const right = await newest(email);
    const results = await Promise.all(Array.from({ length: 5 }, () => racing.submit(fresh, { method: "code", traits: traits(email), code: right }).catch(() => null)));
    expect(results.filter((result) => result?.kind === "completed")).toHaveLength(1);
  });

  it("for a taken address looks the same, tells its owner, and no code passes it", async () => {
    const [taken, free] = [newAddress(), newAddress()];
    const owner = client(house, "browser", host);
    await owner.submit(await asked(owner, taken), { method: "code", traits: traits(taken), code: await newest(taken) });
    house.clock.forward(61);
    const before = await codesSentTo(house, taken, host);
    const seen = async (email: string) => {
      const who = client(house, "browser", host);
      const flow = await asked(who, email);
      const wrong = await who.submit(flow, { method: "code", traits: traits(email), code: "000000" });
      return JSON.stringify([flow.nodes, flow.messages, flow.state, wrong.flow.messages, wrong.flow.nodes]).replaceAll(email, "<email>");
    };
    expect(await seen(taken)).toBe(await seen(free));
    expect((await lettersTo(house, taken, host))[0]).toMatchObject({ template: "registration_taken" });
    expect(await codesSentTo(house, taken, host)).toEqual(before);
  });

  it("says that an address is taken where the project hides nobody, and so does the sign-in for an unknown one", async () => {
    const email = newAddress();
    const owner = client(house, "browser", open);
    const flow = (await owner.submit(await owner.start("registration"), { method: "code", traits: traits(email) })).flow;
    await owner.submit(flow, { method: "code", traits: traits(email), code: (await codesSentTo(house, email, open))[0] ?? "" });
    const stranger = client(house, "browser", open);
    expect(messageIds(await stranger.submit(await stranger.start("registration"), { method: "code", traits: traits(email) }))).toEqual([4000007]);
    expect(messageIds(await stranger.submit(await stranger.start("login"), { method: "code", identifier: "nobody@example.test" }))).toEqual([4000035]);
  });
});
