import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedProject, testDatabase, type TestDatabase } from "./testing";
let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());
describe("smoke", () => {
  it("seeds", async () => {
    const { row, handle } = await seedProject(db);
    expect(row.currentRevision).toBe(1);
    expect(await handle.findSessionByTokenHash("x")).toBeNull();
    const a = await handle.transaction((tx) => tx.appendAudit({ action: "a", actor: { kind: "system" }, result: "ok" }, new Date()));
    expect(a.sequence).toBe(1);
  });
});
