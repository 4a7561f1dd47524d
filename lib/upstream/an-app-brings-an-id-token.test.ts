import { createHash } from "node:crypto";
import { FrontendApi } from "@ory/client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startCrookedProvider } from "../../e2e/kit/crooked-provider";
import type { Crookedness, CrookedProvider, Fields } from "../../e2e/kit/crooked-provider";
import { CROOKED } from "../../e2e/kit/crookedness";
import { csrfOf, registerIn } from "../http/testing";
import type { Json, TestEdge } from "../http/testing";
import { oryConfiguration } from "../http/testing/ory-client";
import { catchUp, configure, edgeWithProviders, messagesOf, said } from "../nextauth/testing";
import type { JsonObject } from "../model/identity";

/* Contract 5.14, `id_token`: a native app has a provider's ID token from an SDK, and brings it to its own flow. */

const NONCE = "a-nonce-of-the-app";
const PASSWORD = "a ladder with seven rungs";
let provider: CrookedProvider;
let other: CrookedProvider;
let edge: TestEdge;
let people = 0;
let email = "";

beforeAll(async () => {
  [provider, other] = await Promise.all([startCrookedProvider(), startCrookedProvider()]);
  edge = await edgeWithProviders([
    { id: "acme", ...provider, more: { additional_id_token_audiences: ["com.example.app"], aal2_acr_values: ["urn:two"] } },
    { id: "other", ...other },
  ], (document) => withGitHub(document));
});
afterAll(async () => {
  await edge.close();
  await Promise.all([provider.close(), other.close()]);
});
beforeEach(() => {
  people += 1;
  catchUp(edge);
  email = `app${String(people)}@example.test`;
  provider.person = { sub: `sub-${String(people)}`, email, email_verified: true };
});

function withGitHub(document: JsonObject): JsonObject {
  const copy = structuredClone(document) as Record<string, never>;
  const { selfservice } = copy as unknown as { selfservice: { methods: { oidc: { config: { providers: unknown[] } } }; flows: { login: Record<string, unknown> } } };
  selfservice.methods.oidc.config.providers.push({ id: "hub", provider: "github", client_id: "c", client_secret: "s" });
  return copy;
}

const now = (): Date => edge.services.clock.now();
const issue = (change?: Crookedness["idToken"], from = provider): Promise<string> => from.issue(NONCE, now(), change);
const claiming = (claims: Fields): Promise<string> => issue((draft) => ({ ...draft, claims: { ...draft.claims, ...claims } }));

interface Answer { readonly status: number; readonly body: Json }
const begin = async (kind: "login" | "registration", query = "", token?: string): Promise<Json> => {
  const headers = { accept: "application/json", ...(token === undefined ? {} : { "x-session-token": token }) };
  return await (await edge.client().send("GET", `/self-service/${kind}/api${query}`, { headers })).json() as Json;
};
async function submit(kind: "login" | "registration", flow: Json, fields: JsonObject, token?: string): Promise<Answer> {
  const headers = { accept: "application/json", ...(token === undefined ? {} : { "x-session-token": token }) };
  const answer = await edge.client().send("POST", `/self-service/${kind}?flow=${String(flow["id"])}`, { headers, body: fields });
  return { status: answer.status, body: await answer.json() as Json };
}
const bringing = (idToken: string, more: JsonObject = {}): JsonObject => ({ method: "oidc", provider: "acme", id_token: idToken, id_token_nonce: NONCE, ...more });
async function bring(kind: "login" | "registration", idToken: string, more: JsonObject = {}): Promise<Answer> {
  return submit(kind, await begin(kind), bringing(idToken, more));
}
async function me(answer: Answer): Promise<Json> {
  const whoami = await edge.client().send("GET", "/sessions/whoami", { headers: { "x-session-token": String(answer.body["session_token"]) } });
  expect(whoami.status).toBe(200);
  return await whoami.json() as Json;
}
async function handle() {
  const row = await edge.db.platform.findDefaultProject();
  if (row === null) throw new Error("no default project");
  return edge.db.forProject(row.id);
}
const linkedTo = async (): Promise<string | null> => (await (await handle()).findAccountByIdentifier("oidc", `acme:${String(provider.person["sub"])}`))?.identity.id ?? null;
const ownerOf = async (address: string): Promise<string | null> => (await (await handle()).findAccountByAddress("verifiable", "email", address))?.identity.id ?? null;

/** Refused in words of the flow, and nobody and nothing came of it. */
async function refused(answer: Answer, says: string | number): Promise<void> {
  expect([answer.status, said(answer.body)[0]]).toEqual([400, says]);
  expect([answer.body["session_token"], await linkedTo(), await ownerOf(email)]).toEqual([undefined, null, null]);
}

describe("a correct token", () => {
  test("signs up, and signs in the next time; either door leads in", async () => {
    const up = await bring("registration", await issue());
    expect(up.status).toBe(200);
    const person = await me(up);
    expect(person["identity"]?.["traits"]).toEqual({ email });
    expect(person["identity"]?.["verifiable_addresses"]?.[0]?.["verified"]).toBe(true);
    expect([person["authenticator_assurance_level"], person["authentication_methods"]?.[0]?.["provider"]]).toEqual(["aal1", "acme"]);
    edge.pass(1_000);
    const byLogin = await bring("login", await issue());
    edge.pass(1_000);
    const byRegistration = await bring("registration", await issue());
    for (const again of [byLogin, byRegistration]) {
      expect(again.status).toBe(200);
      expect((await me(again))["identity"]?.["id"]).toBe(person["identity"]?.["id"]);
    }
  });

  test("of somebody new signs up at the sign-in too, and fills what the provider did not say from the app's traits", async () => {
    provider.person = { sub: `sub-${String(people)}` };
    const token = await issue();
    const asked = await bring("login", token);
    expect([asked.status, messagesIn(asked.body)]).toEqual([400, [4_000_002]]);
    // Nothing of the person waits in the flow: whoever else holds its id gets nowhere with it.
    const stolen = await submit("registration", asked.body, { method: "oidc", provider: "acme", traits: { email } });
    expect(stolen.body["session_token"]).toBeUndefined();
    const done = await submit("registration", asked.body, bringing(token, { traits: { email } }));
    expect(done.status).toBe(200);
    const person = await me(done);
    // What the app typed is nobody's word for the address.
    expect([person["identity"]?.["traits"], person["identity"]?.["verifiable_addresses"]?.[0]?.["verified"]]).toEqual([{ email }, false]);
  });

  test("may be for another client that the project lists, by audience and by authorised party", async () => {
    expect((await bring("login", await claiming({ aud: "com.example.app" }))).status).toBe(200);
    edge.pass(1_000);
    expect((await bring("login", await claiming({ aud: ["rung"], azp: "com.example.app" }))).status).toBe(200);
  });

  test("lifts to aal2 where the project lists its acr, and proves what it proves at the time it was made", async () => {
    const made = Math.floor(now().getTime() / 1_000) - 1_800;
    const session = await me(await bring("login", await claiming({ acr: "urn:two", iat: made })));
    const [method] = session["authentication_methods"] as unknown as readonly { aal: string; completed_at: string }[];
    expect([session["authenticator_assurance_level"], method?.aal, new Date(method?.completed_at ?? 0).getTime()]).toEqual(["aal2", "aal2", made * 1_000]);
  });

  test("confirms who one is only where the provider asked since the app asked", async () => {
    const session = String((await bring("login", await issue())).body["session_token"]);
    const flow = await begin("login", "?refresh=true", session);
    const stale = await submit("login", flow, bringing(await claiming({ jti: "1" })), session);
    expect([stale.status, said(stale.body)]).toEqual([400, ["oidc_not_fresh"]]);
    const fresh = await submit("login", flow, bringing(await claiming({ auth_time: Math.floor(now().getTime() / 1_000) })), session);
    expect(fresh.status).toBe(200);
  });

  test("runs the hooks of its method", async () => {
    const first = await bring("login", await issue());
    await configure(edge, (document) => withLoginHooks(document, { oidc: { hooks: [{ hook: "revoke_active_sessions" }] } }));
    edge.pass(1_000);
    const second = await bring("login", await issue());
    await configure(edge, (document) => withLoginHooks(document, {}));
    await me(second);
    const ended = await edge.client().send("GET", "/sessions/whoami", { headers: { "x-session-token": String(first.body["session_token"]) } });
    expect(ended.status).toBe(401);
  });
});

function withLoginHooks(document: JsonObject, after: JsonObject): JsonObject {
  const selfservice = document["selfservice"] as JsonObject;
  const flows = selfservice["flows"] as JsonObject;
  return { ...document, selfservice: { ...selfservice, flows: { ...flows, login: { ...(flows["login"] as JsonObject), after } } } };
}

/** Of the container and of every node. */
function messagesIn(flow: Json): readonly number[] {
  const nodes = flow["ui"]?.["nodes"] as unknown as readonly { readonly messages: readonly { readonly id: number }[] }[];
  return [...messagesOf(flow), ...nodes.flatMap(({ messages }) => messages)].map(({ id }) => id);
}

describe("a token that is wrong in one thing is refused, and nothing is stored", () => {
  // The hash of an access token says nothing here: the app keeps that token.
  const forged = CROOKED.filter(({ crooked, refresh, name }) => crooked?.idToken !== undefined && refresh === undefined && !name.includes("access token's hash"));
  test("of every kind that a browser's round trip meets", () => expect(forged.length).toBeGreaterThan(35));

  // A refusal ends no flow, so one is enough for all of them.
  let flow: Json;
  beforeAll(async () => {
    flow = await begin("login");
  });

  test.each(forged.map((one) => [one.name, one.crooked?.idToken] as const))("%s", async (_name, change) => {
    const token = await issue(change);
    const answer = await submit("login", flow, bringing(token));
    if (token.length > 65_536) return expect([answer.status, await linkedTo()]).toEqual([413, null]);
    // "No token at all" is an app that asks for the round trip, and needs its exchange code.
    return refused(answer, token === "" ? "oidc_exchange_missing" : "oidc_bad_answer");
  });

  test.each([
    ["made an hour and a minute ago, good for a day", () => ({ iat: seconds(-3_660), exp: seconds(86_400) }), "oidc_start_again"],
    ["for two clients of the project at once", () => ({ aud: ["rung", "com.example.app"] }), "oidc_bad_answer"],
    ["for a client of somebody else, by a party of ours", () => ({ aud: "somebody-else", azp: "rung" }), "oidc_bad_answer"],
    ["for nobody, in a list of lists", () => ({ aud: [["rung"]] }), "oidc_bad_answer"],
    ["with the hash of the nonce", () => ({ nonce: createHash("sha256").update(NONCE).digest("hex") }), "oidc_bad_answer"],
  ])("%s", async (_name, claims, says) => {
    await refused(await bring("registration", await claiming(claims() as Fields)), says);
  });

  test("another provider's token, whole, or signed with its key for this issuer", async () => {
    other.person = provider.person;
    await refused(await bring("login", await issue(undefined, other)), "oidc_bad_answer");
    await refused(await bring("login", await issue((draft) => ({ ...draft, claims: { ...draft.claims, iss: provider.issuer } }), other)), "oidc_bad_answer");
  });

  test("no nonce beside it, another nonce beside it", async () => {
    const token = await issue();
    const { id_token_nonce: _nonce, ...without } = bringing(token);
    await refused(await submit("login", await begin("login"), without), 4_000_002);
    await refused(await bring("login", token, { id_token_nonce: "not-the-one" }), "oidc_bad_answer");
    // None of this spent it.
    expect((await bring("login", token)).status).toBe(200);
  });

  test("a provider without ID tokens, and one nobody knows", async () => {
    await refused(await bring("login", await issue(), { provider: "hub" }), "oidc_no_id_token");
    await refused(await bring("registration", await issue(), { provider: "nobody" }), "oidc_unknown_provider");
  });

  test.each(["login", "registration"] as const)("a browser's %s takes none", async (kind) => {
    const browser = edge.client();
    const flow = (await browser.json("GET", `/self-service/${kind}/browser`)).body;
    const answer = await browser.json("POST", `/self-service/${kind}?flow=${String(flow["id"])}`, bringing(await issue(), { csrf_token: csrfOf(flow) }));
    await refused(answer, "oidc_token_in_apps");
    expect((await browser.json("GET", "/sessions/whoami")).status).toBe(401);
  });
});

describe("a token serves once", () => {
  test("whoever brings it again, to whichever flow, gets nothing", async () => {
    const token = await issue();
    expect((await bring("registration", token)).status).toBe(200);
    for (const kind of ["login", "registration"] as const) {
      const again = await bring(kind, token);
      expect([again.status, again.body["session_token"], said(again.body)]).toEqual([400, undefined, ["oidc_start_again"]]);
    }
    // Another token of the same moment is another token.
    expect((await bring("login", await claiming({ jti: "another" }))).status).toBe(200);
  });

  test("of many at once, one is let in", async () => {
    await bring("registration", await issue());
    const token = await claiming({ jti: "raced" });
    const flows = await Promise.all(Array.from({ length: 6 }, () => begin("login")));
    const answers = await Promise.all(flows.map((flow) => submit("login", flow, bringing(token))));
    expect(answers.filter(({ body }) => typeof (body["session_token"] as unknown) === "string")).toHaveLength(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
  });
});

test("a vouched address of somebody else links to nobody in silence; their password in the same flow links, and the token is spent", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  const id = await ownerOf(email);
  const token = await issue();
  const asked = await bring("registration", token);
  expect([asked.status, said(asked.body), asked.body["session_token"], await linkedTo()]).toEqual([400, [1_010_016], undefined, null]);
  const replayed = await bring("login", token);
  expect(said(replayed.body)).toEqual(["oidc_start_again"]);
  const wrong = await submit("login", asked.body, { method: "password", identifier: email, password: "not their password" });
  expect([wrong.status, await linkedTo()]).toEqual([400, null]);
  const done = await submit("login", asked.body, { method: "password", identifier: email, password: PASSWORD });
  expect([done.status, await linkedTo()]).toEqual([200, id]);
  const next = await bring("login", await claiming({ jti: "next" }));
  expect((await me(next))["identity"]?.["id"]).toBe(id);
});

test("an address that nobody vouches for is no way to anybody", async () => {
  await registerIn(edge.client(), email, PASSWORD);
  provider.person = { ...provider.person, email_verified: false };
  const answer = await bring("login", await issue());
  expect([answer.body["session_token"], await linkedTo()]).toEqual([undefined, null]);
});

test("Ory's own client registers and signs in with an ID token", async () => {
  const client = new FrontendApi(oryConfiguration(edge, { key: null }));
  const registration = (await client.createNativeRegistrationFlow()).data;
  const body = { method: "oidc", provider: "acme", id_token_nonce: NONCE } as const;
  const up = await client.updateRegistrationFlow({ flow: registration.id, updateRegistrationFlowBody: { ...body, id_token: await issue() } });
  expect([up.status, typeof up.data.session_token, up.data.identity.traits]).toEqual([200, "string", { email }]);
  const login = (await client.createNativeLoginFlow()).data;
  const inside = await client.updateLoginFlow({ flow: login.id, updateLoginFlowBody: { ...body, id_token: await claiming({ jti: "2" }) } });
  expect([inside.status, inside.data.session.identity?.id]).toEqual([200, up.data.identity.id]);
  const replay = (await client.createNativeLoginFlow()).data;
  const refusedAgain = await client.updateLoginFlow({ flow: replay.id, updateLoginFlowBody: { ...body, id_token: await issue() } });
  expect(refusedAgain.status).toBe(400);
});

function seconds(from: number): number {
  return Math.floor(now().getTime() / 1_000) + from;
}
