import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { generate } from "otplib";
import { startCrookedProvider } from "../../e2e/kit/crooked-provider";
import type { CrookedProvider } from "../../e2e/kit/crooked-provider";
import { csrfOf, registerIn } from "../http/testing";
import type { Json, TestClient, TestEdge } from "../http/testing";
import { catchUp, configure, edgeWithProviders, flowAt, press, said, walk, whoami, withProviders } from "./testing";

/* Security.md T29: no provider takes an account over by its address. */

const PASSWORD = "a ladder with seven rungs";
let provider: CrookedProvider;
let edge: TestEdge;
let people = 0;
let email = "";

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
  catchUp(edge);
  email = `ada${String(people)}@example.test`;
  provider.crooked = {};
  provider.person = { sub: `sub-${String(people)}`, email, email_verified: true };
});

/** Comes with the provider, as far as the sign-in form with its question. */
async function comeUpstream(client: TestClient): Promise<Json> {
  const { url } = await walk(client, (await press(client, "login", { provider: "acme" })).to);
  expect(url.pathname).toBe("/login");
  return flowAt(client, url);
}

function submit(client: TestClient, kind: string, flow: Json, fields: Record<string, string>) {
  return client.json("POST", `/self-service/${kind}?flow=${String(flow["id"])}`, { csrf_token: csrfOf(flow), ...fields });
}

async function enrolTotp(client: TestClient): Promise<string> {
  const flow = (await client.json("GET", "/self-service/settings/browser")).body;
  const nodes = flow["ui"]?.["nodes"] as unknown as readonly { attributes: { id?: string; text?: { context?: { secret?: string } } } }[];
  const secret = nodes.find(({ attributes }) => attributes.id === "totp_secret_key")?.attributes.text?.context?.secret ?? "";
  const done = await submit(client, "settings", flow, { method: "totp", totp_code: await codeOf(secret) });
  expect(done.status).toBe(200);
  return secret;
}

function codeOf(secret: string): Promise<string> {
  return generate({ secret, epoch: Math.floor(edge.services.clock.now().getTime() / 1_000) });
}

async function handle() {
  const project = await edge.db.platform.findDefaultProject();
  if (project === null) throw new Error("no project");
  return edge.db.forProject(project.id);
}

/** Whose the provider's account is here; null: nobody's. */
async function linkedTo(): Promise<string | null> {
  return (await (await handle()).findAccountByIdentifier("oidc", `acme:${String(provider.person["sub"])}`))?.identity.id ?? null;
}

async function letters(template: string): Promise<number> {
  return (await (await handle()).listMessages({ limit: 100 })).filter((letter) => letter.template === template).length;
}

test("a vouched address that belongs to somebody signs nobody in; their password does, and links; they are told", async () => {
  const owner = edge.client();
  await registerIn(owner, email, PASSWORD);
  const id = (await whoami(owner)).body["identity"]?.["id"];
  const client = edge.client();
  const form = await comeUpstream(client);
  expect(said(form)).toEqual([1_010_016]);
  const nodes = form["ui"]?.["nodes"] as unknown as readonly { attributes: { name?: string; value?: string } }[];
  expect(nodes.find(({ attributes }) => attributes.name === "identifier")?.attributes.value).toBe(email);
  expect(nodes.some(({ attributes }) => attributes.name === "provider")).toBe(false);
  expect((await whoami(client)).status).toBe(401);
  expect(await linkedTo()).toBeNull();

  const before = await letters("account_linked");
  const done = await submit(client, "login", form, { method: "password", identifier: email, password: PASSWORD });
  expect(done.status).toBe(200);
  expect(await linkedTo()).toBe(id);
  expect(await letters("account_linked")).toBe(before + 1);
});

test("with a second factor the link waits for it, and only for the session that proved the first", async () => {
  const owner = edge.client();
  await registerIn(owner, email, PASSWORD);
  const id = (await whoami(owner)).body["identity"]?.["id"];
  const secret = await enrolTotp(owner);
  const client = edge.client();
  const form = await comeUpstream(client);
  const first = await submit(client, "login", form, { method: "password", identifier: email, password: PASSWORD });
  expect(first.status).toBe(422);
  expect(await linkedTo()).toBeNull();

  // Another session of the same person steps up: nothing is linked by it.
  edge.pass(30_000);
  const elsewhere = edge.client();
  const plain = (await elsewhere.json("GET", "/self-service/login/browser")).body;
  await submit(elsewhere, "login", plain, { method: "password", identifier: email, password: PASSWORD });
  const theirs = (await elsewhere.json("GET", "/self-service/login/browser?aal=aal2")).body;
  expect((await submit(elsewhere, "login", theirs, { method: "totp", totp_code: await codeOf(secret) })).status).toBe(200);
  expect(await linkedTo()).toBeNull();

  edge.pass(30_000);
  const second = (await client.json("GET", "/self-service/login/browser?aal=aal2")).body;
  expect((await submit(client, "login", second, { method: "totp", totp_code: await codeOf(secret) })).status).toBe(200);
  expect(await linkedTo()).toBe(id);
});

test("a second account of a provider that is linked already signs nobody in later, and does not hinder this sign-in", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  const first = edge.client();
  await submit(first, "login", await comeUpstream(first), { method: "password", identifier: email, password: PASSWORD });
  expect(await linkedTo()).toEqual(expect.any(String));
  provider.person = { ...provider.person, sub: `second-${String(people)}` };
  const client = edge.client();
  expect((await submit(client, "login", await comeUpstream(client), { method: "password", identifier: email, password: PASSWORD })).status).toBe(200);
  expect(await linkedTo()).toBeNull();
});

test("somebody else's password in that form signs nobody in and links nothing", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  const eve = `eve${String(people)}@example.test`;
  await registerIn(edge.client(), eve, PASSWORD);
  const client = edge.client();
  const form = await comeUpstream(client);
  const wrong = await submit(client, "login", form, { method: "password", identifier: eve, password: PASSWORD });
  expect([wrong.status, said(wrong.body)]).toEqual([400, [4_010_009]]);
  expect(await linkedTo()).toBeNull();
});

test("a wrong password links nothing", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  const client = edge.client();
  const form = await comeUpstream(client);
  const wrong = await submit(client, "login", form, { method: "password", identifier: email, password: "not this one, surely" });
  expect(wrong.status).toBe(400);
  expect((await submit(client, "login", wrong.body, { method: "password", identifier: email, password: PASSWORD })).status).toBe(200);
  expect(await linkedTo()).toEqual(expect.any(String));
});

test("an address that nobody vouches for neither links nor takes an account over", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  provider.person = { ...provider.person, email_verified: false };
  const client = edge.client();
  const { url } = await walk(client, (await press(client, "login", { provider: "acme" })).to);
  expect(url.pathname).toBe("/registration");
  expect((await whoami(client)).status).toBe(401);
  expect(said(await flowAt(client, url))).not.toContain(1_010_016);
});

test("the same address in other letters is the same person's", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  provider.person = { ...provider.person, email: email.toUpperCase() };
  expect(said(await comeUpstream(edge.client()))).toEqual([1_010_016]);
});

test("signing up with an address of somebody leads to the same question", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  const client = edge.client();
  const { url } = await walk(client, (await press(client, "registration", { provider: "acme" })).to);
  expect([url.pathname, said(await flowAt(client, url))]).toEqual(["/login", [1_010_016]]);
});

test("a provider whose issuer was changed signs in nobody whom the old one knew", async () => {
  const client = edge.client();
  await walk(client, (await press(client, "login", { provider: "acme" })).to);
  expect((await whoami(client)).status).toBe(200);
  const imposter = await startCrookedProvider();
  imposter.person = { ...provider.person, email_verified: false };
  await configure(edge, (document) => withProviders(document, [{ id: "acme", ...imposter }]));
  const eve = edge.client();
  const { url } = await walk(eve, (await press(eve, "login", { provider: "acme" })).to);
  expect([said(await flowAt(eve, url)), (await whoami(eve)).status]).toEqual([["oidc_misconfigured"], 401]);
  await configure(edge, (document) => withProviders(document, [{ id: "acme", ...provider }]));
  await imposter.close();
});
