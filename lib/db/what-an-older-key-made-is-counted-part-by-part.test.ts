import { afterAll, beforeAll, expect, test } from "vitest";
import { countMade } from "./sealed-values";
import { seedPerson, seedProject, testDatabase, type TestDatabase } from "./testing";

const AT = new Date("2026-07-01T10:00:00Z");
const hashOf = (kid: string): string => `$argon2id$v=19$m=19456,t=2,p=1,keyid=${Buffer.from(kid).toString("base64").replace(/=+$/, "")}$c2FsdHNhbHQ$dGFnZ3RhZ2d0YWc`;
let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
  const { handle } = await seedProject(db);
  const hashes = [hashOf("old"), hashOf("old"), hashOf("new"), "$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq", ""];
  for (const [index, hash] of hashes.entries()) {
    const name = `p${String(index)}@made.test`;
    await seedPerson(handle, [
      { type: "password", hash, identifiers: [name], at: AT },
      { type: "webauthn", slot: "key", document: { seal: { kid: index < 3 ? "old" : "new", mac: "00" } }, identifiers: [], at: AT },
    ], name);
  }
});
afterAll(() => db.close());

test("however small the parts, everything is looked at once", async () => {
  for (const size of [1, 3, 5, 10, 11]) expect(await countMade(db.connection.reads, "new", size), `parts of ${String(size)}`).toEqual({ passwords: 2, securityKeys: 3 });
  expect(await countMade(db.connection.reads, "old")).toEqual({ passwords: 1, securityKeys: 2 });
});
