import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminCallerOf, adminOperationsOf } from "../kit/admin-callers";
import type { AdminCall, AdminOperation } from "../kit/admin-callers";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { callerOf, CLIENTS } from "../kit/front-callers";
import type { Caller, ClientName } from "../kit/front-callers";
import { send } from "../kit/http";
import type { TestProject } from "../kit/projects";
import { startServer } from "../kit/server";
import type { TestServer } from "../kit/server";
import { Authenticator } from "../kit/totp";
import type { ErrorJson, FlowJson, SessionJson, SignedInJson } from "../kit/wire";

/*
 * Every operation of IdentityApi, by both published clients as they are: the table in docs/wire.md. A client that gains an operation
 * fails the first test here, and the walk does not compile without it.
 */
const HOST = "people.localhost";
const SCHEMA = "preset://email";
const KEY = `ory_pat_${randomBytes(16).toString("hex")}`;
const PROJECT: TestProject = {
  slug: "people", apiKey: KEY,
  document: {
    session: { whoami: { required_aal: "highest_available" } },
    selfservice: { methods: { totp: { enabled: true }, lookup_secret: { enabled: true }, link: { enabled: true } }, flows: { recovery: { enabled: true } } },
  },
};
const UNKNOWN = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
const SECRET = "JBSWY3DPEHPK3PXP";
const TOTP = { totp: { config: { totp_url: `otpauth://totp/Demo:ada?secret=${SECRET}&issuer=Demo` } } };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ projects: [PROJECT] });
});
afterAll(() => server.dispose());

interface IdentityJson {
  readonly id: string;
  readonly state: string;
  readonly traits: { readonly email: string };
  readonly external_id?: string;
  readonly metadata_admin: unknown;
  readonly metadata_public: unknown;
  readonly credentials?: Readonly<Record<string, { readonly config?: Readonly<Record<string, unknown>>; readonly identifiers?: readonly string[] }>>;
}
interface Person { readonly id: string; readonly email: string; readonly password: string }

const callOf = (client: ClientName): AdminCall => adminCallerOf(client, { server, host: HOST }, KEY);
const md5 = (password: string): string => `$md5$${createHash("md5").update(password).digest("base64")}`;
const reasonOf = ({ body }: { readonly body: unknown }): string => (body as ErrorJson).error.reason ?? "";

/** Made by the admin, with a hash of another system. */
async function somebody(client: ClientName, credentials: object = {}, more: object = {}): Promise<Person> {
  const [email, password] = [anyEmail(), anyPassword()];
  const createIdentityBody = { schema_id: SCHEMA, traits: { email }, credentials: { password: { config: { hashed_password: md5(password) } }, ...credentials }, ...more };
  const made = await callOf(client)("createIdentity", { createIdentityBody });
  expect([made.status, made.body]).toMatchObject([201, { traits: { email } }]);
  return { id: (made.body as IdentityJson).id, email, password };
}
/** The person in an app, signed in with the password. */
async function signedIn(client: ClientName, person: Person): Promise<{ readonly app: Caller; readonly session: SessionJson }> {
  const app = callerOf(client, { server, host: HOST });
  const flow = (await app.call("createNativeLoginFlow")).body as FlowJson;
  const done = await app.call("updateLoginFlow", { flow: flow.id, updateLoginFlowBody: { method: "password", identifier: person.email, password: person.password } });
  expect(done.status).toBe(200);
  const { session_token: token, session } = done.body as SignedInJson;
  app.token = token ?? null;
  return { app, session };
}
const live = async (app: Caller): Promise<boolean> => (await app.call("toSession")).status === 200;

type Walk = (client: ClientName, call: AdminCall) => Promise<void>;
const WALKS: Readonly<Record<AdminOperation, Walk>> = {
  async createIdentity(client, call) {
    const { id } = await somebody(client, {}, { external_id: `crm-${randomUUID()}`, metadata_admin: { a: 1 } });
    const read = (await call("getIdentity", { id })).body as IdentityJson;
    expect([read.state, read.metadata_admin, Object.keys(read.credentials ?? {})]).toEqual(["active", { a: 1 }, expect.arrayContaining(["password"])]);
    const [email, strict] = [anyEmail(), { authorization: `Bearer ${KEY}`, "content-type": "application/json" }];
    const made = await send(server.url("/admin/identities", HOST), { method: "POST", headers: strict, body: JSON.stringify({ schema_id: SCHEMA, traits: { email } }) });
    expect([made.status, made.location]).toEqual([201, server.url(`/admin/identities/${made.json<IdentityJson>().id}`, HOST)]);
    const refused = await send(server.url("/admin/identities", HOST), { method: "POST", headers: strict, body: JSON.stringify({ schema_id: SCHEMA, traits: { email }, id: UNKNOWN }) });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('\\"id\\"')]);
    expect((await call("createIdentity", { createIdentityBody: { schema_id: SCHEMA, traits: { email } } })).status).toBe(409);
    expect((await call("createIdentity", { createIdentityBody: { schema_id: "nobody", traits: {} } })).status).toBe(400);
  },
  async getIdentity(client, call) {
    const { id } = await somebody(client, TOTP);
    const shown = (await call("getIdentity", { id, includeCredential: ["totp"] })).body as IdentityJson;
    expect([shown.credentials?.["totp"]?.identifiers, String(shown.credentials?.["totp"]?.config?.["totp_url"]), shown.credentials?.["password"]?.config]).toEqual([[id], expect.stringContaining(SECRET), undefined]);
    for (const unknown of [UNKNOWN, "me"]) expect((await call("getIdentity", { id: unknown })).status).toBe(404);
  },
  async getIdentityByExternalID(client, call) {
    const externalID = `crm/${randomUUID()} ü`;
    const { id } = await somebody(client, {}, { external_id: externalID });
    expect(((await call("getIdentityByExternalID", { externalID })).body as IdentityJson).id).toBe(id);
    expect((await call("getIdentityByExternalID", { externalID: "nobody" })).status).toBe(404);
  },
  async listIdentities(client, call) {
    const person = await somebody(client);
    const named = await call("listIdentities", { credentialsIdentifier: person.email.toUpperCase() });
    expect((named.body as readonly IdentityJson[]).map(({ id }) => id)).toEqual([person.id]);
    const page = await call("listIdentities", { pageSize: 1 });
    expect([(page.body as readonly IdentityJson[]).length, page.headers["link"], page.headers["x-total-count"]]).toEqual([1, expect.stringContaining('rel="first"'), undefined]);
    expect((page.body as readonly IdentityJson[])[0]?.credentials).toBeUndefined();
    expect((await call("listIdentities", { ids: [person.id], credentialsIdentifier: person.email })).status).toBe(400);
    expect((await call("listIdentities", { page: 1, perPage: 1 })).headers["x-total-count"]).toMatch(/^\d+$/);
  },
  async updateIdentity(client, call) {
    const person = await somebody(client, {}, { metadata_admin: { a: 1 }, external_id: `crm-${randomUUID()}` });
    const { app } = await signedIn(client, person);
    const moved = anyEmail();
    const put = await call("updateIdentity", { id: person.id, updateIdentityBody: { schema_id: SCHEMA, state: "active", traits: { email: moved } } });
    const body = put.body as IdentityJson;
    expect([put.status, body.traits.email, body.metadata_admin ?? null, body.external_id, await live(app)]).toEqual([200, moved, null, undefined, true]);
    expect((await signedIn(client, { ...person, email: moved })).session.active).toBe(true);
    expect((await call("updateIdentity", { id: UNKNOWN, updateIdentityBody: { schema_id: SCHEMA, state: "active", traits: { email: moved } } })).status).toBe(404);
  },
  async patchIdentity(client, call) {
    const person = await somebody(client);
    const { app } = await signedIn(client, person);
    const jsonPatch = [{ op: "add", path: "/metadata_public/plan", value: "gold" }, { op: "replace", path: "/state", value: "inactive" }];
    const done = await call("patchIdentity", { id: person.id, jsonPatch });
    expect([done.status, done.body]).toMatchObject([200, { state: "inactive", metadata_public: { plan: "gold" } }]);
    expect(await live(app)).toBe(false);
    const denied = await call("patchIdentity", { id: person.id, jsonPatch: [{ op: "remove", path: "/credentials/oidc" }] });
    expect([denied.status, reasonOf(denied)]).toEqual([400, expect.stringContaining("denied path: /credentials/oidc")]);
    expect((await call("patchIdentity", { id: UNKNOWN, jsonPatch: [] })).status).toBe(404);
  },
  async deleteIdentity(client, call) {
    const { id } = await somebody(client);
    expect([(await call("deleteIdentity", { id })).status, (await call("deleteIdentity", { id })).status]).toEqual([204, 404]);
  },
  async batchPatchIdentities(_client, call) {
    const email = anyEmail();
    const [one, two] = [randomUUID(), randomUUID()];
    const create = { schema_id: SCHEMA, traits: { email } };
    const answer = await call("batchPatchIdentities", { patchIdentitiesBody: { identities: [{ patch_id: one, create }, { patch_id: two, create }] } });
    expect([answer.status, answer.body]).toMatchObject([200, { identities: [{ action: "create", patch_id: one }, { action: "error", patch_id: two, error: { code: 409 } }] }]);
    const broken = { schema_id: SCHEMA, traits: { email: anyEmail() }, credentials: { password: { config: { hashed_password: "x" } } } };
    expect((await call("batchPatchIdentities", { patchIdentitiesBody: { identities: [{ create: broken }] } })).status).toBe(400);
  },
  async deleteIdentityCredentials(client, call) {
    const person = await somebody(client, TOTP);
    const { app } = await signedIn(client, person);
    const step = (await app.call("createNativeLoginFlow", { aal: "aal2" })).body as FlowJson;
    const proved = await app.call("updateLoginFlow", { flow: step.id, updateLoginFlowBody: { method: "totp", totp_code: await new Authenticator(SECRET).code() } });
    expect([proved.status, await live(app)]).toEqual([200, true]);
    expect((await call("deleteIdentityCredentials", { id: person.id, type: "totp" })).status).toBe(204);
    // What the app proved ended with it, and nobody is asked for it any more.
    expect(await live(app)).toBe(false);
    expect(await live((await signedIn(client, person)).app)).toBe(true);
    expect((await call("deleteIdentityCredentials", { id: person.id, type: "totp" })).status).toBe(404);
    expect((await call("deleteIdentityCredentials", { id: person.id, type: "password" })).status).toBe(400);
  },
  async listIdentitySessions(client, call) {
    const person = await somebody(client);
    const { session } = await signedIn(client, person);
    const listed = await call("listIdentitySessions", { id: person.id, active: true });
    expect((listed.body as readonly SessionJson[]).map(({ id }) => id)).toEqual([session.id]);
    expect(listed.headers["x-total-count"]).toBe("1");
    expect((await call("listIdentitySessions", { id: UNKNOWN })).status).toBe(404);
  },
  async deleteIdentitySessions(client, call) {
    const person = await somebody(client);
    const { app } = await signedIn(client, person);
    expect([(await call("deleteIdentitySessions", { id: person.id })).status, await live(app)]).toEqual([204, false]);
    expect((await call("deleteIdentitySessions", { id: UNKNOWN })).status).toBe(404);
  },
  async listSessions(client, call) {
    const { session } = await signedIn(client, await somebody(client));
    const listed = await call("listSessions", { active: true, pageSize: 500 });
    expect((listed.body as readonly SessionJson[]).map(({ id }) => id)).toContain(session.id);
  },
  async getSession(client, call) {
    const person = await somebody(client);
    const { session } = await signedIn(client, person);
    expect((await call("getSession", { id: session.id, expand: ["identity"] })).body).toMatchObject({ id: session.id, active: true, identity: { id: person.id } });
    expect([(await call("getSession", { id: UNKNOWN })).status, (await call("getSession", { id: "me" })).status]).toEqual([404, 400]);
  },
  async disableSession(client, call) {
    const { app, session } = await signedIn(client, await somebody(client));
    expect([(await call("disableSession", { id: session.id })).status, await live(app)]).toEqual([204, false]);
  },
  async manageSessions(client, call) {
    const person = await somebody(client);
    const { app } = await signedIn(client, person);
    expect((await call("manageSessions", { manageSessionsBody: { action: "disable", identities: [person.id] } })).status).toBe(200);
    expect(await live(app)).toBe(false);
  },
  async extendSession(client, call) {
    const { session } = await signedIn(client, await somebody(client));
    const extended = await call("extendSession", { id: session.id });
    expect(extended.status).toBe(200);
    expect((await call("extendSession", { id: UNKNOWN })).status).toBe(404);
  },
  async createRecoveryCodeForIdentity(client, call) {
    const { id } = await somebody(client);
    const made = await call("createRecoveryCodeForIdentity", { createRecoveryCodeForIdentityBody: { identity_id: id, expires_in: "30m" } });
    expect([made.status, made.body]).toMatchObject([201, { recovery_code: expect.stringMatching(/^\d{6}$/), recovery_link: expect.stringContaining("/recovery") }]);
    expect((await call("createRecoveryCodeForIdentity", { createRecoveryCodeForIdentityBody: { identity_id: UNKNOWN } })).status).toBe(404);
  },
  async createRecoveryLinkForIdentity(client, call) {
    const { id } = await somebody(client);
    const made = await call("createRecoveryLinkForIdentity", { createRecoveryLinkForIdentityBody: { identity_id: id } });
    expect([made.status, made.body]).toMatchObject([200, { recovery_link: expect.stringContaining("token=") }]);
    expect((await call("createRecoveryLinkForIdentity", { createRecoveryLinkForIdentityBody: { identity_id: UNKNOWN } })).status).toBe(400);
  },
  async listIdentitySchemas(_client, call) {
    const listed = await call("listIdentitySchemas");
    expect([listed.status, (listed.body as readonly { readonly id: string }[]).map(({ id }) => id)]).toEqual([200, expect.arrayContaining([SCHEMA])]);
  },
  async getIdentitySchema(_client, call) {
    expect((await call("getIdentitySchema", { id: SCHEMA })).body).toHaveProperty("properties");
    expect((await call("getIdentitySchema", { id: "nobody" })).status).toBe(404);
  },
  /** Not offered: there are no dry runs of providers. */
  async createTestLoginFlow(_client, call) {
    expect((await call("createTestLoginFlow", { createTestLoginFlowBody: { provider_id: "acme" } })).status).toBe(404);
  },
};

describe.each(CLIENTS)("%s", (client) => {
  test("has the operations of the table, and no other", () => {
    expect(adminOperationsOf(client)).toEqual(Object.keys(WALKS).sort());
  });

  test.each(Object.entries(WALKS))("%s", async (_operation, walk) => {
    await walk(client, callOf(client));
  });
});

test("without a key, or with one of nobody, every operation is 401", async () => {
  const nobody = adminCallerOf("@ory/client", { server, host: HOST }, `ory_pat_${"x".repeat(32)}`);
  for (const operation of ["listIdentities", "listSessions"] as const) expect((await nobody(operation)).status).toBe(401);
  expect((await nobody("getIdentity", { id: UNKNOWN })).status).toBe(401);
});
