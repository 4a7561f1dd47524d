import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { createPasswordHasher } from "../crypto/password";
import type { ProjectHandle } from "../db/handles";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { isDomainError } from "../model/errors";
import { createLimits } from "../limits/charge";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import { addMs, HOUR_MS } from "../model/time";
import { needsFirstAdmin, requireRole, roleOf } from "./admins";
import { maskAddress } from "./audit";
import { setupLinkLines } from "./commands";
import { adminCommands } from "./commands-admins";
import { ensureFirstBoot } from "./first-boot";
import { createResolver } from "./resolve";
import { acceptSetupLink, isSetupLinkOpen, makeSetupLink, readSetupLink } from "./setup-link";
import type { SetupAcceptance } from "./setup-link";

const hosts = { publicUrl: new URL("http://localhost:4000"), consoleUrl: new URL("http://console.localhost:4000") };
const now = new Date("2026-03-01T00:00:00.000Z");
const passwords = createPasswordHasher({ profile: "floor", blocklist: { isListed: (word) => word === "password1234" }, keys: ephemeralKeyRing() });
const password = "ladder against the wall";
let db: TestDatabase;
let consoleHandle: ProjectHandle;
let project: Project;

beforeAll(async () => {
  db = await testDatabase();
  const { consoleProject } = await ensureFirstBoot(db.platform, hosts, now);
  consoleHandle = db.forProject(consoleProject.id);
  const found = await createResolver(db, hosts).consoleProject();
  if (found === null) throw new Error("no console project");
  project = found;
});
afterAll(() => db.close());

const newToken = async (): Promise<string> => {
  const { url, expiresAt } = await makeSetupLink({ db, hosts, now }, { action: "admin.link_made", actor: { kind: "system" } });
  expect(url).toMatch(/^http:\/\/console\.localhost:4000\/console\/setup\?token=rung_setup_[A-Za-z0-9]{32}$/);
  expect(expiresAt.getTime() - now.getTime()).toBe(HOUR_MS);
  return new URL(url).searchParams.get("token") ?? "";
};
const accept = (token: string, fields: Partial<SetupAcceptance> = {}): ReturnType<typeof acceptSetupLink> =>
  acceptSetupLink({ platform: db.platform, consoleHandle, project, token, email: "ada@console.test", password, passwords, now, ...fields });
const isInvalid = async (work: Promise<unknown>): Promise<boolean> =>
  work.then(() => false, (error: unknown) => isDomainError(error) && error.code === "setup_link_invalid");

describe("the set-up link", () => {
  test("a first start needs an admin, also when two nodes start at once", async () => {
    expect(await needsFirstAdmin(db.platform)).toBe(true);
    const other = await testDatabase();
    const boots = await Promise.all([1, 2, 3].map(() => ensureFirstBoot(other.platform, hosts, now)));
    expect(new Set(boots.map((boot) => `${boot.defaultProject.id}/${boot.consoleProject.id}`)).size).toBe(1);
    expect(await other.platform.listProjects()).toHaveLength(2);
    expect(await other.platform.listWorkspaces()).toHaveLength(1);
    expect((await ensureFirstBoot(other.platform, hosts, now)).created).toBe(false);
    await other.close();
  });

  test.each([
    ["email", "email_invalid", { email: "not an address" }],
    ["email", "email_invalid", { email: "a@b@c" }],
    ["email", "email_invalid", { email: "a\u0000da@console.test" }],
    ["email", "email_invalid", { email: "a\u0007da@console.test" }],
    ["email", "email_invalid", { email: "\ud800da@console.test" }],
    ["password", "password_too_short", { password: "short" }],
    ["password", "password_too_long", { password: "x".repeat(1025) }],
    ["password", "password_listed", { password: "password1234" }],
    ["password", "password_unprintable", { password: "with a \u0000 inside" }],
    ["password", "password_unprintable", { password: "with a \ud800 inside" }],
  ] as const)("refuses a bad %s (%s) and stays open", async (field, problem, fields) => {
    const token = await newToken();
    expect(await accept(token, fields)).toMatchObject({ kind: "rejected", field, problem });
    expect(await isSetupLinkOpen(db.platform, token, now)).toBe(true);
    expect(await db.platform.countAdmins()).toBe(0);
  });

  const tokenIn = (text: string): string => /rung_(?:setup|support)_[A-Za-z0-9]{32}/.exec(text)?.[0] ?? "";
  const MAKERS = (() => {
    const command = (name: string, ...args: readonly string[]) => async (): Promise<unknown> => {
      const run = adminCommands({ db, hosts, clock: { now: () => now }, changeAdmin: () => Promise.reject(new Error("a link changes nobody")) })[name];
      return run?.(args, () => undefined);
    };
    return [
      ["rung setup-link", "first", { action: "admin.link_made", actor: { kind: "cli", label: "rung setup-link" }, details: { role: "owner" } }, () => setupLinkLines(db, hosts, now)],
      ["rung admin break-glass", "first", { action: "admin.break_glass", actor: { kind: "cli" }, details: { role: "owner", reason: "both phones lost" } }, command("break-glass", "both phones lost")],
      ["rung admin add, owner", "first", { action: "admin.invited", actor: { kind: "cli" }, details: { role: "owner", address: "n***@console.test" } }, command("admin-add", "new@console.test", "owner")],
      ["rung admin add, support", "support", { action: "admin.invited", actor: { kind: "cli" }, details: { role: "support" } }, command("admin-add", "new@console.test", "support")],
    ] as const;
  })();
  test.each(MAKERS)("made by %s is one entry of the log that says who and until when, and no token", async (_who, becomes, entry, make) => {
    const before = (await consoleHandle.listAudit({ limit: 100 })).length;
    const token = tokenIn(JSON.stringify(await make()));
    expect(await readSetupLink(db.platform, token, now)).toBe(becomes);
    const log = await consoleHandle.listAudit({ limit: 100 });
    expect(log).toHaveLength(before + 1);
    expect(log[0]).toMatchObject({ ...entry, result: "ok", details: { ...entry.details, until: addMs(now, HOUR_MS).toISOString() } });
    expect(JSON.stringify(log)).not.toMatch(/rung_s\w+_[A-Za-z0-9]{8}|new@console/);
  });

  test("is not there when its record fails", async () => {
    const made: string[] = [];
    const failing = {
      platform: { ...db.platform, insertSetupLink: (link: Parameters<typeof db.platform.insertSetupLink>[0]) => (made.push(link.tokenHash), db.platform.insertSetupLink(link)) },
      forProject: (): ProjectHandle => ({
        ...consoleHandle, transaction: (run) => consoleHandle.transaction((tx) => run({ ...tx, appendAudit: () => Promise.reject(new Error("the record failed")) })),
      }),
    };
    await expect(makeSetupLink({ db: failing, hosts, now }, { action: "admin.link_made", actor: { kind: "system" } })).rejects.toThrow("the record failed");
    expect(await db.platform.findSetupLink(made[0] ?? "")).toBeNull();
  });

  test("of eight visitors with one link one becomes owner, and the others leave nobody behind", async () => {
    const token = await newToken();
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => accept(token, { email: `visitor-${index}@console.test` })));
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    expect(won).toHaveLength(1);
    expect(await db.platform.countAdmins()).toBe(1);
    const accounts = await Promise.all(outcomes.map((_, index) => consoleHandle.findAccountByIdentifier("password", `visitor-${index}@console.test`)));
    expect(accounts.filter((account) => account !== null)).toHaveLength(1);
    expect(await isInvalid(accept(token))).toBe(true);
    const [record] = await consoleHandle.listAudit({ limit: 1 });
    expect(record?.action).toBe("admin.added");
    expect(JSON.stringify(record)).not.toContain("visitor-");
  });

  test("speaks of the first admin only while there is none", async () => {
    expect(await readSetupLink(db.platform, await newToken(), now)).toBe("owner");
    expect(await readSetupLink(db.platform, "rung_setup_00000000000000000000000000000000", now)).toBeNull();
  });

  test("ends after an hour, and a made-up one never began", async () => {
    const token = await newToken();
    expect(await isSetupLinkOpen(db.platform, token, addMs(now, HOUR_MS))).toBe(false);
    expect(await isInvalid(accept(token, { now: addMs(now, HOUR_MS) }))).toBe(true);
    expect(await isInvalid(accept("rung_setup_00000000000000000000000000000000"))).toBe(true);
    expect(await isInvalid(accept("' OR 1=1 --"))).toBe(true);
  });

  test("someone who is there already proves it with their password", async () => {
    const first = await accept(await newToken(), { email: "Grace@Console.test" });
    expect(first.kind).toBe("accepted");
    const token = await newToken();
    expect(await accept(token, { email: "grace@console.test", password: "another long password" })).toMatchObject({ kind: "rejected", problem: "email_taken" });
    expect(await accept(token, { email: "grace@console.test" })).toEqual(first);
    if (first.kind !== "accepted") return;
    expect(await requireRole(db.platform, first.identityId, "change")).toBe("owner");
    const account = await consoleHandle.findAccount(first.identityId);
    expect(account?.identity.traits).toEqual({ email: "grace@console.test" });
    expect(account?.credentials.map((credential) => credential.type)).toEqual(["password"]);
  });

  test("the address is the one that signs in, however it was typed", async () => {
    const made = await accept(await newToken(), { email: " \uff2cin\u200ba@Console.test " });
    if (made.kind !== "accepted") throw new Error(made.kind);
    expect((await consoleHandle.findAccountByIdentifier("password", "lina@console.test"))?.identity.id).toBe(made.identityId);
  });

  test.each([["a newcomer", "half@console.test"], ["somebody who is there", "grace@console.test"]])("%s becomes an owner with a record, or nothing happens at all", async (_who, email) => {
    const token = await newToken();
    const before = await consoleHandle.findAccountByIdentifier("password", email);
    const admins = await db.platform.countAdmins();
    const failing: ProjectHandle = {
      ...consoleHandle,
      transaction: (run) => consoleHandle.transaction((tx) => run({ ...tx, appendAudit: () => Promise.reject(new Error("the record failed")) })),
    };
    await expect(accept(token, { email, consoleHandle: failing })).rejects.toThrow("the record failed");
    expect(await isSetupLinkOpen(db.platform, token, now)).toBe(true);
    expect(await db.platform.countAdmins()).toBe(admins);
    expect((await consoleHandle.findAccountByIdentifier("password", email))?.identity.id).toBe(before?.identity.id);
    expect((await accept(token, { email })).kind).toBe("accepted");
    expect(await consoleHandle.listAudit({ limit: 1 })).toMatchObject([{ action: "admin.added" }]);
  });

  test("guessing the password of somebody who is there costs what it costs at a sign-in", async () => {
    const token = await newToken();
    const limits = createLimits(consoleHandle.limits, ephemeralKeyRing());
    const verified: string[] = [];
    const counting = { ...passwords, verify: (known: string | null, typed: string) => (verified.push(typed), passwords.verify(known, typed)) };
    const guess = (typed: string) => accept(token, { email: "grace@console.test", password: typed, passwords: counting, limits });
    for (let round = 0; round < 7; round += 1) expect(await guess(`wrong guess ${round}`)).toMatchObject({ kind: "rejected", problem: "email_taken" });
    expect(verified).toHaveLength(5);
    // Also the right one is not looked at while the wait runs, and answers alike.
    expect(await guess(password)).toMatchObject({ kind: "rejected", problem: "email_taken" });
    expect(verified).toHaveLength(5);
  });

  test("who was switched off proves nothing", async () => {
    const made = await accept(await newToken(), { email: "off@console.test" });
    if (made.kind !== "accepted") throw new Error(made.kind);
    await consoleHandle.transaction((tx) => tx.updateIdentity(made.identityId, { version: 1, state: "inactive", at: now }));
    const token = await newToken();
    expect(await accept(token, { email: "off@console.test" })).toMatchObject({ problem: "email_taken" });
    expect(await isSetupLinkOpen(db.platform, token, now)).toBe(true);
  });

  test("who is no admin may nothing", async () => {
    const stranger = "7f0c2a52-94a6-4bb4-8f6e-1c0f1d1f4a11" as IdentityId;
    expect(await roleOf(db.platform, stranger)).toBeNull();
    await expect(requireRole(db.platform, stranger, "read")).rejects.toMatchObject({ code: "forbidden" });
  });

  test("addresses are masked where they are shown", () => {
    expect(maskAddress("ada@garden.test")).toBe("a***@garden.test");
    expect(maskAddress("+4915112345612")).toBe("+49***12");
    expect(maskAddress("")).toBe("***");
  });
});
