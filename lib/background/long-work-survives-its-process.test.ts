import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testEdge } from "../http/testing";
import type { Json, TestEdge } from "../http/testing";
import { DomainError } from "../model/errors";
import { createApiKey } from "../platform/api-keys";
import { createProject } from "../platform/projects";
import { exportAudit, exportIdentities } from "./exports";
import { importIdentities } from "./imports";
import { runJobs } from "./jobs";
import type { Runner } from "./runner";
import { createJobWorker, LEASE_MS } from "./worker";

let edge: TestEdge;
let key: string;
beforeAll(async () => {
  edge = await testEdge();
  const { db, clock } = edge.services;
  const project = await db.platform.findDefaultProject();
  if (project === null) throw new Error("no default project");
  key = (await createApiKey(db.platform, { projectId: project.id }, { name: "import", expiresAt: null }, clock.now())).token;
});
afterAll(() => edge.close());

const HASH = "$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq";
const person = (email: string, more: object = {}) => ({ patch_id: crypto.randomUUID(), create: { schema_id: "preset://email", traits: { email }, ...more } });
const crowd = (mark: string, many: number) => Array.from({ length: many }, (_, index) => person(`${mark}.${String(index)}@shop.test`));

async function call(method: string, path: string, body?: unknown, token = key): Promise<{ readonly status: number; readonly body: Json; readonly text: string }> {
  const answer = await edge.client().send(method, path, { headers: { authorization: `Bearer ${token}`, accept: "application/json" }, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  const json = answer.headers.get("content-type")?.startsWith("application/json") === true && text !== "";
  return { status: answer.status, text, body: (json ? JSON.parse(text) : {}) as Json };
}
const order = async (body: unknown): Promise<string> => {
  const answer = await call("POST", "/admin/jobs", body);
  expect(answer.status, answer.text).toBe(202);
  return String(answer.body["id"]);
};
const rowsOf = async (id: string): Promise<readonly Json[]> => (await call("GET", `/admin/jobs/${id}/output`)).text.trim().split("\n").map((line) => JSON.parse(line) as Json);
const count = async (mark: string): Promise<number> => {
  const [row] = await edge.db.connection.reads.rows<{ readonly n: number }>({ name: `count_${mark}`, text: "SELECT count(*)::int AS n FROM verifiable_address WHERE value LIKE $1" }, [`${mark}.%`]);
  return row?.n ?? -1;
};
/** Runners whose import breaks before part 1, as a process does that is killed there. */
function dyingBefore(part: number): Readonly<Record<string, Runner>> {
  return {
    import_identities: async (work, cursor) => {
      if (cursor.part === part) throw new DomainError("unavailable");
      return importIdentities(work, cursor);
    },
  };
}

describe("an import", () => {
  test("goes part by part, says of every row what became of it, and forgets what was handed in", async () => {
    const rows = [...crowd("many", 502), person("many.0@shop.test"), person("nobody"), person("many.hash@shop.test", { credentials: { password: { config: { hashed_password: HASH } } } })];
    const id = await order({ kind: "import_identities", identities: rows });
    expect((await call("GET", `/admin/jobs/${id}`)).body).toMatchObject({ state: "queued", total: 505, done: 0, kind: "import_identities" });
    const kept = await edge.db.connection.reads.prisma.jobPart.findMany({ where: { jobId: id } });
    expect(kept.map(({ kind }) => kind)).toEqual(["input", "input"]);
    expect(kept.some(({ sealed }) => sealed.includes("shop.test"))).toBe(false);

    await runJobs(edge.services);
    expect((await call("GET", `/admin/jobs/${id}`)).body).toMatchObject({ state: "done", total: 505, done: 505, failed: 2, error: null });
    const told = await rowsOf(id);
    expect(told).toHaveLength(505);
    expect(told[0]).toMatchObject({ action: "create", patch_id: rows[0]?.patch_id });
    expect(told[502]).toMatchObject({ action: "error", error: { code: 409 } });
    expect(told[503]).toMatchObject({ action: "error", error: { code: 400 } });
    expect(told[504]).toMatchObject({ action: "create" });
    expect(await count("many")).toBe(503);
    expect(await edge.db.connection.reads.prisma.jobPart.count({ where: { jobId: id, kind: "input" } })).toBe(0);
  });

  test("cut off in the middle goes on with the next process, and imports nobody twice", async () => {
    const id = await order({ kind: "import_identities", identities: crowd("cut", 504) });
    await createJobWorker(edge.services, dyingBefore(1)).run();
    expect((await call("GET", `/admin/jobs/${id}`)).body).toMatchObject({ state: "running", done: 500 });
    await runJobs(edge.services);
    expect((await call("GET", `/admin/jobs/${id}`)).body["done"], "the dead one's lease still runs").toBe(500);
    edge.pass(LEASE_MS);
    await runJobs(edge.services);
    expect((await call("GET", `/admin/jobs/${id}`)).body).toMatchObject({ state: "done", done: 504, failed: 0 });
    expect(await rowsOf(id)).toHaveLength(504);
    expect(await count("cut")).toBe(504);
  });

  test("that somebody else took, or that was cancelled, keeps nothing of its part", async () => {
    const id = await order({ kind: "import_identities", identities: crowd("stolen", 3) });
    const { platform } = edge.services.db;
    await createJobWorker(edge.services, {
      import_identities: async (work, cursor) => {
        await platform.extendLease(work.job.id, work.job.claim, edge.services.clock.now());
        const other = await platform.claimJob(edge.services.clock.now(), new Date(edge.services.clock.now().getTime() + LEASE_MS));
        expect(other?.id).toBe(id);
        return importIdentities(work, cursor);
      },
    }).run();
    expect(await count("stolen")).toBe(0);
    expect((await call("DELETE", `/admin/jobs/${id}`)).status).toBe(204);
    expect((await call("GET", `/admin/jobs/${id}`)).body).toMatchObject({ state: "cancelled", done: 0 });
    edge.pass(LEASE_MS);
    await runJobs(edge.services);
    expect(await count("stolen")).toBe(0);
    expect((await call("DELETE", `/admin/jobs/${id}`)).status).toBe(204);
    expect((await call("GET", `/admin/jobs/${id}`)).status).toBe(404);
  });

  test("with clear passwords is cut smaller, because each costs a hash", async () => {
    const clear = { credentials: { password: { config: { password: "a quiet ladder" } } } };
    const id = await order({ kind: "import_identities", identities: Array.from({ length: 201 }, (_, index) => person(`clear.${String(index)}@shop.test`, clear)) });
    expect(await edge.db.connection.reads.prisma.jobPart.count({ where: { jobId: id } })).toBe(3);
    await call("DELETE", `/admin/jobs/${id}`);
  });
});

test("of two processes one has a job", async () => {
  const id = await order({ kind: "export_audit" });
  const { platform } = edge.services.db;
  const now = edge.services.clock.now();
  const claims = await Promise.all([1, 2].map(() => platform.claimJob(now, new Date(now.getTime() + LEASE_MS))));
  expect(claims.map((claim) => claim?.id ?? null).sort()).toEqual([id, null].sort());
  expect(await platform.releaseJobs(now)).toBe(1);
  await runJobs(edge.services);
  expect((await call("GET", `/admin/jobs/${id}`)).body["state"]).toBe("done");
});

test("a job that breaks for good ends with a reason, and what broke is not told", async () => {
  const id = await order({ kind: "export_identities" });
  await createJobWorker(edge.services, { export_identities: () => { throw new Error("secret detail"); } }).run();
  const { body } = await call("GET", `/admin/jobs/${id}`);
  expect(body).toMatchObject({ state: "failed" });
  expect(String(body["error"])).not.toContain("secret detail");
});

describe("an export", () => {
  test("holds everybody and no secret of theirs", async () => {
    const id = await order({ kind: "export_identities" });
    await createJobWorker(edge.services, { export_identities: exportIdentities }).run();
    const people = await rowsOf(id);
    expect(people).toHaveLength(503 + 504);
    expect(new Set(people.map((one) => one["id"])).size).toBe(people.length);
    const { text } = await call("GET", `/admin/jobs/${id}/output`);
    expect(text).not.toContain(HASH);
    expect(text).not.toMatch(/\$2a\$|hashed_password|sealed/);
  });

  test("of the audit log brings the whole chain, newest first", async () => {
    const id = await order({ kind: "export_audit" });
    await createJobWorker(edge.services, { export_audit: exportAudit }).run();
    const records = await rowsOf(id);
    expect(records.at(-1)).toMatchObject({ sequence: 1, previous_hash: "" });
    for (const [index, record] of records.slice(0, -1).entries()) expect(record["previous_hash"]).toBe(records[index + 1]?.["hash"]);
    expect(records.some((record) => record["action"] === "job.started" as unknown as Json)).toBe(true);
  });

  test("can be fetched for a day", async () => {
    const id = await order({ kind: "export_audit" });
    await runJobs(edge.services);
    edge.pass(86_400_000);
    expect((await call("GET", `/admin/jobs/${id}/output`)).status).toBe(404);
    edge.pass(1_000);
    await edge.services.db.platform.cleanUp(new Date(edge.services.clock.now().getTime() - 86_400_000), 500);
    expect(await edge.db.connection.reads.prisma.jobPart.count({ where: { jobId: id } })).toBe(0);
    expect((await call("GET", `/admin/jobs/${id}`)).status).toBe(200);
  });
});

describe("a job with which processes end", () => {
  /** Claimed by a process of which nobody hears again; the next one starts, and the job is due again. */
  const fall = async (times: number): Promise<void> => {
    const { db: { platform }, clock } = edge.services;
    for (let death = 0; death < times; death += 1) {
      expect(await platform.claimJob(clock.now(), new Date(clock.now().getTime() + LEASE_MS))).not.toBeNull();
      const released = await platform.releaseJobs(clock.now());
      // A process that falls again and again at one part is not begun again at once: a supervisor uses up no tries within seconds.
      expect(released).toBeLessThanOrEqual(death === 0 ? 1 : 0);
      if (released === 0) edge.pass(LEASE_MS);
    }
  };
  const stopBefore = async (part: number): Promise<void> => {
    await createJobWorker(edge.services, dyingBefore(part)).run();
    edge.pass(LEASE_MS);
  };

  test("six times at the same part is given up, says why, and keeps what was done", async () => {
    const id = await order({ kind: "import_identities", identities: crowd("deadly", 501) });
    await stopBefore(1);
    await fall(6);
    expect((await call("GET", `/admin/jobs/${id}`)).body).toMatchObject({ state: "running", done: 500 });
    await runJobs(edge.services);
    const { body } = await call("GET", `/admin/jobs/${id}`);
    expect(body).toMatchObject({ state: "failed", done: 500, error: expect.stringContaining("ended 6 times") as unknown });
    expect(await count("deadly")).toBe(500);
  });

  test("goes on while it gets somewhere, and however often the database was away", async () => {
    const id = await order({ kind: "import_identities", identities: crowd("restless", 501) });
    await fall(5);
    await stopBefore(1);
    for (let time = 0; time < 4; time += 1) await stopBefore(1);
    await fall(5);
    await runJobs(edge.services);
    expect((await call("GET", `/admin/jobs/${id}`)).body).toMatchObject({ state: "done", done: 501, failed: 0 });
  });
});

test("jobs belong to their project, need its key, and refuse what they do not know", async () => {
  const { db, env, clock } = edge.services;
  const id = await order({ kind: "export_audit" });
  const [workspace] = await db.platform.listWorkspaces();
  const row = await createProject({
    platform: db.platform, hosts: env, workspaceId: workspace?.id ?? (() => { throw new Error("no workspace"); })(), slug: "elsewhere", name: "Elsewhere",
    author: { kind: "system", id: null, label: "test" }, now: clock.now(),
  });
  expect(await db.platform.findJob(row.id, id)).toBeNull();
  expect((await call("GET", `/admin/jobs/${id}`, undefined, "ory_pat_nothing")).status).toBe(401);
  expect((await call("GET", "/admin/jobs/not-an-id")).status).toBe(404);
  expect((await call("POST", "/admin/jobs", { kind: "mine_coins" })).status).toBe(400);
  expect((await call("POST", "/admin/jobs", { kind: "import_identities" })).status).toBe(400);
  expect((await call("POST", "/admin/jobs", { kind: "export_audit", identities: [] })).status).toBe(400);
  const listed = await call("GET", "/admin/jobs?page_size=2");
  expect(listed.body).toHaveLength(2);
  await call("DELETE", `/admin/jobs/${id}`);
});
