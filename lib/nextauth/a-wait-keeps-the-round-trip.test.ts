import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startCrookedProvider } from "../../e2e/kit/crooked-provider";
import type { CrookedProvider } from "../../e2e/kit/crooked-provider";
import { sealHeaders } from "../http/private-headers";
import type { RawHeaders } from "../http/private-headers";
import type { TestClient, TestEdge } from "../http/testing";
import { catchUp, edgeWithProviders, press, walk, whoami } from "./testing";

/* Somebody whose source is out of budget when they come back from the provider waits, and then goes on: what they brought is still good. */

const WAIT_MS = 3_000;
let provider: CrookedProvider;
let edge: TestEdge;
let people = 0;
let source = "";

beforeAll(async () => {
  provider = await startCrookedProvider();
  edge = await edgeWithProviders([{ id: "acme", ...provider }]);
});
afterAll(async () => {
  await edge.close();
  await provider.close();
});
beforeEach(() => {
  people += 1;
  source = `203.0.113.${String(people)}`;
  catchUp(edge);
  provider.person = { sub: `sub-${String(people)}`, email: `slow${String(people)}@example.test`, email_verified: true };
});

/** The last redirect of a round trip, not followed yet. */
async function comeBack(client: TestClient, kind: "login" | "registration"): Promise<string> {
  let last = "";
  await walk(client, (await press(client, kind, { provider: "acme" })).to, new Map(), (url) => {
    if (!url.pathname.endsWith("/oidc/complete")) return url;
    last = `${url.pathname}${url.search}`;
    return new URL("http://localhost:4000/login");
  });
  return last;
}

/** Opens an address as a browser at this source. */
async function open(client: TestClient, path: string): Promise<Response> {
  const headers: RawHeaders = { host: "localhost:4000", accept: "text/html" };
  sealHeaders(headers, { address: source, clientIp: source, trusted: false }, { method: "GET", path }, "http");
  return client.send("GET", path, { headers: headers as Record<string, string> });
}

async function exhaust(): Promise<void> {
  const row = await edge.db.platform.findDefaultProject();
  if (row === null) throw new Error("no default project");
  const limits = edge.services.limitsFor(edge.db.forProject(row.id));
  for (let n = 0; n < 100; n += 1) if ((await limits.chargeSource(source, edge.services.clock.now())).kind === "wait") return;
  throw new Error("no end of the budget");
}

const bindings = (client: TestClient): number => [...client.cookies.keys()].filter((name) => name.includes("rung_oidc_")).length;

test.each([["login", false], ["login", true], ["registration", false], ["registration", true]] as const)("at a %s, known here: %s", async (kind, known) => {
  if (known) {
    const before = edge.client();
    await walk(before, (await press(before, "login", { provider: "acme" })).to);
    expect((await whoami(before)).status).toBe(200);
  }
  const client = edge.client();
  const path = await comeBack(client, kind);
  await exhaust();
  const early = await open(client, path);
  expect([early.status, Number(early.headers.get("retry-after")) > 0, bindings(client), (await whoami(client)).status]).toEqual([429, true, 1, 401]);
  edge.pass(WAIT_MS * 2);
  const then = await open(client, path);
  expect([then.status, bindings(client), (await whoami(client)).status]).toEqual([303, 0, 200]);
});

test("it serves once, also after a wait", async () => {
  const client = edge.client();
  const path = await comeBack(client, "login");
  const before = new Map(client.cookies);
  await exhaust();
  await open(client, path);
  edge.pass(WAIT_MS * 4);
  expect((await open(client, path)).status).toBe(303);
  const again = edge.client();
  for (const [name, value] of before) again.cookies.set(name, value);
  await open(again, path);
  expect((await whoami(again)).status).toBe(401);
});
