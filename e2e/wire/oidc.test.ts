import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { visitAgreeing } from "../kit/app-consent";
import { Browser, Native } from "../kit/client";
import { startCrookedProvider } from "../kit/crooked-provider";
import type { CrookedProvider } from "../kit/crooked-provider";
import { CROOKED } from "../kit/crookedness";
import { anyEmail } from "../kit/fixtures";
import { startIdentityProvider } from "../kit/identity-provider";
import type { IdentityProvider } from "../kit/identity-provider";
import { freePort, startServer } from "../kit/server";
import type { TestServer } from "../kit/server";
import { messageIds, names } from "../kit/wire";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

/* Sign-in with an identity provider, over HTTP (contract 5.10, 1.9; security.md S5, R31, T29 to T33). */

const HOST = "social.localhost";
let server: TestServer;
let good: IdentityProvider;
let crooked: CrookedProvider;
let jar: Map<string, string>;

beforeAll(async () => {
  const port = await freePort();
  good = await startIdentityProvider({ redirectUris: [`http://${HOST}:${String(port)}/api/auth/callback/good`] });
  crooked = await startCrookedProvider();
  const providers = [["good", good], ["crooked", crooked], ["other", crooked]] as const;
  server = await startServer({
    port,
    projects: [{
      slug: "social",
      document: {
        clients: { http: { disallow_private_ip_ranges: false } },
        selfservice: {
          flows: { verification: { enabled: false } },
          methods: {
            oidc: {
              enabled: true,
              config: {
                providers: providers.map(([id, { issuer, clientId, clientSecret }]) => ({
                  id, provider: "generic", label: id, issuer_url: issuer, client_id: clientId, client_secret: clientSecret, claims: { email: "email" },
                  aal2_acr_values: ["urn:two"],
                })),
              },
            },
          },
        },
      },
    }],
  });
});
afterAll(async () => {
  await server.dispose();
  await Promise.all([good.close(), crooked.close()]);
});
beforeEach(() => {
  jar = new Map();
  good.account = { sub: anyEmail(), email: anyEmail(), email_verified: true };
  crooked.person = { sub: anyEmail(), email: anyEmail(), email_verified: true };
  crooked.crooked = {};
});

const browser = (): Browser => new Browser(server, { host: HOST });

/** Presses a provider's button as a script of a page does, and walks to the provider and back, until a page of ours comes. */
async function through(who: Browser, provider: string, query = "", bend: (url: URL) => URL = (url) => url): Promise<URL> {
  const flow = await who.start("login", query);
  const left = await who.submit(flow, { method: "oidc", provider });
  expect([left.status, left.json<ErrorJson>().error.id]).toEqual([422, "browser_location_change_required"]);
  return walk(who, left.json<ErrorJson>().redirect_browser_to ?? "", bend);
}

async function walk(who: Browser, from: string, bend: (url: URL) => URL = (url) => url): Promise<URL> {
  let url = new URL(from);
  for (let hop = 0; hop < 15; hop += 1) {
    url = bend(url);
    const ours = url.hostname === HOST;
    if (ours && !/^\/(self-service|api)\//.test(url.pathname)) return url;
    const location = ours ? (await visitAgreeing(who, url.href)).location : await elsewhere(url);
    url = new URL(location, url);
  }
  throw new Error(`no way back: ${url.href}`);
}

/** The person's own cookies at the provider. */
async function elsewhere(url: URL): Promise<string> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(url, { redirect: "manual", headers: cookie === "" ? {} : { cookie } });
  for (const line of response.headers.getSetCookie()) {
    const [pair = ""] = line.split(";", 1);
    jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  return response.headers.get("location") ?? "";
}

function reasons(flow: FlowJson): readonly unknown[] {
  return (flow.ui.messages ?? []).map(({ context, id }) => context?.["reason_code"] ?? id);
}

describe("a certified provider", () => {
  test("signs a new person in, and again by provider and subject", async () => {
    const first = browser();
    expect((await through(first, "good", "?return_to=%2Forders")).pathname).toBe("/orders");
    const session = await first.session();
    expect(session.authentication_methods).toMatchObject([{ method: "oidc", aal: "aal1", provider: "good" }]);
    good.account = { ...good.account, email: anyEmail() };
    const second = browser();
    await through(second, "good");
    expect((await second.session()).identity?.id).toBe(session.identity?.id);
  });

  test("its acr on the project's list is two factors", async () => {
    good.account = { ...good.account, acr: "urn:two" };
    const who = browser();
    await through(who, "good");
    expect((await who.session()).authenticator_assurance_level).toBe("aal2");
  });

  test("a refresh is asked again and counts", async () => {
    const who = browser();
    await through(who, "good");
    await through(who, "good", "?refresh=true");
    expect((await who.session()).authentication_methods).toHaveLength(2);
  });

  test("its cookies are its own: Lax, short-lived, gone afterwards; the session's is not next-auth's", async () => {
    const who = browser();
    const seen = new Set<string>();
    await through(who, "good", "", (url) => {
      const dance = who.jar.find(who.url("/"), /rung_oidc_/);
      if (dance !== undefined) seen.add(`${dance.attributes["samesite"] ?? ""} ${dance.attributes["max-age"] ?? ""}`);
      return url;
    });
    expect([...seen]).toEqual(["Lax 900"]);
    expect(who.jar.find(who.url("/"), /rung_oidc_/)).toBeUndefined();
    expect(who.jar.find(who.url("/"), /next-auth.*session/)).toBeUndefined();
  });

  test("cancelled, it leads back to the same form", async () => {
    good.refuse = true;
    const who = browser();
    const url = await through(who, "good");
    good.refuse = false;
    expect(url.pathname).toBe("/login");
    const flow = await who.read("login", url.searchParams.get("flow") ?? "");
    expect(reasons(flow)).toEqual(["oidc_cancelled"]);
    expect(names(flow)).toContain("password");
  });
});

describe("an address that belongs to somebody", () => {
  test("links after their password, never before", async () => {
    const app = new Native(server, { host: HOST });
    const email = anyEmail();
    const password = "four quiet ladders and a rung";
    expect((await app.submit(await app.start("registration"), { method: "password", traits: { email }, password })).status).toBe(200);
    good.account = { ...good.account, email };
    const who = browser();
    const url = await through(who, "good");
    const form = await who.read("login", url.searchParams.get("flow") ?? "");
    expect([messageIds(form), (await who.whoami()).status]).toEqual([[1_010_016], 401]);
    expect((await who.submit(form, { method: "password", identifier: email, password })).status).toBe(200);
    const again = browser();
    await through(again, "good");
    expect((await again.session()).identity?.traits["email"]).toBe(email);
  });
});

describe("an app", () => {
  test("its link alone sends nobody to a provider", async () => {
    const app = new Native(server, { host: HOST });
    const flow = await app.start("login", `?return_session_token_exchange_code=true&return_to=${encodeURIComponent(server.url("/orders", HOST))}`);
    const left = await app.submit(flow, { method: "oidc", provider: "good" });
    const page = await browser().visit(left.json<ErrorJson>().redirect_browser_to ?? "");
    expect([page.status, page.text.includes(good.issuer), page.text.includes("csrf_token")]).toEqual([200, false, true]);
  });

  test("gets the session of its browser with both codes, once", async () => {
    const app = new Native(server, { host: HOST });
    const flow = await app.start("login", `?return_session_token_exchange_code=true&return_to=${encodeURIComponent(server.url("/orders", HOST))}`);
    const initCode = (flow as { readonly session_token_exchange_code?: string }).session_token_exchange_code ?? "";
    const left = await app.submit(flow, { method: "oidc", provider: "good" });
    expect(left.status).toBe(422);
    const back = await walk(browser(), left.json<ErrorJson>().redirect_browser_to ?? "");
    const path = `/sessions/token-exchange?init_code=${initCode}&return_to_code=${back.searchParams.get("code") ?? ""}`;
    const given = await app.fetch(path);
    expect(given.status).toBe(200);
    app.token = given.json<SignedInJson>().session_token ?? null;
    expect((await app.session()).identity?.traits["email"]).toBe(good.account.email);
    expect((await app.fetch(path)).status).toBe(404);
  });
});

describe("no false answer signs anybody in, and every one ends at a form that helps", () => {
  test("a correct one does", async () => {
    const who = browser();
    await through(who, "crooked");
    expect((await who.whoami()).status).toBe(200);
  });

  test.each(CROOKED.filter(({ refresh }) => refresh === undefined).map((one) => [one.name, one] as const))("%s", async (_name, { crooked: fault, bend, says }) => {
    if (fault?.userinfo) crooked.person = { sub: anyEmail() };
    crooked.crooked = fault ?? {};
    const who = browser();
    const startedAt = performance.now();
    const url = await through(who, "crooked", "", bend);
    // A provider that takes half a minute is not waited for.
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    expect((await who.whoami()).status).toBe(401);
    expect(url.pathname).toBe("/login");
    const flow = await who.read("login", url.searchParams.get("flow") ?? "");
    expect(says).toContain(reasons(flow)[0]);
    expect(names(flow)).toEqual(expect.arrayContaining(["provider", "password"]));
  });
});
