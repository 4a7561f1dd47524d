import { describe, expect, test } from "vitest";
import { Browser, Native, anyAddress } from "../kit/client";
import { anyEmail, anyPassword, browserAfterPassword, browserAtAal2, enrolRecoveryCodes, nativeAfterPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import type { Answer } from "../kit/http";
import type { TestServer } from "../kit/server";
import { useServer } from "../kit/use-server";
import { messageIds } from "../kit/wire";
import type { FlowJson } from "../kit/wire";

const at = useServer();

async function guess(server: TestServer, identifier: string, password: string, address = anyAddress()): Promise<Answer> {
  const app = new Native(server, { address });
  return app.submit(await app.start("login"), { method: "password", identifier, password });
}
async function exhaust(identifier: string): Promise<void> {
  for (let round = 0; round < 5; round += 1) expect((await guess(at.server, identifier, anyPassword())).status).toBe(400);
}
function expectWait(answer: Answer): void {
  expect(answer.status).toBe(429);
  expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expect(Number(answer.headers["retry-after"])).toBeLessThanOrEqual(3_600);
  expect(answer.text).not.toContain("ory_st_");
}

describe("five wrong passwords", () => {
  test("from five places make the sixth try wait, even with the right one", async () => {
    const ada = await registerPerson(at.server);
    await exhaust(ada.email);
    expectWait(await guess(at.server, ada.email, anyPassword()));
    expectWait(await guess(at.server, ada.email, ada.password));
    expectWait(await guess(at.server, ada.email.toUpperCase(), ada.password));
  });

  test("for one person do not touch another", async () => {
    const [ada, bob] = [await registerPerson(at.server), await registerPerson(at.server)];
    await exhaust(ada.email);
    expect((await guess(at.server, bob.email, bob.password)).status).toBe(200);
  });

  test("for nobody wait alike", async () => {
    const nobody = anyEmail();
    await exhaust(nobody);
    const unknown = await guess(at.server, nobody, anyPassword());
    expectWait(unknown);
    const ada = await registerPerson(at.server);
    await exhaust(ada.email);
    const known = await guess(at.server, ada.email, anyPassword());
    expect(Object.keys(known.headers)).toEqual(Object.keys(unknown.headers));
    expect(known.text.length).toBeCloseTo(unknown.text.length, -2);
  });

  test("do not lock out a browser where the person has signed in before", async () => {
    const ada = await registerPerson(at.server);
    const browser = await browserAfterPassword(at.server, ada);
    const { logout_token } = (await browser.fetch("/self-service/logout/browser")).json<{ logout_token: string }>();
    await browser.fetch(`/self-service/logout?token=${logout_token}`);
    await exhaust(ada.email);
    expectWait(await guess(at.server, ada.email, ada.password));
    const known = new Browser(at.server, { jar: browser.jar });
    expect((await known.submit(await known.start("login"), { method: "password", identifier: ada.email, password: ada.password })).status).toBe(200);
  });

  test("by form show the form again, with words and no silent loop", async () => {
    const ada = await registerPerson(at.server);
    await exhaust(ada.email);
    const browser = new Browser(at.server);
    const answer = await browser.post(await browser.open("login"), { method: "password", identifier: ada.email, password: ada.password });
    expect([302, 303]).toContain(answer.status);
    const { answer: page } = await browser.follow(answer.location);
    expect(page.text).toContain('role="alert"');
    expect(browser.sessionCookie()).toBeUndefined();
  });
});

test("a success clears the count of its factor", async () => {
  const ada = await registerPerson(at.server);
  for (let round = 0; round < 4; round += 1) await guess(at.server, ada.email, anyPassword());
  expect((await guess(at.server, ada.email, ada.password)).status).toBe(200);
  for (let round = 0; round < 4; round += 1) expect((await guess(at.server, ada.email, anyPassword())).status).toBe(400);
});

describe("codes", () => {
  const wrongCodes = async (person: Awaited<ReturnType<typeof personWithTotp>>, count: number): Promise<Answer> => {
    let last: Answer | null = null;
    for (let round = 0; round < count; round += 1) {
      const { app } = await nativeAfterPassword(at.server, person);
      last = await app.submit(await app.start("login", "?aal=aal2"), { method: "totp", totp_code: person.authenticator.wrongCode() });
    }
    if (last === null) throw new Error("no try");
    return last;
  };

  test("tried wrong five times over fresh flows make every typed second factor wait, also the right one", async () => {
    const person = await enrolRecoveryCodes(await personWithTotp(at.server)) as Awaited<ReturnType<typeof personWithTotp>>;
    expect((await wrongCodes(person, 5)).status).toBe(400);
    expectWait(await wrongCodes(person, 1));
    const { app } = await nativeAfterPassword(at.server, person);
    expectWait(await app.submit(await app.start("login", "?aal=aal2"), { method: "totp", totp_code: await person.authenticator.code() }));
    expectWait(await app.submit(await app.start("login", "?aal=aal2"), { method: "lookup_secret", lookup_secret: person.recoveryCodes[0] }));
    expect((await app.whoami()).status).toBe(403);
  });

  test("tried wrong by a stranger do not count: the first factor comes first", async () => {
    const person = await personWithTotp(at.server);
    const stranger = new Native(at.server);
    for (let round = 0; round < 6; round += 1) {
      await stranger.submit(await stranger.start("login"), { method: "totp", totp_code: "000000", identifier: person.email });
    }
    const browser = await browserAtAal2(at.server, person);
    expect((await browser.session()).authenticator_assurance_level).toBe("aal2");
  });

  test("replayed count as failures", async () => {
    const person = await personWithTotp(at.server);
    const { app } = await nativeAfterPassword(at.server, person);
    for (let round = 0; round < 5; round += 1) {
      const answer = await app.submit(await app.start("login", "?aal=aal2"), { method: "totp", totp_code: person.authenticator.lastCode() });
      expect(answer.status).toBe(400);
      expect(messageIds(answer.json<FlowJson>())).toContain(4000008);
    }
    expectWait(await app.submit(await app.start("login", "?aal=aal2"), { method: "totp", totp_code: person.authenticator.lastCode() }));
  });

  test("of one flow end with it after five", async () => {
    const person = await personWithTotp(at.server);
    const { app } = await nativeAfterPassword(at.server, person);
    const flow = await app.start("login", "?aal=aal2");
    for (let round = 0; round < 5; round += 1) await app.submit(flow, { method: "totp", totp_code: person.authenticator.wrongCode() });
    const answer = await app.submit(flow, { method: "totp", totp_code: await person.authenticator.code() });
    expect([400, 410, 429]).toContain(answer.status);
    expect((await app.whoami()).status).toBe(403);
  });
});

describe("one source", () => {
  /** Thirty tries at once, five for each of six people, so that no person's own lane speaks first. */
  async function thirty(address: () => string): Promise<readonly number[]> {
    const people = Array.from({ length: 6 }, () => anyEmail());
    const tries = await Promise.all(Array.from({ length: 30 }, async (_, round) => {
      const app = new Native(at.server, { address: address() });
      return { app, flow: await app.start("login"), identifier: people[round % 6] };
    }));
    return Promise.all(tries.map(async ({ app, flow, identifier }) => (await app.submit(flow, { method: "password", identifier, password: anyPassword() })).status));
  }

  test("has twenty tries at once, then waits; another source does not", async () => {
    const address = anyAddress();
    const statuses = await thirty(() => address);
    const looked = statuses.filter((status) => status === 400).length;
    // One more for every three seconds that the burst itself took.
    expect(looked).toBeGreaterThanOrEqual(20);
    expect(looked).toBeLessThanOrEqual(24);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30 - looked);
    expect((await guess(at.server, anyEmail(), anyPassword())).status).toBe(400);
  });

  test("that fails for more than ten people in ten minutes is held; the people themselves are not", async () => {
    const ada = await registerPerson(at.server);
    const address = anyAddress();
    const statuses: number[] = [];
    for (let round = 0; round < 13; round += 1) statuses.push((await guess(at.server, anyEmail(), anyPassword(), address)).status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400));
    expect(statuses.at(-1)).toBe(429);
    expect((await guess(at.server, ada.email, ada.password)).status).toBe(200);
  });

  test("makes ten registrations an hour", async () => {
    const address = anyAddress();
    const statuses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const app = new Native(at.server, { address });
      statuses.push((await app.submit(await app.start("registration"), { method: "password", traits: { email: anyEmail() }, password: anyPassword() })).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(statuses.slice(10)).toEqual([429, 429]);
  });

  test("is the address a trusted proxy names, not one the client writes in front", async () => {
    const address = anyAddress();
    const statuses = await thirty(() => `${anyAddress()}, ${address}`);
    expect(statuses).toContain(429);
  });
});

test("asking who one is never waits", async () => {
  const ada = await registerPerson(at.server);
  const app = new Native(at.server, { token: ada.app.token });
  const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await app.whoami()).status));
  expect(new Set(statuses)).toEqual(new Set([200]));
});
