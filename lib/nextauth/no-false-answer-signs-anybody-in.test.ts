import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startCrookedProvider } from "../../e2e/kit/crooked-provider";
import type { CrookedProvider } from "../../e2e/kit/crooked-provider";
import { CROOKED, CROOKED_DISCOVERY } from "../../e2e/kit/crookedness";
import type { TestClient, TestEdge } from "../http/testing";
import { catchUp, configure, edgeWithProviders, flowAt, press, said, walk, whoami, withProviders } from "./testing";

/* Security.md S5: relying-party negatives against a provider that does one thing wrong at a time. */

let provider: CrookedProvider;
let other: CrookedProvider;
let edge: TestEdge;
let jar: Map<string, string>;

beforeAll(async () => {
  [provider, other] = await Promise.all([startCrookedProvider(), startCrookedProvider()]);
  edge = await edgeWithProviders([{ id: "acme", ...provider }, { id: "other", ...other }]);
});
afterAll(async () => {
  await edge.close();
  await Promise.all([provider.close(), other.close()]);
});
beforeEach(() => {
  catchUp(edge);
  jar = new Map();
  provider.crooked = {};
  provider.person = { sub: "upstream-1", email: "ada@example.test", email_verified: true };
});

/** The flow's page with a reason, a provider's button to try again and another way; and no session. */
async function refused(client: TestClient, url: URL, says: readonly string[]): Promise<void> {
  expect(url.pathname).toBe("/login");
  const shown = await flowAt(client, url);
  expect(says).toContain(said(shown)[0]);
  const nodes = JSON.stringify(shown["ui"]?.["nodes"]);
  expect([nodes.includes('"provider"'), nodes.includes('"password"')]).toEqual([true, true]);
}

test("a correct answer is accepted, so that what follows is refused for its fault alone", async () => {
  const client = edge.client();
  expect((await walk(client, (await press(client, "login", { provider: "acme" })).to)).url.pathname).toBe("/");
  expect((await whoami(client)).status).toBe(200);
});

describe("no session and a page that helps", () => {
  test.each(CROOKED.filter(({ refresh }) => refresh === undefined).map((one) => [one.name, one] as const))("%s", async (_name, { crooked, bend, says }) => {
    // Without its address in the token, userinfo is asked.
    if (crooked?.userinfo) provider.person = { sub: "upstream-1" };
    provider.crooked = crooked ?? {};
    const client = edge.client();
    const { url } = await walk(client, (await press(client, "login", { provider: "acme" })).to, jar, bend);
    expect((await whoami(client)).status).toBe(401);
    await refused(client, url, says);
  });

  test.each(CROOKED.filter(({ refresh }) => refresh === true).map((one) => [one.name, one] as const))("%s confirms nothing", async (_name, { crooked, says }) => {
    const client = edge.client();
    await walk(client, (await press(client, "login", { provider: "acme" })).to, jar);
    provider.crooked = crooked ?? {};
    const { url } = await walk(client, (await press(client, "login", { provider: "acme" }, "?refresh=true")).to, jar);
    expect(says).toContain(said(await flowAt(client, url))[0]);
    expect((await whoami(client)).body["authentication_methods"]).toHaveLength(1);
  });

  test.each(CROOKED_DISCOVERY.map((one) => [one.name, one] as const))("%s", async (_name, { crooked, says }) => {
    const fresh = await startCrookedProvider();
    fresh.crooked = crooked ?? {};
    await configure(edge, (document) => withProviders(document, [{ id: "acme", ...provider }, { id: "other", ...other }, { id: "fresh", ...fresh }]));
    const client = edge.client();
    // The slow one answers after thirty seconds; whoever waits is told after four, and a busy machine needs its own time.
    const startedAt = performance.now();
    const { url } = await walk(client, (await press(client, "login", { provider: "fresh" })).to, jar);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect((await whoami(client)).status).toBe(401);
    await refused(client, url, says);
    await fresh.close();
  });

  test("a provider that is down", async () => {
    const down = await startCrookedProvider();
    await down.close();
    await configure(edge, (document) => withProviders(document, [{ id: "acme", ...provider }, { id: "other", ...other }, { id: "down", ...down }]));
    const client = edge.client();
    const { url } = await walk(client, (await press(client, "login", { provider: "down" })).to);
    await refused(client, url, ["oidc_unavailable"]);
  });

  test("a provider in a private network, where the project does not open them", async () => {
    await configure(edge, (document) => ({ ...document, clients: { http: { disallow_private_ip_ranges: true } } }));
    const client = edge.client();
    const { url } = await walk(client, (await press(client, "login", { provider: "acme" })).to);
    await configure(edge, (document) => ({ ...document, clients: { http: { disallow_private_ip_ranges: false } } }));
    // Its discovery is remembered from before; its tokens are not fetched.
    await refused(client, url, ["oidc_unavailable"]);
  });

  test("an answer to somebody else's round trip", async () => {
    const [eve, victim] = [edge.client(), edge.client()];
    let answer = "";
    await walk(eve, (await press(eve, "login", { provider: "acme" })).to, jar, (url) => {
      if (!url.pathname.includes("/callback/")) return url;
      answer = url.href;
      return new URL("http://localhost:4000/login");
    });
    await walk(victim, (await press(victim, "login", { provider: "acme" })).to, jar, (url) => (url.pathname.includes("/callback/") ? new URL(answer) : url));
    expect((await whoami(victim)).status).toBe(401);
  });

  test("a callback that is sent again", async () => {
    const client = edge.client();
    let answer = "";
    await walk(client, (await press(client, "login", { provider: "acme" })).to, jar, (url) => {
      if (url.pathname.includes("/callback/")) answer = url.href;
      return url;
    });
    const cookies = new Map(client.cookies);
    expect((await whoami(client)).status).toBe(200);
    const again = edge.client();
    for (const [name, value] of cookies) if (!name.includes("session")) again.cookies.set(name, value);
    await walk(again, answer);
    expect((await whoami(again)).status).toBe(401);
  });
});

test("a key that the provider changed a moment ago is found", async () => {
  const rotating = await startCrookedProvider();
  rotating.person = { sub: "rotating", email: "rotating@example.test", email_verified: true };
  await configure(edge, (document) => withProviders(document, [{ id: "rotating", ...rotating }]));
  rotating.crooked = { keys: () => ({ body: { keys: [] } }) };
  const early = edge.client();
  await walk(early, (await press(early, "login", { provider: "rotating" })).to);
  rotating.crooked = {};
  edge.pass(11_000);
  const client = edge.client();
  expect((await walk(client, (await press(client, "login", { provider: "rotating" })).to)).url.pathname).toBe("/");
  await rotating.close();
});

test("there are more than sixty of them", () => {
  expect(CROOKED.length + CROOKED_DISCOVERY.length).toBeGreaterThanOrEqual(80);
  expect(new Set([...CROOKED, ...CROOKED_DISCOVERY].map(({ name }) => name)).size).toBe(CROOKED.length + CROOKED_DISCOVERY.length);
});
