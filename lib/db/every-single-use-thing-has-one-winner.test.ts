import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlowId } from "../model/ids";
import type { OneTimeCode, ProjectHandle } from "./handles";
import { loginFlow, seedPerson, seedProject, seedSession, testDatabase, type TestDatabase } from "./testing";

const RACERS = 16;
const at = new Date("2026-01-01T00:00:00.000Z");
const later = new Date("2026-01-01T00:01:00.000Z");
const end = new Date("2026-01-01T00:10:00.000Z");
let db: TestDatabase;
let handle: ProjectHandle;

beforeAll(async () => {
  db = await testDatabase();
  ({ handle } = await seedProject(db));
});
afterAll(() => db.close());

async function race<T>(run: (racer: number) => Promise<T>): Promise<readonly T[]> {
  return await Promise.all(Array.from({ length: RACERS }, (_unused, racer) => run(racer)));
}

const newFlowId = (): FlowId => randomUUID() as string as FlowId;
const codeOf = (flowId: FlowId, mac = "mac"): Omit<OneTimeCode, "id"> => ({
  flowId, purpose: "login", identityId: null, addressId: null, via: "email", value: "ann@example.com", mac, createdAt: at, expiresAt: end,
});

describe("a code", () => {
  it("is used by one of sixteen, in time", async () => {
    const flowId = newFlowId();
    const id = await handle.transaction((tx) => tx.putOneTimeCode(codeOf(flowId)));
    expect(await handle.transaction((tx) => tx.consumeOneTimeCode(id, end))).toBe(false);
    const won = await race(() => handle.transaction((tx) => tx.consumeOneTimeCode(id, later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await handle.findLiveCode(flowId, later)).toBeNull();
  });

  it("dies with the next one of its flow, and resends at once leave one", async () => {
    const flowId = newFlowId();
    const first = await handle.transaction((tx) => tx.putOneTimeCode(codeOf(flowId)));
    const sent = await race((racer) => handle.transaction((tx) => tx.putOneTimeCode(codeOf(flowId, `mac-${racer}`))));
    const live = await handle.findLiveCode(flowId, later);
    expect(sent).toContain(live?.id);
    const used = await handle.transaction(async (tx) => {
      const answers: boolean[] = [];
      for (const id of [first, ...sent]) answers.push(await tx.consumeOneTimeCode(id, later));
      return answers;
    });
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await handle.findLiveCode(flowId, end)).toBeNull();
  });

  it("is tried as often as the flow allows and not once more, whoever else fails meanwhile", async () => {
    const flow = loginFlow();
    await handle.transaction((tx) => tx.insertFlow(flow));
    const counted = await race(() => handle.countSubmission(flow.id, 5));
    expect(counted.filter((count) => count !== null).sort()).toEqual([1, 2, 3, 4, 5]);
    await handle.transaction((tx) => tx.putOneTimeCode(codeOf(flow.id)));
    expect(await handle.countSubmission(flow.id, 5)).toBeNull();
    expect(await handle.countSubmission(newFlowId(), 5)).toBeNull();
  });
});

describe("what an identity provider said", () => {
  it("is taken by one of sixteen, in time", async () => {
    const id = await handle.transaction((tx) => tx.insertHandover({ flowId: newFlowId(), provider: "acme", sealed: "sealed", tokenHash: "token", expiresAt: end, at }));
    expect(await handle.findHandover("token", later)).toMatchObject({ id, provider: "acme", sealed: "sealed" });
    expect(await handle.findHandover("token", end)).toBeNull();
    expect(await handle.transaction((tx) => tx.consumeHandover(id, end))).toBe(false);
    const won = await race(() => handle.transaction((tx) => tx.consumeHandover(id, later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await handle.findHandover("token", later)).toBeNull();
  });

  it("brought by an app, is spent by one of sixteen, and not by one whose transaction was undone", async () => {
    const spent = { flowId: newFlowId(), provider: "acme", tokenHash: "brought", expiresAt: end, at };
    const undone = handle.transaction(async (tx) => {
      expect(await tx.spendOnce(spent)).toBe(true);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await handle.wasSpent("brought")).toBe(false);
    const won = await race(() => handle.transaction((tx) => tx.spendOnce(spent)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect([await handle.wasSpent("brought"), await handle.findHandover("brought", later)]).toEqual([true, null]);
  });

  it("reaches a native app once, only when somebody signed in, also over a restarted flow", async () => {
    const { identity } = await seedPerson(handle);
    const session = await seedSession(handle, identity.id);
    const [begun, restarted] = [newFlowId(), newFlowId()];
    await handle.transaction((tx) => tx.insertTokenExchange({ flowId: begun, initHash: "init", returnHash: "return", expiresAt: end, at }));
    const exchange = await handle.findTokenExchange("init");
    if (exchange === null) throw new Error("no exchange");
    expect(await handle.transaction((tx) => tx.consumeTokenExchange(exchange.id, later))).toBe(false);
    await handle.transaction((tx) => tx.moveTokenExchange(begun, restarted));
    expect(await handle.transaction((tx) => tx.fillTokenExchange(begun, session.id, "sealed"))).toBe(false);
    const filled = await race(() => handle.transaction((tx) => tx.fillTokenExchange(restarted, session.id, "sealed")));
    expect(filled.filter(Boolean)).toHaveLength(1);
    expect(await handle.transaction((tx) => tx.consumeTokenExchange(exchange.id, end))).toBe(false);
    const won = await race(() => handle.transaction((tx) => tx.consumeTokenExchange(exchange.id, later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await handle.findTokenExchange("init")).toMatchObject({ sessionId: session.id, sealedToken: "sealed", consumedAt: later });
  });
});

describe("a ceremony", () => {
  it("is answered once, for the challenge it was begun with, and leaves the rest of the flow's memory alone", async () => {
    const ceremony = { challenge: "one", userVerification: "preferred", expiresAt: end.getTime() } as const;
    const flow = loginFlow({ internal: { webauthn: ceremony, passkey: { ...ceremony, challenge: "two" }, identifier: "ann" } });
    await handle.transaction((tx) => tx.insertFlow(flow));
    expect(await handle.transaction((tx) => tx.consumeChallenge(flow.id, "webauthn", "two", later))).toBe(false);
    const won = await race(() => handle.transaction((tx) => tx.consumeChallenge(flow.id, "webauthn", "one", later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect((await handle.findFlow("login", flow.id))?.internal).toEqual({ passkey: { ...ceremony, challenge: "two" }, identifier: "ann" });
    await handle.transaction((tx) => tx.completeFlow(flow.id, "passed_challenge", later));
    expect(await handle.transaction((tx) => tx.consumeChallenge(flow.id, "passkey", "two", later))).toBe(false);
  });

  it("moves the document of its credential from the version that was read, once", async () => {
    const document = (version: number, signCount: number) => ({ version, signCount, nested: { "it's": ["\"", "\\", "é"] } });
    const { identity, credentialIds: [id] } = await seedPerson(handle, [{ type: "webauthn", slot: "key", identifiers: [], document: document(1, 0), at }]);
    if (id === undefined) throw new Error("no credential");
    const won = await race((racer) => handle.transaction((tx) => tx.replaceDocument(id, 1, document(2, racer), later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await handle.transaction((tx) => tx.replaceDocument(id, 1, document(2, 99), later))).toBe(false);
    expect(await handle.listCredentials(identity.id)).toMatchObject([{ lastUsedAt: later, document: document(2, won.indexOf(true)) }]);
  });
});

describe("an address", () => {
  it("is verified only as the value that was proved, and a sent mark never takes that back", async () => {
    const { identity } = await seedPerson(handle);
    const [address] = identity.verifiableAddresses;
    if (address === undefined) throw new Error("no address");
    const status = async () => (await handle.findIdentity(identity.id))?.verifiableAddresses[0];
    await handle.transaction((tx) => tx.markVerificationSent(address.id, at));
    expect(await status()).toMatchObject({ status: "sent", verified: false });
    expect(await handle.transaction((tx) => tx.markVerified(identity.id, address.id, "other@example.com", later))).toBe(false);
    expect(await handle.transaction((tx) => tx.markVerified(identity.id, address.id, address.value, later))).toBe(true);
    await handle.transaction((tx) => tx.markVerificationSent(address.id, end));
    expect(await status()).toMatchObject({ status: "completed", verified: true, verifiedAt: later });
  });

  it("finds its person by kind, channel and value", async () => {
    const { identity } = await seedPerson(handle, [], "bea@example.com");
    for (const kind of ["verifiable", "recovery"] as const) {
      expect((await handle.findAccountByAddress(kind, "email", "bea@example.com"))?.identity.id).toBe(identity.id);
      expect(await handle.findAccountByAddress(kind, "sms", "bea@example.com")).toBeNull();
      expect(await handle.findAccountByAddress(kind, "email", "nobody@example.com")).toBeNull();
    }
  });
});

describe("small memories", () => {
  it("count every showing and skipping of the enrolment prompt", async () => {
    const { identity } = await seedPerson(handle);
    expect(await handle.findEnrolmentPrompt(identity.id)).toBeNull();
    await race(() => handle.transaction((tx) => tx.noteEnrolmentPrompt(identity.id, "shown", at)));
    await handle.transaction((tx) => tx.noteEnrolmentPrompt(identity.id, "skipped", later));
    expect(await handle.findEnrolmentPrompt(identity.id)).toEqual({ shown: RACERS, skipped: 1, never: false, skippedAt: later });
    await handle.transaction((tx) => tx.noteEnrolmentPrompt(identity.id, "never", end));
    await handle.transaction((tx) => tx.noteEnrolmentPrompt(identity.id, "shown", end));
    expect(await handle.findEnrolmentPrompt(identity.id)).toEqual({ shown: RACERS + 1, skipped: 2, never: true, skippedAt: end });
  });

  it("keep the keys that still verify, newest first", async () => {
    const own = (await seedProject(db)).handle;
    const key = { algorithm: "ES256", publicJwk: { kty: "EC" }, sealed: "sealed", retiresAt: null };
    await own.transaction(async (tx) => {
      await tx.insertSigningKey({ ...key, kid: "old", createdAt: at });
      await tx.insertSigningKey({ ...key, kid: "new", createdAt: later });
      await tx.retireSigningKey("old", end);
    });
    expect((await own.listSigningKeys(later)).map(({ kid }) => kid)).toEqual(["new", "old"]);
    expect((await own.listSigningKeys(new Date(end.getTime() + 1))).map(({ kid }) => kid)).toEqual(["new"]);
  });

  it("know an API key by its hash until it ends or is taken away", async () => {
    const { row } = await seedProject(db);
    const key = { projectId: row.id, workspaceId: row.workspaceId, name: "ci", tokenHash: "hash", hint: "rung_…42", expiresAt: end, at };
    const id = await db.platform.insertApiKey(key);
    expect(await db.platform.findApiKey("hash", later)).toEqual({ id, projectId: row.id, workspaceId: row.workspaceId, name: "ci" });
    expect(await db.platform.findApiKey("hash", end)).toBeNull();
    expect(await db.platform.findApiKey("other", later)).toBeNull();
    expect(await db.platform.deleteApiKey(id)).toBe(true);
    expect(await db.platform.findApiKey("hash", later)).toBeNull();
    expect(await db.platform.deleteApiKey(id)).toBe(false);
  });
});
