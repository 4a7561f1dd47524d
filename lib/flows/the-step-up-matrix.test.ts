import { afterAll, beforeAll, expect, test } from "vitest";
import { isDomainError } from "../model/errors";
import { bench, client, codeOf, enrolTotp, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";

/** Contract 3.6, row by row, for both kinds of client. */
let house: Bench;
let secret: string;
beforeAll(async () => {
  house = await bench();
  const owner = client(house);
  await register(owner, "owner@example.test");
  secret = await enrolTotp(owner, house);
  await register(client(house), "plain@example.test");
});
afterAll(async () => { await house.close(); });

async function started(who: Client, query: string): Promise<unknown> {
  try {
    const flow = await who.start("login", query);
    if (flow.kind !== "login") throw new Error("not a login");
    return {
      aal: flow.requestedAal, refresh: flow.refresh, messages: flow.messages.map(({ id }) => id),
      names: flow.nodes.map(({ attributes }) => (attributes.node_type === "input" ? attributes.name : attributes.node_type)),
    };
  } catch (error) {
    return isDomainError(error) ? error.code : error;
  }
}

for (const transport of ["browser", "api"] as const) {
  test(`nobody signed in, ${transport}`, async () => {
    const nobody = client(house, transport);
    const plain = { aal: "aal1", refresh: false, messages: [], names: [
      "identifier", ...(transport === "browser" ? ["script"] : []), "passkey_challenge", "passkey_login", "passkey_login_trigger", "password", "method",
    ] };
    expect(await started(nobody, "")).toEqual(plain);
    expect(await started(nobody, "?refresh=true")).toEqual(plain);
    expect(await started(nobody, "?aal=aal2")).toBe("session_aal1_required");
    expect(await started(nobody, "?refresh=true&aal=aal2")).toBe("session_aal1_required");
    expect(await started(nobody, "?aal=aal3")).toBe("bad_request");
  });

  test(`an aal1 session of a person with a second factor, ${transport}`, async () => {
    const person = client(house, transport);
    await signIn(person, "owner@example.test");
    expect(await started(person, "")).toBe("session_already_available");
    expect(await started(person, "?aal=aal1")).toBe("session_already_available");
    expect(await started(person, "?aal=AAL2")).toEqual({ aal: "aal2", refresh: false, messages: [1010004], names: ["totp_code", "method"] });
    expect(await started(person, "?refresh=true")).toEqual({
      aal: "aal1", refresh: true, messages: [1010003], names: ["identifier", "password", "method"],
    });
    expect(await started(person, "?refresh=true&aal=aal2")).toEqual({
      aal: "aal2", refresh: true, messages: [1010003, 1010004], names: ["totp_code", "method"],
    });
    expect(await started(person, "?aal=aal3")).toBe("bad_request");
  });

  test(`an aal1 session of a person without one gets a flow with nothing to fill in, ${transport}`, async () => {
    const person = client(house, transport);
    await signIn(person, "plain@example.test");
    expect(await started(person, "?aal=aal2")).toEqual({ aal: "aal2", refresh: false, messages: [1010004], names: [] });
  });

  test(`an aal2 session, ${transport}`, async () => {
    const person = client(house, transport);
    house.clock.forward(60);
    await signIn(person, "owner@example.test");
    await person.submit(await person.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
    for (const query of ["", "?aal=aal1", "?aal=aal2"]) expect(await started(person, query)).toBe("session_already_available");
    expect(await started(person, "?refresh=true")).toMatchObject({ aal: "aal1", refresh: true, messages: [1010003] });
    expect(await started(person, "?refresh=true&aal=aal2")).toMatchObject({ aal: "aal2", refresh: true, messages: [1010003] });
  });

  test(`a native token stays at step-up, a browser's changes: ${transport}`, async () => {
    const person = client(house, transport);
    house.clock.forward(60);
    await signIn(person, "owner@example.test");
    const before = person.token;
    await person.submit(await person.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
    expect(person.token === before).toBe(transport === "api");
    const old = client(house, transport);
    old.token = before;
    expect((await old.request("/")).session === null).toBe(transport === "browser");
  });
}

test("a foreign return_to never makes a flow", async () => {
  for (const target of ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://localhost:4000@evil.example/"]) {
    expect(await started(client(house), `?return_to=${encodeURIComponent(target)}`)).toBe("self_service_flow_return_to_forbidden");
  }
});
