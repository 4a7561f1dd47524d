import { afterAll, beforeAll, expect, test } from "vitest";
import { bench, client, codeOf, enrolTotp, messageIds, register, signIn } from "./testing";
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
}, 120_000);
