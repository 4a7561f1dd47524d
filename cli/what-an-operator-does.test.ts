import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registerIn } from "../lib/http/testing";
import { testHouse } from "./testing";
import type { TestHouse } from "./testing";

let house: TestHouse;
beforeAll(async () => {
  house = await testHouse();
  await registerIn(house.edge.client(), "grace@example.org", "a long enough sentence");
});
afterAll(() => house.close());

describe("rung explain", () => {
  test("says rule, demand, person, session and verdict, and asks nobody for what they do not have", async () => {
    const ran = await house.run(["explain", "--identity", "grace@example.org", "--project", "default"]);
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(ran.out).toMatch(/Sign-in is Strict[^]*highest_available[^]*could prove: password \(aal1\)[^]*stands at aal1: password \(aal1, \d+s ago\)[^]*So: they are not asked/);
  });

  test("an operation, a path, an imagined session and no session, as a program reads them", async () => {
    const decision = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await house.run(["explain", "-i", "grace@example.org", ...args, "--format", "jsonpath=decision"])).out);
    expect(await decision("--area", "operation", "payment.view")).toEqual({ kind: "enroll", reason: "no_second_factor" });
    expect(await decision("--area", "path", "/nowhere")).toMatchObject({ kind: "allow" });
    expect(await decision("--area", "path", "/nowhere", "--session", "none")).toEqual({ kind: "allow", aal: "aal0" });
    expect(await decision("--session", "none")).toEqual({ kind: "sign_in", reason: "no_session" });
    expect(await decision("--area", "factor_change", "--with", "password@20m")).toMatchObject({ kind: "reauthenticate", to: "aal1" });
    expect(await decision("--area", "factor_change", "--with", "password@1m")).toMatchObject({ kind: "allow" });
  });

  test("nobody, nowhere and nonsense are told", async () => {
    const err = async (...args: readonly string[]): Promise<string> => (await house.run(["explain", ...args])).err;
    expect(await err("-i", "nobody@example.org")).toContain("no such person");
    expect(await err("-i", "grace@example.org", "--project", "none")).toContain("no project none");
    expect(await err("-i", "grace@example.org", "--with", "totp@1m")).toContain("cannot prove totp");
    expect(await err("-i", "grace@example.org", "--area", "moon")).toContain("session, settings");
    expect(await err("-i", "grace@example.org", "--area", "operation")).toContain("payment.create");
    expect(await err()).toContain("--identity");
  });
});

describe("rung audit verify", () => {
  test("holds, and finds the entry that somebody changed", async () => {
    const fine = await house.run(["audit", "verify"]);
    expect(fine).toMatchObject({ code: 0, err: "" });
    expect(fine.out).toMatch(/^PROJECT\t+SLUG\t+ENTRIES\t+HOLDS\n/);
    const row = await house.edge.services.db.platform.findDefaultProject();
    await house.edge.db.connection.transaction(({ prisma }) => prisma.auditEntry.updateMany({ where: { projectId: row?.id ?? "", sequence: 1n }, data: { result: "rejected" } }));
    const broken = await house.run(["audit", "verify", "default", "--format", "jsonpath=0.broken"]);
    expect(broken).toMatchObject({ code: 1, out: "1\n" });
    expect(broken.err).toContain("does not hold: default");
    expect((await house.run(["audit", "verify", "console"])).code).toBe(0);
  });
});

describe("rung admin", () => {
  test("a newcomer gets a link of their role; the last owner stays; break-glass needs a yes and is on record", async () => {
    const invited = await house.run(["admin", "add", "olga@example.org", "--role", "support", "-q"]);
    expect(invited.out).toMatch(/^http:\/\/console\.localhost:4000\/console\/setup\?token=rung_support_\w{32}\n$/);
    expect((await house.run(["admin", "add", "olga@example.org", "--role", "king"])).err).toContain("owner (changes things) or support");
    expect((await house.run(["admin", "list", "--format", "json"])).out).toBe("[]\n");
    expect(await house.run(["admin", "break-glass"])).toMatchObject({ code: 1, out: "" });
    expect((await house.run(["admin", "break-glass"], { terminal: true, answers: ["no"] })).err).toContain("Nothing was changed.");
    const opened = await house.run(["admin", "break-glass", "--yes", "--reason", "both phones lost"]);
    expect(opened.out).toMatch(/to become owner:\n {2}http:\/\/console\.localhost:4000\/console\/setup\?token=rung_setup_\w{32}\n$/);
    const { platform } = house.edge.services.db;
    const console_ = await platform.findConsoleProject();
    if (console_ === null) throw new Error("no console");
    const [entry] = await house.edge.db.forProject(console_.id).listAudit({ limit: 1 });
    expect(entry).toMatchObject({ action: "admin.break_glass", actor: { kind: "cli" }, details: { reason: "both phones lost" } });
    expect(JSON.stringify(entry)).not.toContain("rung_setup_");
    expect((await house.run(["admin", "remove", "olga@example.org", "--yes"])).err).toContain("is no admin");
  });

  test("somebody of the console becomes one at once; of the last owner the role is not taken", async () => {
    const { platform } = house.edge.services.db;
    const console_ = await platform.findConsoleProject();
    if (console_ === null) throw new Error("no console");
    const made = await house.run(["create", "identity", "--project", console_.id, "--traits", "{\"email\":\"ada@example.org\"}", "-q"]);
    // Whoever wrote this address into their profile need not be Ada; the id is hers for sure.
    const id = made.out.trim();
    for (const role of ["owner", "support"]) {
      expect((await house.run(["admin", "add", "ada@example.org", "--role", role])).err).toMatch(/has not confirmed it\. Let them confirm it, or name the right person by their id/);
    }
    expect((await house.run(["admin", "list", "--format", "json"])).out).toBe("[]\n");
    expect(await house.run(["admin", "add", id, "--format", "jsonpath=id"])).toMatchObject({ code: 0, out: made.out });
    expect((await house.run(["admin", "add", "ada@example.org", "--role", "owner"])).err).toContain("has not confirmed it");
    expect((await house.run(["admin", "list", "--format", "jsonpath=#.role"])).out).toBe("[\"owner\"]\n");
    expect((await house.run(["admin", "remove", "ada@example.org", "--yes"])).err).toContain("last owner");
    expect((await house.run(["admin", "add", "ada@example.org", "--role", "support"])).err).toContain("last owner");
  });
});
