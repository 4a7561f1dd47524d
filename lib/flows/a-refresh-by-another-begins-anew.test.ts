import { afterAll, beforeAll, expect, test } from "vitest";
import { bench, client, enrolTotp, register, signIn } from "./testing";
import type { Bench } from "./testing";

let house: Bench;
beforeAll(async () => { house = await bench(); });
afterAll(async () => { await house.close(); });

test.each(["?refresh=true", "?refresh=true&aal=aal1"])("T7: a refresh (%s) that another account completes is a session of theirs alone, with nothing of the first one's proofs", async (query) => {
  const [ada, bob] = [`ada${String(query.length)}@example.test`, `bob${String(query.length)}@example.test`];
  await register(client(house), bob);
  const browser = client(house);
  await register(browser, ada);
  await enrolTotp(browser, house);
  const before = (await browser.request("/")).session;
  expect(before?.session).toMatchObject({ aal: "aal2" });

  expect(await signIn(browser, bob, query)).toMatchObject({ kind: "completed" });
  const after = (await browser.request("/")).session;
  expect(after?.identity.traits).toEqual({ email: bob });
  expect(after?.session).toMatchObject({ aal: "aal1", methods: [{ method: "password" }] });
  expect(after?.session.id).not.toBe(before?.session.id);
  expect(after?.session.identityId).not.toBe(before?.session.identityId);
});
