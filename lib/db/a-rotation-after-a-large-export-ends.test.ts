import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProjectId } from "../model/ids";
import { addMs, DAY_MS } from "../model/time";
import type { Connection, Statement } from "./connection";
import { sealedValues } from "./sealed-values";
import { seedProject, testDatabase, type TestDatabase } from "./testing";

const AT = new Date("2026-07-01T10:00:00Z");
const LARGE = 500_000;
const SMALL = 40;
/** Blocks that the database reads for a value of `LARGE` bytes, at least. */
const BLOCKS = LARGE / 8_192;

let db: TestDatabase;
let projectId: ProjectId;
beforeAll(async () => {
  db = await testDatabase();
  projectId = (await seedProject(db)).row.id;
});
afterAll(() => db.close());

const sealed = (kid: string, bytes: number): string => `v1.${kid}.${randomBytes(bytes).toString("base64url")}`;
async function job(parts: readonly string[], finishedAt: Date | null): Promise<string> {
  const id = randomUUID();
  await db.platform.insertJob({ id, projectId, kind: "export_identities", total: null, input: null, createdBy: "test", parts, at: AT }, { action: "job.started", actor: { kind: "system" }, result: "ok" });
  await db.connection.writes.rows({ name: "test_finish_job", text: "UPDATE job SET finished_at = $2::timestamptz WHERE id = $1::uuid" }, [id, finishedAt?.toISOString() ?? null]);
  return id;
}
const held = async (): Promise<readonly string[]> =>
  (await db.connection.reads.rows<{ readonly id: string }>({ name: "test_held_jobs", text: "SELECT DISTINCT job_id::text AS id FROM job_part" }, [])).map(({ id }) => id);

interface Asked {
  readonly statement: Statement;
  readonly params: readonly unknown[];
  readonly answer: readonly unknown[];
}
/** The same values, with what the database was asked. */
function watched() {
  const asked: Asked[] = [];
  const watching = (queries: Connection["reads"]): Connection["reads"] => ({
    ...queries,
    async rows<Row>(statement: Statement, params: readonly unknown[]) {
      const answer = await queries.rows<Row>(statement, params);
      asked.push({ statement, params, answer });
      return answer;
    },
  });
  const values = sealedValues({ ...db.connection, reads: watching(db.connection.reads), writes: watching(db.connection.writes) });
  return { values, asked };
}

test("spent parts go a few at a time, all of them, and nothing else", async () => {
  const before = addMs(AT, -DAY_MS);
  const parts = (count: number) => Array.from({ length: count }, () => sealed("old", SMALL));
  const kept = [await job(parts(3), null), await job(parts(3), before), await job(parts(3), AT)];
  await job(parts(70), addMs(before, -1));
  await job(parts(50), addMs(before, -DAY_MS));
  const { values, asked } = watched();
  expect(await values.dropSpentParts(before)).toBe(120);
  expect(asked.map(({ answer }) => answer)).toEqual([[{ count: 50 }], [{ count: 50 }], [{ count: 20 }]]);
  expect((await held()).toSorted()).toEqual(kept.toSorted());
  expect(await values.dropSpentParts(before)).toBe(0);
  for (const id of kept) await db.connection.writes.rows({ name: "test_drop_job", text: "DELETE FROM job WHERE id = $1::uuid" }, [id]);
});

test("which values lie under another key is read off their beginnings, however large they are", async () => {
  const id = await job([sealed("new", LARGE), sealed("new", LARGE), sealed("new", LARGE), sealed("newer", SMALL), sealed("ne", SMALL), sealed("old", SMALL)], AT);
  const { values, asked } = watched();
  const rows = await values.listSealed("job", { kid: "new", after: "", limit: 10 });
  expect(rows.map((row) => row.id)).toEqual([3, 4, 5].map((number) => `${id}/input/${String(number)}`));
  expect(await values.countSealed("job", "new")).toBe(3);
  expect(asked.length).toBe(2);
  for (const { statement, params } of asked) expect(await blocksOf(statement, params)).toBeLessThan(BLOCKS);
});

/** Blocks that running a statement takes, found in memory or not. */
async function blocksOf(statement: Statement, params: readonly unknown[]): Promise<number> {
  const [row] = await db.connection.reads.rows<Readonly<Record<string, unknown>>>({ name: `${statement.name}_explained`, text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement.text}` }, params);
  const said = row?.["QUERY PLAN"];
  const [plan] = (typeof said === "string" ? JSON.parse(said) : said) as readonly { readonly Plan: Readonly<Record<string, unknown>> }[];
  return Number(plan?.Plan["Shared Hit Blocks"]) + Number(plan?.Plan["Shared Read Blocks"]);
}
