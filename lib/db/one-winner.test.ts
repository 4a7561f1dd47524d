import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlowId, IdentityId } from "../model/ids";
import type { ProjectHandle } from "./handles";
import { loginFlow, seedPerson, seedProject, seedSession, testDatabase, type TestDatabase } from "./testing";

const RACERS = 16;
const at = new Date("2026-01-01T00:00:00.000Z");
const later = new Date("2026-01-01T00:01:00.000Z");
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

describe("what is used once is used once, whoever races for it", () => {
  it("a TOTP step has one winner, and no earlier step is taken afterwards", async () => {
    const { credentialIds: [id], identity } = await seedPerson(handle, [{ type: "totp", sealedSecret: "sealed", lastStep: 7, at }]);
    if (id === undefined) throw new Error("no credential");
    const won = await race(() => handle.transaction((tx) => tx.consumeTotpStep(id, 8, later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await handle.transaction((tx) => tx.consumeTotpStep(id, 7, later))).toBe(false);
    expect(await handle.transaction((tx) => tx.consumeTotpStep(id, 9, later))).toBe(true);
    expect(await handle.listCredentials(identity.id)).toMatchObject([{ lastStep: 9, lastUsedAt: later }]);
  });

  it("a recovery code has one winner", async () => {
    const { identity } = await seedPerson(handle, [
      { type: "lookup_secret", storage: "hashed", salt: "salt", codes: [{ digest: "a", sealed: null }, { digest: "b", sealed: null }], at }]);
    const [set] = await handle.listCredentials(identity.id);
    if (set?.type !== "lookup_secret" || set.codes[1] === undefined) throw new Error("no codes");
    const code = set.codes[1];
    const won = await race(() => handle.transaction((tx) => tx.consumeLookupCode(code.id, later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await handle.listCredentials(identity.id)).toMatchObject([{ lastUsedAt: later, codes: [{ usedAt: null }, { usedAt: later }] }]);
  });

  it("a flow completes once", async () => {
    const flow = loginFlow();
    await handle.transaction((tx) => tx.insertFlow(flow));
    const won = await race(() => handle.transaction((tx) => tx.completeFlow(flow.id, "passed_challenge", later)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await handle.findFlow("login", flow.id)).toMatchObject({ state: "passed_challenge", completedAt: later });
  });

  it("a parked change is taken once, by its owner, in time", async () => {
    const { identity } = await seedPerson(handle);
    const other = await seedPerson(handle);
    const flowId = randomUUID() as string as FlowId;
    await handle.transaction((tx) => tx.parkChange({ flowId, identityId: identity.id, sealed: "sealed", expiresAt: later, at }));
    expect(await handle.transaction((tx) => tx.consumeParkedChange(flowId, other.identity.id, at))).toBeNull();
    expect(await handle.transaction((tx) => tx.consumeParkedChange(flowId, identity.id, later))).toBeNull();
    const taken = await race(() => handle.transaction((tx) => tx.consumeParkedChange(flowId, identity.id, at)));
    expect(taken.filter((sealed) => sealed === "sealed")).toHaveLength(1);
  });

  it("a change is parked by equal submits at once, and may be parked anew after it was taken, but by nobody else", async () => {
    const { identity } = await seedPerson(handle);
    const other = await seedPerson(handle);
    const flowId = randomUUID() as string as FlowId;
    const park = (identityId: IdentityId, sealed: string) => handle.transaction((tx) => tx.parkChange({ flowId, identityId, sealed, expiresAt: later, at }));
    const take = () => handle.transaction((tx) => tx.consumeParkedChange(flowId, identity.id, at));
    await race(() => park(identity.id, "sealed"));
    expect(await take()).toBe("sealed");
    expect(await take()).toBeNull();
    await park(identity.id, "anew");
    await park(other.identity.id, "theirs");
    expect(await handle.transaction((tx) => tx.consumeParkedChange(flowId, other.identity.id, at))).toBeNull();
    expect(await take()).toBe("anew");
  });

  it("a set-up link makes one owner", async () => {
    const people = await race(() => seedPerson(handle));
    await db.platform.insertSetupLink({ tokenHash: "link", expiresAt: later, at });
    const won = await race((racer) => db.platform.consumeSetupLink("link", people[racer]?.identity.id ?? ("" as never), at));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await db.platform.countAdmins()).toBe(1);
    expect(await db.platform.findSetupLink("link")).toMatchObject({ usedAt: at });
  });

  it("a configuration revision has one writer, and the losers write nothing", async () => {
    const { row, handle: own } = await seedProject(db, { document: { from: "start" } });
    const won = await race((racer) => db.platform.appendRevision(row.id, 1, {
      document: { racer }, author: { kind: "cli", id: null, label: "test" }, comment: "", summary: "", at,
    }, { action: "config.changed", actor: { kind: "cli" }, result: "ok" }));
    expect(won.filter((revision) => revision !== null)).toHaveLength(1);
    expect((await db.platform.listRevisions(row.id, { limit: 10 })).map((revision) => revision.number)).toEqual([2, 1]);
    expect(await own.listAudit({ limit: 10 })).toHaveLength(1);
    expect((await db.platform.findProjectBySlug(row.slug))?.currentRevision).toBe(2);
  });

  it("a session is upgraded by one of two proofs, the other is told", async () => {
    const { identity } = await seedPerson(handle);
    const session = await seedSession(handle, identity.id);
    const now = new Date();
    const results = await race((racer) => handle.transaction((tx) => tx.updateSession(session.id, session.tokenHash, {
      tokenHash: `rotated-${racer}-${session.id}`, aal: "aal2", at: now,
    })));
    expect(results.filter((result) => result !== null)).toHaveLength(1);
    expect(await handle.transaction((tx) => tx.revokeSession(session.id, identity.id, now))).toBe(true);
    expect(await handle.transaction((tx) => tx.revokeSession(session.id, identity.id, now))).toBe(false);
  });

  it("one of two profile updates from the same version wins", async () => {
    const { identity } = await seedPerson(handle);
    const results = await race((racer) => handle.transaction((tx) => tx.updateIdentity(identity.id, { version: 1, traits: { racer }, at: later })));
    expect(results.filter((result) => result !== null)).toHaveLength(1);
    expect((await handle.findIdentity(identity.id))?.version).toBe(2);
  });
});
