import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import { addProject, bench, client, codesSentTo, lettersTo, messageIds, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";

let house: Bench;
let host: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  host = await addProject(house, "second", { "selfservice.methods.code.mfa_enabled": true });
});
afterAll(() => house.close());

async function somebody(): Promise<{ readonly email: string; readonly who: Client }> {
  people += 1;
  const email = `owner-${String(people)}@example.test`;
  await register(client(house, "browser", host), email);
  house.clock.forward(61);
  const who = client(house, "browser", host);
  await signIn(who, email);
  return { email, who };
}

const newest = async (email: string): Promise<string> => (await codesSentTo(house, email, host))[0] ?? "none";
const buttons = (flow: Flow) => flow.nodes.flatMap(({ attributes }) =>
  (attributes.node_type === "input" && attributes.name === "address" ? [attributes.value] : []));
/** A second step with the choice of an address in front of it, whether or not the code was sent as it began. */
async function secondStep(who: Client, email: string): Promise<Flow> {
  const flow = await who.start("login", "?aal=aal2");
  if (flow.state === "sent_email") return flow;
  expect(buttons(flow)).toEqual([email]);
  return (await who.submit(flow, { address: email })).flow;
}

describe("a code as second step", () => {
  it("is asked of everybody with an address, goes where the person chose, and raises the session", async () => {
    const { email, who } = await somebody();
    expect((await who.request("/")).session).toMatchObject({ session: { aal: "aal1" }, subject: { availableAal: "aal2" } });
    const flow = await secondStep(who, email);
    expect(flow).toMatchObject({ state: "sent_email", active: "code", messages: [{ id: 1010025 }] });
    expect(flow.nodes.map(({ group, attributes, meta }) => (attributes.node_type === "input" ? [group, attributes.name, attributes.type, meta.label?.id] : []))).toEqual([
      ["code", "identifier", "hidden", 1010023], ["code", "code", "text", 1070013], ["code", "resend", "submit", 1070008],
      ["code", "method", "hidden", undefined], ["code", "method", "submit", 1070009],
    ]);
    expect((await lettersTo(house, email, host))[0]?.template).toBe("second_factor_code");
    const result = await who.submit(flow, { method: "code", identifier: email, code: await newest(email) });
    expect(result).toMatchObject({ kind: "completed", issued: { session: { aal: "aal2", methods: [{ method: "password" }, { method: "code", aal: "aal2" }] } } });
  });

  it("leaves as the step begins where there is nothing to choose, and waits for the button while the address has just been written to", async () => {
    const { email, who } = await somebody();
    const flow = await who.start("login", "?aal=aal2");
    expect(flow).toMatchObject({ state: "sent_email", active: "code" });
    expect(messageIds({ kind: "form", flow, rejected: false })).toEqual([1010025]);
    const before = await codesSentTo(house, email, host);
    const again = await who.start("login", "?aal=aal2");
    expect(again.state).toBe("choose_method");
    expect(buttons(again)).toEqual([email]);
    expect(await codesSentTo(house, email, host)).toEqual(before);
    expect(await who.submit(flow, { method: "code", code: before[0] ?? "" })).toMatchObject({ kind: "completed" });
  });

  it("of one person does nothing in another's session", async () => {
    const [ada, eve] = [await somebody(), await somebody()];
    const flow = await secondStep(ada.who, ada.email);
    const code = await newest(ada.email);
    await expect(eve.who.submit(flow, { method: "code", code })).rejects.toSatisfy((error) => isDomainError(error));
    const hers = await secondStep(eve.who, eve.email);
    if (code !== await newest(eve.email)) expect(messageIds(await eve.who.submit(hers, { method: "code", code }))).toEqual([4010008]);
    expect(messageIds(await eve.who.submit(hers, { address: ada.email }))).toEqual([4010010]);
    expect((await eve.who.request("/")).session?.session.aal).toBe("aal1");
  });

  it("is neither offered nor accepted at the mailbox that recovered the account", async () => {
    const { email } = await somebody();
    house.clock.forward(61);
    const thief = client(house, "browser", host);
    const recovery = (await thief.submit(await thief.start("recovery"), { method: "code", email })).flow;
    await thief.submit(recovery, { method: "code", code: await newest(email) });
    expect((await thief.request("/")).session).toMatchObject({ session: { aal: "aal1", methods: [{ method: "code_recovery" }] } });

    house.clock.forward(61);
    const before = await codesSentTo(house, email, host);
    const flow = await thief.start("login", "?aal=aal2");
    expect(flow.state).toBe("choose_method");
    expect(buttons(flow)).toEqual([]);
    expect(messageIds(await thief.submit(flow, { address: email }))).toEqual([4010010]);
    expect(messageIds(await thief.submit(flow, { method: "code", code: "123456" }))).toEqual([4010008]);
    expect(await codesSentTo(house, email, host)).toEqual(before);
    expect((await thief.request("/")).session?.session.aal).toBe("aal1");
  });

  it("begins nothing without a first", async () => {
    await expect(client(house, "browser", host).start("login", "?aal=aal2")).rejects.toSatisfy((error) => isDomainError(error) && error.code === "session_aal1_required");
    const flow = await client(house, "browser", host).start("login");
    expect(flow.nodes.some(({ group }) => group === "code")).toBe(false);
  });
});
