import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlowId } from "../model/ids";
import type { ProjectHandle, ProjectReads } from "./handles";
import { loginFlow, seedPerson, seedProject, seedSession, testDatabase, type TestDatabase } from "./testing";

const at = new Date("2026-01-01T00:00:00.000Z");
let db: TestDatabase;
let own: ProjectHandle;
let foreign: ProjectHandle;

beforeAll(async () => {
  db = await testDatabase();
  own = (await seedProject(db)).handle;
  foreign = (await seedProject(db)).handle;
});
afterAll(() => db.close());

async function everythingOf(handle: ProjectHandle) {
  const { identity, credentialIds } = await seedPerson(handle, [
    { type: "password", hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$ZGlnZXN0", identifiers: ["ann@example.com"], at },
    { type: "totp", sealedSecret: "sealed", lastStep: 1, at },
    { type: "lookup_secret", storage: "hashed", salt: "salt", codes: [{ digest: "a", sealed: null }], at },
  ], "ann@example.com");
  const session = await seedSession(handle, identity.id);
  const flow = loginFlow();
  const parked = randomUUID() as string as FlowId;
  const errorId = await handle.transaction(async (tx) => {
    await tx.insertFlow(flow);
    await tx.parkChange({ flowId: parked, identityId: identity.id, sealed: "sealed", expiresAt: new Date(Date.now() + 60_000), at });
    const id = await tx.insertFlowError({ message: "hm" }, at);
    await tx.appendAudit({ action: "login.completed", actor: { kind: "person" }, result: "ok", identityId: identity.id }, at);
    return id;
  });
  return { identity, credentialIds, session, flow, parked, errorId };
}

describe("a handle of one project", () => {
  it("never sees a row of another, by any read", async () => {
    const theirs = await everythingOf(foreign);
    const now = new Date();
    const reads = (handle: ProjectReads): Record<keyof ProjectReads, () => Promise<unknown>> => ({
      findSessionByTokenHash: () => handle.findSessionByTokenHash(theirs.session.tokenHash),
      findSession: () => handle.findSession(theirs.session.id),
      listSessions: async () => (await handle.listSessions(theirs.identity.id, now, { offset: 0, limit: 10 })).sessions,
      findIdentity: () => handle.findIdentity(theirs.identity.id),
      findAccount: () => handle.findAccount(theirs.identity.id),
      findAccountByIdentifier: () => handle.findAccountByIdentifier("password", "ann@example.com"),
      listCredentials: () => handle.listCredentials(theirs.identity.id),
      findFlow: () => handle.findFlow("login", theirs.flow.id),
      findFlowError: () => handle.findFlowError(theirs.errorId),
      listAudit: () => handle.listAudit({ limit: 10, identityId: theirs.identity.id }),
      samplePasswordHash: () => handle.samplePasswordHash(),
    });
    for (const [name, read] of Object.entries(reads(own))) expect([null, []], name).toContainEqual(await read());
    for (const [name, read] of Object.entries(reads(foreign))) expect([null, []], name).not.toContainEqual(await read());
    await own.transaction(async (tx) => {
      for (const [name, read] of Object.entries(reads(tx))) expect([null, []], name).toContainEqual(await read());
    });
    expect(await foreign.samplePasswordHash()).toBe("$argon2id$v=19$m=19456,t=2,p=1");
  });

  it("changes no row of another, by any write", async () => {
    const theirs = await everythingOf((await seedProject(db)).handle);
    const [password, totp] = theirs.credentialIds;
    if (password === undefined || totp === undefined) throw new Error("no credentials");
    const now = new Date();
    await own.transaction(async (tx) => {
      expect(await tx.updateIdentity(theirs.identity.id, { version: 1, traits: {}, at: now })).toBeNull();
      expect(await tx.deleteIdentity(theirs.identity.id)).toBe(false);
      expect(await tx.consumeTotpStep(totp, 99, now)).toBe(false);
      expect(await tx.completeFlow(theirs.flow.id, "passed_challenge", now)).toBe(false);
      expect(await tx.consumeParkedChange(theirs.parked, theirs.identity.id, now)).toBeNull();
      expect(await tx.updateSession(theirs.session.id, theirs.session.tokenHash, { aal: "aal2", at: now })).toBeNull();
      expect(await tx.revokeSession(theirs.session.id, theirs.identity.id, now)).toBe(false);
      expect(await tx.revokeOtherSessions(theirs.identity.id, null, now)).toBe(0);
      expect(await tx.deleteCredentials(theirs.identity.id, "password")).toBe(0);
      expect(await tx.deleteCredential(password)).toBe(false);
      expect(await tx.replacePasswordHash(password, "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$ZGlnZXN0", "new", now)).toBe(false);
    });
    await expect(own.transaction((tx) => tx.insertCredential(theirs.identity.id, { type: "password", hash: "h", identifiers: [], at }))).rejects.toThrow();
    await expect(own.transaction((tx) => tx.insertSession({ session: { ...theirs.session, id: randomUUID() as never, tokenHash: "other" },
      device: { ipAddress: null, userAgent: null } }))).rejects.toThrow();
  });

  it("may hold the same identifier as another", async () => {
    const mine = await everythingOf(own);
    expect((await own.findAccountByIdentifier("password", "ann@example.com"))?.identity.id).toBe(mine.identity.id);
  });
});
