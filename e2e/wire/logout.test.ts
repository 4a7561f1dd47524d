import { describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { browserAfterPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import { useServer } from "../kit/use-server";
import type { ErrorJson } from "../kit/wire";

const at = useServer();
interface LogoutJson {
  readonly logout_url: string;
  readonly logout_token: string;
}

describe("logout in a browser", () => {
  test("gives an address that ends the session, by script with 204", async () => {
    const browser = await browserAfterPassword(at.server, await registerPerson(at.server));
    const answer = await browser.fetch("/self-service/logout/browser");
    expect(answer.status).toBe(200);
    const { logout_url, logout_token } = answer.json<LogoutJson>();
    expect(logout_token).toMatch(/^ory_lo_[A-Za-z0-9]{32}$/);
    expect(new URL(logout_url).pathname).toBe("/self-service/logout");
    expect(new URL(logout_url).searchParams.get("token")).toBe(logout_token);
    const before = browser.jar.copy();
    const done = await browser.fetch(`/self-service/logout?token=${logout_token}`);
    expect(done.status).toBe(204);
    expect(browser.sessionCookie()).toBeUndefined();
    expect((await new Browser(at.server, { jar: before }).whoami()).status).toBe(401);
    expect((await browser.whoami()).status).toBe(401);
  });

  test("by navigation goes to return_to, else to the default", async () => {
    const browser = await browserAfterPassword(at.server, await registerPerson(at.server));
    const target = browser.url("/login");
    const { logout_url } = (await browser.fetch(`/self-service/logout/browser?return_to=${encodeURIComponent(target)}`)).json<LogoutJson>();
    expect(new URL(logout_url).searchParams.get("return_to")).toBe(target);
    const done = await browser.visit(logout_url);
    expect(done.status).toBe(303);
    expect(done.location).toBe(target);
  });

  test("works at aal1 of a person with a second factor", async () => {
    const browser = await browserAfterPassword(at.server, await personWithTotp(at.server));
    expect((await browser.whoami()).status).toBe(403);
    const { logout_url } = (await browser.fetch("/self-service/logout/browser")).json<LogoutJson>();
    expect((await browser.visit(logout_url)).status).toBe(303);
    expect((await browser.whoami()).status).toBe(401);
  });

  test("refuses a missing token (400), somebody else's (403) and a foreign return_to (400), and ends nothing", async () => {
    const ada = await registerPerson(at.server);
    const [mine, theirs] = [await browserAfterPassword(at.server, ada), await browserAfterPassword(at.server, await registerPerson(at.server))];
    expect((await mine.fetch("/self-service/logout")).status).toBe(400);
    const { logout_token } = (await theirs.fetch("/self-service/logout/browser")).json<LogoutJson>();
    expect((await mine.fetch(`/self-service/logout?token=${logout_token}`)).status).toBe(403);
    const foreign = await mine.fetch("/self-service/logout/browser?return_to=https%3A%2F%2Fevil.example%2F");
    expect(foreign.status).toBe(400);
    expect(foreign.json<ErrorJson>().error.id).toBe("self_service_flow_return_to_forbidden");
    const own = (await mine.fetch("/self-service/logout/browser")).json<LogoutJson>().logout_token;
    const away = await mine.visit(`/self-service/logout?token=${own}&return_to=https%3A%2F%2Fevil.example%2F`);
    expect(away.headers["location"] ?? "").not.toContain("evil.example/");
    expect((await theirs.whoami()).status).toBe(200);
  });

  test("without a session is 401 by script and the error page by navigation", async () => {
    const browser = new Browser(at.server);
    const answer = await browser.fetch("/self-service/logout/browser");
    expect(answer.status).toBe(401);
    expect(answer.json<ErrorJson>().error.id).toBe("session_inactive");
    const visit = await browser.visit("/self-service/logout/browser");
    expect(visit.status).toBe(303);
    expect(new URL(visit.location).pathname).toBe("/error");
    const submit = await browser.fetch("/self-service/logout?token=ory_lo_x");
    expect(submit.status).toBe(401);
    expect(submit.json<ErrorJson>().error.id).toBe("session_inactive");
  });
});

describe("native logout", () => {
  const logout = (app: Native, token: string) => app.request("/self-service/logout/api", "DELETE", { "content-type": "application/json" }, JSON.stringify({ session_token: token }));

  test("ends the session; again is 204, an unknown token 403", async () => {
    const { app } = await registerPerson(at.server);
    const token = app.token ?? "";
    app.token = null;
    expect((await logout(app, token)).status).toBe(204);
    expect((await new Native(at.server, { token }).whoami()).status).toBe(401);
    expect((await logout(app, token)).status).toBe(204);
    expect((await logout(app, `ory_st_${"x".repeat(32)}`)).status).toBe(403);
  });
});
