import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProjectDb, ProjectHandle } from "../../db/handles";
import { seedPerson, seedProject, testDatabase, type TestDatabase } from "../../db/testing";
import type { Identity } from "../../model/identity";
import type { IdentityId, SessionId } from "../../model/ids";
import type { FactorContext } from "../factor";
import { context, countingHasher, loginStep, NOW, settingsStep } from "../testing";
import { passwordLogin } from "./login";
import { passwordSettings } from "./settings";

const OLD = "a-lamp-in-the-window";
const NEW = "another-good-lamp";
let db: TestDatabase;
let handle: ProjectHandle;
beforeAll(async () => {
  db = await testDatabase();
  ({ handle } = await seedProject(db));
});
afterAll(() => db.close());

async function person(): Promise<{ readonly identity: Identity; readonly email: string }> {
  const { identity } = await seedPerson(handle);
  const email = String(identity.traits["email"]);
  await handle.transaction((tx) => tx.putPassword(identity.id, `hash:${OLD}`, [email], NOW));
  return { identity, email };
}

/** The owner's change, as the settings flow makes it: the new hash, then every other session ends. */
async function change(tx: ProjectDb, id: IdentityId): Promise<void> {
  await tx.putPassword(id, `hash:${NEW}`, [], NOW);
  await tx.revokeOtherSessions(id, null, NOW);
}

/** A sign-in up to the point where the engine opens its transaction; `meanwhile` happens while the hash is computed. */
async function prove(email: string, meanwhile: () => Promise<unknown> = () => Promise.resolve(), changes: Partial<FactorContext> = {}) {
  const hasher = countingHasher();
  const passwords = { ...hasher, verify: async (known: string | null, typed: string) => (await meanwhile(), await hasher.verify(known, typed)) };
  const outcome = await passwordLogin.submit(loginStep("first", null), { identifier: email, password: OLD }, context({ db: handle, passwords, ...changes }));
  if (outcome.kind !== "authenticated" || outcome.commit === null) throw new Error(outcome.kind);
  return outcome.commit;
}

/** The engine's transaction: the factor's commit first, then the session. */
function grant(commit: (tx: ProjectDb) => Promise<boolean>, identityId: IdentityId): Promise<boolean> {
  return handle.transaction(async (tx) => {
    if (!(await commit(tx))) return false;
    await tx.insertSession({
      session: {
        id: crypto.randomUUID() as string as SessionId, identityId, kind: "browser", tokenHash: crypto.randomUUID(), aal: "aal1", methods: [],
        authenticatedAt: NOW, issuedAt: NOW, expiresAt: new Date(NOW.getTime() + 60_000), revokedAt: null,
      },
      device: { ipAddress: null, userAgent: null },
    });
    return true;
  });
}

const live = async (id: IdentityId): Promise<number> => (await handle.listSessions(id, NOW, { offset: 0, limit: 100 })).total;

describe("a sign-in that was under way when the password was changed", () => {
  it("is granted nothing", async () => {
    const { identity, email } = await person();
    const commit = await prove(email, () => handle.transaction((tx) => change(tx, identity.id)));
    expect(await grant(commit, identity.id)).toBe(false);
    expect(await live(identity.id)).toBe(0);
  });

  it("is granted nothing when the person was switched off meanwhile", async () => {
    const { identity, email } = await person();
    const commit = await prove(email, () => handle.transaction((tx) => tx.updateIdentity(identity.id, { version: identity.version, state: "inactive", at: NOW })));
    expect(await grant(commit, identity.id)).toBe(false);
  });

  it("leaves no session behind, whichever of the two is first", async () => {
    for (let round = 0; round < 8; round += 1) {
      const { identity, email } = await person();
      const commits = await Promise.all(Array.from({ length: 4 }, () => prove(email)));
      await Promise.all([...commits.slice(0, 2).map((commit) => grant(commit, identity.id)), handle.transaction((tx) => change(tx, identity.id)),
        ...commits.slice(2).map((commit) => grant(commit, identity.id))]);
      expect(await live(identity.id)).toBe(0);
    }
  });

  it("waits for a change that is being committed, and then finds the old password gone", async () => {
    const { identity, email } = await person();
    const commit = await prove(email);
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => { begun = resolve; });
    const changing = handle.transaction(async (tx) => {
      await change(tx, identity.id);
      begun();
      // Long enough for the sign-in to reach the row; what it finds there does not depend on it.
      for (let turn = 0; turn < 20; turn += 1) await tx.findIdentity(identity.id);
    });
    await started;
    const [granted] = await Promise.all([grant(commit, identity.id), changing]);
    expect(granted).toBe(false);
    expect(await live(identity.id)).toBe(0);
  });
});

describe("a sign-in with the password as it stands", () => {
  it("is granted, and notes its use without touching what was set", async () => {
    const { identity, email } = await person();
    const [before] = await handle.listCredentials(identity.id);
    const later = new Date(NOW.getTime() + 1_000);
    const commit = await prove(email, undefined, { now: later });
    expect(await grant(commit, identity.id)).toBe(true);
    expect(await handle.listCredentials(identity.id)).toEqual([{ ...before, lastUsedAt: later }]);
  });

  it("renews an outdated hash once: of two at once the second proves itself again", async () => {
    const { identity, email } = await person();
    const hasher = countingHasher();
    const passwords = { ...hasher, verify: () => Promise.resolve({ ok: true, rehash: true }), hash: () => Promise.resolve("renewed") };
    const commits = [await prove(email, undefined, { passwords }), await prove(email, undefined, { passwords })];
    const granted = await Promise.all(commits.map((commit) => grant(commit, identity.id)));
    expect(granted.filter(Boolean)).toHaveLength(1);
    expect(await handle.listCredentials(identity.id)).toMatchObject([{ hash: "renewed" }]);
  });
});

describe("a password set beside a change of address", () => {
  async function chosen(identity: Identity) {
    const outcome = await passwordSettings.submit(settingsStep(identity, await handle.listCredentials(identity.id)), { password: NEW }, context({ db: handle }));
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    return outcome.commit;
  }
  const move = (identity: Identity, to: string) => handle.transaction(async (tx) => {
    expect(await tx.updateIdentity(identity.id, { version: identity.version, traits: { email: to }, at: NOW })).not.toBeNull();
    await tx.setPasswordIdentifiers(identity.id, [to]);
  });

  it("never brings the old sign-in name back", async () => {
    const { identity, email } = await person();
    const commit = await chosen(identity);
    await move(identity, `new-${email}`);
    expect(await handle.transaction(commit)).toBe(true);
    expect(await handle.listCredentials(identity.id)).toMatchObject([{ hash: `hash:${NEW}`, identifiers: [`new-${email}`] }]);
  });

  it("is refused when it is the first one and the address it would sign in with is gone", async () => {
    const { identity } = await seedPerson(handle);
    const commit = await chosen(identity);
    await move(identity, `moved-${String(identity.traits["email"])}`);
    expect(await handle.transaction(commit)).toBe(false);
    expect(await handle.listCredentials(identity.id)).toEqual([]);
  });
});
