import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startIdentityProvider } from "../../e2e/kit/identity-provider";
import type { IdentityProvider } from "../../e2e/kit/identity-provider";
import { csrfOf, registerIn } from "../http/testing";
import type { TestClient, TestEdge } from "../http/testing";
import { catchUp, configure, edgeWithProviders, fieldsOf, flowAt, press, pressIn, said, walk, whoami } from "./testing";

/* A certified provider on the loopback, and the very routes of app/. */

let provider: IdentityProvider;
let edge: TestEdge;
let people = 0;

beforeAll(async () => {
  provider = await startIdentityProvider({ redirectUris: ["http://localhost:4000/api/auth/callback/acme"] });
  edge = await edgeWithProviders([{ id: "acme", ...provider, more: { aal2_acr_values: ["urn:two"], aal2_amr_values: ["hwk"] } }]);
});
afterAll(async () => {
  await edge.close();
  await provider.close();
});
beforeEach(() => {
  catchUp(edge);
  people += 1;
  provider.refuse = false;
  provider.account = { sub: `sub-${String(people)}`, email: `person${String(people)}@example.test`, email_verified: true };
});

/** Signs in with whoever the provider names. */
const lastUsed = (client: TestClient): string | null => [...client.cookies].find(([name]) => name.includes("rung_last_used"))?.[1] ?? null;
async function signIn(client: TestClient, query = "", jar = new Map<string, string>()) {
  return walk(client, (await press(client, "login", { provider: "acme" }, query)).to, jar);
}

describe("signing in with a provider", () => {
  test("somebody new is registered and signed in, and comes back by provider and subject whatever their address is", async () => {
    const client = edge.client();
    const first = await signIn(client);
    expect(first.url.pathname).toBe("/");
    const session = await whoami(client);
    expect([session.status, session.body["authenticator_assurance_level"], session.body["identity"]?.["traits"]])
      .toEqual([200, "aal1", { email: `person${String(people)}@example.test` }]);
    expect(session.body["authentication_methods"]).toMatchObject([{ method: "oidc", provider: "acme", aal: "aal1" }]);
    expect(session.body["identity"]?.["verifiable_addresses"]).toMatchObject([{ verified: true }]);

    expect(lastUsed(client)).toBe("first=oidc&provider=acme");

    provider.account = { ...provider.account, email: "moved@example.test" };
    const again = edge.client();
    await signIn(again);
    expect((await whoami(again)).body["identity"]?.["id"]).toBe(session.body["identity"]?.["id"]);
    expect(lastUsed(again)).toBe("first=oidc&provider=acme");
  });

  test("an address that nobody vouches for is stored unverified", async () => {
    provider.account = { ...provider.account, email_verified: false };
    const client = edge.client();
    await signIn(client);
    expect((await whoami(client)).body["identity"]?.["verifiable_addresses"]).toMatchObject([{ verified: false }]);
  });

  test("it sends PKCE, state and nonce, and never a login hint", async () => {
    const client = edge.client();
    const { trail } = await walk(client, `${(await press(client, "login", { provider: "acme", upstream_parameters: { login_hint: "eve@example.test" } })).to}&login_hint=eve`);
    const away = new URL(trail.find((url) => url.startsWith(provider.issuer)) ?? "");
    expect([...away.searchParams.keys()].sort()).toEqual(["client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "response_type", "scope", "state"]);
    expect(away.searchParams.get("code_challenge_method")).toBe("S256");
  });

  test.each([
    ["its acr on the list", { acr: "urn:two" }, "aal2"], ["one amr on the list", { amr: ["pwd", "hwk"] }, "aal2"],
    ["another acr", { acr: "urn:one" }, "aal1"], ["an acr that only looks alike", { acr: "URN:TWO" }, "aal1"], ["another amr", { amr: ["pwd"] }, "aal1"],
  ])("%s makes the session what it is worth", async (_name, said, level) => {
    provider.account = { ...provider.account, ...said };
    const client = edge.client();
    await signIn(client);
    const session = await whoami(client);
    expect(session.body["authenticator_assurance_level"]).toBe(level);
    expect(session.body["authentication_methods"]).toMatchObject([{
      method: "oidc", aal: level, ...("acr" in said ? { upstream_acr: said.acr } : {}), ...("amr" in said ? { upstream_amr: said.amr } : {}),
    }]);
  });

  test("a cancelled round trip leads back to the form, with the other ways still there", async () => {
    provider.refuse = true;
    const client = edge.client();
    const { to, flow } = await press(client, "login", { provider: "acme" });
    const { url } = await walk(client, to);
    expect([url.pathname, url.searchParams.get("flow")]).toEqual(["/login", String(flow["id"])]);
    const shown = await flowAt(client, url);
    expect(said(shown)).toEqual(["oidc_cancelled"]);
    expect(JSON.stringify(shown["ui"]?.["nodes"])).toContain('"password"');
    expect([(await whoami(client)).status, lastUsed(client)]).toEqual([401, null]);
    provider.refuse = false;
    expect((await walk(client, await pressIn(client, "login", shown, { provider: "acme" }))).url.pathname).toBe("/");
  });

  test("the target of the sign-in is kept through registration", async () => {
    const client = edge.client();
    expect((await signIn(client, "?return_to=%2Forders")).url.pathname).toBe("/orders");
  });

  test("a switched-off registration says that nobody here has this account", async () => {
    const off = (enabled: boolean) => configure(edge, (document) => {
      const selfservice = document["selfservice"] as Record<string, Record<string, Record<string, object>>>;
      const flows = selfservice["flows"] ?? {};
      return { ...document, selfservice: { ...selfservice, flows: { ...flows, registration: { ...flows["registration"], enabled } } } } as never;
    });
    await off(false);
    const client = edge.client();
    const { url } = await signIn(client);
    expect(said(await flowAt(client, url))).toEqual(["oidc_no_account"]);
    await off(true);
  });
});

describe("a refresh", () => {
  test("asks the provider to ask again, and counts what it then says", async () => {
    const client = edge.client();
    const jar = new Map<string, string>();
    await signIn(client, "", jar);
    const before = await whoami(client);
    edge.pass(1_000);
    const { trail, url } = await signIn(client, "?refresh=true", jar);
    const away = new URL(trail.find((one) => one.startsWith(`${provider.issuer}/auth`)) ?? "");
    expect([away.searchParams.get("prompt"), away.searchParams.get("max_age")]).toEqual(["login", "0"]);
    expect(url.pathname).toBe("/");
    const after = await whoami(client);
    expect(after.body["id"]).toBe(before.body["id"]);
    expect(after.body["authentication_methods"]).toHaveLength(2);
  });

  test("with somebody else's account proves nothing", async () => {
    const client = edge.client();
    await signIn(client);
    const mine = provider.account;
    provider.account = { sub: "somebody-else", email: "else@example.test", email_verified: true };
    await signIn(edge.client());
    const { url } = await signIn(client, "?refresh=true");
    expect(said(await flowAt(client, url))).toEqual(["oidc_not_linked"]);
    expect((await whoami(client)).body["authentication_methods"]).toHaveLength(1);
    provider.account = mine;
  });
});

describe("somebody who pressed \"sign up\"", () => {
  test("and is known signs in", async () => {
    const client = edge.client();
    await signIn(client);
    const id = (await whoami(client)).body["identity"]?.["id"];
    const again = edge.client();
    const { url } = await walk(again, (await press(again, "registration", { provider: "acme" })).to);
    expect(url.pathname).toBe("/");
    expect((await whoami(again)).body["identity"]?.["id"]).toBe(id);
  });

  test("and is new is registered", async () => {
    const client = edge.client();
    await walk(client, (await press(client, "registration", { provider: "acme" })).to);
    expect((await whoami(client)).body["identity"]?.["traits"]).toEqual({ email: `person${String(people)}@example.test` });
  });

  test("and is asked for what the provider did not say, once", async () => {
    const { email: _email, ...silent } = provider.account;
    provider.account = silent;
    const client = edge.client();
    const { url } = await walk(client, (await press(client, "registration", { provider: "acme" })).to);
    expect(url.pathname).toBe("/registration");
    const form = await flowAt(client, url);
    expect(fieldsOf(form)).toEqual(["csrf_token", "provider", "traits.email", "traits.name.first", "traits.name.last"]);
    expect(JSON.stringify(form)).not.toContain("4000002");
    const done = await client.json("POST", `/self-service/registration?flow=${String(form["id"])}`, {
      csrf_token: csrfOf(form), provider: "acme", traits: { email: `typed${String(people)}@example.test` },
    });
    expect(done.status).toBe(200);
    const session = await whoami(client);
    expect(session.body["identity"]?.["verifiable_addresses"]).toMatchObject([{ value: `typed${String(people)}@example.test`, verified: false }]);
  });
});

describe("what came back belongs to one browser and one flow", () => {
  test("the last address in another browser signs nobody in there", async () => {
    const client = edge.client();
    const { to } = await press(client, "login", { provider: "acme" });
    let handover = "";
    const stolen = edge.client();
    await walk(client, to, new Map(), (url) => {
      if (!url.pathname.endsWith("/complete")) return url;
      handover = url.href;
      return new URL("http://localhost:4000/login");
    });
    expect(handover).toContain("handover=");
    const { response } = await walk(stolen, handover);
    expect([response.status, (await whoami(stolen)).status]).toEqual([200, 401]);
    const mine = await walk(client, handover);
    expect([mine.url.pathname, (await whoami(client)).status]).toEqual(["/", 200]);
    const twice = await walk(client, handover);
    expect(twice.url.pathname).not.toBe("/");
  });

  test("of two returns with one handover, one signs in", async () => {
    await signIn(edge.client());
    const client = edge.client();
    let handover = "";
    await walk(client, (await press(client, "login", { provider: "acme" })).to, new Map(), (url) => {
      if (!url.pathname.endsWith("/complete")) return url;
      handover = `${url.pathname}${url.search}`;
      return new URL("http://localhost:4000/login");
    });
    const cookies = new Map(client.cookies);
    const answers = await Promise.all([0, 1].map(async () => {
      const twin = edge.client();
      for (const [name, value] of cookies) twin.cookies.set(name, value);
      await twin.send("GET", handover, { headers: { accept: "text/html" } });
      return (await whoami(twin)).status;
    }));
    expect(answers.sort()).toEqual([200, 401]);
  });

  test("the callback without a round trip of this browser is an error page, and no session", async () => {
    const client = edge.client();
    const answer = await client.send("GET", "/api/auth/callback/acme?code=x&state=y", { headers: { accept: "text/html" } });
    expect([answer.status, answer.headers.get("location")?.includes("/error?id=")]).toEqual([303, true]);
    expect((await whoami(client)).status).toBe(401);
  });

  test("an answer by a form of the provider's site comes again as a navigation, with this browser's cookies", async () => {
    const client = edge.client();
    let form: URLSearchParams | null = null;
    await walk(client, (await press(client, "login", { provider: "acme" })).to, new Map(), (url) => {
      if (!url.pathname.includes("/callback/")) return url;
      form = url.searchParams;
      return new URL("http://localhost:4000/login");
    });
    // As a browser sends it: no cookie of ours comes with another site's form.
    const posted = await edge.client().send("POST", "/api/auth/callback/acme", { body: form ?? new URLSearchParams(), headers: { origin: provider.issuer, "sec-fetch-site": "cross-site" } });
    expect([posted.status, posted.headers.getSetCookie()]).toEqual([303, []]);
    const { url } = await walk(client, posted.headers.get("location") ?? "");
    expect([url.pathname, (await whoami(client)).status]).toEqual(["/", 200]);
  });

  test("a link checker uses nothing up", async () => {
    const client = edge.client();
    let callback = "";
    await walk(client, (await press(client, "login", { provider: "acme" })).to, new Map(), (url) => {
      if (!url.pathname.includes("/callback/")) return url;
      callback = url.href;
      return new URL("http://localhost:4000/login");
    });
    const { pathname, search } = new URL(callback);
    expect((await client.send("HEAD", `${pathname}${search}`)).status).toBe(405);
    expect((await walk(client, callback)).url.pathname).toBe("/");
  });

  test("next-auth's own button leads to a flow", async () => {
    const answer = await edge.client().send("POST", "/api/auth/signin/acme", { body: {} });
    expect(answer.headers.get("location")).toBe("http://localhost:4000/self-service/login/browser");
  });
});

describe("in settings", () => {
  test("a linked account signs its owner in; the last way in stays; unlinked it is nobody's", async () => {
    const client = edge.client();
    const email = `owner${String(people)}@example.test`;
    await registerIn(client, email, "a ladder with seven rungs");
    const { to } = await press(client, "settings", { link: "acme" });
    const { url } = await walk(client, to);
    expect(url.pathname).toBe("/settings");
    const shown = await flowAt(client, url);
    expect(said(shown)).toEqual([1_050_001]);
    expect(JSON.stringify(shown["ui"]?.["nodes"])).toContain('"unlink"');

    const other = edge.client();
    await signIn(other);
    const mine = await whoami(other);
    expect(mine.body["identity"]?.["traits"]).toEqual({ email });

    const stranger = edge.client();
    await registerIn(stranger, `stranger${String(people)}@example.test`, "a ladder with seven rungs");
    const taken = await walk(stranger, (await press(stranger, "settings", { link: "acme" })).to);
    expect(said(await flowAt(stranger, taken.url))).toEqual([4_000_027]);

    const form = (await client.json("GET", "/self-service/settings/browser")).body;
    const unlinked = await client.json("POST", `/self-service/settings?flow=${String(form["id"])}`, { csrf_token: csrfOf(form), unlink: "acme" });
    expect([unlinked.status, said(unlinked.body)]).toEqual([200, [1_050_001]]);
    expect((await whoami(other)).status).toBe(401);
  });

  test("the only way to sign in cannot be unlinked", async () => {
    const client = edge.client();
    await signIn(client);
    const form = (await client.json("GET", "/self-service/settings/browser")).body;
    expect(JSON.stringify(form["ui"]?.["nodes"])).not.toContain('"unlink"');
    const refused = await client.json("POST", `/self-service/settings?flow=${String(form["id"])}`, { csrf_token: csrfOf(form), unlink: "acme" });
    expect([refused.status, said(refused.body)]).toEqual([400, ["last_first_factor"]]);
  });
});
