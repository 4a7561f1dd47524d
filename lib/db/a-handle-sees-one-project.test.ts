import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LookupCode } from "../model/credential";
import type { CredentialId, FlowId, IdentityId } from "../model/ids";
import type { NewMessage, OneTimeCode, ProjectHandle, ProjectReads } from "./handles";
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

const soon = new Date(Date.now() + 60_000);
const message: NewMessage = {
  channel: "email", template: "login_code", recipientHint: "a…@example.com", sealed: "sealed", dedupe: "", identityId: null, notBefore: at, expiresAt: null, at,
};

function codeFor(flowId: FlowId): Omit<OneTimeCode, "id"> {
  return { flowId, purpose: "login", identityId: null, addressId: null, via: "email", value: "ann@example.com", mac: "mac", createdAt: at, expiresAt: soon };
}

async function codesOf(handle: ProjectHandle, id: IdentityId): Promise<readonly LookupCode[]> {
  return (await handle.listCredentials(id)).flatMap((credential) => (credential.type === "lookup_secret" ? credential.codes : []));
}

async function everythingOf(handle: ProjectHandle) {
  const { identity, credentialIds } = await seedPerson(handle, [
    { type: "password", hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$ZGlnZXN0", identifiers: ["ann@example.com"], at },
    { type: "totp", sealedSecret: "sealed", lastStep: 1, at },
    { type: "lookup_secret", storage: "hashed", salt: "salt", codes: [{ digest: "a", sealed: null }], at },
  ], "ann@example.com");
  const session = await seedSession(handle, identity.id);
  const flow = loginFlow({ internal: { webauthn: { challenge: "challenge", userVerification: "preferred", expiresAt: 0 } } });
  const parked = randomUUID() as string as FlowId;
  const errorId = await handle.transaction(async (tx) => {
    await tx.insertFlow(flow);
    await tx.parkChange({ flowId: parked, identityId: identity.id, sealed: "sealed", expiresAt: new Date(Date.now() + 60_000), at });
    const id = await tx.insertFlowError({ message: "hm" }, at);
    await tx.putOneTimeCode({ ...codeFor(flow.id), identityId: identity.id });
    await tx.spendOnce({ flowId: flow.id, provider: "acme", tokenHash: `spent-${flow.id}`, expiresAt: soon, at });
    await tx.insertHandover({ flowId: flow.id, provider: "acme", sealed: "sealed", tokenHash: `handover-${flow.id}`, expiresAt: soon, at });
    await tx.insertTokenExchange({ flowId: flow.id, initHash: `init-${flow.id}`, returnHash: `return-${flow.id}`, expiresAt: soon, at });
    await tx.enqueueMessage({ ...message, dedupe: flow.id, identityId: identity.id, recipientMac: "mac-of-theirs" });
    await tx.insertSigningKey({ kid: "first", algorithm: "ES256", publicJwk: { kty: "EC" }, sealed: "sealed", createdAt: at, retiresAt: null });
    await tx.noteEnrolmentPrompt(identity.id, "shown", at);
    return id;
  });
  const { sequence: audit } = await handle.transaction((tx) => tx.appendAudit({ action: "login.completed", actor: { kind: "person" }, result: "ok", identityId: identity.id }, at));
  return { audit, identity, credentialIds, session, flow, parked, errorId };
}

describe("a handle of one project", () => {
  it("never sees a row of another, by any read", async () => {
    const theirs = await everythingOf(foreign);
    await foreign.transaction((tx) => tx.updateIdentity(theirs.identity.id, { version: theirs.identity.version, externalId: "external-of-theirs", at }));
    await db.platform.insertAdmin(theirs.identity.id, "owner", at);
    const now = new Date();
    const [theirLetter] = await foreign.listMessages({ limit: 1, identityId: theirs.identity.id });
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
      findAccountByAddress: () => handle.findAccountByAddress("verifiable", "email", "ann@example.com"),
      findLiveCode: () => handle.findLiveCode(theirs.flow.id, now),
      findHandover: () => handle.findHandover(`handover-${theirs.flow.id}`, now),
      findTokenExchange: () => handle.findTokenExchange(`init-${theirs.flow.id}`),
      wasSpent: async () => (await handle.wasSpent(`spent-${theirs.flow.id}`)) || null,
      listMessages: () => handle.listMessages({ limit: 10, identityId: theirs.identity.id }),
      listSigningKeys: () => handle.listSigningKeys(now),
      findEnrolmentPrompt: () => handle.findEnrolmentPrompt(theirs.identity.id),
      listAudit: () => handle.listAudit({ limit: 10, identityId: theirs.identity.id }),
      samplePasswordHash: () => handle.samplePasswordHash(),
      listAllSessions: async () => (await handle.listAllSessions({ limit: 100, after: null, active: null, now })).rows.filter(({ session }) => session.id === theirs.session.id),
      listSessionsOf: async () => (await handle.listSessionsOf(theirs.identity.id, { limit: 10, offset: 0, active: null, now })).sessions,
      listLetters: async () => (await handle.listLetters({ limit: 10, after: null, status: null, recipientMacs: ["mac-of-theirs"] })).rows,
      findLetter: () => handle.findLetter(theirLetter?.id ?? ""),
      listPeople: () => handle.listPeople({ filter: { kind: "identifier", normalised: "ann@example.com", exact: "ann@example.com" }, expand: true, after: null, limit: 10 }),
      countPeople: async () => (await handle.countPeople({ kind: "ids", ids: [theirs.identity.id] })) || null,
      findAccountByExternalId: () => handle.findAccountByExternalId("external-of-theirs"),
      findTaken: () => handle.findTaken([{ kind: "verifiable", of: "email", value: "ann@example.com" }]),
      peoplePage: async () => (await handle.peoplePage({ limit: 10, after: null, sort: "address", prefix: "ann@", secondFactors: ["totp"], seenBefore: now, now })).rows.filter(({ id }) => id === theirs.identity.id),
      liveSessionsPage: async () => (await handle.liveSessionsPage({ limit: 100, after: null, now })).rows.filter(({ session }) => session.id === theirs.session.id),
      searchAudit: async () => (await handle.searchAudit({ limit: 10, identityId: theirs.identity.id })).rows,
      findAudit: () => handle.findAudit(theirs.audit),
      auditFrom: () => handle.auditFrom(1, 1_000, 10),
      auditHead: async () => (await handle.auditHead()).sequence || null,
      verifyAudit: async () => {
        const verdict = await handle.verifyAudit(1, 1_000);
        return verdict.ok ? verdict.to || null : verdict;
      },
      messagesPage: async () => (await handle.messagesPage({ limit: 10, after: null, identityId: theirs.identity.id })).rows,
      lockOwners: () => handle.lockOwners(),
    });
    for (const [name, read] of Object.entries(reads(own))) expect([null, []], name).toContainEqual(await read());
    for (const [name, read] of Object.entries(reads(foreign))) expect([null, []], name).not.toContainEqual(await read());
    await own.transaction(async (tx) => {
      for (const [name, read] of Object.entries(reads(tx))) expect([null, []], name).toContainEqual(await read());
    });
    expect(await foreign.samplePasswordHash()).toBe("$argon2id$v=19$m=19456,t=2,p=1");
  });

  it("changes no row of another, by any write", async () => {
    const theirHandle = (await seedProject(db)).handle;
    const theirs = await everythingOf(theirHandle);
    const [password, totp] = theirs.credentialIds;
    if (password === undefined || totp === undefined) throw new Error("no credentials");
    const now = new Date();
    const code = await theirHandle.findLiveCode(theirs.flow.id, now);
    const handover = await theirHandle.findHandover(`handover-${theirs.flow.id}`, now);
    const [address] = theirs.identity.verifiableAddresses;
    if (code === null || handover === null || address === undefined) throw new Error("nothing to attack");
    const theirCodes = await codesOf(theirHandle, theirs.identity.id);
    await own.transaction(async (tx) => {
      expect(await tx.updateIdentity(theirs.identity.id, { version: 1, traits: {}, at: now })).toBeNull();
      expect(await tx.deleteIdentity(theirs.identity.id)).toBe(false);
      expect(await tx.consumeTotpStep(totp, 99, now)).toBe(false);
      expect(await tx.completeFlow(theirs.flow.id, "passed_challenge", now)).toBe(false);
      expect(await tx.consumeParkedChange(theirs.parked, theirs.identity.id, now)).toBeNull();
      expect(await tx.consumeOneTimeCode(code.id, now)).toBe(false);
      expect(await tx.consumeHandover(handover.id, now)).toBe(false);
      expect(await tx.fillTokenExchange(theirs.flow.id, theirs.session.id, "sealed")).toBe(false);
      await tx.moveTokenExchange(theirs.flow.id, randomUUID() as string as FlowId);
      expect(await tx.consumeChallenge(theirs.flow.id, "webauthn", "challenge", now)).toBe(false);
      expect(await tx.markVerified(theirs.identity.id, address.id, address.value, now)).toBe(false);
      await tx.markVerificationSent(address.id, now);
      await tx.retireSigningKey("first", at);
      expect(await tx.enqueueMessage({ ...message, dedupe: theirs.flow.id })).toBe(true);
      expect(await tx.updateSession(theirs.session.id, theirs.session.tokenHash, { aal: "aal2", at: now })).toBeNull();
      expect(await tx.revokeSession(theirs.session.id, theirs.identity.id, now)).toBe(false);
      expect(await tx.revokeOtherSessions(theirs.identity.id, null, now)).toBe(0);
      for (const target of [{ sessions: [theirs.session.id] }, { identities: [theirs.identity.id] }, "all"] as const) {
        expect(await tx.endSessions(target, 10, at)).toBe(0);
        await tx.deleteSessions(target, 10);
      }
      expect(await tx.setAddressState(theirs.identity.id, address.id, { verified: true, status: "completed", verifiedAt: now }, now)).toBe(false);
      const codes = theirCodes.map(({ id }) => id);
      const [set] = theirs.credentialIds.slice(2);
      if (set !== undefined) await tx.changeLookupCodes(set, { remove: codes, mark: codes.map((id) => ({ id, usedAt: now })), add: [] }, now);
      expect(await tx.lockSession(theirs.session.id)).toBeNull();
      expect(await tx.deleteCredentials(theirs.identity.id, "password")).toBe(0);
      expect(await tx.deleteCredential(password)).toBe(false);
      expect(await tx.replacePasswordHash(password, "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$ZGlnZXN0", "new", now)).toBe(false);
    });
    expect(await own.countSubmission(theirs.flow.id, 5)).toBeNull();
    await expect(own.transaction((tx) => tx.putOneTimeCode(codeFor(theirs.flow.id)))).rejects.toThrow();
    await expect(own.transaction((tx) => tx.putOneTimeCode({ ...codeFor(randomUUID() as string as FlowId), identityId: theirs.identity.id }))).rejects.toThrow();
    await expect(own.transaction((tx) => tx.noteEnrolmentPrompt(randomUUID() as string as IdentityId, "never", now))).rejects.toThrow();
    await own.transaction((tx) => tx.noteEnrolmentPrompt(theirs.identity.id, "never", now));
    expect(await theirHandle.findEnrolmentPrompt(theirs.identity.id)).toEqual({ shown: 1, skipped: 0, never: false, skippedAt: null });
    expect(await theirHandle.findLiveCode(theirs.flow.id, now)).toEqual(code);
    expect(await theirHandle.findTokenExchange(`init-${theirs.flow.id}`)).toMatchObject({ flowId: theirs.flow.id, sessionId: null });
    expect((await theirHandle.findIdentity(theirs.identity.id))?.verifiableAddresses[0]?.status).toBe("pending");
    expect(await theirHandle.listSigningKeys(now)).toHaveLength(1);
    expect(await codesOf(theirHandle, theirs.identity.id)).toEqual(theirCodes);
    const planted = { id: randomUUID() as string as CredentialId, type: "password", slot: "other", config: { hash: "h" }, identifiers: [] } as const;
    await expect(own.transaction((tx) => tx.insertCredentialRows(theirs.identity.id, [planted], now))).rejects.toThrow();
    await expect(own.transaction((tx) => tx.insertCredential(theirs.identity.id, { type: "password", hash: "h", identifiers: [], at }))).rejects.toThrow();
    await expect(own.transaction((tx) => tx.insertSession({ session: { ...theirs.session, id: randomUUID() as never, tokenHash: "other" },
      device: { ipAddress: null, userAgent: null } }))).rejects.toThrow();
  });

  it("may hold the same identifier as another", async () => {
    const mine = await everythingOf(own);
    expect((await own.findAccountByIdentifier("password", "ann@example.com"))?.identity.id).toBe(mine.identity.id);
  });
});
