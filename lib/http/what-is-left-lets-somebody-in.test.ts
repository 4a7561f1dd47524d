import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { coseKey } from "../../e2e/kit/authenticator";
import { openLetter } from "../courier/outbox";
import type { ProjectHandle } from "../db/handles";
import { seedSession } from "../db/testing";
import { canSignIn } from "../identities/ways-in";
import type { FactorId } from "../model/assurance";
import type { IdentityId } from "../model/ids";
import type { Project, ProjectRow } from "../model/project";
import { createApiKey } from "../platform/api-keys";
import { reconfigure } from "../platform/testing";
import { commandsOf } from "./commands";
import type { Admin } from "./console";
import { openExchange } from "./exchange";
import type { Exchange } from "./exchange";
import { readPeople } from "./people-pages";
import { removeFactor, startRecovery, switchPerson } from "./person-changes";
import { readPerson } from "./person-pages";
import { csrfOf, dispatch, registerIn, testEdge, text } from "./testing";
import type { Json, TestEdge } from "./testing";
import { signIn } from "./testing/people";

/* The console and the admin API take factors away by one rule; of the owners of the installation one keeps a way in whatever happens. */

const PASSWORD = "kettle violin 93 marsh";
const HASH = "$md5$CY9rzUYh03PK3k6DJie09g==";
const FREE = `base64://${Buffer.from('{"$id":"free","type":"object","properties":{"traits":{"type":"object","properties":{"email":{"type":"string"}}}}}').toString("base64")}`;
const OIDC = { enabled: true, config: { providers: [{ id: "acme", label: "Acme", provider: "generic", client_id: "c", client_secret: "s", issuer_url: "https://idp.example" }] } };

let edge: TestEdge;
let exchange: Exchange;
let app: Place;
let home: Place;
let serial = 0;

/** A project with a key of it. */
interface Place { readonly slug: string; readonly host: string; readonly token: string; readonly people: ProjectHandle }
interface Answer { readonly status: number; readonly body: Json }

async function placeOf(row: ProjectRow, host: string): Promise<Place> {
  const { token } = await createApiKey(edge.services.db.platform, { projectId: row.id }, { name: "ops", expiresAt: null }, edge.services.clock.now());
  return { slug: row.slug, host, token, people: edge.db.forProject(row.id) };
}
beforeAll(async () => {
  edge = await testEdge();
  const consoleRow = (await edge.db.platform.findConsoleProject())!;
  await reconfigure(edge.services, { selfservice: { methods: { oidc: OIDC } } });
  await reconfigure(edge.services, {
    selfservice: { methods: { oidc: OIDC } }, identity: { schemas: [{ id: "preset://email", url: "preset://email" }, { id: "free", url: FREE }] },
  }, consoleRow);
  edge.pass(2_000);
  exchange = await openExchange({ headers: new Headers({ host: "localhost:4000" }), target: "/" }, edge.services);
  app = await placeOf(exchange.project.row, "localhost:4000");
  home = await placeOf(consoleRow, "console.localhost:4000");
});
afterAll(() => edge.close());
const noOwners = () => edge.db.connection.writes.rows({ name: "no_owners", text: "DELETE FROM admin" }, []);
beforeEach(noOwners);

async function api(place: Place, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await dispatch(new Request(new URL(path, `http://${place.host}`), {
    method, headers: { host: place.host, authorization: `Bearer ${place.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
  const raw = await answer.text();
  return { status: answer.status, body: (raw === "" ? {} : JSON.parse(raw)) as Json };
}

/** What somebody may have, as it is imported. Those in `WAYS` sign in alone. */
const IMPORTS: Readonly<Record<string, () => object>> = {
  password: () => ({ hashed_password: HASH }),
  oidc: () => ({ providers: [{ provider: "acme", subject: randomBytes(6).toString("hex") }] }),
  passkey: () => ({
    user_handle: randomBytes(32).toString("base64"),
    credentials: [{ id: randomBytes(16).toString("base64"), public_key: coseKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, "ES256").toString("base64"), display_name: "Pixel", is_passwordless: true }],
  }),
  totp: () => ({ totp_url: "otpauth://totp/x?secret=KRSXG5CTMVRXEZLU" }),
};
const WAYS = ["password", "oidc", "passkey"] as const;

interface Somebody { readonly id: IdentityId; readonly email: string }
async function somebody(place: Place, ...types: readonly string[]): Promise<Somebody> {
  const email = `left-${String(serial += 1)}@x.test`;
  const credentials = Object.fromEntries(types.map((type) => [type, { config: IMPORTS[type]?.() }]));
  const { status, body } = await api(place, "POST", "/admin/identities", { schema_id: "", traits: { email }, credentials });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { id: text(body["id"]) as IdentityId, email };
}
const accountOf = async (place: Place, id: IdentityId) => (await place.people.findAccount(id))!;
const rowOf = async (place: Place, id: IdentityId, type: FactorId): Promise<string> => (await accountOf(place, id)).credentials.find((one) => one.type === type)?.id ?? "";

/** Somebody of the console who may change things. */
async function admin(...types: readonly string[]): Promise<Admin> {
  const { id } = await somebody(home, ...types);
  await edge.db.platform.insertAdmin(id, "owner", exchange.now);
  return { identity: (await accountOf(home, id)).identity, session: await seedSession(home.people, id, { issuedAt: exchange.now }) };
}
const take = (by: Admin, place: Place, person: IdentityId, credential: string) => removeFactor(exchange, by, { slug: place.slug, person, credential }, "lost");

describe("one removal for the console and the admin API", () => {
  test("a password goes and its name stays theirs: nobody registers it, and with a recovery they sign in by it again", async () => {
    const by = await admin("password");
    const { id, email } = await somebody(app, "password", "oidc");
    expect(await take(by, app, id, await rowOf(app, id, "password"))).toBe("done");
    expect((await readPerson(exchange, "default", id))?.factors.map(({ type, removable }) => [type, removable]).sort()).toEqual([["code", false], ["oidc", false]]);
    for (const q of [email, id]) {
      expect((await readPeople(exchange, "default", { q, filter: null, state: null, sort: "newest", after: null }))?.people).toMatchObject([{ address: email, factors: [{ type: "code", count: 1 }, { type: "oidc", count: 1 }] }]);
    }
    expect(await take(by, app, id, await rowOf(app, id, "password")), "an empty row is none").toBe("gone");
    expect((await registerIn(edge.client(), email, PASSWORD)).status).toBe(400);

    const started = await startRecovery(exchange, by, "default", id, "code");
    const issued = started.kind === "issued" ? started.issued : null;
    const flow = new URL(issued?.link ?? "").searchParams.get("flow") ?? "";
    const browser = edge.client();
    const form = await browser.json("GET", `/self-service/recovery/flows?id=${flow}`);
    expect((await browser.json("POST", `/self-service/recovery?flow=${flow}`, { method: "code", code: issued?.code, csrf_token: csrfOf(form.body) })).status).toBe(422);
    const settings = (await browser.json("GET", "/self-service/settings/browser")).body;
    expect((await browser.json("POST", `/self-service/settings?flow=${text(settings["id"])}`, { method: "password", password: PASSWORD, csrf_token: csrfOf(settings) })).status).toBe(200);
    expect(await signIn(edge.client(), email, PASSWORD)).toBe(200);
  });

  test("the owner hears its name in their language, every session ends, and the log has one entry that says which and why", async () => {
    const by = await admin("password");
    const { id } = await somebody(app, "password", "oidc");
    const identity = (await accountOf(app, id)).identity;
    await app.people.transaction((tx) => tx.updateIdentity(id, { version: identity.version, traits: { ...identity.traits, locale: "de-AT" }, at: exchange.now }));
    await reconfigure(edge.services, { rung: { sessions: { revoke_others_on_credential_change: false } } });
    await seedSession(app.people, id, { issuedAt: exchange.now });
    await seedSession(app.people, id, { issuedAt: exchange.now });
    const credential = await rowOf(app, id, "oidc");
    expect(await take(by, app, id, credential)).toBe("done");
    await reconfigure(edge.services, { rung: { sessions: { revoke_others_on_credential_change: null } } });
    expect((await app.people.listSessions(id, exchange.now, { offset: 0, limit: 9 })).total).toBe(0);
    const [letter] = await app.people.listMessages({ limit: 1, identityId: id });
    expect(openLetter(edge.services.keys, letter!)).toMatchObject({ locale: "de", data: { method: "oidc", label: "Acme" } });
    const log = (await app.people.listAudit({ limit: 50 })).filter(({ identityId, actor }) => identityId === id && actor.identityId === by.identity.id);
    expect(log).toMatchObject([{ action: "identity.credential_removed", details: { type: "oidc", credential, name: "Acme", reason: "lost", sessionsEnded: 2 } }]);
  });

  test("codes follow the addresses: they are not taken from anybody here", async () => {
    const by = await admin("password");
    const { id } = await somebody(app, "password");
    expect((await readPerson(exchange, "default", id))?.factors.find(({ type }) => type === "code")).toMatchObject({ removable: false });
    expect(await take(by, app, id, await rowOf(app, id, "code"))).toBe("gone");
  });

  type Removal = (by: Admin, id: IdentityId, type: FactorId) => Promise<boolean>;
  const BY: Readonly<Record<string, Removal>> = {
    console: async (by, id, type) => await take(by, app, id, await rowOf(app, id, type)) === "done",
    api: async (_by, id, type) => {
      const account = await accountOf(app, id);
      const link = account.credentials.find((one) => one.type === type);
      const query = link?.type === "oidc" ? `?identifier=${encodeURIComponent(link.identifiers[0] ?? "")}` : "";
      return (await api(app, "DELETE", `/admin/identities/${id}/credentials/${type}${query}`)).status === 204;
    },
  };
  const pairs = Object.keys(BY).flatMap((one) => Object.keys(BY).map((other) => [one, other] as const));
  test.each(pairs)("of two ways in that are taken at one moment (%s, %s) one stays", async (one, other) => {
    const by = await admin("password");
    for (let round = 0; round < 3; round += 1) {
      const { id } = await somebody(app, "password", "oidc");
      const taken = await Promise.all([BY[one]!(by, id, "password"), BY[other]!(by, id, "oidc")]);
      expect(taken.filter(Boolean), `round ${String(round)}`).toHaveLength(1);
    }
  });
});

describe("of the owners of the installation one keeps a way in", () => {
  /** Everything that takes an owner's way in, or the owner. Answers whether it happened; a refusal must be 400 or 409. */
  type Door = (victim: Somebody, way: FactorId) => Promise<boolean>;
  const refusals = new Set<string>();
  const path = (id: string) => `/admin/identities/${id}`;
  const viaApi = (method: string, more: string, body: (victim: Somebody, way: FactorId) => unknown): Door => async (victim, way) => {
    const { status, body: said } = await api(home, method, `${path(victim.id)}${more}`, body(victim, way));
    if (status < 300) return true;
    expect([400, 409]).toContain(status);
    refusals.add(text(said["error"]?.["reason"]));
    return false;
  };
  const asThemselves = async ({ id }: Somebody): Promise<Admin> => {
    const { identity } = await accountOf(home, id);
    return { identity, session: await seedSession(home.people, id, { issuedAt: exchange.now }) };
  };
  const done = (word: string): boolean => {
    if (word !== "done") expect(["last_owner", "last_way_in"]).toContain(word);
    return word === "done";
  };
  const byCommand = async (name: string, ...args: readonly string[]): Promise<boolean> => {
    try {
      await commandsOf(edge.services)[name]!(args, () => undefined);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ details: { reason: expect.stringMatching(/^This is the last owner who can sign in/) as unknown } });
      return false;
    }
  };
  const ANY_WAY: Readonly<Record<string, Door>> = {
    "DELETE": viaApi("DELETE", "", () => undefined),
    "PATCH state": viaApi("PATCH", "", () => [{ op: "replace", path: "/state", value: "inactive" }]),
    "PUT state": viaApi("PUT", "", ({ email }) => ({ traits: { email }, state: "inactive" })),
    "console, off": async (victim) => done(await switchPerson(exchange, await asThemselves(victim), "console", victim.id, "inactive")),
    "rung admin remove": (victim) => byCommand("admin-remove", victim.id),
    "rung admin add, to support": (victim) => byCommand("admin-add", victim.id, "support"),
    "console, factor": async (victim, way) => done(await take(await asThemselves(victim), home, victim.id, await rowOf(home, victim.id, way))),
  };
  const MIGRATED = { password: { config: { use_password_migration_hook: true } } };
  const OF_A_WAY: Readonly<Record<(typeof WAYS)[number], Readonly<Record<string, Door>>>> = {
    password: {
      "DELETE credential": viaApi("DELETE", "/credentials/password", () => undefined),
      "PATCH remove": viaApi("PATCH", "", () => [{ op: "remove", path: "/credentials/password" }]),
      "PATCH to the older system": viaApi("PATCH", "", () => [{ op: "add", path: "/credentials/password/config", value: MIGRATED.password.config }]),
      "PUT to the older system": viaApi("PUT", "", ({ email }) => ({ traits: { email }, credentials: MIGRATED })),
      "PATCH to a schema without names": viaApi("PATCH", "", () => [{ op: "replace", path: "/schema_id", value: "free" }]),
      "PUT to a schema without names": viaApi("PUT", "", ({ email }) => ({ schema_id: "free", traits: { email } })),
    },
    oidc: {
      "DELETE credential": async (victim, way) => {
        const link = (await accountOf(home, victim.id)).credentials.find(({ type }) => type === "oidc");
        return viaApi("DELETE", `/credentials/oidc?identifier=${encodeURIComponent(link?.type === "oidc" ? link.identifiers[0] ?? "" : "")}`, () => undefined)(victim, way);
      },
    },
    passkey: {
      "PATCH remove": viaApi("PATCH", "", () => [{ op: "remove", path: "/credentials/passkey" }]),
      "PATCH keys": viaApi("PATCH", "", () => [{ op: "replace", path: "/credentials/passkey/config/credentials", value: [] }]),
      "PATCH config": viaApi("PATCH", "", () => [{ op: "replace", path: "/credentials/passkey/config", value: {} }]),
    },
  };
  const doorsOf = (way: (typeof WAYS)[number]): readonly (readonly [name: string, door: Door])[] => Object.entries({ ...ANY_WAY, ...OF_A_WAY[way] });
  const victim = async (way: string): Promise<Somebody> => {
    const person = await somebody(home, way);
    await edge.db.platform.insertAdmin(person.id, "owner", exchange.now);
    return person;
  };
  const ableOwners = async (): Promise<number> => {
    const project = await edge.services.resolver.bySlug("console") as Project;
    const owners = (await edge.db.platform.listAdmins(99)).filter(({ role }) => role === "owner");
    return (await Promise.all(owners.map(({ identityId }) => accountOf(home, identityId)))).filter((account) => canSignIn(account, project)).length;
  };

  /** Beside the last owner, and none of them a way back into the console. */
  async function noRescue(): Promise<void> {
    const [nothing, second, off, support] = [await somebody(home), await somebody(home, "totp"), await somebody(home, "password"), await somebody(home, "password")];
    const { version } = (await accountOf(home, off.id)).identity;
    await home.people.transaction((tx) => tx.updateIdentity(off.id, { version, state: "inactive", at: exchange.now }));
    for (const { id } of [nothing, second, off]) await edge.db.platform.insertAdmin(id, "owner", exchange.now);
    await edge.db.platform.insertAdmin(support.id, "support", exchange.now);
    await somebody(home, "password");
  }

  test.each(WAYS)("the last who can sign in, by %s: no door takes that from them, and nothing of them is changed", async (way) => {
    await noRescue();
    const last = await victim(way);
    const before = await accountOf(home, last.id);
    for (const [name, door] of doorsOf(way)) {
      expect(await door(last, way), name).toBe(false);
      expect(await accountOf(home, last.id), name).toEqual(before);
    }
    expect([...refusals].sort().at(-1)).toMatch(/^This would leave the installation without .* Make somebody else an owner first/);
  });

  test.each(WAYS)("two who can sign in, by %s: every door is open to one of them, also at one moment, and then shut", async (way) => {
    let one = await victim(way);
    for (const [name, door] of doorsOf(way)) {
      const other = await victim(way);
      const [first, second] = await Promise.all([one, other].map((owner) => door(owner, way)));
      // What the contract keeps from everybody (1.13) is no matter of owners.
      const everybodys = ["console, factor", "DELETE credential"].includes(name);
      expect([first, second].filter(Boolean), name).toHaveLength(everybodys ? 0 : 1);
      expect(await ableOwners(), name).toBe(everybodys ? 2 : 1);
      if (first === true) one = other;
      else if (everybodys) await edge.db.platform.changeAdmin(other.id, null);
    }
  });

  test("what takes no way in is nobody's matter: metadata, a second factor, another address", async () => {
    const last = await victim("password");
    expect((await api(home, "PUT", path(last.id), { traits: { email: last.email }, credentials: { totp: { config: IMPORTS["totp"]?.() } } })).status).toBe(200);
    expect((await api(home, "DELETE", `${path(last.id)}/credentials/totp`)).status).toBe(204);
    expect((await api(home, "PATCH", path(last.id), [{ op: "add", path: "/metadata_admin/x", value: 1 }, { op: "replace", path: "/traits/email", value: `moved-${last.email}` }])).status).toBe(200);
    expect(await ableOwners()).toBe(1);
  });
});
