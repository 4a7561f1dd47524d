import { AsyncResource } from "node:async_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDomainError, isDuplicateIdentifier } from "../model/errors";
import type { ProjectHandle } from "./handles";
import { seedPerson, seedProject, seedSession, testDatabase, type TestDatabase } from "./testing";

const at = new Date("2026-01-01T00:00:00.000Z");
const anotherRequest = new AsyncResource("another request");
let db: TestDatabase;
let handle: ProjectHandle;
beforeAll(async () => {
  db = await testDatabase();
  ({ handle } = await seedProject(db));
});
afterAll(() => db.close());

describe("a transaction", () => {
  it("is invisible to the hot read until it is committed, and does not stop it for good", async () => {
    const { identity } = await seedPerson(handle);
    const session = await seedSession(handle, identity.id);
    const seen: { reading?: Promise<string> } = {};
    await handle.transaction(async (tx) => {
      await tx.updateSession(session.id, session.tokenHash, { aal: "aal2", at: new Date() });
      // Begun while the transaction is open, from a request of its own, and not awaited in here.
      seen.reading = anotherRequest.runInAsyncScope(async () => (await handle.findSessionByTokenHash(session.tokenHash))?.session.aal ?? "gone");
      await tx.insertFlowError({ message: "more work" }, at);
    });
    expect(["aal1", "aal2"]).toContain(await seen.reading);
    await expect(handle.transaction(async (tx) => {
      await tx.updateSession(session.id, session.tokenHash, { aal: "aal1", at: new Date() });
      throw new Error("rolled back");
    })).rejects.toThrow("rolled back");
    expect((await handle.findSessionByTokenHash(session.tokenHash))?.session.aal).toBe("aal2");
  });

  it("refuses at once to be left by a statement beside it", async () => {
    await expect(handle.transaction(() => handle.findFlowError("6f2d4f0a-3a44-4b8f-9a58-0d43f4b3a001"))).rejects.toThrow("awaited outside the transaction");
    await expect(handle.transaction(() => handle.limits.clear("lane", "key"))).rejects.toThrow("awaited outside the transaction");
    await expect(handle.transaction(() => handle.transaction(async () => 1))).rejects.toThrow("awaited outside the transaction");
    await db.ping();
  });

  it("keeps nothing when a statement failed, even if the caller swallowed the error", async () => {
    const taken = await seedPerson(handle, [], "taken@example.com");
    const before = (await handle.findIdentity(taken.identity.id))?.version;
    await expect(handle.transaction(async (tx) => {
      await tx.updateIdentity(taken.identity.id, { version: 1, traits: { changed: true }, at });
      await tx.insertIdentity({ id: crypto.randomUUID() as never, schemaId: "default", traits: {}, verifiable: [{ value: "taken@example.com", via: "email" }], recovery: [], at })
        .catch(() => undefined);
      return "committed";
    })).rejects.toSatisfy(isDuplicateIdentifier);
    expect((await handle.findIdentity(taken.identity.id))?.version).toBe(before);
  });

  it("calls a taken identifier by its name, wherever it is taken", async () => {
    await seedPerson(handle, [{ type: "password", hash: "h", identifiers: ["dup@example.com"], at }], "dup@example.com");
    await expect(seedPerson(handle, [{ type: "password", hash: "h", identifiers: ["dup@example.com"], at }])).rejects.toSatisfy(isDuplicateIdentifier);
    await expect(seedPerson(handle, [], "dup@example.com")).rejects.toSatisfy(isDuplicateIdentifier);
    const { identity } = await seedPerson(handle, [{ type: "totp", sealedSecret: "s", lastStep: 0, at }]);
    await expect(handle.transaction((tx) => tx.insertCredential(identity.id, { type: "totp", sealedSecret: "s", lastStep: 0, at })))
      .rejects.toSatisfy((error) => isDomainError(error) && error.code === "bad_request");
  });

  it("replaces addresses and identifiers to exactly the new set, and unchanged ones stay verified", async () => {
    const { identity } = await seedPerson(handle, [{ type: "password", hash: "one", identifiers: ["x@example.com", "y@example.com"], at }], "x@example.com");
    const kept = await handle.transaction((tx) => tx.updateIdentity(identity.id, {
      version: 1, verifiable: [{ value: "x@example.com", via: "email" }, { value: "z@example.com", via: "email" }], recovery: [], at,
    }));
    expect(kept?.verifiableAddresses.map((address) => address.value)).toEqual(["x@example.com", "z@example.com"]);
    expect(kept?.verifiableAddresses[0]?.id).toBe(identity.verifiableAddresses[0]?.id);
    expect(kept?.recoveryAddresses).toEqual([]);
    await handle.transaction((tx) => tx.setPasswordIdentifiers(identity.id, ["y@example.com", "z@example.com"]));
    await handle.transaction((tx) => tx.putPassword(identity.id, "two", ["x@example.com"], at));
    expect(await handle.listCredentials(identity.id)).toMatchObject([{ hash: "two", identifiers: ["y@example.com", "z@example.com"] }]);
    expect(await handle.findAccountByIdentifier("password", "x@example.com")).toBeNull();
  });

  it("takes a part of the platform's writes with it, or leaves neither", async () => {
    const { identity } = await seedPerson(handle);
    const tokenHash = `link-${identity.id}`;
    await db.platform.insertSetupLink({ tokenHash, expiresAt: new Date(at.getTime() + 60_000), at });
    await expect(handle.transaction(async () => {
      expect(await db.platform.consumeSetupLink(tokenHash, identity.id, at)).toBe(true);
      throw new Error("no");
    })).rejects.toThrow("no");
    expect(await db.platform.findSetupLink(tokenHash)).toMatchObject({ usedAt: null });
    expect(await db.platform.findAdmin(identity.id)).toBeNull();
  });

  it("is refused, not hung, once the database is closed", async () => {
    const gone = await testDatabase();
    const { handle: other } = await seedProject(gone);
    await gone.close();
    await expect(other.findSessionByTokenHash("any")).rejects.toThrow();
    await expect(other.transaction((tx) => tx.findSessionByTokenHash("any"))).rejects.toThrow();
  });
});
