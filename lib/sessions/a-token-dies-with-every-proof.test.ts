import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { hashToken } from "../crypto/token";
import { seedProject, testDatabase, type TestDatabase } from "../db/testing";
import { REGISTRY } from "../factors/registry";
import { methods, testProject, totpCredential, lookupCredential, passwordCredential } from "../factors/testing";
import { createIdentity } from "../identities/create";
import { setIdentityState } from "../identities/update";
import type { AuthenticationMethod } from "../model/assurance";
import type { Session } from "../model/session";
import { addMs, HOUR_MS, MINUTE_MS } from "../model/time";
import { issueSession } from "./issue";
import { readSession } from "./read";
import { isLogoutTokenOf, logoutTokenOf, revokeOtherSessions, revokeSession } from "./revoke";
import { subjectFacts } from "./subject";
import { upgradeSession, type Upgrade } from "./upgrade";

let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

const NOW = new Date("2026-07-01T10:00:00.000Z");
const LIFESPAN_MS = 24 * HOUR_MS;
const LAPTOP = { ipAddress: "203.0.113.7", userAgent: "Laptop" };
const PHONE = { ipAddress: "203.0.113.8", userAgent: "Phone" };
const project = testProject();
const by = (method: "password" | "totp", at: Date): AuthenticationMethod => ({ method, aal: method === "totp" ? "aal2" : "aal1", completedAt: at });

async function signedIn(kind: Session["kind"] = "browser") {
  const { handle } = await seedProject(db);
  const identity = await handle.transaction((tx) =>
    createIdentity(tx, { schemaId: "default", traits: {}, facts: { identifiers: [], verifiable: [], recovery: [], totpAccountName: null }, now: NOW }));
  const issue = (at = NOW) => handle.transaction((tx) =>
    issueSession(tx, { identityId: identity.id, kind, methods: [by("password", at)], lifespanMs: LIFESPAN_MS, device: LAPTOP, now: at }));
  const upgrade = (session: Session, change: Partial<Upgrade> & { readonly now: Date }) => handle.transaction((tx) =>
    upgradeSession(tx, { session, method: by("totp", change.now), kind: "second", lifespanMs: LIFESPAN_MS, device: PHONE, ...change }));
  const read = (token: string | null, at = NOW) => readSession(handle, token, project, at, REGISTRY);
  return { handle, identity, issue, upgrade, read, ...(await issue()) };
}

describe("a session begins", () => {
  it("with a fresh token that is stored nowhere in clear", async () => {
    const { session, token, read } = await signedIn();
    expect(token).toMatch(/^ory_st_[A-Za-z0-9]{32}$/);
    expect(session).toMatchObject({ aal: "aal1", authenticatedAt: NOW, issuedAt: NOW, expiresAt: addMs(NOW, LIFESPAN_MS), revokedAt: null });
    expect(session.devices).toMatchObject([{ ...LAPTOP }]);
    const rows = await db.connection.reads.prisma.session.findMany();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows.map((row) => row.tokenHash)).toContain(hashToken(token));
    expect((await read(token))?.session.id).toBe(session.id);
  });

  it("is found by nothing but its token, and not once it ended", async () => {
    const { token, read, session } = await signedIn();
    expect([await read(null), await read(""), await read(hashToken(token)), await read(`${token}x`), await read("x".repeat(5000))]).toEqual([null, null, null, null, null]);
    expect(await read(token, addMs(session.expiresAt, -1))).not.toBeNull();
    expect(await read(token, session.expiresAt)).toBeNull();
  });

  it("is not seen by another project", async () => {
    const { token } = await signedIn();
    const other = await seedProject(db);
    expect(await readSession(other.handle, token, project, NOW, REGISTRY)).toBeNull();
  });

  it("does not count for a person who was switched off", async () => {
    const { handle, identity, token, read } = await signedIn();
    await handle.transaction((tx) => setIdentityState(tx, identity, "inactive", NOW));
    expect(await read(token)).toBeNull();
  });
});

describe("a completed step", () => {
  const later = addMs(NOW, 5 * MINUTE_MS);

  it("in a browser kills the old token at once, keeps the id and appends the method", async () => {
    const { session, token, upgrade, read } = await signedIn();
    const upgraded = await upgrade(session, { now: later });
    expect(upgraded?.session).toMatchObject({ id: session.id, aal: "aal2", authenticatedAt: later, issuedAt: NOW });
    expect(upgraded?.session.methods).toEqual([by("password", NOW), by("totp", later)]);
    expect(upgraded?.session.devices.map((device) => device.userAgent).sort()).toEqual(["Laptop", "Phone"]);
    expect(await read(token, later)).toBeNull();
    expect((await read(upgraded?.token ?? null, later))?.session.id).toBe(session.id);
  });

  it("keeps a native token, which the wire promises", async () => {
    const { session, token, upgrade, read } = await signedIn("api");
    const upgraded = await upgrade(session, { now: later });
    expect(upgraded?.token).toBeNull();
    expect((await read(token, later))?.session).toMatchObject({ aal: "aal2", tokenHash: session.tokenHash });
  });

  it.each([["second", false], ["enrolled", false], ["first_again", true]] as const)("of kind %s moves the end of the session: %s", async (kind, moves) => {
    const { session, upgrade } = await signedIn();
    const upgraded = await upgrade(session, { kind, method: by(kind === "first_again" ? "password" : "totp", later), now: later });
    expect(upgraded?.session.expiresAt).toEqual(moves ? addMs(later, LIFESPAN_MS) : session.expiresAt);
  });

  it("appends a repeated proof, and two first factors stay aal1", async () => {
    const { session, upgrade } = await signedIn();
    const upgraded = await upgrade(session, { kind: "first_again", method: by("password", later), now: later });
    expect(upgraded?.session.methods).toHaveLength(2);
    expect(upgraded?.session.aal).toBe("aal1");
  });

  it("after the end of the session grants nothing", async () => {
    const { session, upgrade } = await signedIn();
    expect(await upgrade(session, { now: session.expiresAt })).toBeNull();
    expect(await upgrade(session, { kind: "first_again", now: addMs(session.expiresAt, 1) })).toBeNull();
  });

  it("in two tabs at once has one winner", async () => {
    const { session, upgrade, read } = await signedIn();
    const results = await Promise.all(Array.from({ length: 6 }, () => upgrade(session, { now: later })));
    const won = results.filter((result) => result !== null);
    expect(won).toHaveLength(1);
    expect((await read(won[0]?.token ?? null, later))?.session.methods).toHaveLength(2);
  });

  it("of a native client that read the session earlier adds to what happened since", async () => {
    const { handle, session, upgrade } = await signedIn("api");
    for (const seconds of [1, 2, 3]) await upgrade(session, { now: addMs(NOW, seconds * 1000) });
    expect((await handle.findSession(session.id))?.methods).toHaveLength(4);
  });

  it("on a session that was ended meanwhile grants nothing", async () => {
    for (const kind of ["browser", "api"] as const) {
      const { handle, identity, session, upgrade } = await signedIn(kind);
      expect(await handle.transaction((tx) => revokeSession(tx, session.id, identity.id, NOW))).toBe(true);
      expect(await upgrade(session, { now: later })).toBeNull();
    }
  });
});

describe("ending sessions", () => {
  it("ends only one's own, once, and the token with it", async () => {
    const { handle, identity, session, token, read } = await signedIn();
    const stranger = (await signedIn()).identity;
    expect(await handle.transaction((tx) => revokeSession(tx, session.id, stranger.id, NOW))).toBe(false);
    expect(await read(token)).not.toBeNull();
    expect(await handle.transaction((tx) => revokeSession(tx, session.id, identity.id, NOW))).toBe(true);
    expect(await handle.transaction((tx) => revokeSession(tx, session.id, identity.id, NOW))).toBe(false);
    expect(await read(token)).toBeNull();
  });

  it("ends all others and says how many", async () => {
    const { handle, identity, session, token, issue, read } = await signedIn();
    const others = [await issue(), await issue()];
    expect(await handle.transaction((tx) => revokeOtherSessions(tx, identity.id, session.id, NOW))).toBe(2);
    expect(await Promise.all(others.map((other) => read(other.token)))).toEqual([null, null]);
    expect(await read(token)).not.toBeNull();
  });
});

describe("the logout token", () => {
  const keys = ephemeralKeyRing();

  it("is the same on every page, belongs to one session, and changes with its token", async () => {
    const { session, upgrade } = await signedIn();
    const other = await signedIn();
    const token = logoutTokenOf(session, keys);
    expect(token).toMatch(/^ory_lo_[0-9a-f]{32}$/);
    expect(logoutTokenOf(session, keys)).toBe(token);
    expect([isLogoutTokenOf(session, token, keys), isLogoutTokenOf(other.session, token, keys), isLogoutTokenOf(session, "", keys)]).toEqual([true, false, false]);
    const upgraded = await upgrade(session, { now: addMs(NOW, 1000) });
    expect(upgraded && isLogoutTokenOf(upgraded.session, token, keys)).toBe(false);
  });
});

describe("what a person could prove", () => {
  it.each([
    ["nothing", [], methods(), "aal0", []],
    ["a password", [passwordCredential()], methods(), "aal1", ["password"]],
    ["password and app", [passwordCredential(), totpCredential()], methods(), "aal2", ["password", "totp"]],
    ["an app the project switched off", [passwordCredential(), totpCredential()], methods({ totp: { enabled: false } }), "aal1", ["password"]],
    ["recovery codes, all used", [passwordCredential(), lookupCredential({}, [NOW, NOW])], methods(), "aal1", ["password"]],
    ["recovery codes, one left", [passwordCredential(), lookupCredential({}, [NOW, null])], methods(), "aal2", ["password", "lookup_secret"]],
  ] as const)("%s", (_name, owned, config, available, usable) => {
    const facts = subjectFacts(owned, config, REGISTRY);
    expect([facts.availableAal, facts.usable.map((entry) => entry.method)]).toEqual([available, usable]);
  });
});
