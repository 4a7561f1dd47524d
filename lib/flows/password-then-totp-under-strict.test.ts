import { afterAll, beforeAll, expect, test } from "vitest";
import { isDomainError } from "../model/errors";
import { bench, client, codeOf, enrolTotp, messageIds, register, signIn } from "./testing";
import type { Bench } from "./testing";

let house: Bench;
beforeAll(async () => { house = await bench(); });
afterAll(async () => { await house.close(); });

test("registration signs in at aal1 and Strict lets a person with only a password through", async () => {
  const ada = client(house);
  const result = await register(ada, "ada@example.test");
  expect(result).toMatchObject({ kind: "completed", next: { kind: "allow", aal: "aal1" }, issued: { rotateCsrf: true } });
  const again = await signIn(client(house), "ada@example.test");
  expect(again).toMatchObject({ kind: "completed", next: { kind: "allow", aal: "aal1" } });
});

test("after enrolment the first factor leads to the second step, and the code completes it with a new token and the old end", async () => {
  const grace = client(house);
  await register(grace, "grace@example.test");
  const before = grace.token;
  const secret = await enrolTotp(grace, house);
  expect(grace.token).not.toBe(before);
  expect((await grace.request("/")).session?.session.aal).toBe("aal2");

  const phone = client(house);
  const first = await signIn(phone, "grace@example.test", "?return_to=/orders");
  expect(first).toMatchObject({ kind: "completed", next: { kind: "step_up", to: "aal2" } });
  if (first.kind !== "completed") throw new Error("unreachable");
  expect(first.continueAt).toBe("http://localhost:4000/self-service/login/browser?aal=aal2&return_to=%2Forders");
  const end = (await phone.request("/")).session?.session.expiresAt;
  const token = phone.token;

  house.clock.forward(60);
  const step = await phone.start("login", "?aal=aal2&return_to=/orders");
  expect(step.messages.map(({ id }) => id)).toEqual([1010004]);
  const done = await phone.submit(step, { method: "totp", totp_code: await codeOf(secret, house) });
  expect(done).toMatchObject({ kind: "completed", next: { kind: "allow", aal: "aal2" }, returnTo: "http://localhost:4000/orders" });
  expect(phone.token).not.toBe(token);
  const after = (await phone.request("/")).session;
  expect(after?.session.expiresAt).toEqual(end);
  expect(after?.session.methods.map(({ method }) => method)).toEqual(["password", "totp"]);

  const replay = client(house);
  replay.token = null;
  await signIn(replay, "grace@example.test");
  const refused = await replay.submit(await replay.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
  expect(refused).toMatchObject({ kind: "form", rejected: true });
  expect(messageIds(refused)).toEqual([4000008]);
});

test("one code in two second steps at the same moment completes one of them", async () => {
  const person = client(house);
  await register(person, "race@example.test");
  const secret = await enrolTotp(person, house);
  house.clock.forward(60);
  const left = client(house);
  const right = client(house);
  await signIn(left, "race@example.test");
  await signIn(right, "race@example.test");
  const code = await codeOf(secret, house);
  const flows = [await left.start("login", "?aal=aal2"), await right.start("login", "?aal=aal2")] as const;
  const results = await Promise.all([
    left.submit(flows[0], { method: "totp", totp_code: code }), right.submit(flows[1], { method: "totp", totp_code: code }),
  ]);
  expect(results.map(({ kind }) => kind).sort()).toEqual(["completed", "form"]);
});

test("a completed flow never completes twice", async () => {
  const person = client(house);
  const flow = await person.start("registration");
  const body = { method: "password", traits: { email: "twice@example.test" }, password: "a ladder with seven rungs" };
  expect((await person.submit(flow, body)).kind).toBe("completed");
  person.token = null;
  expect(messageIds(await person.submit(flow, body))).toEqual([4040002]);
});

test("a second step of one person is refused in the session of another", async () => {
  const grace = client(house);
  const mallory = client(house);
  await signIn(grace, "grace@example.test");
  const step = await grace.start("login", "?aal=aal2");
  await register(mallory, "mallory@example.test");
  const stolen = { ...step };
  const outcome = await mallory.submit(stolen, { method: "totp", totp_code: "123456" }).catch((error: unknown) => error);
  expect(isDomainError(outcome) && outcome.code).toMatch(/security_(csrf_violation|identity_mismatch)/);
});

test("five wrong codes start a wait that answers like a wrong code, and no try is evaluated meanwhile", async () => {
  const person = client(house);
  await register(person, "tired@example.test");
  const secret = await enrolTotp(person, house);
  house.clock.forward(60);
  const thief = client(house);
  await signIn(thief, "tired@example.test");
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const wrong = await thief.submit(await thief.start("login", "?aal=aal2"), { method: "totp", totp_code: "000000" });
    expect(wrong).toMatchObject({ kind: "form", rejected: true });
  }
  let waited = await thief.submit(await thief.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
  if (waited.kind === "form" && waited.retryAfterSeconds === undefined) {
    waited = await thief.submit(await thief.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
  }
  expect(waited).toMatchObject({ kind: "form", rejected: true, retryAfterSeconds: 30 });
  expect(messageIds(waited)).toEqual([4000008]);
  house.clock.forward(31);
  const right = await thief.submit(await thief.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
  expect(right.kind).toBe("completed");
});
