import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import type { FlowResult } from "./result";
import { addProject, bench, client, codesSentTo, lettersTo, messageIds, register } from "./testing";
import type { Bench, Client } from "./testing";

let house: Bench;
let host: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  host = await addProject(house, "letters", { "selfservice.methods.code.passwordless_enabled": true });
});
afterAll(() => house.close());

/** Somebody with an account, and a minute later: their address was just written to. */
async function somebody(): Promise<string> {
  people += 1;
  const email = `person-${String(people)}@example.test`;
  await register(client(house, "browser", host), email);
  house.clock.forward(61);
  return email;
}

async function asked(who: Client, email: string): Promise<Flow> {
  const result = await who.submit(await who.start("login"), { method: "code", identifier: email });
  expect(messageIds(result)).toEqual([1010014]);
  return result.flow;
}
const newest = async (email: string): Promise<string> => (await codesSentTo(house, email, host))[0] ?? "none";
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");
const names = (flow: Flow) => flow.nodes.map(({ group, attributes }) =>
  (attributes.node_type === "input" ? [group, attributes.name, attributes.type, attributes.value] : [group]));
const ids = (result: FlowResult): readonly number[] => messageIds(result);

describe("a code to sign in with", () => {
  it("is six digits in a letter that says how long it works, and the form is the contract's", async () => {
    const email = await somebody();
    const flow = await asked(client(house, "browser", host), email);
    expect(flow).toMatchObject({ state: "sent_email", active: "code" });
    expect(names(flow)).toEqual([
      ["default", "identifier", "hidden", email], ["code", "code", "text", undefined], ["code", "resend", "submit", "code"],
      ["code", "method", "hidden", "code"], ["code", "method", "submit", "code"],
    ]);
    const [letter] = await lettersTo(house, email, host);
    expect(letter).toMatchObject({ template: "login_code", data: { minutes: 10, host: "letters.localhost" } });
    expect(letter?.data["code"]).toMatch(/^\d{6}$/);
  });

  it.each([["browser"], ["api"]] as const)("signs in at aal1, verifies its address, and is spent (%s)", async (transport) => {
    const email = await somebody();
    const who = client(house, transport, host);
    const flow = await asked(who, email);
    const code = await newest(email);
    const spoken = `${code.slice(0, 3)} ${code.slice(3)}`;
    const result = await who.submit(flow, { method: "code", identifier: email, code: spoken, resend: "" });
    expect(result).toMatchObject({ kind: "completed", issued: { session: { aal: "aal1", methods: [{ method: "code", aal: "aal1" }] } } });
    expect((await who.request("/")).session?.identity.verifiableAddresses).toMatchObject([{ value: email, verified: true }]);
    const again = client(house, transport, host);
    house.clock.forward(61);
    const later = await asked(again, email);
    if (code !== await newest(email)) expect(ids(await again.submit(later, { method: "code", identifier: email, code }))).toEqual([4010008]);
    who.token = null;
    expect(ids(await who.submit(flow, { method: "code", identifier: email, code }))).toEqual([4010007]);
  });

  it("is understood in the digits of any script", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const flow = await asked(who, email);
    const arabic = Array.from(await newest(email), (digit) => String.fromCodePoint(0x660 + Number(digit))).join("");
    expect(await who.submit(flow, { method: "code", code: arabic })).toMatchObject({ kind: "completed" });
  });

  it("is over after five wrong ones, and a resend does not bring the tries back", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    let flow = await asked(who, email);
    const first = await newest(email);
    for (let at = 0; at < 3; at += 1) expect(ids(await who.submit(flow, { method: "code", code: other(first) }))).toEqual([4010008]);
    house.clock.forward(61);
    flow = (await who.submit(flow, { method: "code", identifier: email, resend: "CODE" })).flow;
    expect(flow.messages).toMatchObject([{ id: 1010014 }]);
    const second = await newest(email);
    for (let at = 0; at < 2; at += 1) expect(ids(await who.submit(flow, { method: "code", code: other(second) }))).toEqual([4010008]);
    const right = await who.submit(flow, { method: "code", code: second });
    expect(ids(right)).toEqual([4000001]);
    expect(right.flow.messages[0]?.context).toMatchObject({ reason_code: "flow_exhausted" });
    expect((await who.request("/")).session).toBeNull();
  });

  it("that was replaced by a newer one is refused", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const flow = await asked(who, email);
    const old = await newest(email);
    house.clock.forward(61);
    await who.submit(flow, { method: "code", resend: "code" });
    expect(ids(await who.submit(flow, { method: "code", code: old }))).toEqual([4010008]);
    expect(await who.submit(flow, { method: "code", code: await newest(email) })).toMatchObject({ kind: "completed" });
  });

  it("sent again within a minute is told to wait, and the first stays good", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const flow = await asked(who, email);
    const before = await codesSentTo(house, email, host);
    const waiting = await who.submit(flow, { method: "code", resend: "code" });
    expect(waiting).toMatchObject({ kind: "form", retryAfterSeconds: 60 });
    expect(await codesSentTo(house, email, host)).toEqual(before);
    expect(await who.submit(flow, { method: "code", code: await newest(email) })).toMatchObject({ kind: "completed" });
  });

  it("is for its own flow, its own person and its own time", async () => {
    const [ada, bea] = [await somebody(), await somebody()];
    const [hers, theirs] = [client(house, "browser", host), client(house, "browser", host)];
    const [flowOfAda, flowOfBea] = [await asked(hers, ada), await asked(theirs, bea)];
    const [codeOfAda, codeOfBea] = [await newest(ada), await newest(bea)];
    if (codeOfAda !== codeOfBea) expect(ids(await theirs.submit(flowOfBea, { method: "code", code: codeOfAda }))).toEqual([4010008]);
    expect(ids(await hers.submit(flowOfAda, { method: "code", identifier: bea, code: codeOfAda }))).toEqual([4010008]);
    house.clock.forward(10 * 60 + 1);
    expect(ids(await hers.submit(flowOfAda, { method: "code", code: codeOfAda }))).toEqual([4010008]);
  });

  it("made for another purpose is refused", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const verification = await who.start("verification");
    await who.submit(verification, { method: "code", email });
    const code = await newest(email);
    house.clock.forward(61);
    const flow = await asked(who, email);
    // A row of the right flow with the other purpose: what a mix-up in the store would look like.
    const request = await who.request("/");
    const { value, via, mac, identityId } = (await request.handle.findLiveCode(verification.id, request.now)) ?? {};
    if (value === undefined || via === undefined || mac === undefined || identityId === undefined) throw new Error("no code");
    await request.handle.transaction((tx) => tx.putOneTimeCode({
      flowId: flow.id, purpose: "login", identityId, addressId: null, via, value, mac, createdAt: request.now, expiresAt: new Date(request.now.getTime() + 60_000),
    }));
    expect(ids(await who.submit(flow, { method: "code", code }))).toEqual([4010008]);
  });

  it("typed by sixteen at the same moment signs one of them in", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const flow = await asked(who, email);
    const code = await newest(email);
    // Sixteen tries in one flow are more than its budget: the factor's commit is raced itself.
    const request = await who.request("/");
    const live = await request.handle.findLiveCode(flow.id, request.now);
    if (!live) throw new Error("no code");
    const tries = await Promise.all(Array.from({ length: 16 }, () => request.handle.transaction((tx) => tx.consumeOneTimeCode(live.id, request.now))));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(ids(await who.submit(flow, { method: "code", code }))).toEqual([4010008]);

    house.clock.forward(61);
    const racing = await asked(who, email);
    const right = await newest(email);
    const results = await Promise.all(Array.from({ length: 5 }, () => who.submit(racing, { method: "code", code: right })));
    expect(results.filter(({ kind }) => kind === "completed")).toHaveLength(1);
  });

  it("of somebody switched off in between signs nobody in", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const flow = await asked(who, email);
    const code = await newest(email);
    const request = await who.request("/");
    const account = await request.handle.findAccountByIdentifier("code", email);
    if (!account) throw new Error("nobody");
    await request.handle.transaction((tx) => tx.updateIdentity(account.identity.id, { version: account.identity.version, state: "inactive", at: request.now }));
    expect(await who.submit(flow, { method: "code", code })).toMatchObject({ kind: "form", rejected: true });
    expect((await who.request("/")).session).toBeNull();
  });

  it("is not there where the project switched it off", async () => {
    const who = client(house);
    const flow = await who.start("login");
    expect(names(flow).some(([group]) => group === "code")).toBe(false);
    await expect(who.submit(flow, { method: "code", identifier: "ada@example.test" })).rejects.toSatisfy((error) => isDomainError(error) && error.code === "method_disabled");
  });

  it("says what is missing, and what is no address", async () => {
    const email = await somebody();
    const who = client(house, "browser", host);
    const flow = await who.start("login");
    expect(ids(await who.submit(flow, { method: "code" }))).toEqual([4000002]);
    expect(ids(await who.submit(flow, { method: "code", identifier: "ada" }))).toEqual([4000040]);
    const sent = await asked(who, email);
    expect(ids(await who.submit(sent, { method: "code", identifier: email, code: "" }))).toEqual([4000002]);
    expect(ids(await who.submit(sent, { method: "code", identifier: email, code: "123" }))).toEqual([4000003]);
    expect(ids(await who.submit(sent, { method: "code", identifier: email, code: "12345x" }))).toEqual([4000004]);
  });
});

describe("nobody learns who has an account", () => {
  it("by asking for a code: flow, nodes, state, messages and the rows behind are the same", async () => {
    const email = await somebody();
    const stranger = "nobody-at-all@example.test";
    const seen = async (address: string) => {
      const who = client(house, "browser", host);
      const flow = await asked(who, address);
      const wrong = await who.submit(flow, { method: "code", identifier: address, code: "000000" });
      const again = await who.submit(flow, { method: "code", identifier: address, resend: "code" });
      const mask = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(address, "<address>").replaceAll(flow.id, "<flow>"));
      const request = await who.request("/");
      const row = await request.handle.findLiveCode(flow.id, request.now);
      return [
        mask({ nodes: flow.nodes, messages: flow.messages, state: flow.state, active: flow.active }), mask({ messages: wrong.flow.messages, nodes: wrong.flow.nodes }),
        again.kind === "form" ? again.retryAfterSeconds : null, row?.mac.length, row?.expiresAt, row?.purpose,
      ];
    };
    expect(await seen(stranger)).toEqual(await seen(email));
    expect(await lettersTo(house, stranger, host)).toEqual([]);
  });
});
