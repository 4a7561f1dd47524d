import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { IdentityId } from "../model/ids";
import { PEOPLE_PART, SESSIONS_PART } from "./adoption";
import { vacuum } from "./cleanup";
import type { Statement } from "./connection";
import { PEOPLE_BY_IDS, PEOPLE_BY_PREFIX } from "./policy-people";
import { SESSION_SHAPES, SUBJECT_SHAPES } from "./policy-shapes";
import { seedPerson, seedProject, testDatabase, type TestDatabase } from "./testing";

const NOW = new Date("2026-07-01T10:00:00.000Z");
const MANY = 6_000;
const FIRST = "00000000-0000-0000-0000-000000000000";
let db: TestDatabase;
let project: Awaited<ReturnType<typeof seedProject>>;
beforeAll(async () => {
  db = await testDatabase();
  project = await seedProject(db);
  const run = (name: string, text: string) => db.connection.writes.rows({ name, text }, text.includes("$1") ? [project.row.id] : []);
  const from = `FROM generate_series(1, ${String(MANY)}) n`;
  await run("many_people", `INSERT INTO identity (id, project_id, schema_id, traits) SELECT md5('i' || n)::uuid, $1::uuid, 'default', '{}' ${from}`);
  await run("many_apps", `INSERT INTO credential (id, project_id, identity_id, type, config) SELECT md5('t' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'totp', '{}' ${from} WHERE n % 3 = 0`);
  await run("many_addresses", `INSERT INTO verifiable_address (id, project_id, identity_id, value, via) SELECT md5('a' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'p' || lpad(n::text, 5, '0') || '@x.test', 'email' ${from}`);
  // Many ends at one moment: a part ends in the middle of them.
  await run("many_sessions", `INSERT INTO session (id, project_id, identity_id, kind, token_hash, aal, methods, authenticated_at, issued_at, expires_at)
    SELECT md5('s' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'browser', md5('h' || n), 'aal1', '[]', '2026-07-01T09:00:00Z', '2026-07-01T09:00:00Z', '2026-07-02T00:00:00Z'::timestamptz + (n / 4000) * interval '1 hour' ${from}`);
  if (db.kind === "embedded") await vacuum(db.connection.writes);
  await run("statistics", "ANALYZE identity, credential, verifiable_address, session");
});
afterAll(() => db.close());

test("groups are counted part by part, and everybody once", async () => {
  const told: number[] = [];
  const { subjects, sessions } = await db.platform.listShapes(project.row.id, { now: NOW, proofAges: [], sessionAges: [3_600_000], progress: (people) => told.push(people) });
  expect(told).toEqual([5_000, MANY]);
  expect(subjects.map(({ key, people }) => [key, people])).toEqual([["@", MANY - MANY / 3], ["totp@", MANY / 3]]);
  expect(sessions.map((shape) => [shape.subject, shape.sessions, shape.samples.length, new Set(shape.samples).size])).toEqual([["@", MANY - MANY / 3, 25, 25], ["totp@", MANY / 3, 25, 25]]);
});

test("no part reads a large table from end to end, and no search looks at more than a few hundred", async () => {
  const [id, now] = [project.row.id, NOW.toISOString()];
  const asked: readonly (readonly [Statement, readonly unknown[]])[] = [
    [SUBJECT_SHAPES, [id, FIRST, 100]], [SESSION_SHAPES, [id, now, [], [3_600_000], now, FIRST, 100]],
    [PEOPLE_BY_PREFIX, [id, now, "p", 25]], [PEOPLE_BY_IDS, [id, now, [FIRST], 25]],
    [PEOPLE_PART, [id, FIRST, 100, ["totp"]]], [SESSIONS_PART, [id, ["totp"], now, now, FIRST, 100]],
  ];
  for (const [statement, params] of asked) {
    const text = params.reduceRight<string>((sql, param, index) => sql.replaceAll(`$${String(index + 1)}:`, `${literal(param)}:`), statement.text);
    const plan = await db.connection.transaction(async (queries) => {
      // A small table is read whole, or by a bitmap and sorted: with both made dear, only a missing index leaves more rows than a page needs.
      await queries.rows({ name: "no_whole_reads", text: "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)" }, []);
      return queries.rows<{ readonly "QUERY PLAN": string }>({ name: `explain_${statement.name}`, text: `EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) ${text}` }, []);
    });
    const lines = plan.map((line) => line["QUERY PLAN"]);
    expect(lines.filter((line) => /Seq Scan on (identity|credential|session|credential_identifier|verifiable_address)\b/.test(line)), statement.name).toEqual([]);
    // Where one moment ends many sessions, those of that moment are put in order together.
    if (statement === SESSION_SHAPES || statement === SESSIONS_PART) continue;
    const most = Math.max(...lines.map((line) => Number(/actual rows=(\d+)/.exec(line)?.[1] ?? 0)));
    expect(most, `${statement.name}\n${lines.join("\n")}`).toBeLessThanOrEqual(1_000);
  }
});

test("adoption is counted part by part, and everybody once", async () => {
  expect(await db.platform.countAdoption(project.row.id, ["totp", "webauthn"], NOW)).toEqual({ people: MANY, withSecondFactor: MANY / 3, liveSessions: MANY, liveSessionsToAsk: MANY / 3 });
  expect(await db.platform.countOwners(project.row.id, ["totp", "webauthn"])).toEqual(new Map([["totp", MANY / 3], ["webauthn", 0]]));
  const empty = await seedProject(db);
  await db.connection.writes.rows({ name: "idle_people", text: "INSERT INTO identity (id, project_id, schema_id, traits, state) SELECT gen_random_uuid(), $1::uuid, 'default', '{}', 'inactive' FROM generate_series(1, 7)" }, [empty.row.id]);
  const told: number[] = [];
  await db.platform.countOwners(empty.row.id, ["totp"], (people) => told.push(people));
  expect(await db.platform.countAdoption(empty.row.id, ["totp"], NOW, (people) => told.push(people))).toMatchObject({ people: 0 });
  expect(told).toEqual([7, 7]);
});

test("a password that nobody has is not counted", async () => {
  const { row, handle } = await seedProject(db);
  for (const hash of ["$argon2id$x", "", ""]) await seedPerson(handle, [{ type: "password", hash, identifiers: [`of ${randomUUID()}`], at: NOW }]);
  expect(await db.platform.countOwners(row.id, ["password"])).toEqual(new Map([["password", 1]]));
  expect(await db.platform.countAdoption(row.id, ["password"], NOW)).toMatchObject({ people: 3, withSecondFactor: 1 });
});

test("a search finds by the beginning of an address, as it is written", async () => {
  const found = async (query: { readonly prefix: string } | { readonly ids: readonly IdentityId[] }) =>
    (await db.platform.listPeopleWithSessions(project.row.id, { limit: 3, now: NOW, ...query })).map(({ address }) => address);
  expect(await found({ prefix: "P0012" })).toEqual(["p00120@x.test", "p00121@x.test", "p00122@x.test"]);
  expect(await found({ prefix: "p00123@x.test" })).toEqual(["p00123@x.test"]);
  expect(await found({ prefix: "p%" })).toEqual([]);
  expect(await found({ ids: [] })).toEqual([]);
  const other = await seedProject(db);
  expect(await db.platform.listPeopleWithSessions(other.row.id, { prefix: "p", limit: 3, now: NOW })).toEqual([]);
});

function literal(param: unknown): string {
  if (Array.isArray(param)) return `'{${param.join(",")}}'`;
  return typeof param === "number" ? String(param) : `'${String(param)}'`;
}
