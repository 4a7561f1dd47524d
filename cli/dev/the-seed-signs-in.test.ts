import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadBlocklist } from "../../lib/crypto/blocklist";
import { ephemeralKeyRing } from "../../lib/crypto/keys";
import { createPasswordHasher } from "../../lib/crypto/password";
import { testDatabase } from "../../lib/db/testing";
import type { TestDatabase } from "../../lib/db/testing";
import { findLookupCode } from "../../lib/factors/lookup_secret/codes";
import { totpBinding } from "../../lib/factors/totp/secret";
import { verifyTotp } from "../../lib/factors/totp/verify";
import type { AccountSnapshot } from "../../lib/db/handles";
import { ensureFirstBoot } from "../../lib/platform/first-boot";
import { createResolver } from "../../lib/platform/resolve";
import { DEMO_PASSWORD, DEMO_PROJECTS, demoRecoveryCodes, demoTotpSecret, findDemoPerson } from "../../prisma/demo-people";
import { seed } from "../../prisma/seed";
import type { SeedServices } from "../../prisma/seed";

const now = new Date("2026-03-01T00:00:00.000Z");
const env = { mode: "development", publicUrl: new URL("http://localhost:4000"), consoleUrl: new URL("http://console.localhost:4000") };
const keys = ephemeralKeyRing();
const blocklist = loadBlocklist();
const passwords = createPasswordHasher({ profile: "floor", blocklist, keys });
let db: TestDatabase;
let services: SeedServices;
let lines: readonly string[];

beforeAll(async () => {
  db = await testDatabase();
  await ensureFirstBoot(db.platform, env, now);
  services = { env, db, keys, passwords, clock: { now: () => now }, resolver: createResolver(db, env) };
  lines = await seed(services);
});
afterAll(() => db.close());

async function account(slug: string, email: string): Promise<AccountSnapshot> {
  const row = await db.platform.findProjectBySlug(slug);
  const found = row === null ? null : await db.forProject(row.id).findAccountByIdentifier("password", email);
  if (found === null) throw new Error(`${email} was not seeded`);
  return found;
}

describe("the seed", () => {
  test("makes one project of each kind, and everybody signs in with the printed password", async () => {
    expect((await services.resolver.bySlug("garden"))?.config.policy.signIn).toBe("lax");
    expect((await services.resolver.bySlug("bank"))?.config.policy).toMatchObject({ signIn: "strict", settings: "strict" });
    for (const { slug, people } of DEMO_PROJECTS) {
      for (const person of people) {
        const { credentials } = await account(slug, person.email);
        const stored = credentials.find((credential) => credential.type === "password");
        expect(await passwords.verify(stored?.hash ?? null, DEMO_PASSWORD)).toEqual({ ok: true, rehash: false });
        expect(credentials.some((credential) => credential.type === "totp")).toBe(person.totp);
        expect(credentials.some((credential) => credential.type === "lookup_secret")).toBe(person.recoveryCodes);
      }
    }
    expect(lines.join("\n")).toContain(DEMO_PASSWORD);
    expect([...DEMO_PASSWORD].length).toBeGreaterThanOrEqual(15);
    expect(blocklist.isListed(DEMO_PASSWORD)).toBe(false);
  });

  test("the printed key and codes are the stored ones", async () => {
    const { identity, credentials } = await account("bank", "grace@bank.test");
    const app = credentials.find((credential) => credential.type === "totp");
    const secret = keys.open("totp", app?.sealedSecret ?? "", totpBinding(identity.id));
    expect(secret).toBe(demoTotpSecret("grace@bank.test"));
    expect(lines.join("\n")).toContain(secret);
    const code = await generate({ secret, epoch: now.getTime() / 1000 });
    expect(await verifyTotp(secret, code, 0, now)).not.toBeNull();
    const set = credentials.find((credential) => credential.type === "lookup_secret");
    if (set?.type !== "lookup_secret") throw new Error("no recovery codes");
    for (const typed of demoRecoveryCodes("grace@bank.test", 12)) expect(await findLookupCode(typed, set, { keys, passwords })).not.toBeNull();
    expect(new Set(demoRecoveryCodes("grace@bank.test", 12)).size).toBe(12);
  });

  test("runs again without changing anything", async () => {
    const before = await account("bank", "grace@bank.test");
    expect(await seed(services)).toEqual(lines);
    expect(await account("bank", "grace@bank.test")).toEqual(before);
    expect(await db.platform.listProjects()).toHaveLength(4);
  });

  test("is refused in production, except on one's own machine", async () => {
    const production = { ...env, mode: "production" };
    expect(await seed({ ...services, env: production })).toEqual(lines);
    await expect(seed({ ...services, env: { ...production, publicUrl: new URL("https://id.example.com") } })).rejects.toThrow("id.example.com");
    await expect(seed({ ...services, env: { ...production, publicUrl: new URL("https://localhost.example.com") } })).rejects.toThrow("public passwords");
  });

  test("knows its own people only", () => {
    expect(findDemoPerson(" Grace@bank.test ")?.totp).toBe(true);
    expect(findDemoPerson("mallory@bank.test")).toBeNull();
  });
});
