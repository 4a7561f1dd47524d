import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IdentityId } from "../model/ids";
import { AUDIT_SEARCHES } from "./console-audit";
import type { ConsolePage, PeoplePageQuery, PersonListRow } from "./console-handles";
import { PEOPLE_BY_ADDRESS, PEOPLE_NEWEST, peopleParams } from "./console-people";
import { LIVE_SESSIONS_OF_PROJECT, liveSessionParams } from "./console-sessions";
import { vacuum } from "./cleanup";
import type { ProjectHandle } from "./handles";
import { seedPerson, seedProject, seedSession, testDatabase, type TestDatabase } from "./testing";

const NOW = new Date("2026-07-01T10:00:00Z");
const QUERY: PeoplePageQuery = {
  limit: 50, after: null, sort: "newest", secondFactors: ["totp", "lookup_secret", "webauthn"], now: NOW, seenBefore: new Date("2026-04-02T10:00:00Z"),
};
let db: TestDatabase;
let project: Awaited<ReturnType<typeof seedProject>>;
beforeAll(async () => {
  db = await testDatabase();
  project = await seedProject(db);
  await crowd(project.row.id);
  if (db.kind === "embedded") await vacuum(db.connection.writes);
});
afterAll(() => db.close());

const CROWD = 1_500;
/** Fifteen hundred people with a password each, made a second apart; every third has an app, every tenth a session. */
async function crowd(projectId: string): Promise<void> {
  const run = (name: string, text: string) => db.connection.writes.rows({ name, text }, [projectId]);
  const from = `FROM generate_series(1, ${CROWD}) n`;
  const made = "'2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second'";
  await run("many_identity", `INSERT INTO identity (id, project_id, schema_id, traits, created_at) SELECT md5('i' || n)::uuid, $1::uuid, 'default', '{}', ${made} ${from}`);
  await run("many_password", `INSERT INTO credential (id, project_id, identity_id, type, config) SELECT md5('c' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'password', '{"hash":"x"}' ${from}`);
  await run("many_totp", `INSERT INTO credential (id, project_id, identity_id, type, config) SELECT md5('t' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'totp', '{"sealedSecret":"x"}' ${from} WHERE n % 3 = 0`);
  await run("many_names", `INSERT INTO credential_identifier (project_id, type, identifier, credential_id) SELECT $1::uuid, 'password', 'p' || lpad(n::text, 5, '0') || '@x.test', md5('c' || n)::uuid ${from}`);
  await run("many_sessions", `INSERT INTO session (id, project_id, identity_id, kind, token_hash, aal, methods, authenticated_at, issued_at, expires_at, revoked_at)
    SELECT md5('s' || n)::uuid, $1::uuid, md5('i' || n)::uuid, 'browser', md5('h' || n), CASE WHEN n % 20 = 0 THEN 'aal2' ELSE 'aal1' END, '[]', ${made}, ${made},
    '2026-08-01'::timestamptz, CASE WHEN n % 30 = 0 THEN now() END ${from} WHERE n % 10 = 0`);
  await run("many_audit", `INSERT INTO audit_entry (project_id, sequence, at, action, actor, result, details, previous_hash, hash)
    SELECT $1::uuid, n, ${made}, 'login.completed', '{"kind":"system"}', 'ok', '{}', '', '' ${from}`);
}

async function everyone(handle: ProjectHandle, query: Partial<PeoplePageQuery>): Promise<{ readonly ids: readonly string[]; readonly pages: number; readonly looked: number }> {
  const ids: string[] = [];
  let page: ConsolePage<PersonListRow> | null = null;
  let pages = 0;
  let looked = 0;
  do {
    page = await handle.peoplePage({ ...QUERY, ...query, after: page?.next ?? null });
    ids.push(...page.rows.map(({ id }) => id));
    pages += 1;
    looked = Math.max(looked, page.looked);
  } while (page.next !== null && pages < 500);
  return { ids, pages, looked };
}

describe("the lists of the console", () => {
  it("reach every large table by an index, and look at no more rows than a page may", async () => {
    const search = AUDIT_SEARCHES.map((statement) => [statement, [project.row.id, "9007199254740991", "0", 51, 51, project.row.id, "login.completed", null, null, null, null, null, null]] as const);
    const all = [
      [PEOPLE_NEWEST, peopleParams(project.row.id, QUERY)], [PEOPLE_BY_ADDRESS, peopleParams(project.row.id, { ...QUERY, prefix: "p00" })],
      [LIVE_SESSIONS_OF_PROJECT, liveSessionParams(project.row.id, { limit: 50, after: null, now: NOW })], ...search,
    ] as const;
    for (const [statement, params] of all) {
      const text = withLiterals(statement.text, params);
      // Of small tables a server reads everything, index or not; with that made dear, only a missing index leaves a whole read.
      const plan = await db.connection.transaction(async (queries) => {
        await queries.rows({ name: "no_whole_reads", text: "SELECT set_config('enable_seqscan', 'off', true)" }, []);
        return queries.rows<{ readonly "QUERY PLAN": string }>({ name: `explain_${statement.name}`, text: `EXPLAIN ${text}` }, []);
      });
      const lines = plan.map((line) => line["QUERY PLAN"]);
      expect(lines.filter((line) => /Seq Scan on (identity|credential|session|credential_identifier|audit_entry|verifiable_address|recovery_address)\b/.test(line)), statement.name).toEqual([]);
      expect(lines.length).toBeGreaterThan(3);
    }
  });

  it("pass few rows from step to step, also on a server that knows nothing of its tables yet", async () => {
    const pages = [[PEOPLE_NEWEST, QUERY], [PEOPLE_BY_ADDRESS, { ...QUERY, sort: "address" as const }]] as const;
    for (const [statement, query] of pages) {
      const text = withLiterals(statement.text, peopleParams(project.row.id, { ...query, limit: 200 }));
      const [ran] = await db.connection.writes.rows<{ readonly "QUERY PLAN": readonly [{ readonly Plan: Step }] }>({ name: `ran_${statement.name}`, text: `EXPLAIN (ANALYZE, FORMAT JSON) ${text}` }, []);
      expect(passed(ran!["QUERY PLAN"][0].Plan), statement.name).toBeLessThan(40 * 800);
    }
  });

  it("show everybody once, newest first, and once in the order of addresses", async () => {
    const newest = await everyone(project.handle, { limit: 200 });
    expect([newest.ids.length, new Set(newest.ids).size, newest.looked]).toEqual([CROWD, CROWD, 201]);
    const first = await project.handle.peoplePage(QUERY);
    expect(first.rows[0]).toMatchObject({ address: "p01500@x.test", level: null, state: "active", factors: [{ type: "password", count: 1 }, { type: "totp", count: 1 }] });
    const named = await everyone(project.handle, { sort: "address", limit: 200 });
    expect([named.ids.length, new Set(named.ids).size]).toEqual([CROWD, CROWD]);
    const byName = await project.handle.peoplePage({ ...QUERY, sort: "address" });
    expect(byName.rows[0]?.address).toBe("p00001@x.test");
  });

  it("search by the beginning of an address, and take nothing in it for a wildcard", async () => {
    expect((await everyone(project.handle, { prefix: "p0001" })).ids).toHaveLength(10);
    expect((await everyone(project.handle, { prefix: "p%" })).ids).toEqual([]);
    expect((await everyone(project.handle, { prefix: "zzz" })).ids).toEqual([]);
    const other = await seedProject(db);
    expect((await everyone(other.handle, { prefix: "p0001" })).ids, "another project's people").toEqual([]);
  });

  it("filter in bounded steps: no second factor, not seen, switched off", async () => {
    const without = await everyone(project.handle, { filter: "no_second_factor", limit: 600 });
    expect([without.ids.length, without.looked]).toEqual([CROWD - CROWD / 3, 1_000]);
    expect((await everyone(project.handle, { filter: "no_second_factor", secondFactors: [], limit: 600 })).ids).toHaveLength(CROWD);
    expect((await everyone(project.handle, { filter: "unseen", limit: 600 })).ids).toHaveLength(CROWD);
    const sparse = await project.handle.peoplePage({ ...QUERY, state: "inactive" });
    expect(sparse).toMatchObject({ rows: [], looked: 1_000 });
    expect(sparse.next, "a page without anybody goes on").not.toBeNull();
  });

  it("tell who signs in by mail alone, what recovery codes are left, whose session is newest, and which admin is unprotected", async () => {
    const { handle } = await seedProject(db);
    const at = new Date("2026-06-30T00:00:00Z");
    const code = { type: "code", slot: "code", identifiers: ["a@x.test"], document: {}, at } as const;
    const lookup = { type: "lookup_secret", storage: "hashed", salt: "s", codes: ["x", "y", "z"].map((digest) => ({ digest, sealed: null })), at } as const;
    const mailed = await seedPerson(handle, [code], "a@x.test");
    const strong = await seedPerson(handle, [{ ...code, identifiers: ["b@x.test"] }, lookup], "b@x.test");
    await seedSession(handle, strong.identity.id, { issuedAt: at, authenticatedAt: at, expiresAt: new Date("2026-08-01T00:00:00Z"), aal: "aal2" });
    await seedSession(handle, strong.identity.id, { issuedAt: new Date("2026-05-01T00:00:00Z"), expiresAt: new Date("2026-08-01T00:00:00Z") });
    const found = await handle.peoplePage({ ...QUERY, prefix: "b@" });
    expect(found.rows).toMatchObject([{ id: strong.identity.id, address: "b@x.test", level: "aal2", lastSeenAt: at, factors: [{ type: "code", count: 1 }, { type: "lookup_secret", count: 3 }] }]);
    const ids = async (filter: PeoplePageQuery["filter"]) => (await everyone(handle, filter === undefined ? {} : { filter })).ids;
    expect(await ids("mail_only")).toEqual([mailed.identity.id]);
    expect(await ids("unseen")).toEqual([mailed.identity.id]);
    expect(await ids("admin_without_factor")).toEqual([]);
    await db.platform.insertAdmin(mailed.identity.id, "support", at);
    await db.platform.insertAdmin(strong.identity.id, "owner", at);
    expect(await ids("admin_without_factor")).toEqual([mailed.identity.id]);
  });

  it("shrug at a place that somebody made up", async () => {
    for (const after of [["x", "y"], ["2026-01-01T00:00:00Z", "'; DROP TABLE identity"], ["", ""]] as const) {
      expect((await project.handle.peoplePage({ ...QUERY, after })).rows[0]?.address).toBe("p01500@x.test");
      expect((await project.handle.liveSessionsPage({ limit: 1, after, now: NOW })).rows).toHaveLength(1);
      expect((await project.handle.messagesPage({ limit: 1, after })).rows).toEqual([]);
    }
  });

  it("list live sessions alone, newest first, of one level where one is asked for", async () => {
    const page = await project.handle.liveSessionsPage({ limit: 80, after: null, now: NOW });
    expect([page.rows.length, page.next]).toEqual([80, expect.anything()]);
    const rest = await project.handle.liveSessionsPage({ limit: 80, after: page.next, now: NOW });
    expect([rest.rows.length, rest.next]).toEqual([20, null]);
    const strong = await project.handle.liveSessionsPage({ limit: 200, after: null, now: NOW, aal: "aal2" });
    expect(new Set(strong.rows.map(({ session }) => session.aal))).toEqual(new Set(["aal2"]));
    expect(strong.rows).toHaveLength(50);
  });

  it("search the audit log by actor, person, kind, result and time", async () => {
    const { handle } = await seedProject(db);
    const [ada, ben] = ["0a8f5c1e-7c1d-4d0b-9b61-5e2f3a4c6d01", "0a8f5c1e-7c1d-4d0b-9b61-5e2f3a4c6d02"] as unknown as readonly [IdentityId, IdentityId];
    const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
    await handle.transaction(async (tx) => {
      await tx.appendAudit({ action: "login.completed", actor: { kind: "person", identityId: ada }, result: "ok", identityId: ada }, at(0));
      await tx.appendAudit({ action: "factor.added", actor: { kind: "person", identityId: ben }, result: "ok", identityId: ben }, at(10));
      await tx.appendAudit({ action: "factor.removed", actor: { kind: "admin", identityId: ada }, result: "ok", identityId: ben }, at(20));
      await tx.appendAudit({ action: "login.rejected", actor: { kind: "anonymous" }, result: "rejected" }, at(30));
    });
    const found = async (query: object) => (await handle.searchAudit({ limit: 10, ...query })).rows.map(({ sequence }) => sequence);
    expect(await found({})).toEqual([4, 3, 2, 1]);
    expect(await found({ identityId: ben })).toEqual([3, 2]);
    expect(await found({ actorId: ada })).toEqual([3, 1]);
    expect(await found({ actorKind: "person" })).toEqual([2, 1]);
    expect(await found({ actionPrefix: "factor." })).toEqual([3, 2]);
    expect(await found({ action: "login.completed" })).toEqual([1]);
    expect(await found({ result: "rejected" })).toEqual([4]);
    expect(await found({ from: at(10), until: at(30) })).toEqual([3, 2]);
    expect(await found({ from: at(50) })).toEqual([]);
    const page = await handle.searchAudit({ limit: 2 });
    expect([page.next, await found({ before: page.next ?? 0 })]).toEqual([3, [2, 1]]);
  });
});

/** A step of a plan that ran. */
interface Step { readonly "Actual Rows": number; readonly "Actual Loops": number; readonly Plans?: readonly Step[] }
function passed(step: Step): number {
  return step["Actual Rows"] * step["Actual Loops"] + (step.Plans ?? []).reduce((sum, one) => sum + passed(one), 0);
}

function withLiterals(text: string, params: readonly unknown[]): string {
  return params.reduceRight<string>((sql, param, index) => sql.replaceAll(`$${index + 1}:`, `${literal(param)}:`), text);
}

function literal(param: unknown): string {
  if (param === null) return "NULL";
  if (Array.isArray(param)) return `'{${param.join(",")}}'`;
  return typeof param === "number" ? String(param) : `'${String(param)}'`;
}
