import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { browserAfterPassword, browserAtAal2, nativeAfterPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { send } from "../kit/http";
import type { Answer } from "../kit/http";
import { useServer } from "../kit/use-server";
import type { Authenticator } from "../kit/totp";
import type { ErrorJson, SessionJson } from "../kit/wire";

/**
 * The same promises at both mounts: before the framework, and as its route. A dot segment is another spelling of the
 * same path; it passes by the table of hot paths and is answered by the route.
 */
describe.each([
  ["before the framework", "/sessions/whoami"],
  ["as a route of the framework", "/sessions/./whoami"],
])("whoami %s", (_mount, path) => {
  const at = useServer();
  const ask = (client: Browser | Native): Promise<Answer> => client.fetch(path);
  let ada: Person;
  let grace: Person & { readonly authenticator: Authenticator };
  beforeAll(async () => {
    ada = await registerPerson(at.server);
    grace = await personWithTotp(at.server);
  });

  test("answers the session of a cookie, a session token and a bearer token", async () => {
    const browser = await browserAfterPassword(at.server, ada);
    const cookie = await ask(browser);
    const token = await ask(ada.app);
    const bearer = await new Native(at.server).request(path, "GET", { authorization: `Bearer ${ada.app.token ?? ""}` });
    for (const answer of [cookie, token, bearer]) {
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(answer.headers["x-kratos-authenticated-identity-id"]).toBe(ada.identityId);
      expect(answer.json<SessionJson>()).toMatchObject({
        active: true, authenticator_assurance_level: "aal1", authentication_methods: [{ method: "password", aal: "aal1" }],
        identity: { id: ada.identityId, state: "active", traits: { email: ada.email } },
      });
      expect(answer.text).not.toMatch(/ory_st_|ory_lo_|credentials|metadata_admin|available_aal|token/);
    }
    expect(token.json<SessionJson>().id).toBe(bearer.json<SessionJson>().id);
  });

  test("a token in the header is asked before the cookie", async () => {
    const browser = await browserAfterPassword(at.server, grace);
    const answer = await browser.fetch(path, "GET", { "x-session-token": ada.app.token ?? "" });
    expect(answer.json<SessionJson>().identity?.id).toBe(ada.identityId);
  });

  test("401 without an id for nobody and for tokens that mean nothing", async () => {
    const tokens = ["", "nonsense", `ory_st_${"z".repeat(32)}`, "ory_st_' OR 1=1 --", "x".repeat(5_000)];
    for (const token of tokens) {
      const answer = await new Native(at.server).request(path, "GET", token === "" ? {} : { "x-session-token": token });
      expect(answer.status).toBe(401);
      const { error } = answer.json<ErrorJson>();
      expect(error).toMatchObject({ code: 401, status: "Unauthorized" });
      expect(error).not.toHaveProperty("id");
      expect(error.message).toBeTypeOf("string");
    }
  });

  test("403 session_aal2_required under Strict after the password of somebody with an app, and nothing personal", async () => {
    const browser = await browserAfterPassword(at.server, grace);
    const { app } = await nativeAfterPassword(at.server, grace);
    for (const answer of [await ask(browser), await ask(app)]) {
      expect(answer.status).toBe(403);
      expect(answer.headers["ory-error-id"]).toBe("session_aal2_required");
      expect(answer.headers).not.toHaveProperty("x-kratos-authenticated-identity-id");
      const body = answer.json<ErrorJson>();
      const target = at.server.url("/self-service/login/browser?aal=aal2");
      expect(body).toMatchObject({ error: { id: "session_aal2_required", code: 403, status: "Forbidden", details: { redirect_browser_to: target } }, redirect_browser_to: target });
      expect(answer.text).not.toContain(grace.email);
      expect(answer.text).not.toContain(grace.identityId);
    }
  });

  test("200 at aal2 after the second factor", async () => {
    const browser = await browserAtAal2(at.server, grace);
    const session = (await ask(browser)).json<SessionJson>();
    expect(session.authenticator_assurance_level).toBe("aal2");
    expect(session.authentication_methods.map(({ method, aal }) => [method, aal])).toEqual([["password", "aal1"], ["totp", "aal2"]]);
  });

  test("Strict never locks out a person who has only a password", async () => {
    expect((await ask(ada.app)).status).toBe(200);
  });

  test("answers every method alike, HEAD without a body", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) expect((await ada.app.fetch(path, method)).status).toBe(200);
    const head = await ada.app.fetch(path, "HEAD");
    expect(head.status).toBe(200);
    expect(head.text).toBe("");
  });

  test("is never cached and sets no CSRF cookie", async () => {
    for (const answer of [await ask(ada.app), await ask(new Browser(at.server))]) {
      expect(answer.headers["cache-control"]).toMatch(/private/);
      expect(answer.headers["cache-control"]).toMatch(/no-store/);
      expect(answer.setCookies.filter((line) => /csrf/i.test(line))).toEqual([]);
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  test("levels and methods that the client claims mean nothing", async () => {
    const browser = await browserAfterPassword(at.server, grace);
    const answer = await browser.fetch(`${path}?aal=aal2&required_aal=aal1`, "GET", { "x-aal": "aal2", "x-session-aal": "aal2" });
    expect(answer.status).toBe(403);
  });

  test("a host that is nobody's project is refused", async () => {
    const answer = await send(at.server.url(path, "nobody.example"), { headers: { "x-session-token": ada.app.token ?? "", accept: "application/json" } });
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain(ada.email);
  });
});
