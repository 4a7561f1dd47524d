import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authenticator, coseKey, publicKeyOf } from "../../e2e/kit/authenticator";
import type { Authenticator, CreationOptions, RequestOptions } from "../../e2e/kit/authenticator";
import { codeOfStep } from "../../e2e/kit/totp";
import { reconfigure } from "../platform/testing";
import { levelOf, loginFlow, operated, PASSWORD, signIn, stepUp, submitLogin, valueOf } from "./testing/people";
import type { Operated } from "./testing/people";
import { BASE } from "./testing";
import type { Json } from "./testing";

const SECRET = "JBSWY3DPEHPK3PXP";
const HASH = `$md5$${createHash("md5").update(PASSWORD).digest("base64")}`;
let ops: Operated;
let people = 0;
beforeAll(async () => {
  ops = await operated();
  await reconfigure(ops.edge.services, {
    selfservice: { methods: {
      totp: { enabled: true }, lookup_secret: { enabled: true }, webauthn: { enabled: true, config: { passwordless: false, rp: { id: "localhost", display_name: "Rung" } } },
      passkey: { enabled: true, config: { rp: { id: "localhost", display_name: "Rung" } } },
    } },
    session: { whoami: { required_aal: "highest_available" } },
  });
});
afterAll(() => ops.edge.close());

const email = (): string => `import-${String(people += 1)}@ops.test`;
const totpNow = (secret: string): string => codeOfStep(secret, Math.floor(ops.edge.services.clock.now().getTime() / 30_000));
async function imported(credentials: object, more: object = {}): Promise<{ readonly id: string; readonly email: string }> {
  const address = email();
  const made = await ops.send("POST", "/admin/identities", {
    schema_id: "", traits: { email: address }, credentials: { password: { config: { hashed_password: HASH } }, ...credentials }, ...more,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return { id: String(made.body["id"]), email: address };
}
const secretsOf = async (id: string, type: string): Promise<Json | undefined> =>
  (await ops.send("GET", `/admin/identities/${id}?include_credential=${type}`)).body["credentials"]?.[type]?.["config"];

describe("a password hash of another system", () => {
  test("signs in, and is ours from then on", async () => {
    const person = await imported({});
    expect((await secretsOf(person.id, "password"))?.["hashed_password"]).toBe(HASH);
    expect(await signIn(ops.edge.client(), person.email, "wrong")).toBe(400);
    expect(await signIn(ops.edge.client(), person.email)).toBe(200);
    expect((await secretsOf(person.id, "password"))?.["hashed_password"]).toMatch(/^\$argon2id\$/);
    expect(await signIn(ops.edge.client(), person.email)).toBe(200);
  });

  test("nobody signs in where no password was imported, with none and with any", async () => {
    const address = email();
    await ops.send("POST", "/admin/identities", { schema_id: "", traits: { email: address } });
    for (const password of ["", PASSWORD]) expect(await signIn(ops.edge.client(), address, password)).toBe(400);
  });

  test("one of ours travels: exported, it may be given to somebody else", async () => {
    const one = await imported({ password: { config: { password: PASSWORD } } });
    const hash = (await secretsOf(one.id, "password"))?.["hashed_password"];
    const two = await imported({ password: { config: { hashed_password: hash } } });
    // With the key of this server in it, and more work than any sign-in may cost.
    const costly = String(hash).replace(/m=\d+,t=\d+/, "m=9999999,t=3");
    const refused = await ops.send("POST", "/admin/identities", { schema_id: "", traits: { email: email() }, credentials: { password: { config: { hashed_password: costly } } } });
    expect(String(hash)).toContain(",keyid=");
    expect(refused.status).toBe(400);
    expect(await signIn(ops.edge.client(), two.email)).toBe(200);
    const foreign = String(hash).replace(/keyid=[^$,]+/, `keyid=${Buffer.from("gone").toString("base64").replace(/=+$/, "")}`);
    expect((await ops.send("PUT", `/admin/identities/${two.id}`, { traits: { email: two.email }, credentials: { password: { config: { hashed_password: foreign } } } })).status).toBe(400);
  });
});

describe("an imported authenticator app", () => {
  test("is asked for, reaches aal2, and rests sealed; its address is shown to who asks", async () => {
    const person = await imported({ totp: { config: { totp_url: `otpauth://totp/Demo:ada?secret=${SECRET.toLowerCase()}&issuer=Demo&algorithm=SHA1&digits=6&period=30` } } });
    const browser = ops.edge.client();
    expect([await signIn(browser, person.email), await levelOf(browser)]).toEqual([422, "too low"]);
    expect(await stepUp(browser, () => ({ method: "totp", totp_code: totpNow(SECRET) }))).toBe(200);
    expect(await levelOf(browser)).toBe("aal2");
    const shown = await ops.api.getIdentity({ id: person.id, includeCredential: ["totp"] });
    expect(shown.data.credentials?.["totp"]).toMatchObject({ identifiers: [person.id], config: { totp_url: expect.stringContaining(`secret=${SECRET}`) } });
    expect(shown.data.credentials?.["password"]).not.toHaveProperty("config");
    expect(JSON.stringify(await ops.edge.db.connection.reads.prisma.credential.findMany({ select: { config: true } }))).not.toContain(SECRET);
  });
});

describe("imported recovery codes", () => {
  const codes = [{ code: "abcd1234" }, { code: "zz99oil0", used_at: "2026-01-01T00:00:00Z" }, { code: "abcd1234" }];

  test("are good once each, in any spelling; used ones stay used, and hashed ones are never shown", async () => {
    const person = await imported({ lookup_secret: { config: { codes } } });
    const browser = ops.edge.client();
    expect(await signIn(browser, person.email)).toBe(422);
    expect(await stepUp(browser, () => ({ method: "lookup_secret", lookup_secret: "ZZ99-OIL0" }))).toBe(400);
    expect(await stepUp(browser, () => ({ method: "lookup_secret", lookup_secret: "ABCD 1234" }))).toBe(200);
    const listed = (await secretsOf(person.id, "lookup_secret"))?.["recovery_codes"] as unknown as readonly Json[];
    expect(listed.map((code) => [code["code"], code["used_at"] !== undefined])).toEqual([[undefined, true], [undefined, true]]);
    expect(JSON.stringify(await ops.edge.db.connection.reads.prisma.lookupCode.findMany())).not.toMatch(/abcd1234/i);
  });

  test("join those that are there, and show themselves where the project lets them", async () => {
    await reconfigure(ops.edge.services, { selfservice: { methods: { lookup_secret: { config: { storage: "revealable" } } } } });
    const person = await imported({ lookup_secret: { config: { codes } } });
    await ops.send("PUT", `/admin/identities/${person.id}`, { traits: { email: person.email }, credentials: { lookup_secret: { config: { codes: [{ code: "abcd1234" }, { code: "newnew77" }] } } } });
    expect((await secretsOf(person.id, "lookup_secret"))?.["recovery_codes"]).toEqual([{ code: "abcd1234" }, { code: "zz99oil0", used_at: "2026-01-01T00:00:00Z" }, { code: "newnew77" }]);
    const patched = await ops.send("PATCH", `/admin/identities/${person.id}`, [
      { op: "remove", path: "/credentials/lookup_secret/config/recovery_codes/0" }, { op: "remove", path: "/credentials/lookup_secret/config/recovery_codes/0/used_at" },
      { op: "add", path: "/credentials/lookup_secret/config/recovery_codes/-", value: { code: "last0001" } },
    ]);
    expect(patched.status).toBe(200);
    expect((await secretsOf(person.id, "lookup_secret"))?.["recovery_codes"]).toEqual([{ code: "zz99oil0" }, { code: "newnew77" }, { code: "last0001" }]);
    const browser = ops.edge.client();
    await signIn(browser, person.email);
    expect(await stepUp(browser, () => ({ method: "lookup_secret", lookup_secret: "newnew77" }))).toBe(200);
    await reconfigure(ops.edge.services, { selfservice: { methods: { lookup_secret: { config: { storage: "hashed" } } } } });
  });
});

/** A key that another system enrolled, under a user handle of its own, and how that system writes it down. */
function foreignKey(handle: string): { readonly device: Authenticator; readonly wire: Readonly<Record<string, unknown>> } {
  const device = authenticator({ origin: BASE });
  const asked: CreationOptions = { challenge: randomBytes(32).toString("base64url"), rp: { id: "localhost" }, user: { id: handle } };
  device.register(asked);
  const [key] = device.keys;
  if (key === undefined) throw new Error("no key");
  return {
    device,
    wire: {
      id: Buffer.from(key.id, "base64url").toString("base64"), public_key: coseKey(key.privateKey, key.algorithm).toString("base64"), attestation_type: "none",
      authenticator: { aaguid: Buffer.alloc(16).toString("base64"), sign_count: 0, clone_warning: false }, display_name: "Old key", added_at: "2025-03-01T10:00:00Z",
      flags: { user_present: true, user_verified: true, backup_eligible: false, backup_state: false }, transport: ["usb"],
    },
  };
}
const requestIn = (flow: Json, name: string): RequestOptions => publicKeyOf<RequestOptions>(valueOf(flow, name));

describe("an imported security key", () => {
  test("is the second step; the same id is updated, another joins it", async () => {
    const handle = randomBytes(32);
    const [old, other] = [foreignKey(handle.toString("base64url")), foreignKey(handle.toString("base64url"))];
    const person = await imported({ webauthn: { config: { credentials: [{ ...old.wire, is_passwordless: false }], user_handle: [...handle] } } });
    const browser = ops.edge.client();
    expect([await signIn(browser, person.email), await levelOf(browser)]).toEqual([422, "too low"]);
    expect(await stepUp(browser, (flow) => ({ method: "webauthn", webauthn_login: old.device.authenticate(requestIn(flow, "webauthn_login_trigger")) }))).toBe(200);
    expect(await levelOf(browser)).toBe("aal2");
    const put = await ops.send("PUT", `/admin/identities/${person.id}`, {
      traits: { email: person.email }, credentials: { webauthn: { config: { credentials: [{ ...old.wire, is_passwordless: false, display_name: "Renamed", authenticator: { sign_count: 1 } }, { ...other.wire, is_passwordless: false }], user_handle: handle.toString("base64") } } },
    });
    expect(put.status).toBe(200);
    const config = await secretsOf(person.id, "webauthn");
    const names = new Map((config?.["credentials"] as unknown as readonly Json[]).map((key) => [key["id"], key["display_name"]]));
    expect([config?.["user_handle"], names]).toEqual([handle.toString("base64"), new Map([[old.wire["id"], "Renamed"], [other.wire["id"], "Old key"]])]);
    for (const key of [old, other]) {
      const again = ops.edge.client();
      await signIn(again, person.email);
      expect(await stepUp(again, (flow) => ({ method: "webauthn", webauthn_login: key.device.authenticate(requestIn(flow, "webauthn_login_trigger")) }))).toBe(200);
    }
  });

  test("whose record was moved to somebody else signs nobody in", async () => {
    const key = foreignKey(randomBytes(16).toString("base64url"));
    const config = { config: { credentials: [key.wire], user_handle: "YWJj" } };
    await imported({ webauthn: config });
    const refused = await ops.send("POST", "/admin/identities", { schema_id: "", traits: { email: email() }, credentials: { passkey: config } });
    expect(refused.status).toBe(409);
  });
});

describe("an imported passkey", () => {
  test("begins a session by the user handle it was made with, and by no other", async () => {
    const handle = randomBytes(64);
    const { device, wire } = foreignKey(handle.toString("base64url"));
    const person = await imported({ passkey: { config: { credentials: [wire], user_handle: handle.toString("base64") } } });
    const browser = ops.edge.client();
    const flow = await loginFlow(browser);
    const wrong = await submitLogin(browser, flow, { method: "passkey", passkey_login: device.authenticate(requestIn(flow, "passkey_challenge"), { userHandle: randomBytes(64).toString("base64url") }) });
    expect(wrong.status).toBe(400);
    const again = await loginFlow(browser);
    const right = await submitLogin(browser, again, { method: "passkey", passkey_login: device.authenticate(requestIn(again, "passkey_challenge")) });
    expect([right.status, right.body["session"]?.["identity"]?.["id"]]).toEqual([200, person.id]);
    const shown = await ops.api.getIdentity({ id: person.id, includeCredential: ["passkey"] });
    expect(shown.data.credentials?.["passkey"]).toMatchObject({ identifiers: [handle.toString("base64url")], config: { user_handle: handle.toString("base64"), credentials: [{ is_passwordless: true }] } });
  });
});

test("an account elsewhere is linked, counted once, and never with tokens", async () => {
  const person = await imported({ oidc: { config: { providers: [{ provider: "acme", subject: "77", use_auto_link: false }] } } });
  ops.edge.pass(1_000);
  await ops.send("PUT", `/admin/identities/${person.id}`, { traits: { email: person.email }, credentials: { oidc: { config: { providers: [{ provider: "acme", subject: "77" }, { provider: "acme", subject: "78" }] } } } });
  expect(await secretsOf(person.id, "oidc")).toEqual({ providers: ["77", "78"].map((subject) => ({ provider: "acme", subject, initial_id_token: "", initial_access_token: "", initial_refresh_token: "" })) });
  expect((await ops.handle.findAccountByIdentifier("oidc", "acme:78"))?.identity.id).toBe(person.id);
  const taken = await ops.send("POST", "/admin/identities", { schema_id: "", traits: { email: email() }, credentials: { oidc: { config: { providers: [{ provider: "acme", subject: "78" }] } } } });
  expect(taken.status).toBe(409);
});
