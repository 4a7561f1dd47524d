import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInside } from "../actions/guarded-fetch";
import { ephemeralKeyRing } from "../crypto/keys";
import { seedProject, testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { readEnv } from "../env";
import { isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { ProjectRow } from "../model/project";
import { createServices } from "../services";
import type { Services } from "../services";
import { saveRevision } from "./revisions";

const NOW = new Date("2026-07-01T10:00:00Z");
/** Saved while it was allowed. */
const OPEN: JsonObject = {
  clients: { http: { disallow_private_ip_ranges: false, private_ip_exception_urls: ["http://169.254.169.254/**"] } },
  courier: { smtp: { connection_uri: "smtp://root:hunter2@10.0.0.5:25" } }, session: { lifespan: "3h" },
};
let db: TestDatabase;
let row: ProjectRow;
const houses: Partial<Record<"allowed" | "forbidden", Services>> = {};
beforeAll(async () => {
  db = await testDatabase();
  const keys = ephemeralKeyRing();
  ({ row } = await seedProject(db, { document: OPEN }));
  for (const says of ["allowed", "forbidden"] as const) {
    const env = readEnv({ NODE_ENV: "test", RUNG_DATA_DIR: "unused", ...(says === "forbidden" ? { RUNG_PRIVATE_ADDRESSES: "forbidden" } : {}) });
    houses[says] = await createServices({ env, db, keys, clock: { now: () => NOW }, floorMs: 0 });
  }
});
afterAll(() => db.close());

async function problemsOf(says: "allowed" | "forbidden", document: JsonObject): Promise<unknown> {
  const services = houses[says]!;
  const project = (await services.resolver.byId(row.id))!;
  try {
    await saveRevision({
      platform: services.db.platform, row: project.row, baseUrl: project.config.baseUrl, expected: project.row.currentRevision, document,
      author: { kind: "system", id: null, label: "test" }, now: NOW,
    });
    return [];
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return error.details["problems"];
  }
}

describe("where the operator says so", () => {
  test("what is stored already is not honoured, and the rest of it is", async () => {
    const config = (await houses.forbidden!.resolver.byId(row.id))!.config;
    expect(config.webHooks).toMatchObject({ allowPrivateRanges: false, privateExceptionUrls: [] });
    expect([config.courier.email, config.session.lifespanMs]).toMatchObject([{ kind: "smtp", publicOnly: true }, 10_800_000]);
  });

  test("what says otherwise is refused with key, value and reason, and without the password", async () => {
    const problems = await problemsOf("forbidden", { ...OPEN, session: { lifespan: "4h" } });
    expect(problems).toMatchObject([
      { path: "/clients/http/disallow_private_ip_ranges", message: expect.stringMatching(/^must not be false: .*RUNG_PRIVATE_ADDRESSES/) as string },
      { path: "/clients/http/private_ip_exception_urls/0", message: expect.stringContaining("http://169.254.169.254/**") as string },
      { path: "/courier/smtp/connection_uri", message: expect.stringContaining("\"10.0.0.5\"") as string },
    ]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  test("so are drafts and new projects", async () => {
    const { platform } = houses.forbidden!.db;
    await expect(platform.putDraft({ projectId: row.id, authorId: "00000000-0000-4000-8000-000000000001" as never, base: 1, document: OPEN, comment: "", at: NOW })).rejects.toMatchObject({ code: "config_invalid" });
    await expect(seedProject(houses.forbidden!.db, { document: OPEN })).rejects.toMatchObject({ code: "config_invalid" });
  });

  test.each(["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "[::ffff:a00:1]", "[64:ff9b::10.0.0.1]", "localhost", "mail.localhost.", "169.254.169.254", "[fd00::1]"])(
    "the mail server %s is inside, however it is spelt", async (host) => {
      expect(isInside(host)).toBe(true);
      expect(await problemsOf("forbidden", { courier: { smtp: { connection_uri: `smtp://${host}:25` } } })).toHaveLength(1);
    });

  test("a public one, and a name that is judged when it is dialled, are accepted", async () => {
    for (const host of ["8.8.8.8", "mail.example", "[2606:4700::1111]"]) {
      expect(isInside(host)).toBe(false);
      expect(await problemsOf("forbidden", { courier: { smtp: { connection_uri: `smtp://${host}:25` } } })).toEqual([]);
    }
  });
});

test("without a word of the operator everything is as it was", async () => {
  expect(await problemsOf("allowed", { ...OPEN, session: { lifespan: "5h" } })).toEqual([]);
  const { config } = (await houses.allowed!.resolver.byId(row.id))!;
  expect([config.webHooks.allowPrivateRanges, config.webHooks.privateExceptionUrls.length, config.courier.email]).toMatchObject([true, 1, { kind: "smtp" }]);
  expect(config.courier.email).not.toHaveProperty("publicOnly");
});
