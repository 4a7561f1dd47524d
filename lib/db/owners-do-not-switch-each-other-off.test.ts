import { afterAll, beforeAll, expect, it } from "vitest";
import type { IdentityId } from "../model/ids";
import type { ProjectHandle } from "./handles";
import { seedPerson, seedProject, testDatabase, type TestDatabase } from "./testing";

const at = new Date("2026-01-01T00:00:00.000Z");
let db: TestDatabase;
let handle: ProjectHandle;

beforeAll(async () => {
  db = await testDatabase();
  ({ handle } = await seedProject(db));
});
afterAll(() => db.close());

/** As an admin switches somebody off (lib/identities/owner-guard.ts). */
const switchOff = (id: IdentityId) => handle.transaction(async (tx) => {
  const others = (await tx.lockOwners()).filter((owner) => owner !== id);
  const identity = await tx.findIdentity(id);
  const left: string[] = [];
  for (const other of others) if ((await tx.findIdentity(other))?.state === "active") left.push(other);
  if (identity === null || left.length === 0) return false;
  return (await tx.updateIdentity(id, { version: identity.version, state: "inactive", at })) !== null;
});

it("of two owners who switch each other off at one moment one stays", async () => {
  const owners = await Promise.all([0, 1].map(async () => (await seedPerson(handle)).identity.id));
  for (const id of owners) await db.platform.insertAdmin(id, "owner", at);
  for (let round = 0; round < 10; round += 1) {
    const done = await Promise.all(owners.map(switchOff));
    expect(done.filter(Boolean), `round ${String(round)}`).toHaveLength(1);
    for (const id of owners) {
      await handle.transaction(async (tx) => {
        const { version, state } = (await tx.findIdentity(id))!;
        if (state === "inactive") await tx.updateIdentity(id, { version, state: "active", at });
      });
    }
  }
});
