import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyAuditChain } from "./audit";
import { seedPerson, seedProject, testDatabase, type TestDatabase } from "./testing";

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

describe("the audit chain", () => {
  it("is one chain without gaps when sixteen transactions write at once, and none of them waits for another for ever", async () => {
    const { handle } = await seedProject(db);
    await Promise.all(Array.from({ length: 16 }, async (_unused, index) => {
      // A row that points at the project first, then the chain: what every flow does.
      await seedPerson(handle);
      await handle.transaction((tx) => tx.appendAudit({
        action: "login.completed", actor: { kind: "person", label: "a…@example.com" }, result: "ok", ipAddress: "192.0.2.1",
        details: { index, nested: { b: 1, a: [new Date(0), undefined, null] }, ratio: 0.1, word: "naïve \u2028" },
      }, new Date()));
    }));
    const records = await handle.listAudit({ limit: 100 });
    expect(records.map((record) => record.sequence)).toEqual(Array.from({ length: 16 }, (_unused, index) => 16 - index));
    expect(verifyAuditChain(records)).toEqual({ ok: true });
    expect(verifyAuditChain(await handle.listAudit({ limit: 4, before: 10 }))).toEqual({ ok: true });
  });

  it("shows a changed, a removed and a swapped record", async () => {
    const { handle, row } = await seedProject(db);
    for (const action of ["one", "two", "three", "four"]) {
      await handle.transaction((tx) => tx.appendAudit({ action, actor: { kind: "system" }, result: "ok" }, new Date()));
    }
    await db.connection.writes.rows({ name: "tamper", text: "UPDATE audit_entry SET result = 'rejected' WHERE project_id = $1::uuid AND sequence = 3" }, [row.id]);
    const records = await handle.listAudit({ limit: 10 });
    expect(verifyAuditChain(records)).toEqual({ ok: false, sequence: 3 });
    expect(verifyAuditChain(records.filter((record) => record.sequence !== 2))).toEqual({ ok: false, sequence: 3 });
    expect(verifyAuditChain(records.map((record) => (record.sequence === 1 ? { ...record, previousHash: "0" } : record)))).toEqual({ ok: false, sequence: 1 });
  });

  it("forgets an entry whose transaction failed, and goes on without a gap", async () => {
    const { handle } = await seedProject(db);
    await expect(handle.transaction(async (tx) => {
      await tx.appendAudit({ action: "lost", actor: { kind: "system" }, result: "ok" }, new Date());
      throw new Error("after all");
    })).rejects.toThrow("after all");
    await handle.transaction((tx) => tx.appendAudit({ action: "kept", actor: { kind: "system" }, result: "ok" }, new Date()));
    expect((await handle.listAudit({ limit: 10 })).map(({ sequence, action }) => [sequence, action])).toEqual([[1, "kept"]]);
  });
});
