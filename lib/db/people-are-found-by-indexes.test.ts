import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CredentialId, IdentityId, ProjectId } from "../model/ids";
import { vacuum } from "./cleanup";
import type { NewPerson, ProjectHandle } from "./handles";
import { LISTS, peopleReads } from "./people";
import { seedProject, testDatabase, type TestDatabase } from "./testing";

const NOW = new Date("2026-01-01T00:00:00.000Z");
let db: TestDatabase;
let handle: ProjectHandle;
let projectId: string;
const person = (email: string): NewPerson => ({
  id: randomUUID() as string as IdentityId, schemaId: "default", traits: { email }, state: "active", metadataPublic: null, metadataAdmin: null, externalId: null,
  verifiable: [{ value: email, via: "email", verified: false, status: "pending", verifiedAt: null }], recovery: [{ value: email, via: "email" }],
  credentials: [{ id: randomUUID() as string as CredentialId, type: "password", slot: "single", config: { hash: "x" }, identifiers: [email] }],
});
beforeAll(async () => {
  db = await testDatabase();
  const seeded = await seedProject(db);
  [handle, projectId] = [seeded.handle, seeded.row.id];
  for (let batch = 0; batch < 2; batch += 1) {
    const people = Array.from({ length: 1_000 }, (_, index) => person(`p${String(batch)}-${String(index).padStart(4, "0")}@db.test`));
    expect(await handle.transaction((tx) => tx.insertPeople(people, NOW))).toBe(true);
  }
  if (db.kind === "embedded") await vacuum(db.connection.writes);
});
afterAll(() => db.close());

it.each([
  ["all false", []], ["all true", []], ["ids true", [JSON.stringify([randomUUID()])]], ["identifier true", ["p0-0001@db.test", "x"]], ["prefix true", ["p0-0001"]], ["many true", ["p0-"]],
])("the list %s reads no large table from end to end", async (name, filter) => {
  const params = [projectId, randomUUID(), "51", "0", ...filter];
  const text = params.reduceRight<string>((sql, param, index) => sql.replaceAll(`$${String(index + 1)}`, `'${param}'`), LISTS.get(name)?.text ?? "");
  // Of small tables a server reads everything, index or not; with that made dear, only a missing index leaves a whole read.
  const plan = await db.connection.transaction(async (queries) => {
    await queries.rows({ name: "no_whole_reads", text: "SELECT set_config('enable_seqscan', 'off', true)" }, []);
    return queries.rows<{ readonly "QUERY PLAN": string }>({ name: `explain_people_${name.replace(" ", "_")}`, text: `EXPLAIN ${text}` }, []);
  });
  expect(plan.length).toBeGreaterThan(0);
  expect(plan.map((line) => line["QUERY PLAN"]).filter((line) => /Seq Scan on (identity|credential|credential_identifier|verifiable_address|recovery_address)\b/.test(line))).toEqual([]);
});

it("many who begin alike are listed as few are: the same people, in the same order, page by page", async () => {
  type Row = { readonly found: { readonly identity: { readonly id: string } } };
  const page = async (kind: string, after: string, offset: number) =>
    (await db.connection.reads.rows<Row>(LISTS.get(`${kind} false`)!, [projectId, after, 40, offset, "p1-"])).map(({ found }) => found.identity.id);
  const first = await page("many", "00000000-0000-0000-0000-000000000000", 0);
  expect([first.length, new Set(first).size]).toEqual([40, 40]);
  expect(first).toEqual(await page("prefix", "00000000-0000-0000-0000-000000000000", 0));
  const last = first.at(-1) ?? "";
  expect(await page("many", last, 7)).toEqual(await page("prefix", last, 7));
  expect(await handle.countPeople({ kind: "prefix", prefix: "p1-" })).toBe(1_000);
  expect(await handle.countPeople({ kind: "prefix", prefix: "p1-000" })).toBe(10);
});

it("a row whose name somebody has stops the whole statement's transaction", async () => {
  const [known, fresh] = [person("p0-0000@db.test"), person("fresh@db.test")];
  const stored = handle.transaction(async (tx) => {
    if (!await tx.insertPeople([fresh, known], NOW)) throw new Error("taken");
  });
  await expect(stored).rejects.toThrow("taken");
  expect(await handle.findIdentity(fresh.id)).toBeNull();
  expect(await handle.findTaken([{ kind: "verifiable", of: "email", value: "p0-0000@db.test" }, { kind: "credential", of: "password", value: "fresh@db.test" }]))
    .toEqual([{ kind: "verifiable", of: "email", value: "p0-0000@db.test" }]);
});

it("another project finds none of them", async () => {
  const other = (await seedProject(db)).handle;
  expect(await other.countPeople({ kind: "all" })).toBe(0);
  expect(await other.listPeople({ filter: { kind: "prefix", prefix: "p0" }, expand: true, after: null, limit: 10 })).toEqual([]);
  expect(await other.findTaken([{ kind: "credential", of: "password", value: "p0-0000@db.test" }])).toEqual([]);
});

it("who asks for the owners waits for whoever removes another one, and sees what that left", async () => {
  const asked: string[] = [];
  const queries = { ...db.connection.reads, rows: async (statement: { readonly text: string }) => {
    asked.push(statement.text);
    return [];
  } } as unknown as typeof db.connection.reads;
  await peopleReads(queries, projectId as ProjectId).lockOwners();
  expect(asked).toEqual([expect.stringMatching(/FROM admin a .*FOR UPDATE OF a$/), expect.stringMatching(/^(?!.*FOR UPDATE)/)]);
  expect(await handle.transaction((tx) => tx.lockOwners())).toEqual([]);
});
