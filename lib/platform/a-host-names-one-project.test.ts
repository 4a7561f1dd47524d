import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { addMs } from "../model/time";
import type { Project } from "../model/project";
import { DEFAULT_WORKSPACE_ID, ensureFirstBoot } from "./first-boot";
import { customHostFault, hostMeaning } from "./place";
import { createProject } from "./projects";
import { createResolver } from "./resolve";
import type { Resolver } from "./resolve";
import { saveRevision } from "./revisions";

const hosts = { publicUrl: new URL("http://localhost:4000"), consoleUrl: new URL("http://console.localhost:4000") };
const author = { kind: "cli", id: null, label: "test" } as const;
let now = new Date("2026-03-01T00:00:00.000Z");
let db: TestDatabase;
let resolver: Resolver;

beforeAll(async () => {
  db = await testDatabase();
  await ensureFirstBoot(db.platform, hosts, now);
  await createProject({
    platform: db.platform, hosts, workspaceId: DEFAULT_WORKSPACE_ID, slug: "bank", name: "Bank", customHosts: ["id.bank.test"], author, now,
  });
  resolver = createResolver(db, hosts, { now: () => now });
});
afterAll(() => db.close());

const found = async (host: string): Promise<Project> => {
  const project = await resolver.byHost(host);
  if (project === null) throw new Error(`${host} is nobody's`);
  return project;
};

describe("a host names one project", () => {
  test.each([
    ["localhost:4000", "default", "http://localhost:4000"],
    ["LOCALHOST:4000", "default", "http://localhost:4000"],
    ["console.localhost:4000", "console", "http://console.localhost:4000"],
    ["bank.localhost:4000", "bank", "http://bank.localhost:4000"],
    ["id.bank.test", "bank", "http://id.bank.test"],
    ["id.bank.test:80", "bank", "http://id.bank.test"],
  ])("%s is %s at %s", async (host, slug, baseUrl) => {
    const project = await found(host);
    expect(project.row.slug).toBe(slug);
    expect(project.config.baseUrl).toBe(baseUrl);
    expect((await resolver.current(project)).config.baseUrl).toBe(baseUrl);
    expect((await resolver.configFor(project.row, 1)).baseUrl).toBe(baseUrl);
  });

  test.each([
    "", "localhost", "localhost:4001", "localhost:4000.", "evil.test", "bank.localhost:4000.evil.test", "garden.localhost:4000",
    "default.localhost:4000", "a.bank.localhost:4000", "localhost:4000/", "localhost:4000@evil.test", "bank.localhost:4000\r\nx", "[::1",
    "other.id.bank.test", "id.bank.test:8080", "%6cocalhost:4000",
  ])("%j is nobody's", async (host) => {
    expect(await resolver.byHost(host)).toBeNull();
  });

  test.each([
    "localhost:4000", "localhost:8443", "console.localhost", "console.localhost:8443", "console.localhost:4000.", "console.localhost.", "x.localhost",
    "api.console.localhost:9000", ".evil.test", "evil.test.", "evil..test",
  ])("%j is never a project's own", (host) => {
    expect(customHostFault(host, hosts)).not.toBeNull();
  });

  test.each(["id.bank.test", "id.bank.test:8443", "notlocalhost", "[::1]:4000"])("%j may be a project's own", (host) => {
    expect(customHostFault(host, hosts)).toBeNull();
  });

  test("no header becomes an address", () => {
    fc.assert(fc.property(fc.string(), (header) => {
      const meaning = hostMeaning(header, hosts);
      if (meaning?.kind === "custom") expect(header.toLowerCase()).toContain(meaning.host);
      if (meaning?.kind === "slug") expect(meaning.slug).toMatch(/^[a-z0-9-]+$/);
    }));
  });

  test("a change is in force at the next question, whatever is remembered", async () => {
    const before = await found("bank.localhost:4000");
    expect(before.config.policy.signIn).toBe("strict");
    await saveRevision({
      platform: db.platform, row: before.row, baseUrl: before.config.baseUrl, expected: 1, document: projectTemplate("app", { lax: true }), author, now,
    });
    expect((await resolver.current(before)).config.policy.signIn).toBe("lax");
    expect((await resolver.configFor(before.row, 2)).policy.signIn).toBe("lax");
    expect((await resolver.configFor(before.row, 1)).policy.signIn).toBe("strict");
    now = addMs(now, 1_001);
    expect((await found("bank.localhost:4000")).config.revision).toBe(2);
  });

  test("a revision is parsed once, and one that is not there is an error each time", async () => {
    const { row } = await found("localhost:4000");
    expect(await resolver.configFor(row, 1)).toBe(await resolver.configFor(row, 1));
    await expect(resolver.configFor(row, 99)).rejects.toThrow("no revision 99");
    await expect(resolver.configFor(row, 99)).rejects.toThrow("no revision 99");
  });

  test("the same project is found by id and by name", async () => {
    const bank = await found("bank.localhost:4000");
    expect((await resolver.byId(bank.row.id))?.row.slug).toBe("bank");
    expect((await resolver.bySlug("bank"))?.row.id).toBe(bank.row.id);
    expect((await resolver.consoleProject())?.row.kind).toBe("console");
  });
});
