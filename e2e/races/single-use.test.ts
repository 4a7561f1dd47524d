import { describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { anyEmail, anyPassword, browserAfterPassword, enrolRecoveryCodes, nativeAfterPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import { Authenticator } from "../kit/totp";
import { useServer } from "../kit/use-server";
import { totpSecretOf } from "../kit/wire";

const at = useServer();
const RACERS = 8;
const count = (statuses: readonly number[], status: number): number => statuses.filter((one) => one === status).length;

describe("exactly one wins", () => {
  test("when one code of the app is sent at the same moment from many sessions", async () => {
    const ada = await personWithTotp(at.server);
    const racers = await Promise.all(Array.from({ length: 4 }, async () => {
      const browser = await browserAfterPassword(at.server, ada);
      return { browser, flow: await browser.start("login", "?aal=aal2") };
    }));
    const code = await ada.authenticator.code();
    const statuses = await Promise.all(racers.map(async ({ browser, flow }) => (await browser.submit(flow, { method: "totp", totp_code: code })).status));
    expect(count(statuses, 200)).toBe(1);
    expect(statuses.every((status) => status < 500)).toBe(true);
    const levels = await Promise.all(racers.map(async ({ browser }) => (await browser.whoami()).status));
    expect(count(levels, 200)).toBe(1);
  });

  test("when one code is sent twice in the same session and flow", async () => {
    const ada = await personWithTotp(at.server);
    const { app } = await nativeAfterPassword(at.server, ada);
    const flow = await app.start("login", "?aal=aal2");
    const code = await ada.authenticator.code();
    const statuses = await Promise.all(Array.from({ length: 3 }, async () => (await app.submit(flow, { method: "totp", totp_code: code })).status));
    expect(count(statuses, 200)).toBe(1);
    expect((await app.session()).authentication_methods.map((entry) => entry.method)).toEqual(["password", "totp"]);
  });

  test("when one recovery code is used at the same moment", async () => {
    const ada = await enrolRecoveryCodes(await personWithTotp(at.server));
    const racers = await Promise.all(Array.from({ length: 4 }, async () => {
      const browser = await browserAfterPassword(at.server, ada);
      return { browser, flow: await browser.start("login", "?aal=aal2") };
    }));
    const statuses = await Promise.all(racers.map(async ({ browser, flow }) => (await browser.submit(flow, { method: "lookup_secret", lookup_secret: ada.recoveryCodes[5] })).status));
    expect(count(statuses, 200)).toBe(1);
    expect(statuses.every((status) => status < 500)).toBe(true);
  });

  test("when many register one address", async () => {
    const email = anyEmail();
    const racers = await Promise.all(Array.from({ length: RACERS }, async () => {
      const app = new Native(at.server);
      return { app, flow: await app.start("registration") };
    }));
    const statuses = await Promise.all(racers.map(async ({ app, flow }) => (await app.submit(flow, { method: "password", traits: { email }, password: anyPassword() })).status));
    expect(count(statuses, 200)).toBe(1);
    expect(statuses.every((status) => status < 500)).toBe(true);
  });

  test("when one login flow is submitted many times", async () => {
    const ada = await registerPerson(at.server);
    const app = new Native(at.server);
    const flow = await app.start("login");
    const answers = await Promise.all(Array.from({ length: RACERS }, () => app.submit(flow, { method: "password", identifier: ada.email, password: ada.password })));
    expect(answers.filter((answer) => answer.text.includes("ory_st_"))).toHaveLength(1);
    expect((await ada.app.fetch("/sessions")).json<unknown[]>()).toHaveLength(1);
  });

  test("when an enrolment is proved twice", async () => {
    const ada = await registerPerson(at.server);
    const flow = await ada.app.start("settings");
    const authenticator = new Authenticator(totpSecretOf(flow));
    const code = await authenticator.code();
    const statuses = await Promise.all(Array.from({ length: 3 }, async () => (await ada.app.submit(flow, { method: "totp", totp_code: code })).status));
    expect(count(statuses, 200)).toBe(1);
    expect((await ada.app.session()).authentication_methods.map((entry) => entry.method)).toEqual(["password", "totp"]);
  });
});

describe("budgets lose no count", () => {
  test("when wrong codes come all at once, five are looked at", async () => {
    const ada = await personWithTotp(at.server);
    // One after another: a password counts before it is looked at, so ten right ones at the same moment meet the wait too.
    const racers = [];
    for (let index = 0; index < 10; index += 1) {
      const { app } = await nativeAfterPassword(at.server, ada);
      racers.push({ app, flow: await app.start("login", "?aal=aal2") });
    }
    const statuses = await Promise.all(racers.map(async ({ app, flow }) => (await app.submit(flow, { method: "totp", totp_code: ada.authenticator.wrongCode() })).status));
    expect(count(statuses, 400)).toBe(5);
    expect(count(statuses, 429)).toBe(5);
  });

  test("when wrong passwords come all at once, five are looked at", async () => {
    const ada = await registerPerson(at.server);
    const racers = await Promise.all(Array.from({ length: 10 }, async () => {
      const app = new Native(at.server);
      return { app, flow: await app.start("login") };
    }));
    const statuses = await Promise.all(racers.map(async ({ app, flow }) => (await app.submit(flow, { method: "password", identifier: ada.email, password: anyPassword() })).status));
    expect(count(statuses, 400)).toBe(5);
    expect(count(statuses, 429)).toBe(5);
  });
});

test("a step-up and a revocation at the same moment never leave a live session that was ended", async () => {
  for (let round = 0; round < 3; round += 1) {
    const ada = await personWithTotp(at.server);
    const browser = await browserAfterPassword(at.server, ada);
    const flow = await browser.start("login", "?aal=aal2");
    const code = await ada.authenticator.code();
    const [, ended] = await Promise.all([
      browser.submit(flow, { method: "totp", totp_code: code }).catch(() => null),
      ada.app.fetch("/sessions", "DELETE"),
    ]);
    expect(ended.status).toBe(200);
    expect((await new Browser(at.server, { jar: browser.jar }).whoami()).status).toBe(401);
  }
});
