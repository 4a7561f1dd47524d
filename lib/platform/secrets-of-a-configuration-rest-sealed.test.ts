import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import type { JsonObject } from "../model/identity";
import type { ProjectRow } from "../model/project";
import { DEFAULT_WORKSPACE_ID, ensureFirstBoot } from "./first-boot";
import { projectBaseUrl } from "./place";
import { createProject } from "./projects";
import { createResolver } from "./resolve";
import { restoreRevision, saveRevision } from "./revisions";
import { openDocument, sealDocument, withSealedConfig } from "./sealed-config";

const hosts = { publicUrl: new URL("http://localhost:4000"), consoleUrl: new URL("http://console.localhost:4000") };
const author = { kind: "cli", id: null, label: "test" } as const;
const now = new Date("2026-03-01T00:00:00.000Z");
const SECRET = "s3cret-of-the-house";
const hook = (): JsonObject => ({ hook: "web_hook", config: {
  url: "https://h.example/", method: "POST", headers: { "Authorization": `Bearer ${SECRET}-1` }, auth: { type: "api_key", config: { in: "header", name: "X-Key", value: `${SECRET}-2` } },
} });
const DOCUMENT: JsonObject = {
  courier: {
    smtp: { connection_uri: `smtps://u:${SECRET}-3@m.example`, headers: { "X-Token": `${SECRET}-4` } },
    channels: [{ id: "sms", request_config: { url: "https://sms.example/", auth: { type: "basic_auth", config: { user: "u", password: `${SECRET}-5` } } } }],
  },
  secrets: { default: [`${SECRET}-6`], cookie: [`${SECRET}-7`] },
  session: { whoami: { tokenizer: { templates: { shop: { jwks_url: `base64://${Buffer.from(`{"keys":[{"d":"${SECRET}"}]}`).toString("base64")}` } } } } },
  selfservice: {
    flows: {
      login: { before: { hooks: [hook()] }, after: { hooks: [hook()], totp: { hooks: [hook(), hook()] } } },
      settings: { after: { profile: { hooks: [hook()] } } }, recovery: { after: { hooks: [hook()] } },
    },
    methods: { oidc: { config: { providers: [
      { id: "acme", provider: "generic", client_id: "c", client_secret: `${SECRET}-8`, issuer_url: "https://idp.example" },
      { id: "apple", provider: "apple", client_id: "c", apple_team_id: "t", apple_private_key_id: "k", apple_private_key: `-----BEGIN PRIVATE KEY-----\n${SECRET}-9` },
    ] } } },
  },
};

const keys = ephemeralKeyRing();
let db: TestDatabase;
let row: ProjectRow;
beforeAll(async () => {
  db = await testDatabase();
  const platform = withSealedConfig(db.platform, keys);
  await ensureFirstBoot(platform, hosts, now);
  row = await createProject({ platform, hosts, workspaceId: DEFAULT_WORKSPACE_ID, slug: "sealed", name: "Sealed", author, document: DOCUMENT, now });
});
afterAll(() => db.close());

/** Everything that stands in the table, and what was recorded beside it. */
async function dump(): Promise<string> {
  const rows = await db.platform.listRevisions(row.id, { limit: 100 });
  return JSON.stringify(rows);
}

describe("the secrets of a configuration rest sealed", () => {
  test("no row of the table holds one, and the document comes back as it was saved", async () => {
    const platform = withSealedConfig(db.platform, keys);
    const changed = { ...DOCUMENT, rung: { brand: { name: "Other" } }, secrets: { default: [`${SECRET}-10`] } };
    const saved = await saveRevision({ platform, row, baseUrl: projectBaseUrl(row, hosts), expected: 1, document: changed, author, now });
    expect(saved.kind === "saved" && saved.revision.document).toEqual(changed);
    const stored = await dump();
    expect(stored).not.toContain(SECRET);
    expect(stored).not.toContain(Buffer.from(SECRET).toString("base64").slice(0, 20));
    // Ten secrets, five more copies of the hook's two, in two revisions.
    expect(stored.match(/rung-sealed:v1\./g)?.length).toBeGreaterThan(30);
    expect((await platform.findRevision(row.id, 1))?.document).toEqual(DOCUMENT);
    expect((await platform.listRevisions(row.id, { limit: 9 })).map((one) => one.document)).toEqual([changed, DOCUMENT]);
  });

  test("the configuration in force holds them clear, and saving the same document makes no revision", async () => {
    const platform = withSealedConfig(db.platform, keys);
    const project = await createResolver({ platform }, hosts).bySlug("sealed");
    expect(project?.config.methods.oidc.providers[0]?.clientSecret).toBe(`${SECRET}-8`);
    expect(project?.config.flows.login.afterWebHooks["totp"]?.[1]?.request.auth).toEqual({ type: "api_key", in: "header", name: "X-Key", value: `${SECRET}-2` });
    const document = project?.config.document ?? {};
    const again = await saveRevision({ platform, row, baseUrl: projectBaseUrl(row, hosts), expected: 2, document, author, now });
    expect(again.kind).toBe("unchanged");
  });

  test("a restored revision is sealed anew", async () => {
    const platform = withSealedConfig(db.platform, keys);
    const restored = await restoreRevision({ platform, row, baseUrl: projectBaseUrl(row, hosts), expected: 2, number: 1, author, now });
    expect(restored.kind === "saved" && restored.revision.document).toEqual(DOCUMENT);
    expect(await dump()).not.toContain(SECRET);
  });

  test("a value opens only in its project, at its place, under its key", () => {
    const sealed = sealDocument(keys, row.id, { dsn: SECRET, secrets: { a: SECRET, b: "other" } });
    const { secrets, dsn } = sealed as { secrets: JsonObject; dsn: string };
    expect(() => openDocument(keys, "11111111-1111-4111-8111-111111111111" as ProjectRow["id"], { dsn })).toThrow();
    expect(() => openDocument(keys, row.id, { secrets: { b: secrets["a"] ?? "" } })).toThrow();
    expect(() => openDocument(ephemeralKeyRing(), row.id, { dsn })).toThrow();
    expect(openDocument(keys, row.id, sealed)).toEqual({ dsn: SECRET, secrets: { a: SECRET, b: "other" } });
  });

  test("documents from before still open, and a clear value that looks sealed survives", () => {
    expect(openDocument(keys, row.id, DOCUMENT)).toEqual(DOCUMENT);
    const odd = { dsn: "rung-sealed:v1.x.y.z" };
    expect(openDocument(keys, row.id, sealDocument(keys, row.id, odd))).toEqual(odd);
  });
});
