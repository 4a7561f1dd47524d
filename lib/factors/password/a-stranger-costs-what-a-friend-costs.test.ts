import { describe, expect, it } from "vitest";
import type { AccountSnapshot, ProjectDb, ProjectReads } from "../../db/handles";
import type { JsonObject } from "../../model/identity";
import type { FactorContext, PasswordHasher } from "../factor";
import { context, countingHasher, FACTS, identity, loginStep, NOW, passwordCredential, settingsStep, totpCredential } from "../testing";
import { passwordLogin } from "./login";
import { passwordRegistration } from "./registration";
import { passwordSettings } from "./settings";

const SECRET = "a-lamp-in-the-window";
const ADA = { identity: identity(), credentials: [passwordCredential({ hash: `hash:${SECRET}` })] };

function people(...accounts: readonly AccountSnapshot[]): ProjectReads {
  const find = (_type: string, identifier: string) => Promise.resolve(accounts.find((account) =>
    account.credentials.some((credential) => credential.type === "password" && credential.identifiers.includes(identifier))) ?? null);
  return { findAccountByIdentifier: find } as Partial<ProjectReads> as ProjectReads;
}

/** Records what a commit writes. */
function recorder(): { readonly tx: ProjectDb; readonly written: unknown[][] } {
  const written: unknown[][] = [];
  const note = (name: string, answer: unknown) => (...args: unknown[]) => (written.push([name, ...args]), Promise.resolve(answer));
  const tx = {
    touchCredential: note("touchCredential", undefined), replacePasswordHash: note("replacePasswordHash", true),
    putPassword: note("putPassword", "id"),
  } as unknown as ProjectDb;
  return { tx, written };
}

function signIn(payload: JsonObject, changes: Partial<FactorContext> = {}) {
  return passwordLogin.submit(loginStep("first", null), payload, context({ db: people(ADA), ...changes }));
}

describe("a sign-in with a password", () => {
  it("costs exactly one hash, known or unknown, and answers both alike", async () => {
    const passwords = countingHasher();
    const answers = [];
    for (const [identifier, password] of [["ada@example.test", "wrong password"], ["eve@example.test", "wrong password"], ["eve@example.test", SECRET]] as const) {
      answers.push(await signIn({ identifier, password }, { passwords }));
    }
    expect(passwords.asked).toEqual({ hash: 0, verify: 3, lookup: 0 });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toEqual({ kind: "rejected", messages: [expect.objectContaining({ id: 4000006, type: "error" })] });
  });

  it.each([["ada@example.test"], ["  ADA@Example.Test "]])("finds the person as %j", async (identifier) => {
    const outcome = await signIn({ identifier, password: SECRET });
    expect(outcome).toMatchObject({ kind: "authenticated", identityId: ADA.identity.id, method: { method: "password", aal: "aal1", completedAt: NOW } });
    expect(passwordLogin.subjectOf?.({ identifier })).toBe("ada@example.test");
  });

  it("understands the older field name", async () => {
    expect(await signIn({ password_identifier: "ada@example.test", password: SECRET })).toMatchObject({ kind: "authenticated" });
  });

  it("names a missing field and gives the attempt back, without any hash", async () => {
    const passwords = countingHasher();
    expect(await signIn({ password: SECRET }, { passwords })).toMatchObject({ field: "identifier", counts: false, messages: [{ id: 4000002, context: { property: "identifier" } }] });
    expect(await signIn({ identifier: "  ", password: SECRET }, { passwords })).toMatchObject({ field: "identifier" });
    expect(await signIn({ identifier: "ada@example.test", password: "" }, { passwords })).toMatchObject({ field: "password", counts: false });
    expect(await signIn({ identifier: "ada@example.test", password: 12 }, { passwords })).toMatchObject({ field: "password" });
    expect(passwords.asked.verify).toBe(0);
  });

  it("hashes nothing that is longer than 1,024 bytes", async () => {
    const passwords = countingHasher();
    expect(await signIn({ identifier: "ada@example.test", password: "x".repeat(1025) }, { passwords })).toMatchObject({ messages: [{ id: 4000006 }] });
    expect(passwords.asked.verify).toBe(0);
  });

  it("tells of a switched-off account only after the right password", async () => {
    const db = people({ ...ADA, identity: identity({ state: "inactive" }) });
    expect(await signIn({ identifier: "ada@example.test", password: "wrong password" }, { db })).toMatchObject({ messages: [{ id: 4000006 }] });
    expect(await signIn({ identifier: "ada@example.test", password: SECRET }, { db })).toMatchObject({ kind: "rejected", messages: [{ id: 4010011 }] });
  });

  it("renews an outdated hash, and signs in even if that fails", async () => {
    const outdated: PasswordHasher = { ...countingHasher(), hash: () => Promise.resolve("renewed"), verify: () => Promise.resolve({ ok: true, rehash: true }) };
    const failing: PasswordHasher = { ...outdated, hash: () => Promise.reject(new Error("the queue is full")) };
    for (const [passwords, kept] of [[outdated, "renewed"], [failing, `hash:${SECRET}`]] as const) {
      const outcome = await signIn({ identifier: "ada@example.test", password: SECRET }, { passwords });
      if (outcome.kind !== "authenticated" || outcome.commit === null) throw new Error(outcome.kind);
      const { tx, written } = recorder();
      expect(await outcome.commit(tx)).toBe(true);
      expect(written).toEqual([["replacePasswordHash", ADA.credentials[0]?.id, `hash:${SECRET}`, kept, NOW]]);
    }
  });
});

describe("the form", () => {
  const shape = async (step: Parameters<typeof passwordLogin.nodes>[0]) =>
    (await passwordLogin.nodes(step, context())).nodes.map(({ group, attributes, meta }) =>
      [group, "name" in attributes ? attributes.name : "", "type" in attributes ? attributes.type : "", meta.label?.id]);

  it("asks for the name as the schema calls it, and for the password", async () => {
    expect(await shape(loginStep("first", null))).toEqual([
      ["default", "identifier", "text", 1070002], ["password", "password", "password", 1070001], ["password", "method", "submit", 1010022],
    ]);
  });

  it("knows the name at a refresh, and offers nothing to whoever has no password", async () => {
    expect(await shape(loginStep("first", identity(), [passwordCredential()], true))).toEqual([
      ["default", "identifier", "hidden", undefined], ["password", "password", "password", 1070001], ["password", "method", "submit", 1010001],
    ]);
    expect(await shape(loginStep("first", identity(), [totpCredential()], true))).toEqual([]);
    expect(await shape(loginStep("second", identity(), [passwordCredential()]))).toEqual([]);
  });

  it("takes the known name at a refresh when a client leaves it out", async () => {
    const step = loginStep("first", ADA.identity, ADA.credentials, true);
    expect(await passwordLogin.submit(step, { password: SECRET }, context({ db: people(ADA) }))).toMatchObject({ kind: "authenticated" });
  });
});

describe("a new password", () => {
  const register = (password: string, passwords = countingHasher(["correcthorse"])) => passwordRegistration.submit(
    { kind: "registration" } as never, { password }, { traits: { email: "ada@example.test" }, facts: FACTS }, context({ passwords }));

  it("is stored as a hash, with the names that sign in with it", async () => {
    const outcome = await register("e\u0301clair-of-the-day");
    if (outcome.kind !== "registered") throw new Error(JSON.stringify(outcome));
    const { tx, written } = recorder();
    expect(await outcome.commit(tx, identity().id)).toBe(true);
    expect(written).toEqual([["putPassword", identity().id, "hash:\u00e9clair-of-the-day", ["ada@example.test"], NOW]]);
    expect(outcome.method).toEqual({ method: "password", aal: "aal1", completedAt: NOW });
  });

  it.each([
    ["", 4000002, { property: "password" }], ["short", 4000032, { min_length: 8, actual_length: 5 }],
    ["x".repeat(1025), 4000033, { max_length: 1024, actual_length: 1025 }], ["ada@example.test", 4000031, undefined],
    ["correcthorse", 4000034, { breaches: 1 }], ["tab\tand more", 4000005, { reason_code: "password_control_character" }],
    ["gardenia1", 4000005, { reason_code: "password_like_service" }],
  ])("%j is refused with %i on its field", async (typed, id, facts) => {
    const outcome = await register(typed);
    expect(outcome).toMatchObject({ kind: "rejected", field: "password", counts: false, messages: [{ id, ...(facts === undefined ? {} : { context: facts }) }] });
  });

  it("needs a name to sign in with", async () => {
    const outcome = await passwordRegistration.submit(
      { kind: "registration" } as never, { password: SECRET }, { traits: {}, facts: { ...FACTS, identifiers: [] } }, context());
    expect(outcome).toMatchObject({ kind: "rejected", messages: [{ id: 4000009 }] });
  });

  it("replaces the old one, ends other sessions, and cannot be the old one again", async () => {
    const ctx = context();
    const changed = await passwordSettings.submit(settingsStep(ADA.identity, ADA.credentials), { password: "another-good-lamp" }, ctx);
    if (changed.kind !== "changed") throw new Error(changed.kind);
    expect(changed).toMatchObject({ action: "password.changed", revokesOthers: true, completed: null });
    const { tx, written } = recorder();
    expect(await changed.commit(tx)).toBe(true);
    expect(written).toEqual([["putPassword", ADA.identity.id, "hash:another-good-lamp", ["ada@example.test"], NOW]]);
    const same = await passwordSettings.submit(settingsStep(ADA.identity, ADA.credentials), { password: SECRET }, ctx);
    expect(same).toMatchObject({ kind: "rejected", field: "password", messages: [{ id: 4000039 }] });
    expect(same).not.toHaveProperty("counts");
  });
});
