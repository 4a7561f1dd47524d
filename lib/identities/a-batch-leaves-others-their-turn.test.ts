import { RE2JS } from "re2js";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { parseProjectConfig } from "../config/parse";
import { createKeyRing } from "../crypto/keys";
import { seedProject, testDatabase, type TestDatabase } from "../db/testing";
import { NOW } from "../factors/testing";
import type { JsonValue } from "../model/identity";
import { MAX_WORK } from "../model/pattern";
import type { AdminContext } from "./admin-context";
import { BATCH_MAX_WORK, importBatch } from "./admin-import";
import type { ImportResult } from "./admin-import";

// Nearly a thousand instructions, every one of them at work for a text of a and b.
const COSTLY = "[ab]*a[ab]{900}[cd]";

let db: TestDatabase;
let seeded: Awaited<ReturnType<typeof seedProject>>;
beforeAll(async () => {
  db = await testDatabase();
  seeded = await seedProject(db);
});
afterAll(() => db.close());
afterEach(() => vi.restoreAllMocks());

/** The steps of each text that a pattern was held against; no engine runs, so that nobody waits for this test. */
function counted(answer: boolean, asked: () => void = () => undefined): readonly number[] {
  const costs: number[] = [];
  const compile = RE2JS.compile.bind(RE2JS);
  vi.spyOn(RE2JS, "compile").mockImplementation((...given) => {
    const compiled = compile(...given);
    return Object.assign(compiled, { test: (text: string) => {
      costs.push(compiled.programSize() * text.length);
      asked();
      return answer;
    } });
  });
  return costs;
}

let schemas = 0;
async function imported(entries: readonly JsonValue[]): Promise<readonly (ImportResult | null)[]> {
  const { row, handle } = seeded;
  // What is compiled is kept by what the schema says: another title is another schema.
  const title = `turns ${String(schemas += 1)}`;
  const schema = { title, properties: { traits: { type: "object", properties: { email: { type: "string", "ory.sh/kratos": { credentials: { password: { identifier: true } } } }, note: { type: "string", pattern: COSTLY } } } } };
  const url = `base64://${Buffer.from(JSON.stringify(schema)).toString("base64")}`;
  const config = parseProjectConfig({ identity: { default_schema_id: "own", schemas: [{ id: "own", url }] } }, 1, { baseUrl: "https://id.shop.example", projectKey: row.key, name: "Shop" });
  const ctx: AdminContext = {
    project: { row, config }, handle, keys: createKeyRing([{ id: "k", secret: Buffer.alloc(32, 7) }]), actor: { kind: "system" }, ipAddress: null, now: NOW,
    passwords: { hash: () => Promise.resolve("hash"), hashLookupCode: () => Promise.resolve("hash") },
  };
  return importBatch(entries, { wholeRequest: true }, ctx);
}
const rows = (count: number, length: number): readonly JsonValue[] => Array.from({ length: count }, () => ({ schema_id: "own", traits: { note: "ab".repeat(length / 2) } }));

test("between two rows everybody else has a turn", async () => {
  let turn = 0;
  let going = true;
  const others = (): void => {
    turn += 1;
    if (going) setImmediate(others);
  };
  setImmediate(others);
  const judgedAt: number[] = [];
  counted(false, () => judgedAt.push(turn));
  const results = await imported(rows(20, 100));
  going = false;
  expect(results.every((one) => one?.kind === "failed")).toBe(true);
  expect([judgedAt.length, new Set(judgedAt).size]).toEqual([20, 20]);
});

test("a value that would hold everybody up is not begun", async () => {
  const costs = counted(true);
  const results = await imported(rows(3, 5_000));
  expect([costs, results.map((one) => one?.kind)]).toEqual([[], ["failed", "failed", "failed"]]);
});

test("all rows together may cost so much; each after that says why it is refused, and is not judged", async () => {
  const costs = counted(false);
  const results = await imported(rows(150, 2_700));
  const sum = costs.reduce((total, cost) => total + cost, 0);
  expect(sum).toBeLessThanOrEqual(BATCH_MAX_WORK);
  expect(sum).toBeGreaterThan(BATCH_MAX_WORK - MAX_WORK);
  const refused = results.map((one) => one?.kind === "failed" && /too much work over this batch; send the rest in smaller batches/.test(JSON.stringify(one.error)));
  expect(refused.indexOf(true)).toBe(costs.length);
  expect(refused.slice(costs.length)).toEqual(Array.from({ length: 150 - costs.length }, () => true));
});

test("no row is judged twice, whatever it brings", async () => {
  const costs = counted(true);
  const [first, second] = rows(2, 10) as readonly [JsonValue & object, JsonValue & object];
  const results = await imported([{ ...first, traits: { email: "a@turns.test", note: "ab" }, credentials: { password: { config: { password: "kettle violin 93 marsh" } } } }, second]);
  expect(results).toMatchObject([{ kind: "created" }, { kind: "created" }]);
  expect(costs.length).toBe(2);
});
