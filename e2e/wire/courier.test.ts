import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { anyEmail, anyPassword, browserAfterPassword, browserAtAal2, enrolRecoveryCodes, enrolTotp, registerPerson } from "../kit/fixtures";
import { codeByMail, letterTo, until } from "../kit/letters";
import { startMailSink } from "../kit/mail-sink";
import type { MailSink } from "../kit/mail-sink";
import { freePort, startServer } from "../kit/server";
import type { TestServer } from "../kit/server";
import { useServerWithMail } from "../kit/use-mail";
import type { FlowJson } from "../kit/wire";

const at = useServerWithMail();

describe("mail from the built server, at a real SMTP server", () => {
  test("names the project, comes as text and HTML, says what it is, and holds no way in", async () => {
    const ada = await enrolTotp(at.server, await registerPerson(at.server));
    const letter = await letterTo(at.mail, ada.email, /was added/);
    expect(letter.from).toBe("no-reply@localhost");
    expect(letter.to).toEqual([ada.email]);
    expect(letter.subject).toContain("Default");
    expect(letter.text).toMatch(/authenticator app/i);
    expect(letter.text).toContain("198.");
    expect(letter.html).toMatch(/<html[^>]*lang="en"/);
    expect(letter.headers["auto-submitted"]).toBe("auto-generated");
    expect(letter.headers["content-type"]).toContain("multipart/alternative");
    expect(letter.messageId).toMatch(/^<[0-9a-f-]{36}@/);
    expect(letter.text + letter.html).not.toContain(ada.authenticator.secret);
    for (const link of letter.text.match(/https?:\/\/\S+/g) ?? []) expect(new URL(link).search, link).toBe("");
  });

  test("every change of a credential is told, and the use of a recovery code", async () => {
    const ada = await enrolRecoveryCodes(await enrolTotp(at.server, await registerPerson(at.server)));
    const browser = await browserAfterPassword(at.server, ada);
    expect((await browser.submit(await browser.start("login", "?aal=aal2"), { method: "lookup_secret", lookup_secret: ada.recoveryCodes[0] })).status).toBe(200);
    await letterTo(at.mail, ada.email, /recovery code was used/);
    expect((await browser.submit(await browser.start("settings"), { method: "password", password: anyPassword() })).status).toBe(200);
    await letterTo(at.mail, ada.email, /password.*was changed/i);
    expect((await browser.submit(await browser.start("settings"), { totp_unlink: true })).status).toBe(200);
    await letterTo(at.mail, ada.email, /was removed/);
    const fresh = anyEmail();
    expect((await browser.submit(await browser.start("settings"), { method: "profile", traits: { email: fresh } })).status).toBe(200);
    for (const address of [ada.email, fresh]) await letterTo(at.mail, address, /addresses.*were changed/);
  });

  test("a right password and a wrong second factor is told once a session; a new device is told", async () => {
    const ada = await enrolTotp(at.server, await registerPerson(at.server));
    const stranger = await browserAfterPassword(at.server, ada);
    for (let round = 0; round < 3; round += 1) {
      await stranger.submit(await stranger.start("login", "?aal=aal2"), { method: "totp", totp_code: ada.authenticator.wrongCode() });
    }
    await letterTo(at.mail, ada.email, /half-way/);
    await browserAtAal2(at.server, await enrolTotp(at.server, await registerPerson(at.server)));
    const twice = at.mail.mails.filter(({ to, subject }) => to.includes(ada.email) && /half-way/.test(subject));
    expect(twice).toHaveLength(1);
    const known = await enrolTotp(at.server, await registerPerson(at.server));
    await browserAtAal2(at.server, known);
    await letterTo(at.mail, known.email, /New sign-in/);
  });

  test("in the language of whoever caused it", async () => {
    const app = new Native(at.server);
    const email = anyEmail();
    const headers = { "accept-language": "de-DE" };
    const done = await app.request(`/self-service/registration?flow=${(await app.start("registration")).id}`, "POST",
      { "content-type": "application/json", ...headers }, JSON.stringify({ method: "password", traits: { email }, password: anyPassword() }));
    expect(done.status).toBe(200);
    const letter = await letterTo(at.mail, email, /^\d{6}\b/);
    expect(letter.html).toMatch(/<html[^>]*lang="de"/);
  });
});

describe("exactly once", () => {
  test("a server that broke the connection after taking a letter gets it again under the same id", async () => {
    const email = (await registerPerson(at.server)).email;
    await letterTo(at.mail, email, /^\d{6}\b/);
    await at.passSeconds(65);
    at.mail.mood({ kind: "cut" });
    const browser = new Browser(at.server);
    const before = at.mail.mails.length;
    await browser.submit(await browser.start("recovery"), { method: "code", email });
    await codeByMail(at.mail, email, before);
    at.mail.mood({ kind: "take" });
    const copies = await until("the same letter again", () => {
      const found = at.mail.mails.slice(before).filter(({ to, subject }) => to.includes(email) && /^\d{6}\b/.test(subject));
      return found.length >= 2 ? found : null;
    }, 90_000);
    expect(new Set(copies.map(({ messageId }) => messageId)).size).toBe(1);
    expect(new Set(copies.map(({ subject }) => subject)).size).toBe(1);
  });

  test("a letter is refused for now and comes later; one that is refused for good stops nobody else's", async () => {
    at.mail.mood({ kind: "refuse", status: 451 });
    const late = (await registerPerson(at.server)).email;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(at.mail.mails.filter(({ to }) => to.includes(late))).toEqual([]);
    at.mail.mood({ kind: "take" });
    const next = (await registerPerson(at.server)).email;
    await letterTo(at.mail, next, /^\d{6}\b/);
    await until("the letter that was refused for now", () => at.mail.mails.find(({ to }) => to.includes(late)) ?? null, 90_000);
  });
});

describe("a dead mail server", { timeout: 300_000 }, () => {
  let server: TestServer;
  let mail: MailSink;
  beforeAll(async () => {
    mail = await startMailSink();
    await mail.die();
    server = await startServer({ env: { RUNG_SMTP_URL: mail.url } });
  });
  afterAll(async () => {
    await server.dispose();
    await mail.close();
  });

  test("blocks nobody, keeps every letter over a restart, and delivers each once when it lives again", async () => {
    const began = performance.now();
    const people = await Promise.all(Array.from({ length: 4 }, () => registerPerson(server)));
    for (const person of people) await enrolTotp(server, person);
    const browser = await browserAfterPassword(server, people[0] ?? { ...(await registerPerson(server)) });
    expect((await browser.whoami()).status).toBe(403);
    const waiting = await new Browser(server).start("recovery");
    expect(waiting.state).toBe("choose_method");
    expect(performance.now() - began, "nobody waited for the mail server").toBeLessThan(90_000);

    // What waited longer waits longer for its next turn; an hour later everything is due.
    await mail.revive();
    server = await server.restart({ shiftSeconds: 3_600 });
    for (const { email } of people) await letterTo(mail, email, /was added/);
    const ids = mail.mails.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("asking for a code meanwhile looks as always, and the code that comes later still works", async () => {
    const { email } = await registerPerson(server);
    server = await server.restart({ shiftSeconds: 3_665 });
    await mail.die();
    const browser = new Browser(server);
    const before = mail.mails.length;
    const answer = await browser.submit(await browser.start("recovery"), { method: "code", email });
    expect([answer.status, answer.json<FlowJson>().state]).toEqual([200, "sent_email"]);
    await mail.revive();
    server = await server.restart({ shiftSeconds: 3_665 + 120 });
    expect((await browser.submit(answer.json<FlowJson>(), { method: "code", code: await codeByMail(mail, email, before) })).status).toBe(422);
  });
});

test("without any mail server letters wait, and the outbox page of developers is not served here", async () => {
  const server = await startServer({ port: await freePort() });
  try {
    const ada = await registerPerson(server);
    expect((await ada.app.session()).active).toBe(true);
    expect((await new Browser(server).visit("/dev/outbox")).status).toBe(404);
  } finally {
    await server.dispose();
  }
});
