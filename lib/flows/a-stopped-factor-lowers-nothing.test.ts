import { afterAll, beforeAll, expect, test } from "vitest";
import { bench, client, codeOf, enrolTotp, lettersTo, messageIds, register, signIn } from "./testing";
import type { Bench } from "./testing";

let house: Bench;
beforeAll(async () => { house = await bench(); });
afterAll(async () => { await house.close(); });

test("a hundred wrong codes stop the app, and Strict still asks for it: guessing never lowers what a person must reach", async () => {
  const owner = client(house);
  await register(owner, "owner@example.test");
  const secret = await enrolTotp(owner, house);
  const thief = client(house);
  const { handle } = await owner.request("/");
  let evaluated = 0;
  while (evaluated < 100) {
    house.clock.forward(3_601);
    if ((await thief.request("/")).session === null) await signIn(thief, "owner@example.test");
    const outcome = await thief.submit(await thief.start("login", "?aal=aal2"), { method: "totp", totp_code: "000000" });
    expect(outcome).toMatchObject({ kind: "form", rejected: true });
    if (outcome.kind === "form" && outcome.retryAfterSeconds === undefined) evaluated += 1;
  }
  expect((await handle.listAudit({ limit: 5 })).map(({ action }) => action)).toContain("factor.stopped");

  house.clock.forward(3_601);
  const late = client(house);
  expect(await signIn(late, "owner@example.test")).toMatchObject({ kind: "completed", next: { kind: "step_up" } });
  const right = await late.submit(await late.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
  expect(right).toMatchObject({ kind: "form", rejected: true, retryAfterSeconds: 3_600 });
  expect(messageIds(right)).toEqual([4000008]);
}, 300_000);

test("a hundred wrong passwords stop the password: its owner is told of the waits and of the stop, and the record names them", async () => {
  await register(client(house), "guessed@example.test");
  const thief = client(house);
  const { handle } = await thief.request("/");
  for (let evaluated = 0; evaluated < 100;) {
    house.clock.forward(3_601);
    const flow = await thief.start("login");
    const outcome = await thief.submit(flow, { method: "password", identifier: "guessed@example.test", password: "not the right one" });
    expect(outcome).toMatchObject({ kind: "form", rejected: true });
    if (outcome.kind === "form" && outcome.retryAfterSeconds === undefined) evaluated += 1;
    // Once more at once, while the person has to wait.
    if (evaluated === 60) await thief.submit(await thief.start("login"), { method: "password", identifier: "guessed@example.test", password: "not the right one" });
  }
  const named = (await handle.findAccountByIdentifier("password", "guessed@example.test"))?.identity.id;
  expect(named).toBeDefined();
  expect((await handle.listAudit({ limit: 5 })).find(({ action }) => action === "factor.stopped")).toMatchObject({ identityId: named });
  const told = (await lettersTo(house, "guessed@example.test")).map(({ template }) => template);
  expect(told.filter((template) => template === "factor_stopped")).toHaveLength(1);
  expect(told).toContain("factor_waiting");
}, 300_000);
