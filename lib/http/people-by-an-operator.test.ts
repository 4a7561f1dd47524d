import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operated } from "./testing/people";
import type { Operated } from "./testing/people";

const NOBODY = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
const SCHEMA = "preset://email";
const NIL = "00000000-0000-0000-0000-000000000000";
let ops: Operated;
let people = 0;
beforeAll(async () => {
  ops = await operated();
});
afterAll(() => ops.edge.close());

const email = (): string => `person-${String(people += 1)}@ops.test`;
async function somebody(more: object = {}): Promise<{ readonly id: string; readonly email: string }> {
  const address = email();
  const made = await ops.api.createIdentity({ createIdentityBody: { schema_id: SCHEMA, traits: { email: address }, ...more } });
  if (made.status !== 201) throw new Error(JSON.stringify(made.data));
  return { id: made.data.id, email: address };
}
const audit = (action: string) => ops.handle.listAudit({ limit: 1, action });

describe("creating", () => {
  test("answers 201 with where the person is, credentials without their secrets, and writes it down", async () => {
    const address = email();
    const made = await ops.api.createIdentity({
      createIdentityBody: {
        schema_id: SCHEMA, traits: { email: ` ${address.toUpperCase()} ` }, metadata_admin: { segment: "beta" }, metadata_public: { plan: "gold" }, external_id: "crm-1",
        credentials: { password: { config: { password: "kettle violin 93 marsh" } } }, state: "active", organization_id: null,
        verifiable_addresses: [{ value: address, via: "email", verified: true, status: "completed" }],
      },
    });
    expect([made.status, made.headers["location"]]).toEqual([201, `http://localhost:4000/admin/identities/${made.data.id}`]);
    expect(made.headers["cache-control"]).toContain("no-store");
    expect(made.data).toMatchObject({
      schema_id: SCHEMA, schema_url: `http://localhost:4000/schemas/${Buffer.from(SCHEMA).toString("base64url")}`, state: "active", external_id: "crm-1", organization_id: null,
      metadata_admin: { segment: "beta" }, metadata_public: { plan: "gold" },
      verifiable_addresses: [{ value: address, verified: true, status: "completed", via: "email" }], recovery_addresses: [{ value: address, via: "email" }],
      credentials: { password: { type: "password", identifiers: [address] } },
    });
    expect(JSON.stringify(made.data)).not.toContain("config");
    const [entry] = await audit("identity.created");
    expect(entry).toMatchObject({ identityId: made.data.id, actor: { kind: "admin", label: "api key ops" } });
    expect(JSON.stringify(entry)).not.toMatch(/kettle|argon2/);
    expect((await ops.api.getIdentityByExternalID({ externalID: "crm-1" })).data.id).toBe(made.data.id);
  });

  test.each([
    ["an unknown member", { id: NOBODY }, /"id"/], ["schema_url", { schema_url: "x" }, /"schema_url"/],
    ["an unknown member deep inside", { credentials: { totp: { config: { totp_url: "x", secret: "y" } } } }, /"secret"/],
    ["an unknown schema", { schema_id: "nobody" }, /Unable to find JSON Schema ID: nobody/], ["a bad state", { state: "asleep" }, /active/],
    ["traits that break the schema", { traits: { email: 7 } }, /I\[#\/traits\/email\] S\[/], ["traits that are no object", { traits: [] }, /traits/],
    ["an organization", { organization_id: NOBODY }, /organizations/], ["no list", { verifiable_addresses: {} }, /verifiable_addresses/],
    ["a hash of no known format", { credentials: { password: { config: { hashed_password: "secret" } } } }, /no known hash format/],
    ["a hash that costs too much", { credentials: { password: { config: { hashed_password: `$2b$16$${"a".repeat(53)}` } } } }, /more work/],
    ["a TOTP address of another kind", { credentials: { totp: { config: { totp_url: "otpauth://hotp/x?secret=ABCDEFGH234567AB" } } } }, /otpauth/],
    ["a TOTP with eight digits", { credentials: { totp: { config: { totp_url: "otpauth://totp/x?secret=ABCDEFGH234567AB&digits=8" } } } }, /digits/],
    ["a passkey without a handle", { credentials: { passkey: { config: { credentials: [{ id: "YQ==", public_key: "YQ==" }] } } } }, /user_handle/],
    ["a key that is no COSE key", { credentials: { webauthn: { config: { credentials: [{ id: "YQ==", public_key: "YQ==" }], user_handle: "YQ==" } } } }, /COSE/],
    ["SAML", { credentials: { saml: { config: { providers: [{ subject: "a", provider: "b" }] } } } }, /saml/],
  ])("%s is 400 and says why", async (_name, more, why) => {
    const refused = await ops.send("POST", "/admin/identities", { schema_id: SCHEMA, traits: { email: email() }, ...more });
    expect([refused.status, refused.body["error"]?.["reason"]]).toEqual([400, expect.stringMatching(why)]);
    expect(refused.headers.get("ory-error-id")).toBe("");
  });

  test.each([["nothing", ""], ["no JSON", "{"], ["a list", "[]"], ["a NUL", '{"traits":{"email":"a\\u0000"}}'], ["a prototype", '{"__proto__":{}}'], ["a deep nest", "[".repeat(100_000)]])("%s is 400", async (_name, body) => {
    expect((await ops.send("POST", "/admin/identities", body)).status).toBe(400);
  });

  test("more than 5 MB is 413, a megabyte is read", async () => {
    const huge = (bytes: number): object => ({ schema_id: SCHEMA, traits: { email: email() }, metadata_admin: "x".repeat(bytes) });
    expect((await ops.send("POST", "/admin/identities", huge(6 * 1024 * 1024))).status).toBe(413);
    expect((await ops.send("POST", "/admin/identities", huge(1024 * 1024))).status).toBe(201);
  });

  test("a taken name, address or external id is 409, also of somebody without a password", async () => {
    const taken = await somebody({ external_id: "crm-taken" });
    const twice = await ops.api.createIdentity({ createIdentityBody: { schema_id: SCHEMA, traits: { email: taken.email.toUpperCase() } } });
    expect(twice.status).toBe(409);
    const external = await ops.api.createIdentity({ createIdentityBody: { schema_id: SCHEMA, traits: { email: email() }, external_id: "crm-taken" } });
    expect(external.status).toBe(409);
  });

  test("of two at the same moment one wins", async () => {
    const address = email();
    const body = { createIdentityBody: { schema_id: SCHEMA, traits: { email: address } } };
    const answers = await Promise.all(Array.from({ length: 4 }, () => ops.api.createIdentity(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });
});

describe("reading", () => {
  test("an id that is none, or nobody's, is 404; an invalid include_credential 400, also as a comma list", async () => {
    const { id } = await somebody();
    for (const unknown of [NOBODY, "me", `${id}x`]) expect((await ops.api.getIdentity({ id: unknown })).status).toBe(404);
    expect((await ops.api.getIdentityByExternalID({ externalID: "no such/one" })).status).toBe(404);
    for (const types of ["totp,oidc", "profile", "identifier_first"]) {
      const refused = await ops.send("GET", `/admin/identities/${id}?include_credential=${types}`);
      expect([refused.status, refused.body["error"]?.["reason"]]).toEqual([400, expect.stringContaining("include_credential")]);
    }
    expect((await ops.api.getIdentity({ id, includeCredential: ["totp", "oidc"] })).status).toBe(200);
  });

  test("an external id may hold anything a path can carry", async () => {
    const { id } = await somebody({ external_id: "crm/7 ä%2F" });
    expect((await ops.api.getIdentityByExternalID({ externalID: "crm/7 ä%2F" })).data.id).toBe(id);
  });

  test("without a key is 401, with a key of nobody too", async () => {
    for (const headers of [{}, { authorization: "Bearer ory_pat_nobody" }]) {
      expect((await ops.edge.client().send("GET", "/admin/identities", { headers })).status).toBe(401);
    }
    expect((await ops.edge.client().send("GET", "/admin/identities", { headers: { authorization: ops.key } })).status).toBe(200);
  });
});

describe("the list", () => {
  const nextOf = (link: unknown): string | null => /<([^>]+)>; rel="next"/.exec(String(link))?.[1] ?? null;

  test("walks everybody in the order of their ids, without counting and without credentials", async () => {
    for (let index = 0; index < 5; index += 1) await somebody();
    const seen: string[] = [];
    let next: string | null = "/admin/identities?page_size=3";
    for (let pages = 0; next !== null && pages < 50; pages += 1) {
      const page = await ops.send("GET", next);
      const rows = page.body as unknown as readonly { readonly id: string; readonly credentials?: unknown; readonly metadata_admin: unknown }[];
      expect(page.headers.get("x-total-count")).toBeNull();
      expect(page.headers.get("link")).toContain(`</admin/identities?page_size=3&page_token=${NIL}>; rel="first"`);
      expect(rows.every((row) => row.credentials === undefined && "metadata_admin" in row)).toBe(true);
      seen.push(...rows.map(({ id }) => id));
      next = nextOf(page.headers.get("link"));
    }
    expect(seen).toEqual([...seen].sort());
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(await ops.handle.countPeople({ kind: "all" }));
  });

  test("by page numbers has a count, and ends at a thousand", async () => {
    const page = await ops.send("GET", "/admin/identities?page=1&per_page=2");
    expect([page.status, page.headers.get("x-total-count")]).toEqual([200, String(await ops.handle.countPeople({ kind: "all" }))]);
    expect(page.headers.get("link")).toContain('rel="last"');
    expect((await ops.send("GET", "/admin/identities?page=5&per_page=201")).status).toBe(400);
    expect((await ops.send("GET", "/admin/identities?page=5&per_page=200")).status).toBe(200);
    // The old names alone are a size.
    expect((await ops.api.listIdentities({ perPage: 1 })).data.length).toBe(1);
  });

  test("finds by ids, by a name in any spelling, and by the beginning of a name", async () => {
    const [one, two] = [await somebody(), await somebody({ traits: { email: "Zo_e.Mueller@ops.test" } })];
    expect((await ops.api.listIdentities({ ids: [one.id, two.id, NOBODY] })).data.map(({ id }) => id).sort()).toEqual([one.id, two.id].sort());
    const named = await ops.api.listIdentities({ credentialsIdentifier: one.email.toUpperCase() });
    expect(named.data).toMatchObject([{ id: one.id, credentials: { password: { identifiers: [one.email] } } }]);
    expect((await ops.api.listIdentities({ previewCredentialsIdentifierSimilar: "ZO_E.m" })).data.map(({ id }) => id)).toEqual([two.id]);
    for (const like of ["zoxe.m", "zo%", "%", "zo_e.mz"]) expect((await ops.api.listIdentities({ previewCredentialsIdentifierSimilar: like })).data).toEqual([]);
    expect((await ops.api.listIdentities({ organizationId: NOBODY })).data).toEqual([]);
    expect((await ops.api.listIdentities({ credentialsIdentifier: "nobody@ops.test" })).data).toEqual([]);
    expect((await ops.api.listIdentities({ ids: [one.id], includeCredential: ["password"] })).data).toMatchObject([{ credentials: { password: { config: {} } } }]);
  });

  test.each([
    ["two filters", `ids=${NOBODY}&credentials_identifier=a`], ["an id that is none", "ids=me"], ["an organization that is none", "organization_id=me"],
    ["a token made by hand", "page_token=2"], ["an unknown consistency", "consistency=perhaps"], ["a list of types", "include_credential=totp,oidc"],
    ["501 ids", Array.from({ length: 501 }, () => `ids=${NOBODY}`).join("&")],
  ])("%s is 400", async (_name, query) => {
    expect((await ops.send("GET", `/admin/identities?${query}`)).status).toBe(400);
  });
});

describe("replacing", () => {
  test("clears what is not said, keeps schema, state and credentials, and ignores what it does not know", async () => {
    const { id } = await somebody({ metadata_admin: { a: 1 }, metadata_public: { b: 2 }, external_id: "crm-put", credentials: { password: { config: { password: "kettle violin 93 marsh" } } } });
    const moved = email();
    const put = await ops.send("PUT", `/admin/identities/${id}`, { traits: { email: moved }, whatever: true, id: NOBODY });
    expect([put.status, put.body]).toMatchObject([200, { id, state: "active", schema_id: SCHEMA, metadata_admin: null, metadata_public: null, traits: { email: moved } }]);
    expect(put.body["external_id"]).toBeUndefined();
    expect(put.body["verifiable_addresses"]?.[0]).toMatchObject({ value: moved, verified: false });
    expect(put.body["credentials"]?.["password"]?.["identifiers"]).toEqual([moved]);
    const [account] = (await ops.handle.listPeople({ filter: { kind: "identifier", normalised: moved, exact: moved }, expand: true, after: null, limit: 2 }));
    expect(account?.credentials.find(({ type }) => type === "password")).toMatchObject({ hash: expect.stringContaining("$argon2id$") });
    expect((await audit("identity.updated"))[0]).toMatchObject({ identityId: id, details: { changed: expect.arrayContaining(["traits", "addresses", "metadataAdmin"]) } });
  });

  test("of nobody is 404, with somebody's address 409, with traits that break the schema 400", async () => {
    const [one, two] = [await somebody(), await somebody()];
    expect((await ops.send("PUT", `/admin/identities/${NOBODY}`, { traits: { email: email() } })).status).toBe(404);
    expect((await ops.send("PUT", `/admin/identities/${one.id}`, { traits: { email: two.email } })).status).toBe(409);
    expect((await ops.send("PUT", `/admin/identities/${one.id}`, { state: "active" })).status).toBe(400);
  });
});

describe("patching", () => {
  let shared: { readonly id: string } | undefined;
  const patch = (id: string, operations: unknown) => ops.send("PATCH", `/admin/identities/${id}`, operations);

  test("adds with the way there, replaces what is missing, removes", async () => {
    const { id } = await somebody();
    const done = await patch(id, [
      { op: "add", path: "/metadata_public/plan/name", value: "gold" }, { op: "replace", path: "/metadata_admin/seen", value: true },
      { op: "add", path: "/external_id", value: `crm-${id}` }, { op: "replace", path: "/state", value: "inactive" }, { op: "add", path: "/region", value: "eu-central" },
    ]);
    expect([done.status, done.body]).toMatchObject([200, { metadata_public: { plan: { name: "gold" } }, metadata_admin: { seen: true }, external_id: `crm-${id}`, state: "inactive" }]);
    const gone = await patch(id, [{ op: "remove", path: "/external_id" }, { op: "remove", path: "/metadata_public/plan/name" }, { op: "replace", path: "/state", value: "active" }]);
    expect([gone.body["external_id"], gone.body["metadata_public"], gone.body["state"]]).toEqual([undefined, { plan: {} }, "active"]);
  });

  test("says that an address is verified, and takes that back", async () => {
    const { id } = await somebody();
    const done = await patch(id, [{ op: "replace", path: "/verifiable_addresses/0/verified", value: true }]);
    expect(done.body["verifiable_addresses"]?.[0]).toMatchObject({ verified: true, status: "completed" });
    const back = await patch(id, [{ op: "replace", path: "/verifiable_addresses/0/verified", value: false }]);
    expect(back.body["verifiable_addresses"]?.[0]).toMatchObject({ verified: false, status: "pending" });
  });

  test("two at the same moment both count", async () => {
    const { id } = await somebody();
    const answers = await Promise.all([1, 2, 3].map((index) => patch(id, [{ op: "add", path: `/metadata_admin/k${String(index)}`, value: index }])));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await ops.api.getIdentity({ id })).data.metadata_admin).toEqual({ k1: 1, k2: 2, k3: 3 });
  });

  test.each([
    ["move", [{ op: "move", from: "/traits", path: "/metadata_public" }], /unsupported operation/], ["copy", [{ op: "copy", from: "/a", path: "/b" }], /unsupported/],
    ["test", [{ op: "test", path: "/state", value: "active" }], /unsupported/], ["/id", [{ op: "replace", path: "/id", value: NOBODY }], /denied path: \/id/],
    ["/ID", [{ op: "replace", path: "/ID", value: NOBODY }], /denied/], ["/stateChangedAt", [{ op: "add", path: "/stateChangedAt", value: "x" }], /denied/],
    ["all credentials", [{ op: "replace", path: "/credentials", value: {} }], /denied path: \/credentials/],
    ["a link", [{ op: "add", path: "/credentials/oidc/config/providers/-", value: {} }], /denied path: \/credentials\/oidc/], ["SAML", [{ op: "remove", path: "/credentials/saml" }], /denied/],
    ["a credential without its type", [{ op: "add", path: "/credentials/totp", value: { config: {} } }], /credentials.totp.type/],
    ["a credential under another name", [{ op: "add", path: "/credentials/totp", value: { type: "password" } }], /credentials.totp.type/],
    ["a removal of what is not there", [{ op: "remove", path: "/metadata_public/x" }], /does not exist/], ["the region removed", [{ op: "remove", path: "/region" }], /region/],
    ["a state there is not", [{ op: "replace", path: "/state", value: "asleep" }], /"active" and "inactive"/], ["no list", {}, /list/], ["a prototype", [{ op: "add", path: "/__proto__/x", value: 1 }], /denied/],
    ["a path without end", [{ op: "add", path: `/metadata_public${"/x".repeat(64)}`, value: 1 }], /more than 64 parts/],
    ["a hash nobody knows", [{ op: "replace", path: "/credentials/password/config/hashed_password", value: "x" }], /no known hash/],
  ])("%s is 400", async (_name, operations, why) => {
    const { id } = shared ??= await somebody();
    const refused = await patch(id, operations);
    expect([refused.status, refused.body["error"]?.["reason"]]).toEqual([400, expect.stringMatching(why)]);
  });
});

describe("deleting", () => {
  test("takes the person with everything of theirs, once", async () => {
    const { id, email: address } = await somebody({ credentials: { password: { config: { password: "kettle violin 93 marsh" } } } });
    const gone = await ops.api.deleteIdentity({ id });
    expect([gone.status, gone.data]).toEqual([204, ""]);
    expect((await ops.api.deleteIdentity({ id })).status).toBe(404);
    expect((await ops.api.deleteIdentity({ id: "me" })).status).toBe(404);
    expect((await ops.api.createIdentity({ createIdentityBody: { schema_id: SCHEMA, traits: { email: address } } })).status).toBe(201);
    expect((await audit("identity.deleted"))[0]).toMatchObject({ identityId: id });
  });
});
