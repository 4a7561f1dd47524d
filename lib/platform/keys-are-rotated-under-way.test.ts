import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createKeyFile, createKeyRing, followingRing, readKeyFile } from "../crypto/keys";
import type { KeyRing } from "../crypto/keys";
import { seedPerson, testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { readEnv } from "../env";
import type { IdentityId } from "../model/ids";
import { createServices } from "../services";
import type { Services } from "../services";
import type { ProjectId } from "../model/ids";
import { addMs, DAY_MS } from "../model/time";
import { keyCommands } from "./commands-keys";
import type { Resealed } from "./commands-keys";
import { jobOver, openPart, sealPart, startJob } from "./jobs";
import { reconfigure } from "./testing";

const AT = new Date("2026-07-01T10:00:00Z");
const COURIER = { smtp: { connection_uri: "smtps://u:hush-hush@mail.example.com:465", from_address: "a@example.com" } };

let folder = "";
let file = "";
let time = 0;
let db: TestDatabase;
let keys: KeyRing;
let services: Services;
let owner: IdentityId;
const follow = (): KeyRing => {
  const read = () => readKeyFile(file, { production: false });
  return followingRing(read() ?? [], { path: file, read, now: () => time });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rung-keys-"));
  file = join(folder, "keys.json");
  createKeyFile(file);
  keys = follow();
  db = await testDatabase();
  services = await createServices({ env: readEnv({ NODE_ENV: "test", RUNG_DATA_DIR: "unused" }), db, keys, clock: { now: () => AT }, floorMs: 0 });
  await reconfigure(services, { courier: COURIER });
  const row = await services.db.platform.findDefaultProject();
  if (row === null) throw new Error("no default project");
  const handle = db.forProject(row.id);
  const { identity } = await seedPerson(handle, []);
  owner = identity.id;
  await handle.transaction(async (tx) => {
    await tx.insertCredential(owner, { type: "totp", sealedSecret: keys.seal("totp", "SEED", [owner, "totp", "secret"]), lastStep: 0, at: AT });
    const codes = ["one", "two"].map((code, position) => ({ digest: code, sealed: keys.seal("lookup", code, [owner, "lookup_secret", "code", String(position)]) }));
    await tx.insertCredential(owner, { type: "lookup_secret", storage: "revealable", salt: "s", codes, at: AT });
    await tx.insertSigningKey({ kid: "sig", algorithm: "ES256", publicJwk: {}, sealed: keys.seal("signing", "{}", [row.id, "sig"]), createdAt: AT, retiresAt: null });
  });
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

const run = (command: string, ...args: readonly string[]) =>
  keyCommands({ db: services.db, keys, keyFile: file, clock: services.clock, wait: async (ms) => { time += ms; } })[command]?.(args, () => undefined);

describe("a rotation under way", () => {
  test("seals everything again under the new key, says so, and forgets no old key", async () => {
    const old = keys.currentKid;
    const other = follow();
    const result = await run("keys-rotate") as Resealed;
    expect(result.key).not.toBe(old);
    expect(result).toMatchObject({ key: keys.currentKid, broken: 0, left: { totp: 0, lookup: 0, signing: 0, outbox: 0, job: 0, revision: 0, draft: 0 } });
    expect(result.resealed).toBeGreaterThanOrEqual(5);
    expect((JSON.parse(readFileSync(file, "utf8")) as readonly { readonly id: string }[]).map(({ id }) => id)).toEqual([result.key, old]);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    // Every value opens where its own room looks for it, also in a process that heard nothing of the rotation.
    const project = await services.db.platform.findDefaultProject();
    if (project === null) throw new Error("no default project");
    const credentials = await db.forProject(project.id).listCredentials(owner);
    const totp = credentials.find((one) => one.type === "totp");
    if (totp?.type !== "totp") throw new Error("the app is gone");
    expect(totp.sealedSecret).toContain(`v1.${result.key}.`);
    expect(other.open("totp", totp.sealedSecret, [owner, "totp", "secret"])).toBe("SEED");
    const lookup = credentials.find((one) => one.type === "lookup_secret");
    if (lookup?.type !== "lookup_secret") throw new Error("the codes are gone");
    expect(lookup.codes.map(({ sealed, position }) => keys.open("lookup", sealed ?? "", [owner, "lookup_secret", "code", String(position)]))).toEqual(["one", "two"]);
    const revision = await services.db.platform.findRevision(project.id, project.currentRevision);
    expect(JSON.stringify(revision?.document)).toContain("hush-hush");
    expect(JSON.stringify((await db.platform.findRevision(project.id, project.currentRevision))?.document)).toContain(`rung-sealed:v1.${result.key}.`);

    const console_ = await services.db.platform.findConsoleProject();
    if (console_ === null) throw new Error("no console");
    expect((await db.forProject(console_.id).listAudit({ limit: 1 }))[0]).toMatchObject({ action: "keys.rotated", details: { from: old, to: result.key } });
  });

  test("goes on where it was cut off, and does nothing twice", async () => {
    const id = (await run("keys-add") as { readonly id: string }).id;
    expect(await run("keys-list")).toMatchObject([{ seals: true, values_under_older_keys: 0 }, { seals: false }, { id, seals: false }]);
    await expect(run("keys-rotate", "nobody")).rejects.toMatchObject({ code: "not_found" });
    const first = await run("keys-rotate", id) as Resealed;
    expect(first.key).toBe(id);
    expect(await run("keys-reseal")).toMatchObject({ key: id, resealed: 0, broken: 0 });
  });

  test("a value that no key opens is counted and left as it is", async () => {
    const project = await services.db.platform.findDefaultProject();
    if (project === null) throw new Error("no default project");
    const lost = `v1.gone.${"A".repeat(16)}.${"B".repeat(40)}`;
    await db.forProject(project.id).transaction((tx) => tx.insertSigningKey({ kid: "lost", algorithm: "ES256", publicJwk: {}, sealed: lost, createdAt: AT, retiresAt: null }));
    expect(await run("keys-reseal")).toMatchObject({ resealed: 0, broken: 1, left: { signing: 1 } });
    expect((await db.forProject(project.id).listSigningKeys(AT)).find(({ kid }) => kid === "lost")?.sealed).toBe(lost);
  });
});

describe("work under way", () => {
  /** A job with a part that was handed in; with `endedAt` it is over, and has written a part. */
  async function job(projectId: ProjectId, endedAt: Date | null): Promise<string> {
    const { platform } = services.db;
    const id = await startJob({ platform, keys }, { projectId, kind: "import_identities", createdBy: "test", total: null, parts: [["handed in"], ["as well"]] }, AT);
    if (endedAt === null) return id;
    const claimed = await platform.claimJob(endedAt, addMs(endedAt, 1_000));
    if (claimed?.id !== id) throw new Error("another job was due");
    for (const number of [0, 1]) await platform.noteJob(id, claimed.claim, { done: 1, failed: 0, cursor: {}, output: { number, sealed: sealPart(keys, claimed, "output", number, "written") } }, endedAt);
    await platform.finishJob(id, claimed.claim, { state: "done", error: null, at: endedAt }, jobOver(claimed, "done", { actor: { kind: "system" } }));
    return id;
  }

  test("is sealed again as far as somebody still reads it, and the old key can go", async () => {
    const project = await services.db.platform.findDefaultProject();
    if (project === null) throw new Error("no default project");
    const [spent, kept, begun] = [await job(project.id, addMs(AT, -DAY_MS - 1)), await job(project.id, addMs(AT, -DAY_MS + 1)), await job(project.id, null)];
    const old = keys.currentKid;
    expect(await run("keys-rotate")).toMatchObject({ left: { job: 0 } });
    expect(keys.currentKid).not.toBe(old);

    const { platform } = services.db;
    expect(await platform.findJobPart(spent, "output", 0), "a day after its end nobody reads it").toBeNull();
    const alone = createKeyRing((readKeyFile(file, { production: false }) ?? []).filter(({ id }) => id === keys.currentKid));
    for (const [id, kind, content] of [[kept, "output", "written"], [begun, "input", ["handed in"]]] as const) {
      expect(openPart(alone, { id, projectId: project.id }, kind, 0, await platform.findJobPart(id, kind, 0) ?? "")).toEqual(content);
      expect(await platform.findJobPart(id, kind, 1)).toContain(`v1.${keys.currentKid}.`);
    }
    expect(await run("keys-reseal")).toMatchObject({ resealed: 0, left: { job: 0 } });
  });

  test("passwords and security keys of an older key are counted; those of others have no key in them", async () => {
    const project = await services.db.platform.findDefaultProject();
    if (project === null) throw new Error("no default project");
    const handle = db.forProject(project.id);
    const insert = (hash: string) => seedPerson(handle, [{ type: "password", hash, identifiers: [`${crypto.randomUUID()}@keys.test`], at: AT }]);
    await insert(await services.passwords.hash("correct-horse-battery-keys"));
    await insert("$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq");
    await handle.transaction((tx) => tx.insertCredential(owner, { type: "webauthn", slot: "key", document: { seal: { kid: keys.currentKid, mac: "00" } }, identifiers: [], at: AT }));
    expect(await run("keys-reseal")).toMatchObject({ passwords: 0, security_keys: 0 });
    expect(await run("keys-rotate")).toMatchObject({ passwords: 1, security_keys: 1 });
  });
});

describe("a process that follows the key file", () => {
  test("keeps what it knows when the file is damaged, or calls another secret by a known name", () => {
    const ring = follow();
    const sealed = ring.seal("flow", "x", []);
    const before = readFileSync(file, "utf8");
    writeFileSync(file, "half a fi");
    time += 5_000;
    expect(ring.open("flow", sealed, [])).toBe("x");
    const [first] = JSON.parse(before) as readonly { readonly id: string }[];
    writeFileSync(file, JSON.stringify([{ id: first?.id, secret: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString("base64") }]));
    time += 5_000;
    expect(ring.open("flow", sealed, [])).toBe("x");
    writeFileSync(file, before);
  });

  test("a value under a key it does not know makes it look at once", async () => {
    const ring = follow();
    const id = (await run("keys-add") as { readonly id: string }).id;
    const ahead = follow();
    time += 0;
    const newest = readKeyFile(file, { production: false })?.find((key) => key.id === id);
    if (newest === undefined) throw new Error("the key is not in the file");
    const sealed = followingRing([newest], { path: file, read: () => null, now: () => 0 }).seal("flow", "fresh", []);
    expect(ahead.open("flow", sealed, [])).toBe("fresh");
    expect(ring.open("flow", sealed, [])).toBe("fresh");
    expect(() => ring.open("flow", `v1.gone.${"A".repeat(16)}.${"B".repeat(40)}`, [])).toThrow();
  });
});
