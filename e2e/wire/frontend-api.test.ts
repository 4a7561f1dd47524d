import { createRemoteJWKSet, customFetch, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Native } from "../kit/client";
import { until } from "../kit/letters";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { CLIENTS, callerOf, operationsOf } from "../kit/front-callers";
import type { Arguments, Caller, ClientName, Operation, Returned } from "../kit/front-callers";
import { send } from "../kit/http";
import { startMailSink } from "../kit/mail-sink";
import type { MailSink } from "../kit/mail-sink";
import type { TestProject } from "../kit/projects";
import { startServer } from "../kit/server";
import type { TestServer } from "../kit/server";
import { Authenticator } from "../kit/totp";
import { csrfOf, messageIds, names, totpSecretOf } from "../kit/wire";
import type { ErrorJson, FlowJson, SessionJson, SignedInJson } from "../kit/wire";

/*
 * Every operation of FrontendApi, by both published clients as they are: the table in docs/wire.md. A client that gains an operation
 * fails the first test here, and the walk does not compile without it.
 */
const HOST = "front.localhost";
const PROJECT: TestProject = {
  slug: "front",
  document: {
    session: { whoami: { tokenizer: { templates: { gateway: { jwks_url: "rung:managed", ttl: "1m", claims: { email: "identity.traits.email" } } } } } },
    selfservice: { flows: { recovery: { enabled: true }, verification: { enabled: true } } },
  },
};

interface Person { readonly email: string; readonly password: string }
let server: TestServer;
let mail: MailSink;
/** Registered more than a minute ago by the server's clock, so that no letter of theirs is too recent (lane L5). */
const settled = new Map<ClientName, readonly Person[]>();
beforeAll(async () => {
  mail = await startMailSink();
  server = await startServer({ projects: [PROJECT], env: { RUNG_SMTP_URL: mail.url } });
  for (const client of CLIENTS) {
    const people = [];
    for (let index = 0; index < 2; index += 1) people.push((await registered(client)).person);
    settled.set(client, people);
  }
  server = await server.restart({ shiftSeconds: 65 });
});
afterAll(async () => {
  await server.dispose();
  await mail.close();
});

const caller = (client: ClientName): Caller => callerOf(client, { server, host: HOST });
const flowOf = ({ status, body }: Returned): FlowJson => {
  if (status !== 200 && status !== 400) throw new Error(`not a flow: ${String(status)} ${JSON.stringify(body)}`);
  return body as FlowJson;
};
const idOf = ({ body }: Returned): string | undefined => (body as ErrorJson | undefined)?.error.id;

/** A person who registered in an app, with the app's session. */
async function registered(client: ClientName): Promise<{ readonly person: Person; readonly app: Caller; readonly signUp: SignedInJson }> {
  const app = caller(client);
  const person = { email: anyEmail(), password: anyPassword() };
  const flow = flowOf(await app.call("createNativeRegistrationFlow"));
  const done = await app.call("updateRegistrationFlow", { flow: flow.id, updateRegistrationFlowBody: { method: "password", traits: { email: person.email }, password: person.password } });
  expect(done.status).toBe(200);
  const signUp = done.body as SignedInJson;
  app.token = signUp.session_token ?? null;
  return { person, app, signUp };
}
/** The same person in a browser, signed in with the password. */
async function inBrowser(client: ClientName, person: Person): Promise<Caller> {
  const page = caller(client);
  const flow = flowOf(await page.call("createBrowserLoginFlow"));
  const done = await page.call("updateLoginFlow", { flow: flow.id, updateLoginFlowBody: { method: "password", identifier: person.email, password: person.password, csrf_token: csrfOf(flow) } });
  expect(done.status).toBe(200);
  return page;
}
async function codeFor(email: string, after: number): Promise<string> {
  return until(`a code for ${email}`, () => mail.mails.slice(after).findLast((one) => one.to.includes(email) && /^\d{6}\b/.test(one.subject))?.subject.slice(0, 6) ?? null);
}
function settledPerson(client: ClientName, index: number): Person {
  const person = settled.get(client)?.[index];
  if (person === undefined) throw new Error("nobody settled");
  return person;
}
/** A flow as made, and as read again: the same, but for the mask of its token. */
async function madeAndRead(who: Caller, create: Operation, get: Operation, args: Arguments = {}): Promise<FlowJson> {
  const made = flowOf(await who.call(create, args));
  const read = flowOf(await who.call(get, { id: made.id }));
  expect([read.id, names(read), String(read.expires_at)]).toEqual([made.id, names(made), String(made.expires_at)]);
  return made;
}
const unknown = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";

type Walk = (client: ClientName) => Promise<void>;
const WALKS: Readonly<Record<Operation, Walk>> = {
  async createBrowserRegistrationFlow(client) {
    const flow = await madeAndRead(caller(client), "createBrowserRegistrationFlow", "getRegistrationFlow", { returnTo: server.url("/orders", HOST), afterVerificationReturnTo: server.url("/", HOST), organization: "ignored" });
    expect([flow.type, flow.return_to, flow.organization_id ?? null]).toEqual(["browser", server.url("/orders", HOST), null]);
    const refused = await caller(client).call("createBrowserRegistrationFlow", { afterVerificationReturnTo: "https://evil.example/" });
    expect([refused.status, idOf(refused)]).toEqual([400, "self_service_flow_return_to_forbidden"]);
  },
  async createNativeRegistrationFlow(client) {
    const app = caller(client);
    expect((await madeAndRead(app, "createNativeRegistrationFlow", "getRegistrationFlow")).type).toBe("api");
    expect(app.jar.header(server.url("/", HOST))).toBe("");
  },
  async getRegistrationFlow(client) {
    const made = flowOf(await caller(client).call("createBrowserRegistrationFlow"));
    const foreign = await caller(client).call("getRegistrationFlow", { id: made.id });
    expect([foreign.status, idOf(foreign)]).toEqual([403, "security_csrf_violation"]);
    expect((await caller(client).call("getRegistrationFlow", { id: unknown })).status).toBe(404);
  },
  async updateRegistrationFlow(client) {
    const { app, signUp } = await registered(client);
    expect(signUp.continue_with).toContainEqual({ action: "set_ory_session_token", ory_session_token: app.token });
    const page = caller(client);
    const flow = flowOf(await page.call("createBrowserRegistrationFlow", { returnTo: server.url("/orders", HOST) }));
    const body = { method: "password", traits: { email: anyEmail() }, password: anyPassword(), csrf_token: csrfOf(flow), transient_payload: { seen: true } };
    const done = await page.call("updateRegistrationFlow", { flow: flow.id, updateRegistrationFlowBody: body });
    expect([done.status, (done.body as SignedInJson).session_token]).toEqual([200, undefined]);
    expect((done.body as SignedInJson).continue_with).toContainEqual({ action: "redirect_browser_to", redirect_browser_to: server.url("/orders", HOST) });
    expect((await page.call("toSession")).status).toBe(200);
  },
  async createBrowserLoginFlow(client) {
    const flow = await madeAndRead(caller(client), "createBrowserLoginFlow", "getLoginFlow", { refresh: true, loginChallenge: "ignored", organization: "ignored" });
    expect([flow.refresh, flow.requested_aal]).toEqual([false, "aal1"]);
    const nobody = await caller(client).call("createBrowserLoginFlow", { aal: "aal2" });
    expect([nobody.status, idOf(nobody)]).toEqual([401, "session_aal1_required"]);
    const page = await inBrowser(client, (await registered(client)).person);
    const again = await page.call("createBrowserLoginFlow");
    expect([again.status, idOf(again)]).toEqual([400, "session_already_available"]);
    expect(flowOf(await page.call("createBrowserLoginFlow", { refresh: true })).refresh).toBe(true);
  },
  async createNativeLoginFlow(client) {
    const { app } = await registered(client);
    expect((await madeAndRead(caller(client), "createNativeLoginFlow", "getLoginFlow")).type).toBe("api");
    const step = flowOf(await app.call("createNativeLoginFlow", { aal: "aal2" }));
    expect([step.requested_aal, messageIds(step), Array.isArray(step.ui.nodes)]).toEqual(["aal2", [1_010_004], true]);
  },
  async getLoginFlow(client) {
    expect((await caller(client).call("getLoginFlow", { id: unknown })).status).toBe(404);
    expect((await caller(client).call("getLoginFlow", { id: "none" })).status).toBe(404);
  },
  async updateLoginFlow(client) {
    const { person } = await registered(client);
    const app = caller(client);
    const flow = flowOf(await app.call("createNativeLoginFlow"));
    const wrong = await app.call("updateLoginFlow", { flow: flow.id, updateLoginFlowBody: { method: "password", identifier: person.email, password: "wrong" } });
    expect([wrong.status, messageIds(wrong.body as FlowJson)]).toEqual([400, [4_000_006]]);
    const right = await app.call("updateLoginFlow", { flow: flow.id, updateLoginFlowBody: { method: "password", identifier: person.email, password: person.password } });
    expect([right.status, (right.body as SignedInJson).session_token]).toEqual([200, expect.stringMatching(/^ory_st_/)]);
    expect((await (await inBrowser(client, person)).call("toSession")).status).toBe(200);
  },
  async createBrowserSettingsFlow(client) {
    const page = await inBrowser(client, (await registered(client)).person);
    expect((await madeAndRead(page, "createBrowserSettingsFlow", "getSettingsFlow")).state).toBe("show_form");
    const nobody = await caller(client).call("createBrowserSettingsFlow");
    expect([nobody.status, idOf(nobody)]).toEqual([401, "session_inactive"]);
  },
  async createNativeSettingsFlow(client) {
    const { app } = await registered(client);
    expect((await madeAndRead(app, "createNativeSettingsFlow", "getSettingsFlow")).type).toBe("api");
  },
  async getSettingsFlow(client) {
    const [mine, theirs] = [await registered(client), await registered(client)];
    const flow = flowOf(await mine.app.call("createNativeSettingsFlow"));
    const foreign = await theirs.app.call("getSettingsFlow", { id: flow.id });
    expect([foreign.status, idOf(foreign)]).toEqual([403, "security_identity_mismatch"]);
  },
  async updateSettingsFlow(client) {
    const { app } = await registered(client);
    const flow = flowOf(await app.call("createNativeSettingsFlow"));
    const authenticator = new Authenticator(totpSecretOf(flow), server.now);
    const saved = await app.call("updateSettingsFlow", { flow: flow.id, updateSettingsFlowBody: { method: "totp", totp_code: await authenticator.code() } });
    expect([saved.status, (saved.body as FlowJson).state]).toEqual([200, "success"]);
    const page = await inBrowser(client, (await registered(client)).person);
    const form = flowOf(await page.call("createBrowserSettingsFlow"));
    const done = await page.call("updateSettingsFlow", { flow: form.id, updateSettingsFlowBody: { method: "password", password: anyPassword(), csrf_token: csrfOf(form) } });
    expect((done.body as FlowJson).continue_with?.at(-1)?.action).toBe("redirect_browser_to");
  },
  async createBrowserLogoutFlow(client) {
    const page = await inBrowser(client, (await registered(client)).person);
    const made = await page.call("createBrowserLogoutFlow", { returnTo: server.url("/", HOST) });
    expect(made.body).toMatchObject({ logout_token: expect.stringMatching(/^ory_lo_/) as string, logout_url: expect.stringContaining("/self-service/logout?token=ory_lo_") as string });
    expect(idOf(await caller(client).call("createBrowserLogoutFlow"))).toBe("session_inactive");
  },
  async updateLogoutFlow(client) {
    const page = await inBrowser(client, (await registered(client)).person);
    const { logout_token: token } = (await page.call("createBrowserLogoutFlow")).body as { readonly logout_token: string };
    expect((await page.call("updateLogoutFlow", { token: "ory_lo_wrong" })).status).toBe(403);
    expect((await page.call("updateLogoutFlow", { token })).status).toBe(204);
    expect((await page.call("toSession")).status).toBe(401);
  },
  async performNativeLogout(client) {
    const { app } = await registered(client);
    const args = { performNativeLogoutBody: { session_token: app.token } };
    expect([(await app.call("performNativeLogout", args)).status, (await app.call("performNativeLogout", args)).status]).toEqual([204, 204]);
    expect((await app.call("toSession")).status).toBe(401);
  },
  async toSession(client) {
    const { app, person, signUp } = await registered(client);
    const { body } = await app.call("toSession", { tokenizeAs: "gateway" });
    const session = body as SessionJson & { readonly tokenized: string };
    const url = new URL(server.url("/.well-known/jwks.json", HOST));
    const keys = createRemoteJWKSet(url, { [customFetch]: async (address) => new Response((await send(address)).text) });
    const now = new Date(server.now());
    const { payload } = await jwtVerify(session.tokenized, keys, { algorithms: ["ES256"], currentDate: now });
    expect(payload).toMatchObject({ iss: server.url("/", HOST).replace(/\/$/, ""), sub: signUp.session.identity?.id, sid: session.id, email: person.email, acr: "aal1", amr: ["pwd"] });
    expect((await app.call("toSession", { tokenizeAs: "nobody" })).status).toBe(400);
    expect([(await caller(client).call("toSession")).status, idOf(await caller(client).call("toSession"))]).toEqual([401, undefined]);
  },
  async listMySessions(client) {
    const { app, person } = await registered(client);
    const page = await inBrowser(client, person);
    const mine = (await page.call("toSession")).body as SessionJson;
    const list = (await app.call("listMySessions", { perPage: 10, page: 0 })).body as readonly SessionJson[];
    expect(list.map(({ id }) => id)).toEqual([mine.id]);
    expect((await app.call("listMySessions", { pageSize: 1, pageToken: "1" })).body).toEqual([]);
  },
  async disableMySession(client) {
    const { app, person } = await registered(client);
    const page = await inBrowser(client, person);
    const { id } = (await page.call("toSession")).body as SessionJson;
    expect((await app.call("disableMySession", { id })).status).toBe(204);
    expect((await page.call("toSession")).status).toBe(401);
    expect((await app.call("disableMySession", { id: ((await app.call("toSession")).body as SessionJson).id })).status).toBe(400);
  },
  async disableMyOtherSessions(client) {
    const { app, person } = await registered(client);
    await inBrowser(client, person);
    expect((await app.call("disableMyOtherSessions")).body).toEqual({ count: 1 });
    expect((await app.call("disableMyOtherSessions")).body).toEqual({ count: 0 });
  },
  async exchangeSessionToken(client) {
    const app = caller(client);
    const flow = flowOf(await app.call("createNativeLoginFlow", { returnSessionTokenExchangeCode: true })) as FlowJson & { readonly session_token_exchange_code?: string };
    expect(flow.session_token_exchange_code).toBeTypeOf("string");
    // The browser is not done: the flow, for the app to look at. The whole dance is in matrix.test.ts.
    expect((await app.call("exchangeSessionToken", { initCode: flow.session_token_exchange_code, returnToCode: "nobody-knows-this-code" })).status).toBe(422);
    expect((await app.call("exchangeSessionToken", { initCode: "nobody-knows-this-code", returnToCode: "nor-this-one" })).status).toBe(404);
    expect((await app.call("exchangeSessionToken", { initCode: "", returnToCode: "" })).status).toBe(400);
  },
  async createBrowserRecoveryFlow(client) {
    expect(names(await madeAndRead(caller(client), "createBrowserRecoveryFlow", "getRecoveryFlow", { returnTo: server.url("/", HOST) }))).toEqual(expect.arrayContaining(["csrf_token", "email", "method"]));
  },
  async createNativeRecoveryFlow(client) {
    expect((await madeAndRead(caller(client), "createNativeRecoveryFlow", "getRecoveryFlow")).type).toBe("api");
  },
  async getRecoveryFlow(client) {
    const made = flowOf(await caller(client).call("createBrowserRecoveryFlow"));
    expect(idOf(await caller(client).call("getRecoveryFlow", { id: made.id }))).toBe("security_csrf_violation");
  },
  async updateRecoveryFlow(client) {
    const { email } = settledPerson(client, 0);
    const app = caller(client);
    const flow = flowOf(await app.call("createNativeRecoveryFlow"));
    const after = mail.mails.length;
    const sent = await app.call("updateRecoveryFlow", { flow: flow.id, updateRecoveryFlowBody: { method: "code", email } });
    expect([sent.status, (sent.body as FlowJson).state, messageIds(sent.body as FlowJson)]).toEqual([200, "sent_email", [1_060_003]]);
    const code = await codeFor(email, after);
    const wrong = await app.call("updateRecoveryFlow", { flow: flow.id, updateRecoveryFlowBody: { method: "code", code: code === "000000" ? "111111" : "000000" } });
    expect([wrong.status, messageIds(wrong.body as FlowJson)]).toEqual([200, [4_060_006]]);
    const done = await app.call("updateRecoveryFlow", { flow: flow.id, updateRecoveryFlowBody: { method: "code", code } });
    expect([done.status, (done.body as FlowJson).state]).toEqual([200, "passed_challenge"]);
    const actions = (done.body as FlowJson).continue_with ?? [];
    expect(actions.map(({ action }) => action)).toEqual(expect.arrayContaining(["set_ory_session_token"]));
    const token = actions.find(({ action }) => action === "set_ory_session_token")?.["ory_session_token"];
    expect((await new Native(server, { host: HOST, token: String(token) }).whoami()).status).toBe(200);
  },
  async createBrowserVerificationFlow(client) {
    expect(names(await madeAndRead(caller(client), "createBrowserVerificationFlow", "getVerificationFlow", { returnTo: server.url("/", HOST) }))).toEqual(expect.arrayContaining(["csrf_token", "email", "method"]));
  },
  async createNativeVerificationFlow(client) {
    expect((await madeAndRead(caller(client), "createNativeVerificationFlow", "getVerificationFlow", { returnTo: server.url("/", HOST) })).type).toBe("api");
  },
  async getVerificationFlow(client) {
    const made = flowOf(await caller(client).call("createBrowserVerificationFlow"));
    expect(idOf(await caller(client).call("getVerificationFlow", { id: made.id }))).toBe("security_csrf_violation");
  },
  async updateVerificationFlow(client) {
    const { email } = settledPerson(client, 1);
    const page = caller(client);
    const flow = flowOf(await page.call("createBrowserVerificationFlow"));
    const after = mail.mails.length;
    const sent = await page.call("updateVerificationFlow", { flow: flow.id, updateVerificationFlowBody: { method: "code", email, csrf_token: csrfOf(flow) } });
    expect([sent.status, (sent.body as FlowJson).state, messageIds(sent.body as FlowJson)]).toEqual([200, "sent_email", [1_080_003]]);
    const code = await codeFor(email, after);
    const done = await page.call("updateVerificationFlow", { flow: flow.id, updateVerificationFlowBody: { method: "code", code, csrf_token: csrfOf(sent.body as FlowJson) } });
    expect([done.status, (done.body as FlowJson).state, (done.body as FlowJson).ui.method]).toEqual([200, "passed_challenge", "GET"]);
    const over = await page.call("updateVerificationFlow", { flow: flow.id, updateVerificationFlowBody: { method: "code", code, csrf_token: csrfOf(done.body as FlowJson) } });
    expect([over.status, idOf(over), (over.body as ErrorJson).use_flow_id]).toEqual([410, "self_service_flow_replaced", expect.any(String)]);
  },
  async getFlowError(client) {
    const found = await caller(client).call("getFlowError", { id: "stub:500" });
    expect([found.status, (found.body as { readonly id?: string }).id]).toEqual([200, "stub:500"]);
    expect((await caller(client).call("getFlowError", { id: unknown })).status).toBe(404);
  },
  async getWebAuthnJavaScript(client) {
    const { status, body } = await caller(client).call("getWebAuthnJavaScript");
    expect([status, String(body).includes("oryWebAuthnLogin"), String(body).includes("oryPasskeyLoginAutocompleteInit")]).toEqual([200, true, true]);
  },
  async getWellKnownChangePassword(client) {
    const { status, location } = await caller(client).call("getWellKnownChangePassword");
    expect([status, location]).toEqual([303, server.url("/settings", HOST)]);
  },
  // Not offered: single sign-on by FedCM, and dry runs of providers.
  createFedcmFlow: notOffered("createFedcmFlow", {}),
  updateFedcmFlow: notOffered("updateFedcmFlow", { updateFedcmFlowBody: { csrf_token: "x", token: "x" } }),
  deleteTestLoginFlow: notOffered("deleteTestLoginFlow", { flow: unknown, id: unknown }),
};

function notOffered(operation: Operation, args: Arguments): Walk {
  return async (client) => {
    const answer = await caller(client).call(operation, args);
    expect([404, 405]).toContain(answer.status);
  };
}
test.each(CLIENTS)("%s has exactly the operations of the table", (client) => {
  expect(operationsOf(client)).toEqual(Object.keys(WALKS).sort());
});

describe.each(CLIENTS)("%s, unmodified", (client) => {
  test.each(Object.keys(WALKS) as Operation[])("%s", async (operation) => {
    await WALKS[operation](client);
  });
});
