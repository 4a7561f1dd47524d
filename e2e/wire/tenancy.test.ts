import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { anyPassword, browserAfterPassword, browserAtAal2, enrolTotp, nativeAfterPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { send } from "../kit/http";
import { Authenticator } from "../kit/totp";
import { useServer } from "../kit/use-server";
import { messageIds, methodsOf, totpSecretOf } from "../kit/wire";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

const at = useServer();
/** The seeded projects: garden is Lax, bank is Strict. */
const GARDEN = "garden.localhost";
const BANK = "bank.localhost";

describe("two projects of one installation", () => {
  let ada: Person;
  beforeAll(async () => {
    ada = await registerPerson(at.server, { host: GARDEN });
  });

  test("do not share people", async () => {
    for (const host of [BANK, "localhost"]) {
      const app = new Native(at.server, { host });
      const answer = await app.submit(await app.start("login"), { method: "password", identifier: ada.email, password: ada.password });
      expect(answer.status).toBe(400);
      expect(messageIds(answer.json<FlowJson>())).toEqual([4000006]);
      expect((await registerPerson(at.server, { host, email: ada.email, password: anyPassword() })).identityId).not.toBe(ada.identityId);
    }
  });

  test("do not share sessions, by token or cookie", async () => {
    const browser = await browserAfterPassword(at.server, ada, { host: GARDEN });
    for (const host of [BANK, "localhost"]) {
      expect((await new Native(at.server, { host, token: ada.app.token }).whoami()).status).toBe(401);
      const cookie = browser.jar.header(browser.url("/"));
      expect((await send(at.server.url("/sessions/whoami", host), { headers: { cookie, accept: "application/json" } })).status).toBe(401);
    }
  });

  test("do not share flows or stored errors", async () => {
    const mine = await ada.app.start("settings");
    const login = await new Native(at.server, { host: GARDEN }).start("login");
    const eve = await registerPerson(at.server, { host: BANK });
    expect((await eve.app.fetch(`/self-service/settings/flows?id=${mine.id}`)).status).toBe(404);
    expect((await eve.app.fetch(`/self-service/login/flows?id=${login.id}`)).status).toBe(404);
    const stranger = new Native(at.server, { host: BANK });
    expect((await stranger.submit(login, { method: "password", identifier: ada.email, password: ada.password })).status).toBe(404);
    const error = new URL((await new Browser(at.server, { host: GARDEN }).visit("/self-service/login/browser?aal=aal2")).location);
    expect((await stranger.fetch(`/self-service/errors?id=${error.searchParams.get("id") ?? ""}`)).status).toBe(404);
  });

  test("do not end each other's sessions", async () => {
    const session = await ada.app.session();
    const eve = await registerPerson(at.server, { host: BANK });
    expect((await eve.app.fetch(`/sessions/${session.id}`, "DELETE")).status).toBe(204);
    expect((await ada.app.whoami()).status).toBe(200);
  });

  test("build their links from their own address", async () => {
    const flow = await new Browser(at.server, { host: GARDEN }).start("login");
    expect(new URL(flow.ui.action).hostname).toBe(GARDEN);
    expect(new URL(flow.request_url).hostname).toBe(GARDEN);
  });

  test("have cookie names of which none begins like another", async () => {
    const names = new Set<string>();
    for (const host of [GARDEN, BANK, "localhost"]) {
      const browser = await browserAfterPassword(at.server, await registerPerson(at.server, { host }), { host });
      for (const cookie of browser.jar.of(browser.url("/"))) names.add(cookie.name);
    }
    for (const one of names) for (const other of names) if (one !== other) expect(other.startsWith(one), `${one} and ${other}`).toBe(false);
  });
});

describe("under Lax", () => {
  test("the password alone signs in a person with an app: no 422, no 403, identity in the native answer", async () => {
    const ada = await personWithTotp(at.server, { host: GARDEN });
    const browser = new Browser(at.server, { host: GARDEN });
    const answer = await browser.submit(await browser.start("login"), { method: "password", identifier: ada.email, password: ada.password });
    expect(answer.status).toBe(200);
    expect(answer.json<SignedInJson>().session).toMatchObject({ authenticator_assurance_level: "aal1", identity: { id: ada.identityId } });
    expect((await browser.whoami()).status).toBe(200);
    const { answer: native } = await nativeAfterPassword(at.server, ada, { host: GARDEN });
    expect(native.session.identity?.id).toBe(ada.identityId);
  });

  test("one may still step up, and settings open at aal1", async () => {
    const ada = await personWithTotp(at.server, { host: GARDEN });
    const browser = await browserAfterPassword(at.server, ada, { host: GARDEN });
    expect((await browser.fetch("/self-service/settings/browser")).status).toBe(200);
    const flow = await browser.start("login", "?aal=aal2");
    expect(methodsOf(flow)).toContain("totp");
    expect((await browser.submit(flow, { method: "totp", totp_code: await ada.authenticator.code() })).status).toBe(200);
    expect((await browser.session()).authenticator_assurance_level).toBe("aal2");
  });

  test("a stolen password removes no factor: every factor change asks for the second one", async () => {
    const ada = await personWithTotp(at.server, { host: GARDEN });
    const { app } = await nativeAfterPassword(at.server, ada, { host: GARDEN });
    for (const fields of [{ totp_unlink: true }, { method: "totp", totp_unlink: true }, { lookup_secret_regenerate: true }, { method: "profile", traits: { email: "thief@example.test" } }]) {
      const answer = await app.submit(await app.start("settings"), fields);
      expect(answer.status, JSON.stringify(fields)).toBe(403);
      const body = answer.json<ErrorJson>();
      expect(body.error.id).toBe("session_aal2_required");
      expect(new URL(body.redirect_browser_to ?? "").searchParams.get("aal")).toBe("aal2");
    }
    expect((await ada.app.session()).authenticator_assurance_level).toBe("aal2");
    const browser = await browserAfterPassword(at.server, ada, { host: GARDEN });
    const form = await browser.post(await browser.open("settings"), { totp_unlink: "true" });
    expect(form.status).toBe(303);
    expect(new URL(form.location).searchParams.get("aal")).toBe("aal2");
  });

  test("the first factor is enrolled with the password alone", async () => {
    const ada = await registerPerson(at.server, { host: GARDEN });
    const enrolled = await enrolTotp(at.server, ada);
    expect((await enrolled.app.session()).authenticator_assurance_level).toBe("aal2");
  });

  test("the password changes with the password alone", async () => {
    const ada = await personWithTotp(at.server, { host: GARDEN });
    const { app } = await nativeAfterPassword(at.server, ada, { host: GARDEN });
    expect((await app.submit(await app.start("settings"), { method: "password", password: anyPassword() })).status).toBe(200);
  });

  test("at aal2 factors change as everywhere", async () => {
    const ada = await personWithTotp(at.server, { host: GARDEN });
    const browser = await browserAtAal2(at.server, ada, { host: GARDEN });
    expect((await browser.submit(await browser.start("settings"), { totp_unlink: true })).status).toBe(200);
    const flow = await browser.start("settings");
    const again = new Authenticator(totpSecretOf(flow));
    expect((await browser.submit(flow, { method: "totp", totp_code: await again.code() })).status).toBe(200);
  });
});

test("the bank is Strict, and the seed says how to sign in", async () => {
  const grace = await personWithTotp(at.server, { host: BANK });
  const browser = await browserAfterPassword(at.server, grace, { host: BANK });
  expect((await browser.whoami()).status).toBe(403);
});
