import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { registerIn, testEdge } from "../testing";
import type { TestClient, TestEdge } from "../testing";

const incoming = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({ headers: async () => incoming.headers }));
vi.mock("react", async (original) => ({ ...(await original<object>()), cache: (run: unknown) => run }));
vi.mock("next/navigation", () => ({
  redirect: (to: string) => {
    throw Object.assign(new Error("redirect"), { to });
  },
}));

const { currentPerson, redirectForAssurance, requireAssurance, responseForAssurance } = await import("./guard");
const { actionToken, checkAction } = await import("./action");
const { pageFlow } = await import("./page-flow");
const { acceptSetup, requireConsoleAdmin, setupLink } = await import("./console");

let edge: TestEdge;
let person: TestClient;
beforeAll(async () => {
  edge = await testEdge();
  person = edge.client();
  await registerIn(person, "ada@garden.test", "kettle violin 93 marsh");
});
afterAll(() => edge.close());
beforeEach(() => visit("/payment", null));

function visit(path: string, client: TestClient | null, extra: Record<string, string> = {}): void {
  const cookie = client === null ? "" : [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  incoming.headers = new Headers({ host: "localhost:4000", "x-rung-path": path, ...(cookie === "" ? {} : { cookie }), ...extra });
}
const target = (run: () => unknown): string => {
  try {
    run();
    return "no redirect";
  } catch (error) {
    return String((error as { to?: string }).to);
  }
};

test("nobody is asked to sign in and comes back to this page", async () => {
  const assurance = await requireAssurance({ operation: "payment.view" });
  expect(assurance.kind).toBe("sign_in");
  if (assurance.kind === "allow") throw new Error("unreachable");
  expect(target(() => redirectForAssurance(assurance))).toBe(
    "http://localhost:4000/self-service/login/browser?return_to=http%3A%2F%2Flocalhost%3A4000%2Fpayment");
  expect(responseForAssurance(assurance).status).toBe(303);
  expect((await currentPerson()).kind).toBe("signed_out");
});

test("somebody without a second factor is led to enrol one, and may do what asks for less", async () => {
  visit("/payment", person);
  const refused = await requireAssurance({ operation: "payment.view" });
  expect(refused).toMatchObject({ kind: "enroll", reason: "no_second_factor" });
  expect(JSON.stringify(refused)).not.toContain("ada@");
  expect((await requireAssurance({ operation: "orders.view" })).kind).toBe("allow");
  expect((await requireAssurance({ aal: "aal1" })).kind).toBe("allow");
  expect((await requireAssurance({ aal: "aal1", maxAgeSeconds: 60 })).kind).toBe("allow");
  edge.pass(120_000);
  expect(await requireAssurance({ aal: "aal1", maxAgeSeconds: 60 })).toMatchObject({ kind: "reauthenticate", to: "aal1" });
  // An operation nobody named is guarded as a change of factors, not open.
  edge.pass(3_600_000);
  expect(await requireAssurance({ operation: "nobody.named.this" })).toMatchObject({ kind: "reauthenticate" });
  const shown = await currentPerson();
  expect(shown).toMatchObject({ kind: "signed_in", identity: { displayName: "ada@garden.test", maskedAddress: "a•••@g•••.test" } });
});

test("a store that does not answer is a kind of its own", async () => {
  visit("/payment", person, { host: "unknown.test" });
  const assurance = await requireAssurance({ operation: "payment.view" });
  expect(assurance.kind).toBe("unavailable");
  if (assurance.kind === "allow") throw new Error("unreachable");
  expect(responseForAssurance(assurance).status).toBe(503);
  expect((await currentPerson()).kind).toBe("unavailable");
});

test("an action runs only with an origin and the token of this browser and session", async () => {
  visit("/payment", person, { origin: "http://localhost:4000" });
  const token = await actionToken();
  const form = (value: string): FormData => {
    const data = new FormData();
    data.set("csrf_token", value);
    return data;
  };
  await expect(checkAction(form(token))).resolves.toBeUndefined();
  await expect(checkAction(form("x"))).rejects.toMatchObject({ code: "security_csrf_violation" });
  visit("/payment", person);
  await expect(checkAction(form(token))).rejects.toMatchObject({ code: "security_csrf_violation" });
  visit("/payment", person, { origin: "https://evil.example" });
  await expect(checkAction(form(token))).rejects.toMatchObject({ code: "security_csrf_violation" });
  visit("/payment", null, { origin: "http://localhost:4000" });
  expect(await actionToken()).toBe("");
});

test("a page reads its flow, starts one where it has none, and shows what cannot be shown as a value", async () => {
  const client = edge.client();
  const flow = await client.json("GET", "/self-service/login/browser?return_to=/orders");
  const id = String(flow.body["id"]);
  visit(`/login?flow=${id}`, client);
  const page = await pageFlow("login", Promise.resolve({ flow: id }));
  expect(page).toMatchObject({ kind: "flow", flow: { id, type: "browser" }, person: { kind: "signed_out" }, reason: null });
  await expect(pageFlow("login", Promise.resolve({ return_to: "/x", aal: "aal2", other: "1" }))).rejects.toMatchObject({
    to: "/self-service/login/browser?return_to=%2Fx&aal=aal2",
  });
  expect(await pageFlow("login", Promise.resolve({ flow: "nonsense" }))).toMatchObject({ kind: "problem" });
  visit(`/login?flow=${id}`, edge.client());
  expect(await pageFlow("login", Promise.resolve({ flow: id }))).toMatchObject({ kind: "problem", status: 403, id: "security_csrf_violation" });
  edge.pass(2 * 3_600_000);
  visit(`/login?flow=${id}`, client);
  expect(await pageFlow("login", Promise.resolve({ flow: id }))).toMatchObject({ kind: "expired", restartAt: expect.stringContaining("return_to=") as string });
});

test("a page knows what last worked in its browser, and believes nothing that cannot be", async () => {
  const client = edge.client();
  await registerIn(client, "bea@garden.test", "kettle violin 93 marsh");
  const [name = ""] = [...client.cookies.keys()].filter((cookie) => cookie.includes("rung_last_used"));
  const browser = edge.client();
  const id = String((await browser.json("GET", "/self-service/login/browser")).body["id"]);
  const known = async (cookie: string, value: string): Promise<unknown> => {
    visit(`/login?flow=${id}`, browser, { cookie: [...browser.cookies, [cookie, value]].map((pair) => pair.join("=")).join("; ") });
    const page = await pageFlow("login", Promise.resolve({ flow: id }));
    return page.kind === "flow" ? page.lastUsed : page;
  };
  const nothing = { first: null, provider: null, second: null };
  expect(await known(name, client.cookies.get(name) ?? "")).toEqual({ ...nothing, first: "password" });
  expect(await known(name, "first=oidc&provider=acme&second=totp")).toEqual({ first: "oidc", provider: "acme", second: "totp" });
  expect(await known(name, "first=%22%3E%3Cscript&second=password")).toEqual(nothing);
  expect(await known(`${name.slice(0, -1)}-`, "first=password&second=totp"), "another project's").toEqual(nothing);
});

test("the console asks on its own host, and a set-up link works once", async () => {
  visit("/console", person);
  await expect(requireConsoleAdmin()).rejects.toMatchObject({ to: "http://console.localhost:4000/console" });
  visit("/console", null, { host: "console.localhost:4000" });
  expect((await requireConsoleAdmin()).kind).toBe("sign_in");
  const { greetingLines } = await import("../greeting");
  const printed = (await greetingLines({ ...edge.services, firstStart: true })).join("\n");
  const token = /token=(\S+)/.exec(printed)?.[1] ?? "";
  const log = await edge.db.forProject((await edge.db.platform.findConsoleProject())!.id).listAudit({ limit: 1 });
  expect(log).toMatchObject([{ action: "admin.link_made", actor: { kind: "system" }, details: { role: "owner" } }]);
  expect(JSON.stringify(log)).not.toContain(token);
  expect(await setupLink(token)).toBe("first");
  expect(await setupLink("nonsense")).toBe("invalid");
  const short = await acceptSetup({ token, email: "root@console.test", password: "short" });
  expect(short).toMatchObject({ kind: "rejected", problems: [{ field: "password", message: expect.stringContaining("8") as string }] });
  expect(await acceptSetup({ token, email: "root@console.test", password: "kettle violin 93 marsh" })).toEqual({ kind: "ok" });
  expect(await acceptSetup({ token, email: "root@console.test", password: "kettle violin 93 marsh" })).toEqual({ kind: "link_invalid" });
});
