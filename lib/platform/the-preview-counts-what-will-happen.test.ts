import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { seedPerson, seedProject, seedSession, testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { projectTemplate } from "../config/defaults";
import { readEnv } from "../env";
import type { AuthenticationMethod } from "../model/assurance";
import type { NewCredential, ProjectHandle } from "../db/handles";
import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import { createServices } from "../services";
import type { Services } from "../services";
import { decideAccess } from "../policy/access";
import { requirementFor } from "../policy/requirements";
import { LARGE, adoptionOf, ownersOf } from "./adoption";
import { configOf } from "./drafts";
import { effectOf } from "./impact";
import { findAdmins, findPeople, impactWithin, readImpact } from "./impact-facts";
import type { ImpactPlace } from "./impact-facts";

const NOW = new Date("2026-07-01T10:00:00Z");
const MINUTE = 60_000;
let db: TestDatabase;
let services: Services;
let row: Project["row"];
let handle: ProjectHandle;
const people: { readonly id: IdentityId; readonly sessions: Session[] }[] = [];

/** Chance that is the same at every run. */
let state = 7;
const dice = (sides: number): number => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * sides);
};

const key = (type: "webauthn" | "passkey", flags: JsonObject): NewCredential => ({
  type, slot: randomUUID(), identifiers: [randomUUID()], at: NOW,
  document: {
    id: "k", publicKey: "p", aaguid: "a", format: "none", name: "key", addedAt: NOW.toISOString(), version: 1, algorithm: -7, signCount: 0, userVerified: true,
    verifiesUser: true, backupEligible: false, backupState: false, passwordless: false, transports: [], seal: { kid: "k", mac: "00" }, lastUsedAt: null, clonedAt: null, ...flags,
  },
});
function someCredentials(name: string): readonly NewCredential[] {
  const all: readonly (readonly NewCredential[])[] = [
    dice(8) === 0 ? [] : [{ type: "password", hash: "$argon2id$x", identifiers: [name], at: NOW }],
    dice(3) === 0 ? [{ type: "totp", sealedSecret: "v1.k.n.c", lastStep: 0, at: NOW }] : [],
    dice(4) === 0 ? [{ type: "lookup_secret", storage: "hashed", salt: "s", codes: [{ digest: "a", sealed: null }], at: NOW }] : [],
    dice(5) === 0 ? [key("webauthn", { passwordless: dice(2) === 0 })] : [],
    dice(5) === 0 ? [key("passkey", { verifiesUser: dice(2) === 0, passwordless: true })] : [],
    dice(6) === 0 ? [{ type: "code", slot: "single", identifiers: [`code:${name}`], document: { addresses: [{ via: "email", value: name }] }, at: NOW }] : [],
  ];
  return all.flat();
}
function someMethods(): readonly AuthenticationMethod[] {
  const completedAt = (): Date => new Date(NOW.getTime() - [0, 5 * MINUTE, 5 * MINUTE + 1, 15 * MINUTE, 40 * MINUTE, 61 * MINUTE][dice(6)]!);
  const all: readonly (readonly AuthenticationMethod[])[] = [
    [{ method: "password", aal: "aal1", completedAt: completedAt() }],
    dice(3) === 0 ? [{ method: "totp", aal: "aal2", completedAt: completedAt() }] : [],
    dice(5) === 0 ? [{ method: "webauthn", aal: "aal2", completedAt: completedAt(), enrolled: true }] : [],
    dice(5) === 0 ? [{ method: "webauthn", aal: "aal2", completedAt: completedAt() }] : [],
    dice(6) === 0 ? [{ method: "passkey", aal: "aal2", completedAt: completedAt() }] : [],
  ];
  return all.flat();
}

beforeAll(async () => {
  db = await testDatabase();
  services = await createServices({ env: readEnv({ NODE_ENV: "test", RUNG_DATA_DIR: "unused" }), db, keys: ephemeralKeyRing(), clock: { now: () => NOW }, floorMs: 0 });
  ({ row, handle } = await seedProject(db, { document: projectTemplate("app") }));
  for (let count = 0; count < 60; count += 1) {
    const name = `p${String(count)}@garden.test`;
    const { identity, credentialIds } = await seedPerson(handle, someCredentials(name), name);
    const sessions: Session[] = [];
    for (let n = dice(4); n > 0; n -= 1) {
      const methods = someMethods();
      const gone = dice(9) === 0 ? { revokedAt: NOW } : dice(9) === 0 ? { expiresAt: new Date(NOW.getTime() - 1) } : {};
      sessions.push(await seedSession(handle, identity.id, { methods, issuedAt: new Date(NOW.getTime() - dice(90) * MINUTE), expiresAt: new Date(NOW.getTime() + 60 * MINUTE), ...gone }));
    }
    const account = await handle.findAccount(identity.id);
    const codes = account?.credentials.find(({ type }) => type === "lookup_secret");
    // A spent set is no second factor.
    if (codes?.type === "lookup_secret" && dice(2) === 0) await handle.transaction(async (tx) => { for (const code of codes.codes) await tx.consumeLookupCode(code.id, NOW); });
    if (dice(10) === 0) await handle.transaction(async (tx) => tx.updateIdentity(identity.id, { version: identity.version, state: "inactive", at: NOW }));
    expect(credentialIds).toHaveLength(account?.credentials.length ?? -1);
    people.push({ id: identity.id, sessions });
  }
});
afterAll(() => db.close());

const merged = (left: JsonObject, right: JsonObject): JsonObject => Object.fromEntries([...new Set([...Object.keys(left), ...Object.keys(right)])].map((name) => {
  const [a, b] = [left[name], right[name]];
  const both = typeof a === "object" && typeof b === "object" && a !== null && b !== null && !Array.isArray(a) && !Array.isArray(b);
  return [name, both ? merged(a as JsonObject, b as JsonObject) : b ?? a ?? null];
}));
const projectWith = (patch: JsonObject): Project => ({ row, config: configOf({ row, baseUrl: "http://acme.localhost:4000" }, merged(projectTemplate("app"), patch), 2) });
const aal = (value: string): JsonObject => ({ session: { whoami: { required_aal: value } } });
const methods = (value: JsonObject): JsonObject => ({ selfservice: { methods: value } });
const CHANGES: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ["Lax to Strict", aal("aal1"), {}],
  ["Strict to Lax", {}, aal("aal1")],
  ["nothing", {}, {}],
  ["enrolment required now", {}, { rung: { enrolment: { mode: "required" } } }],
  ["the app is switched off", {}, methods({ totp: { enabled: false } })],
  ["keys sign in alone", {}, methods({ webauthn: { enabled: true, config: { passwordless: true } } })],
  ["verified passkeys do not count", {}, methods({ passkey: { enabled: true, config: { aal2_on_user_verification: false } } })],
  ["codes are a second factor", {}, methods({ code: { enabled: true, mfa_enabled: true } })],
  ["addresses stand in", {}, methods({ code: { enabled: true, mfa_enabled: true, config: { missing_credential_fallback_enabled: true } } })],
  ["a shorter window", {}, { selfservice: { flows: { settings: { privileged_session_max_age: "5m0s" } } } }],
  ["operations ask for fresh keys", {}, { rung: { operations: { "payment.create": { required_aal: "aal2", max_age: "40m0s", methods: ["webauthn"] } } } }],
];

function placeOf(before: Project, after: Project): ImpactPlace {
  return { platform: services.db.platform, reads: handle, before, after, subjectOf: services.subjectOf, now: NOW };
}

describe.each(CHANGES)("%s", (_name, from, to) => {
  const before = (): Project => projectWith(from);
  const after = (): Project => projectWith(merged(from, to));

  test("the groups say what each session alone is told", async () => {
    const place = placeOf(before(), after());
    const impact = await readImpact(place);
    const expected = { total: 0, asked: 0, mustEnrol: 0, released: 0 };
    const areas = new Map<string, readonly [number, number]>();
    for (const { id, sessions } of people) {
      const account = await handle.findAccount(id);
      if (account?.identity.state !== "active") continue;
      const subject = { before: services.subjectOf(account.credentials, place.before, account.identity), after: services.subjectOf(account.credentials, place.after, account.identity) };
      for (const session of sessions.filter(({ revokedAt, expiresAt }) => revokedAt === null && expiresAt > NOW)) {
        expected.total += 1;
        const was = decideAccess(session, subject.before, requirementFor({ kind: "session" }, place.before.config.policy, NOW)!, NOW).kind;
        const will = decideAccess(session, subject.after, requirementFor({ kind: "session" }, place.after.config.policy, NOW)!, NOW).kind;
        if (was === "allow" && will === "enroll") expected.mustEnrol += 1;
        else if (was === "allow" && will !== "allow") expected.asked += 1;
        else if (was !== "allow" && will === "allow") expected.released += 1;
        expect(effectOf(session, subject, { before: place.before.config.policy, after: place.after.config.policy, now: NOW })).toBe(
          was === will ? "unchanged" : was === "allow" ? (will === "enroll" ? "must_enrol" : "asked") : will === "allow" ? "released" : "unchanged");
        for (const area of [{ kind: "operation", name: "payment.create" }, { kind: "path", pathname: "/payment" }, { kind: "factor_change" }] as const) {
          const passes = (side: "before" | "after"): number =>
            decideAccess(session, subject[side], requirementFor(area, place[side].config.policy, NOW)!, NOW).kind === "allow" ? 1 : 0;
          const [x, y] = areas.get(JSON.stringify(area)) ?? [0, 0];
          areas.set(JSON.stringify(area), [x + passes("before"), y + passes("after")]);
        }
      }
    }
    expect(impact.sessions).toEqual(expected);
    expect(expected.total).toBeGreaterThan(40);
    for (const [area, [was, will]] of areas) {
      const told = impact.areas.find((entry) => JSON.stringify(entry.area) === area);
      expect([area, told?.before ?? was, told?.after ?? was]).toEqual([area, was, will]);
    }
    const sums = impact.groups.reduce((sum, group) => ({ total: sum.total + group.sessions, asked: sum.asked + group.asked, mustEnrol: sum.mustEnrol + group.mustEnrol, released: sum.released + group.released }),
      { total: 0, asked: 0, mustEnrol: 0, released: 0 });
    expect(sums).toEqual(expected);
  });

  test("people are counted by what they could prove", async () => {
    const place = placeOf(before(), after());
    const { people: counted } = await readImpact(place);
    let [total, second, losing] = [0, 0, 0];
    for (const { id } of people) {
      const account = await handle.findAccount(id);
      if (account?.identity.state !== "active") continue;
      total += 1;
      const has = (side: "before" | "after"): boolean => services.subjectOf(account.credentials, place[side], account.identity).availableAal === "aal2";
      if (has("after")) second += 1;
      else if (has("before")) losing += 1;
    }
    expect([counted.total, counted.withSecondFactor, counted.without, counted.losing]).toEqual([total, second, total - second, losing]);
  });
});

test("how many own a credential of a type is known from the same groups", async () => {
  const found = await impactWithin(placeOf(projectWith({}), projectWith({})), 60_000);
  const accounts = await Promise.all(people.map(({ id }) => handle.findAccount(id)));
  for (const type of ["webauthn", "passkey", "totp"] as const) {
    const owning = accounts.filter((account) => account?.identity.state === "active" && account.credentials.some((one) => one.type === type));
    expect(owning.length).toBeGreaterThan(3);
    expect(found.kind === "known" ? found.owners(type) : null).toBe(owning.length);
  }
});

test("Strict changes something here, and the affected are named", async () => {
  const place = placeOf(projectWith(aal("aal1")), projectWith({}));
  const impact = await readImpact(place);
  expect(impact.sessions.asked).toBeGreaterThan(3);
  const listed = await findPeople(place, { search: "", affected: impact.affected, limit: 25 });
  expect(listed.length).toBeGreaterThan(0);
  expect(listed.every(({ effect }) => effect === "asked")).toBe(true);
  const [one] = listed;
  const found = await findPeople(place, { search: one?.address.slice(0, 4).toUpperCase() ?? "", affected: [], limit: 25 });
  expect(found.map(({ identityId }) => identityId)).toContain(one?.identityId);
  expect(await findPeople(place, { search: "100%", affected: [], limit: 25 })).toEqual([]);
});

test("while the groups of a large project are kept, it changes nothing that the people who stand for them change or go", async () => {
  const { platform } = services.db;
  const listShapes: typeof platform.listShapes = async (projectId, query) => {
    const shapes = await platform.listShapes(projectId, query);
    query.progress?.(LARGE);
    return shapes;
  };
  let gone = false;
  const reads: ImpactPlace["reads"] = { findAccount: (id) => (gone ? Promise.resolve(null) : handle.findAccount(id)), listSessions: (...asked) => handle.listSessions(...asked) };
  const place = { ...placeOf(projectWith(aal("aal1")), projectWith({})), platform: { ...platform, listShapes }, reads };
  const counted = await readImpact(place);
  gone = true;
  expect(await readImpact(place)).toEqual(counted);
  expect(counted.sessions.asked).toBeGreaterThan(3);
});

test("what makes a project large is how many people are looked at: of those few need be active or own anything that is counted", async () => {
  let reads = 0;
  const large = <T>(progress: ((people: number) => void) | undefined, value: T): Promise<T> => {
    reads += 1;
    progress?.(LARGE);
    return Promise.resolve(value);
  };
  const platform: ImpactPlace["platform"] = {
    ...services.db.platform, listShapes: (_project, query) => large(query.progress, { subjects: [], sessions: [] }), countOwners: (_project, _types, progress) => large(progress, new Map([["totp", 0]])),
    countAdoption: (_project, _types, _now, progress) => large(progress, { people: 1, withSecondFactor: 0, liveSessions: 0, liveSessionsToAsk: 0 }),
  };
  const place = { ...placeOf(projectWith({}), projectWith({})), platform };
  for (const ask of [() => readImpact(place), () => adoptionOf(platform, place.before, NOW), () => ownersOf(platform, place.before, ["totp"], NOW)]) {
    reads = 0;
    const first = await ask();
    expect([await ask(), reads]).toEqual([first, 1]);
  }
});

test("an admin is known in a project by the address they share", async () => {
  const consoleRow = (await db.platform.findConsoleProject())!;
  const { identity } = await seedPerson(db.forProject(consoleRow.id), [], "p1@garden.test");
  await db.platform.insertAdmin(identity.id, "owner", NOW);
  const admins = await findAdmins(placeOf(projectWith({}), projectWith({})));
  expect(admins.map(({ address, adminId, isAdmin }) => [address, adminId, isAdmin])).toEqual([["p1@garden.test", identity.id, true]]);
});
