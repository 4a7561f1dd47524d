import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedProject, testDatabase, type TestDatabase } from "../db/testing";
import { NOW, testProject } from "../factors/testing";
import { isDuplicateIdentifier } from "../model/errors";
import type { JsonObject } from "../model/identity";
import { addMs } from "../model/time";
import { createIdentity } from "./create";
import { checkTraits, planTraitChange } from "./traits";
import { applyTraitPlan } from "./update";

let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

const project = testProject();
const TRAITS = { email: "ada@example.test", name: "Ada", backup: "ada@backup.test" };

async function newPerson(traits: JsonObject = TRAITS) {
  const { handle } = await seedProject(db);
  const create = (values: JsonObject) => handle.transaction(async (tx) => {
    const checked = checkTraits(project, "default", values);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const identity = await createIdentity(tx, { schemaId: "default", traits: checked.traits, facts: checked.facts, now: NOW });
    await tx.putPassword(identity.id, "hash", checked.facts.identifiers, NOW);
    return identity;
  });
  return { handle, create, identity: await create(traits) };
}

const plan = (identity: Parameters<typeof planTraitChange>[0], traits: unknown) => {
  const planned = planTraitChange(identity, traits, project);
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems));
  return planned;
};

describe("a profile change", () => {
  it.each<[string, JsonObject, boolean]>([
    ["another display name", { ...TRAITS, name: "Ada L." }, false],
    ["nothing at all", TRAITS, false],
    ["the same address in capitals", { ...TRAITS, email: "ADA@example.test" }, false],
    ["another sign-in address", { ...TRAITS, email: "eve@example.test" }, true],
    ["only another recovery address", { ...TRAITS, backup: "eve@example.test" }, true],
    ["no recovery address any more", { email: TRAITS.email, name: TRAITS.name }, true],
    ["both addresses swapped", { ...TRAITS, email: TRAITS.backup, backup: TRAITS.email }, true],
  ])("%s: does it touch an address?", async (_name, traits, touches) => {
    const { identity } = await newPerson();
    expect(plan(identity, traits).touchesAddresses).toBe(touches);
  });

  it("of an address that only receives codes touches an address", async () => {
    const code = { type: "string", format: "email", "ory.sh/kratos": { credentials: { code: { identifier: true, via: "email" } } } };
    const schema = { type: "object", properties: { traits: { type: "object", properties: { code, name: { type: "string" } } } } };
    const coded = { ...project, config: { ...project.config, schemas: [{ id: "default", schema }] } };
    const { handle } = await seedProject(db);
    const identity = await handle.transaction((tx) => createIdentity(tx, {
      schemaId: "default", traits: { code: "ada@codes.test" }, facts: { identifiers: [], verifiable: [], recovery: [], totpAccountName: null }, now: NOW,
    }));
    for (const [traits, touches] of [
      [{ code: "eve@codes.test" }, true], [{}, true], [{ code: "ADA@codes.test" }, false], [{ code: "ada@codes.test", name: "Ada" }, false],
    ] as const) {
      expect(planTraitChange(identity, traits, coded)).toMatchObject({ ok: true, touchesAddresses: touches });
    }
  });

  it("is recognised as no change whatever the order of its keys", async () => {
    const { identity } = await newPerson();
    expect(plan(identity, { backup: TRAITS.backup, name: "Ada", email: TRAITS.email }).unchanged).toBe(true);
    expect(plan(identity, { ...TRAITS, name: "A" }).unchanged).toBe(false);
  });

  it("that breaks the schema names the field", async () => {
    const { identity } = await newPerson();
    const planned = planTraitChange(identity, { email: "not an address", admin: true }, project);
    expect(planned.ok).toBe(false);
    if (!planned.ok) expect(planned.problems.map((problem) => problem.field)).toContain("traits.email");
  });

  it("moves sign-in name and addresses with the traits, and keeps what stayed the same", async () => {
    const { handle, identity } = await newPerson();
    const later = addMs(NOW, 1000);
    const updated = await handle.transaction((tx) => applyTraitPlan(tx, identity.id, plan(identity, { ...TRAITS, email: "new@example.test" }), later));
    expect(updated).toMatchObject({ traits: { email: "new@example.test" }, version: identity.version + 1 });
    expect(updated?.verifiableAddresses.map((address) => [address.value, address.verified])).toEqual([["new@example.test", false]]);
    expect(updated?.recoveryAddresses.map((address) => address.value).sort()).toEqual(["ada@backup.test", "new@example.test"]);
    expect((await handle.findAccountByIdentifier("password", "new@example.test"))?.identity.id).toBe(identity.id);
    expect(await handle.findAccountByIdentifier("password", "ada@example.test")).toBeNull();
  });

  it("made on an old version changes nothing", async () => {
    const { handle, identity } = await newPerson();
    const [first, second] = [plan(identity, { ...TRAITS, name: "First" }), plan(identity, { ...TRAITS, email: "second@example.test" })];
    expect(await handle.transaction((tx) => applyTraitPlan(tx, identity.id, first, NOW))).not.toBeNull();
    expect(await handle.transaction((tx) => applyTraitPlan(tx, identity.id, second, NOW))).toBeNull();
    expect((await handle.findIdentity(identity.id))?.traits).toMatchObject({ name: "First", email: "ada@example.test" });
    expect(await handle.findAccountByIdentifier("password", "second@example.test")).toBeNull();
  });

  it("cannot take somebody else's address", async () => {
    const { handle, identity, create } = await newPerson();
    await create({ email: "eve@example.test" });
    const taken = handle.transaction((tx) => applyTraitPlan(tx, identity.id, plan(identity, { ...TRAITS, email: "eve@example.test" }), NOW));
    await expect(taken).rejects.toSatisfy(isDuplicateIdentifier);
    await expect(create({ email: "Ada@Example.Test" })).rejects.toSatisfy(isDuplicateIdentifier);
  });
});

describe("a new person", () => {
  it("begins with unverified addresses, unless they were proved elsewhere", async () => {
    const { handle, identity } = await newPerson();
    expect(identity.verifiableAddresses).toMatchObject([{ value: "ada@example.test", verified: false, status: "pending" }]);
    const checked = checkTraits(project, "default", { email: "bo@example.test" });
    if (!checked.ok) throw new Error("traits");
    const imported = await handle.transaction((tx) => createIdentity(tx, {
      schemaId: "default", traits: checked.traits, facts: checked.facts, verified: ["bo@example.test"], now: NOW,
    }));
    expect(imported.verifiableAddresses).toMatchObject([{ value: "bo@example.test", verified: true }]);
  });

  it("needs a schema the project has", () => {
    expect(() => checkTraits(project, "unknown", {})).toThrow("bad_request");
  });
});
