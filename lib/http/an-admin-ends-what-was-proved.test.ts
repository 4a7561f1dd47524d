import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOfStep } from "../../e2e/kit/totp";
import { openLetter } from "../courier/outbox";
import { removeIdentity } from "../identities/admin-remove";
import { changePerson } from "../identities/admin-update";
import type { IdentityId } from "../model/ids";
import { peopleContext } from "./people-context";
import { reconfigure } from "../platform/testing";
import { levelOf, operated, PASSWORD, signIn, stepUp } from "./testing/people";
import type { Operated } from "./testing/people";
import type { TestClient } from "./testing";

const SECRET = "JBSWY3DPEHPK3PXP";
const NOBODY = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
let ops: Operated;
let people = 0;
beforeAll(async () => {
  ops = await operated();
  await reconfigure(ops.edge.services, { selfservice: { methods: { totp: { enabled: true }, lookup_secret: { enabled: true }, passkey: { enabled: true, config: { rp: { id: "localhost", display_name: "Rung" } } } } } });
});
afterAll(() => ops.edge.close());

interface Somebody { readonly id: string; readonly email: string; readonly browser: TestClient }
const TOTP = { totp: { config: { totp_url: `otpauth://totp/Demo:ada?secret=${SECRET}` } } };
async function somebody(credentials: object = TOTP): Promise<Somebody> {
  const email = `ends-${String(people += 1)}@ops.test`;
  const made = await ops.send("POST", "/admin/identities", { schema_id: "", traits: { email }, credentials: { password: { config: { password: PASSWORD } }, ...credentials } });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return { id: String(made.body["id"]), email, browser: ops.edge.client() };
}
/** Signed in with the password, and with the app. */
async function steppedUp(): Promise<Somebody> {
  const person = await somebody();
  await signIn(person.browser, person.email);
  ops.edge.pass(30_000);
  expect(await stepUp(person.browser, () => ({ method: "totp", totp_code: codeOfStep(SECRET, Math.floor(ops.edge.services.clock.now().getTime() / 30_000)) }))).toBe(200);
  expect(await levelOf(person.browser)).toBe("aal2");
  return person;
}
const patch = (id: string, ...operations: readonly object[]) => ops.send("PATCH", `/admin/identities/${id}`, operations);
const lettersTo = async (id: string): Promise<readonly string[]> =>
  (await ops.handle.listMessages({ limit: 50, identityId: id as IdentityId })).map(({ template }) => template).filter((template) => template !== "new_device");
/** Removal ends sessions by default (J19); without, they are judged again. */
const keepingOthers = async (run: () => Promise<void>): Promise<void> => {
  await reconfigure(ops.edge.services, { rung: { sessions: { revoke_others_on_credential_change: false } } });
  await run().finally(() => reconfigure(ops.edge.services, { rung: { sessions: { revoke_others_on_credential_change: true } } }));
};

describe("switching somebody off", () => {
  test("ends their sessions at once, and switching on revives none", async () => {
    const person = await steppedUp();
    expect((await patch(person.id, { op: "replace", path: "/state", value: "inactive" })).body["state_changed_at"]).toBe(ops.edge.services.clock.now().toISOString().replace(".000", ""));
    expect(await levelOf(person.browser)).toBeNull();
    expect(await signIn(ops.edge.client(), person.email)).toBe(400);
    await ops.send("PUT", `/admin/identities/${person.id}`, { traits: { email: person.email }, state: "active" });
    expect(await levelOf(person.browser)).toBeNull();
    expect(await signIn(ops.edge.client(), person.email)).toBe(422);
  });
});

describe("an authenticator app that is taken away", () => {
  test("counts no more, ends the sessions, is told to its owner, and is written down without a secret", async () => {
    const person = await steppedUp();
    expect((await ops.api.deleteIdentityCredentials({ id: person.id, type: "totp" })).status).toBe(204);
    expect(await levelOf(person.browser)).toBeNull();
    expect((await ops.api.deleteIdentityCredentials({ id: person.id, type: "totp" })).status).toBe(404);
    const again = ops.edge.client();
    expect([await signIn(again, person.email), await levelOf(again)]).toEqual([200, "aal1"]);
    expect(await lettersTo(person.id)).toEqual(["factor_removed"]);
    const [entry] = await ops.handle.listAudit({ limit: 1, action: "identity.credential_removed" });
    expect(entry).toMatchObject({ identityId: person.id, details: { type: "totp", sessionsEnded: 1 } });
  });

  test("is replaced by another: what the old one proved ends", async () => {
    const person = await steppedUp();
    const put = await ops.send("PUT", `/admin/identities/${person.id}`, { traits: { email: person.email }, credentials: { totp: { config: { totp_url: "otpauth://totp/x?secret=KRSXG5CTMVRXEZLU" } } } });
    expect([put.status, await levelOf(person.browser)]).toEqual([200, null]);
  });

  test("by a patch, too; where others stay, their sessions fall to what is left", async () => {
    await keepingOthers(async () => {
      const person = await steppedUp();
      expect((await patch(person.id, { op: "remove", path: "/credentials/totp" })).status).toBe(200);
      expect(await levelOf(person.browser)).toBe("aal1");
    });
  });

  test("with the password it stood on, nothing is left of a session", async () => {
    await keepingOthers(async () => {
      const person = await steppedUp();
      const changed = await patch(person.id, { op: "replace", path: "/credentials/password/config/hashed_password", value: "$md5$CY9rzUYh03PK3k6DJie09g==" });
      expect([changed.status, await levelOf(person.browser)]).toEqual([200, null]);
      expect(await lettersTo(person.id)).toEqual(["password_changed"]);
    });
  });
});

describe("a change that takes nothing away", () => {
  test("ends nothing: metadata, the same secrets again, one more factor", async () => {
    const person = await steppedUp();
    const known = await ops.api.getIdentity({ id: person.id, includeCredential: ["password", "totp"] });
    await patch(person.id, { op: "add", path: "/metadata_admin/seen", value: 1 }, { op: "replace", path: "/credentials/password/config/hashed_password", value: (known.data.credentials?.["password"]?.config as { hashed_password: string }).hashed_password });
    await ops.send("PUT", `/admin/identities/${person.id}`, { traits: { email: person.email }, credentials: { lookup_secret: { config: { codes: [{ code: "onemore1" }] } } } });
    expect(await levelOf(person.browser)).toBe("aal2");
    expect(await lettersTo(person.id)).toEqual(["factor_added"]);
  });

  test("of an address is told at the old and the new one, and the letter names no admin", async () => {
    const { id, email } = await somebody({});
    expect((await patch(id, { op: "replace", path: "/traits/email", value: `new-${email}` })).status).toBe(200);
    const letters = await ops.handle.listMessages({ limit: 5, identityId: id as IdentityId });
    const opened = letters.map((letter) => openLetter(ops.edge.services.keys, letter));
    expect([letters.map(({ template }) => template), opened.map(({ to }) => to).sort()]).toEqual([["address_changed", "address_changed"], [email, `new-${email}`].sort()]);
    expect(JSON.stringify(opened)).not.toMatch(/ipAddress|userAgent|api key/);
  });
});

describe("what may be taken away", () => {
  const remove = (id: string, type: string, identifier?: string) =>
    ops.send("DELETE", `/admin/identities/${id}/credentials/${type}${identifier === undefined ? "" : `?identifier=${encodeURIComponent(identifier)}`}`);
  const links = { oidc: { config: { providers: [{ provider: "acme", subject: "1" }] } } };

  test("never the last way in; a password leaves its names behind", async () => {
    await reconfigure(ops.edge.services, { selfservice: { methods: { oidc: { enabled: true, config: { providers: [{ id: "acme", provider: "generic", client_id: "c", client_secret: "s", issuer_url: "https://idp.example" }] } } } } });
    const alone = await somebody({});
    expect((await remove(alone.id, "password")).status).toBe(400);
    const person = await somebody(links);
    expect((await remove(person.id, "oidc")).status).toBe(400);
    expect((await remove(person.id, "oidc", "acme:2")).status).toBe(404);
    expect((await remove(person.id, "password")).status).toBe(204);
    const { data } = await ops.api.getIdentity({ id: person.id, includeCredential: ["password"] });
    expect(data.credentials?.["password"]).toMatchObject({ identifiers: [person.email], config: {} });
    expect(await signIn(ops.edge.client(), person.email)).toBe(400);
    expect((await remove(person.id, "password")).status).toBe(404);
    expect((await remove(person.id, "oidc", "acme:1")).status).toBe(400);
  });

  test.each([["saml", 404], ["profile", 404], ["webauthn", 404], ["code", 400]])("a type they do not have is 404, one that nobody loses 400 (%s)", async (type, status) => {
    expect((await remove((await somebody({})).id, type)).status).toBe(status);
  });

  test("of nobody: 404", async () => {
    for (const id of [NOBODY, "me"]) expect((await remove(id, "totp")).status).toBe(404);
  });

  test("a set of codes, by its owner's request; then it is gone", async () => {
    const person = await somebody({ lookup_secret: { config: { codes: [{ code: "abcd1234" }] } } });
    expect((await remove(person.id, "lookup_secret")).status).toBe(204);
    expect((await ops.api.getIdentity({ id: person.id })).data.credentials).not.toHaveProperty("lookup_secret");
  });
});

test("the last owner of the installation is neither deleted nor switched off", async () => {
  const { db, clock, resolver } = ops.edge.services;
  const console = await resolver.byHost("console.localhost:4000");
  if (console === null) throw new Error("no console");
  const handle = db.forProject(console.row.id);
  const owner = await handle.transaction((tx) => tx.insertIdentity({ id: NOBODY as IdentityId, schemaId: console.config.defaultSchemaId, traits: { email: "owner@ops.test" }, verifiable: [], recovery: [], at: clock.now() }));
  await db.platform.insertAdmin(owner.id, "owner", clock.now());
  const ctx = peopleContext({ services: ops.edge.services, project: console, handle, ipAddress: null, now: clock.now() }, { kind: "cli", label: "test" });
  await expect(removeIdentity(owner.id, ctx)).rejects.toMatchObject({ code: "conflict" });
  const off = { schemaId: owner.schemaId, traits: null, state: "inactive", metadataPublic: null, metadataAdmin: null, externalId: null, verifiable: null, credentials: () => Promise.reject(new Error("none")) } as const;
  await expect(changePerson({ identity: owner, credentials: [] }, { ...off, credentials: async () => ({ remove: [], rehash: null, insert: [], codes: null, ended: [], added: [] }) }, ctx)).rejects.toMatchObject({ code: "conflict" });
  expect((await handle.findIdentity(owner.id))?.state).toBe("active");
});
