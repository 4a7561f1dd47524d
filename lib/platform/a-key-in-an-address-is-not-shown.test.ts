import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedProject, testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { describeChange } from "../config/diff";
import { maskCalled, maskUserInfo } from "../config/mask";
import type { JsonObject } from "../model/identity";
import { configChanged } from "./audit";
import { saveRevision } from "./revisions";
import { maskSecrets } from "./sealed-config";

const NOW = new Date("2026-07-01T10:00:00Z");
const hook = (url: string): JsonObject => ({ hook: "web_hook", config: { url, method: "POST" } });
const withKeys = (secret: string): JsonObject => ({
  selfservice: { flows: {
    login: { before: { hooks: [hook(`https://crm.example/in?token=${secret}&team=${secret}`)] }, after: { password: { hooks: [hook(`https://crm.example/in?${secret}`)] } } },
  } },
  courier: {
    delivery_strategy: "http", http: { request_config: { url: `https://mail.example/send?key=${secret}#top` } },
    channels: [{ id: "sms", request_config: { url: `https://sms.example/?api_key=${secret}` } }],
  },
});

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

describe("an address that the server calls", () => {
  test.each([
    ["https://h.example/a?token=x&b=c#d", "https://h.example/a?token=••••••••&b=••••••••"], ["https://u:p@h.example/?x", "https://••••••••@h.example/?••••••••"],
    ["https://h.example/a", "https://h.example/a"], ["https://h.example/?", "https://h.example/?"], ["https://u@h.example", "https://••••••••@h.example"],
  ])("%s is shown as %s", (address, shown) => expect(maskCalled(address)).toBe(shown));

  test("loses its name and password wherever it is told", () => {
    expect(maskUserInfo("from https://a:b@x.example/p to smtp://c@y.example, and me@garden.test")).toBe("from https://••••••••@x.example/p to smtp://••••••••@y.example, and me@garden.test");
    const told = describeChange({}, { selfservice: { allowed_return_urls: ["https://root:hunter2@shop.example/"], flows: { error: { ui_url: "https://root:hunter2@ui.example/" } } } });
    expect(told).toHaveLength(2);
    expect(told.join()).not.toMatch(/hunter2|root/);
  });

  test("keeps its keys out of the lines of a difference, and everything else in them", () => {
    const shown = JSON.stringify(maskSecrets(withKeys("hunter2")));
    expect(shown).not.toContain("hunter2");
    for (const kept of ["crm.example/in?token=", "mail.example/send?key=", "sms.example/?api_key="]) expect(shown).toContain(kept);
  });

  test("keeps them out of what is told of a revision, in its own record and in the audit; the document has them", async () => {
    const { row } = await seedProject(db, { document: withKeys("hunter1") });
    const author = { kind: "system", id: null, label: "test" } as const;
    const saved = await saveRevision({ platform: db.platform, row, baseUrl: "http://shop.localhost:4000", expected: 1, document: withKeys("hunter2"), author, now: NOW });
    expect(saved.kind).toBe("saved");
    const summary = saved.kind === "saved" ? saved.summary : [];
    expect(summary.length).toBeGreaterThan(2);
    const audit = configChanged({ kind: "system" }, { from: 1, to: 2, summary, comment: "" });
    expect(JSON.stringify([summary, saved.revision.summary, audit])).not.toMatch(/hunter/);
    expect(JSON.stringify(saved.revision.document)).toContain("token=hunter2");
  });
});
