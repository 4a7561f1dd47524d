import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { ProjectRow } from "../model/project";
import { adoptionOf } from "./adoption";
import { DEFAULT_WORKSPACE_ID, ensureFirstBoot } from "./first-boot";
import { projectBaseUrl } from "./place";
import { createProject } from "./projects";
import { createResolver } from "./resolve";
import { listRevisions, restoreRevision, saveRevision } from "./revisions";
import type { RevisionToSave } from "./revisions";

const hosts = { publicUrl: new URL("http://localhost:4000"), consoleUrl: new URL("http://console.localhost:4000") };
const author = { kind: "cli", id: null, label: "test" } as const;
const now = new Date("2026-03-01T00:00:00.000Z");
const strict = projectTemplate("app");
const lax = projectTemplate("app", { lax: true });
let db: TestDatabase;

beforeAll(async () => {
  db = await testDatabase();
  await ensureFirstBoot(db.platform, hosts, now);
});
afterAll(() => db.close());

const fresh = (slug: string): Promise<ProjectRow> =>
  createProject({ platform: db.platform, hosts, workspaceId: DEFAULT_WORKSPACE_ID, slug, name: slug, author, now });
const change = (row: ProjectRow, expected: number, document: JsonObject): RevisionToSave =>
  ({ platform: db.platform, row, baseUrl: projectBaseUrl(row, hosts), expected, document, author, now });
const refusal = async (work: Promise<unknown>): Promise<{ code: string; details: Readonly<Record<string, unknown>> }> => {
  const error = await work.then(() => null, (caught: unknown) => caught);
  if (!isDomainError(error)) throw new Error("was not refused", { cause: error });
  return { code: error.code, details: error.details };
};

describe("a change is one revision or a conflict", () => {
  test("it says in words what changed, who did it, and leaves an audit record", async () => {
    const row = await fresh("one");
    const saved = await saveRevision({ ...change(row, 1, lax), comment: "quieter", ipAddress: "203.0.113.5" });
    expect(saved.kind).toBe("saved");
    expect(saved.revision).toMatchObject({ number: 2, comment: "quieter", author });
    expect(saved.revision.summary.split("\n")).toEqual(["Sign-in: Strict to Lax", "Account settings: Strict to Lax"]);
    const [record] = await db.forProject(row.id).listAudit({ limit: 1 });
    expect(record).toMatchObject({ action: "config.changed", result: "ok", ipAddress: "203.0.113.5", actor: { kind: "cli", label: "test" }, details: { from: 1, to: 2 } });
  });

  test("of sixteen writers with the same expectation one wins, the others hear the number in force", async () => {
    const row = await fresh("race");
    const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => saveRevision(change(row, 1, lax))));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "revision_conflict", details: { expected: 1, current: 2 } });
    }
    expect((await listRevisions(db.platform, row, { limit: 10 })).map((revision) => revision.number)).toEqual([2, 1]);
  });

  test("a document that is no policy is refused as a whole and changes nothing", async () => {
    const row = await fresh("bad");
    const refused = await refusal(saveRevision(change(row, 1, { session: { whoami: { required_aal: "aal2" } } })));
    expect(refused.code).toBe("config_invalid");
    expect(refused.details["problems"]).toEqual(expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining("required_aal") })]));
    expect((await db.platform.findProjectBySlug("bad"))?.currentRevision).toBe(1);
  });

  test("a required second factor that nobody could own is refused", async () => {
    const row = await fresh("wall");
    const document = { ...strict, rung: { enrolment: { mode: "required" } }, selfservice: { methods: { totp: { enabled: false }, lookup_secret: { enabled: false } } } };
    expect((await refusal(saveRevision(change(row, 1, document)))).code).toBe("config_invalid");
  });

  test("a remark keeps no control character, and what no column can hold is refused before the database", async () => {
    const row = await fresh("nul");
    const saved = await saveRevision({ ...change(row, 1, lax), comment: " quieter\u0000\u001b[2J\nfor now\ud800 " });
    expect(saved.revision.comment).toBe("quieter[2J\nfor now");
    expect((await db.platform.findRevision(row.id, 2))?.comment).toBe(saved.revision.comment);
    for (const brand of [{ name: "a\u0000b" }, { name: "\udfff" }, { "k\u0000": "v" }]) {
      const refused = await refusal(saveRevision(change(row, 2, { ...strict, rung: { brand } })));
      expect(refused.code).toBe("config_invalid");
      expect(JSON.stringify(refused.details["problems"])).toContain("cannot be stored");
    }
    const named = createProject({ platform: db.platform, hosts, workspaceId: DEFAULT_WORKSPACE_ID, slug: "named", name: "a\u0000b", author, now });
    expect((await refusal(named)).code).toBe("bad_request");
    for (const slug of ["nul\u0000", "\ud800"]) expect(await createResolver(db, hosts).bySlug(slug)).toBeNull();
  });

  test("saving what is there already makes no revision, but still notices a conflict", async () => {
    const row = await fresh("same");
    expect(await saveRevision(change(row, 1, strict))).toMatchObject({ kind: "unchanged", revision: { number: 1 } });
    await saveRevision(change(row, 1, lax));
    expect((await refusal(saveRevision(change(row, 1, strict)))).code).toBe("revision_conflict");
    expect((await refusal(saveRevision(change(row, 7, strict)))).code).toBe("revision_conflict");
  });

  test("restoring appends", async () => {
    const row = await fresh("back");
    await saveRevision(change(row, 1, lax));
    const restored = await restoreRevision({ ...change(row, 2, {}), number: 1 });
    expect(restored.revision).toMatchObject({ number: 3, document: strict, comment: "Restored revision 1" });
    expect((await refusal(restoreRevision({ ...change(row, 3, {}), number: 42 }))).code).toBe("not_found");
  });

  test("a slug that is reserved or no host label is refused", async () => {
    for (const slug of ["console", "default", "-x", "Bank", "a.b", "", "x".repeat(64)]) {
      expect((await refusal(fresh(slug))).code, slug).toBe("bad_request");
    }
  });

  test("adoption counts people, not rows", async () => {
    await fresh("empty");
    const project = await createResolver(db, hosts).bySlug("empty");
    if (project === null) throw new Error("not found");
    expect(await adoptionOf(db.platform, project, now)).toEqual({ at: now, people: 0, withSecondFactor: 0, liveSessions: 0, liveSessionsToAsk: 0 });
  });
});
