import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT_BY_IDENTIFIER, SESSION_SNAPSHOT } from "./account-sql";
import { vacuum } from "./cleanup";
import { ALL_SESSIONS } from "./operator-sessions";
import { seedPerson, seedProject, seedSession, testDatabase, type TestDatabase } from "./testing";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

/** A thousand people with a session each, made in the database. */
async function crowd(projectId: string): Promise<void> {
  const run = (name: string, text: string) => db.connection.writes.rows({ name, text }, [projectId]);
  await run("crowd_identity", "INSERT INTO identity (id, project_id, schema_id, traits) SELECT md5('i' || n)::uuid, $1::uuid, 'default', '{}' FROM generate_series(1, 1000) n");
  await run("crowd_credential", `INSERT INTO credential (id, project_id, identity_id, type, config)
    SELECT md5('c' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'password', '{"hash":"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$ZGlnZXN0"}' FROM generate_series(1, 1000) n`);
  await run("crowd_session", `INSERT INTO session (id, project_id, identity_id, kind, token_hash, aal, methods, authenticated_at, issued_at, expires_at)
    SELECT md5('s' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'browser', md5('t' || n), 'aal1', '[]', now(), now(), now() + interval '1 day' FROM generate_series(1, 1000) n`);
}

describe("the reads that every request makes", () => {
  it("reach every large table by an index", async () => {
    const { row, handle } = await seedProject(db);
    await crowd(row.id);
    if (db.kind === "embedded") await vacuum(db.connection.writes);
    const newestSessions = [row.id, "infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff", "true", new Date().toISOString(), "11", "11"];
    for (const [statement, params] of [
      [SESSION_SNAPSHOT, ["x", row.id]], [ACCOUNT_BY_IDENTIFIER, ["password", row.id, "x"]], [ALL_SESSIONS, newestSessions],
    ] as const) {
      const text = params.reduce<string>((sql, param, index) => sql.replaceAll(`$${index + 1}`, `'${param}'`), statement.text);
      // Of small tables a server reads everything, index or not; with that made dear, only a missing index leaves a whole read.
      const plan = await db.connection.transaction(async (queries) => {
        await queries.rows({ name: "no_whole_reads", text: "SELECT set_config('enable_seqscan', 'off', true)" }, []);
        return queries.rows<{ readonly "QUERY PLAN": string }>({ name: `explain_${statement.name}`, text: `EXPLAIN ${text}` }, []);
      });
      const scans = plan.map((line) => line["QUERY PLAN"]).filter((line) => /Seq Scan on (identity|credential|session|credential_identifier)\b/.test(line));
      expect(scans).toEqual([]);
    }
    expect(await handle.samplePasswordHash()).toBe("$argon2id$v=19$m=19456,t=2,p=1");
  });

  it("answer a session with everything that a decision needs, in order", async () => {
    const { handle } = await seedProject(db, { document: {} });
    const at = new Date("2026-01-01T00:00:00.123Z");
    const { identity } = await seedPerson(handle, [
      { type: "password", hash: "hash", identifiers: ["b@example.com", "a@example.com"], at },
      { type: "lookup_secret", storage: "revealable", salt: "salt", codes: ["x", "y", "z"].map((digest) => ({ digest, sealed: `v1.${digest}` })), at: new Date(at.getTime() + 1) },
      { type: "webauthn", slot: "key", identifiers: [], document: { counter: 1 }, at: new Date(at.getTime() + 2) },
    ]);
    const method = { method: "password", aal: "aal1", completedAt: at } as const;
    const session = await seedSession(handle, identity.id, { methods: [method], authenticatedAt: at });
    const found = await handle.findSessionByTokenHash(session.tokenHash);
    expect(found).toEqual({ session, identity: await handle.findIdentity(identity.id), credentials: await handle.listCredentials(identity.id), currentRevision: 1 });
    expect(found?.session.methods).toEqual([method]);
    expect(found?.credentials).toMatchObject([
      { type: "password", identifiers: ["a@example.com", "b@example.com"], createdAt: at },
      { type: "lookup_secret", codes: [{ position: 0, digest: "x" }, { position: 1, digest: "y" }, { position: 2, digest: "z", sealed: "v1.z", usedAt: null }] },
      { type: "webauthn", document: { counter: 1 } },
    ]);
    expect(await handle.transaction((tx) => tx.findSessionByTokenHash(session.tokenHash))).toEqual(found);
  });

  it("tell the last ten devices of a session that was proved more often, and all addresses of a person, by every way of asking", async () => {
    const { handle } = await seedProject(db);
    const { identity } = await seedPerson(handle);
    const made = await seedSession(handle, identity.id);
    for (let proof = 1; proof <= 12; proof += 1) {
      const at = new Date(made.issuedAt.getTime() + proof);
      await handle.transaction((tx) => tx.updateSession(made.id, made.tokenHash, { device: { ipAddress: `192.0.2.${proof}`, userAgent: null }, at }));
    }
    const found = await handle.findSessionByTokenHash(made.tokenHash);
    expect(found?.session.devices.map((device) => device.ipAddress)).toEqual(Array.from({ length: 10 }, (_unused, index) => `192.0.2.${index + 3}`));
    expect(found).toMatchObject({ session: await handle.findSession(made.id), identity: await handle.findIdentity(identity.id), credentials: [] });
    expect(found?.identity.verifiableAddresses).toHaveLength(1);
    expect(found?.identity.recoveryAddresses).toHaveLength(1);
  });

  it("answer a page far past the end, and a revision that no column could number", async () => {
    const { row, handle } = await seedProject(db);
    const { identity } = await seedPerson(handle);
    await seedSession(handle, identity.id);
    for (const offset of [999_999_999 * 1_000, 2 ** 31, Number.MAX_VALUE]) {
      expect(await handle.listSessions(identity.id, new Date(), { offset, limit: 1_000 })).toEqual({ sessions: [], total: 1 });
    }
    for (const number of [2 ** 31, -(2 ** 40), Number.NaN, 1.5]) expect(await db.platform.findRevision(row.id, number)).toBeNull();
  });

  it("clean up what expired, and nothing that lives", async () => {
    const { row, handle } = await seedProject(db);
    const { identity } = await seedPerson(handle);
    const old = new Date("2020-01-01T00:00:00.000Z");
    await seedSession(handle, identity.id, { issuedAt: old, expiresAt: old });
    const live = await seedSession(handle, identity.id);
    await handle.limits.take("source", "old", { burst: 1, refillMs: 1 }, old);
    await handle.limits.charge("factor", "old", { free: 5, baseWaitMs: 1, maxWaitMs: 1 }, new Date());
    expect(await db.platform.cleanUp(new Date(), 100)).toBe(2);
    expect((await handle.listSessions(identity.id, new Date(), { offset: 0, limit: 10 })).sessions.map((session) => session.id)).toEqual([live.id]);
    expect(await db.platform.countAdoption(row.id, ["totp"], new Date())).toEqual({ people: 1, withSecondFactor: 0, liveSessions: 1, liveSessionsToAsk: 0 });
    await db.benchRead();
  });
});
