import { afterAll, beforeAll, expect, test } from "vitest";
import { seedPerson } from "../db/testing";
import type { IdentityId } from "../model/ids";
import type { Admin } from "./console";
import { saveRevision } from "../platform/revisions";
import { withMethods } from "./console-document";
import type { TwoFactorInput } from "./console-document";
import { discardDraft, noteMethods, noteRestore, noteTwoFactor, putOnTop, readDraft, saveDraft } from "./console-drafts";
import { readMethods } from "./console-methods";
import { readTwoFactor } from "./console-project";
import { readRevisions } from "./console-revisions";
import { readSimulation } from "./console-simulate";
import { openExchange } from "./exchange";
import type { Exchange } from "./exchange";
import { registerIn, testEdge } from "./testing";
import type { TestEdge } from "./testing";

let edge: TestEdge;
let exchange: Exchange;
let admin: Admin;
let support: Admin;
let other: Admin;
beforeAll(async () => {
  edge = await testEdge();
  const visit = async (email: string, role: "owner" | "support"): Promise<{ readonly exchange: Exchange; readonly admin: Admin }> => {
    const client = edge.client();
    await registerIn(client, email, "kettle violin 93 marsh");
    const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const opened = await openExchange({ headers: new Headers({ host: "localhost:4000", cookie }), target: "/console" }, edge.services);
    const view = opened.session!;
    await edge.db.platform.insertAdmin(view.identity.id, role, opened.now);
    return { exchange: opened, admin: { session: view.session, identity: view.identity } };
  };
  ({ exchange, admin } = await visit("owner@garden.test", "owner"));
  ({ admin: other } = await visit("second@garden.test", "owner"));
  ({ admin: support } = await visit("support@garden.test", "support"));
});
afterAll(() => edge.close());

const choices = (signIn: "strict" | "lax", comment = ""): TwoFactorInput => ({
  signIn, settings: "strict", comment,
  protectedPaths: [{ prefix: "/payment", requiredAal: "aal2", maxAgeSeconds: 600 }, { prefix: "/vault", requiredAal: "highest_available", maxAgeSeconds: null }],
});
const place = (expected: number, shownDraft = false) => ({ slug: "default", expected, shownDraft });
const preview = async (who = admin) => (await readDraft(exchange, who, "default", ""))?.preview ?? null;
async function saveAs(who: Admin, comment: string) {
  return saveDraft(exchange, who, "default", { stamp: (await preview(who))?.stamp ?? "", comment });
}

test("a change is a draft first: nothing is in force, the preview says in words what it would do", async () => {
  expect(await noteTwoFactor(exchange, admin, place(1), choices("lax"))).toEqual({ kind: "noted" });
  const page = await readTwoFactor(exchange, admin, "default");
  expect([page?.revision, page?.signIn, page?.shown.signIn, page?.draft?.behind]).toEqual([1, "strict", "lax", false]);
  const shown = await preview();
  expect(shown?.changes).toContain("Sign-in: Strict to Lax");
  expect(shown?.loosenings.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["sign_in ", "path /orders"]);
  expect(shown?.diff.map(({ sign, text }) => `${sign}${text.trim()}`)).toEqual(expect.arrayContaining(["-required_aal: highest_available", "+required_aal: aal1"]));
  expect(shown?.impact.people.total).toBe(3);
  expect(shown?.you?.address).toBe("owner@garden.test");
  expect(await readDraft(exchange, other, "default", "")).toMatchObject({ preview: null, draft: null });
});

test("what protects less is saved with a reason only, and then the next request obeys it", async () => {
  expect(await saveAs(admin, " ")).toEqual({ kind: "comment_required" });
  expect(await saveDraft(exchange, admin, "default", { stamp: "1.0", comment: "x" })).toEqual({ kind: "moved" });
  expect(await saveAs(admin, "calmer")).toEqual({ kind: "saved", revision: 2 });
  expect(await preview()).toBeNull();
  const after = await readTwoFactor(exchange, admin, "default");
  expect(after).toMatchObject({ revision: 2, signIn: "lax", settings: "strict" });
  expect(after?.shown.protectedPaths).toContainEqual({ prefix: "/vault", requiredAal: "highest_available", maxAgeSeconds: null });
  expect(after?.history[0]).toMatchObject({ number: 2, author: "owner@garden.test", comment: "calmer", summary: expect.arrayContaining(["Sign-in: Strict to Lax"]) as string[] });
  const next = await openExchange({ headers: new Headers({ host: "localhost:4000" }), target: "/" }, edge.services);
  expect(next.project.config.policy.signIn).toBe("lax");
});

test("two who read the same revision: the second is told what each wanted, and keeps both by putting theirs on top", async () => {
  await noteTwoFactor(exchange, admin, place(2), { ...choices("strict"), protectedPaths: [...choices("lax").protectedPaths, { prefix: "/mine", requiredAal: "aal2", maxAgeSeconds: null }] });
  await noteTwoFactor(exchange, other, place(2), { ...choices("lax"), settings: "strict", protectedPaths: [...choices("lax").protectedPaths, { prefix: "/theirs", requiredAal: "aal1", maxAgeSeconds: null }] });
  expect(await saveAs(other, "")).toEqual({ kind: "saved", revision: 3 });
  expect(await saveAs(admin, "mine")).toEqual({ kind: "conflict" });
  const conflict = (await preview())?.conflict;
  expect(conflict).toMatchObject({ current: 3, changedBy: "second@garden.test", theirs: ["Protected path /theirs: set to aal1"] });
  expect(conflict?.yours).toEqual(["Sign-in: Lax to Strict", "Protected path /mine: set to aal2"]);
  expect((await readTwoFactor(exchange, admin, "default"))?.revision).toBe(3);
  expect(await putOnTop(exchange, admin, "default")).toEqual({ kind: "noted" });
  expect((await preview())?.changes).toEqual(["Sign-in: Lax to Strict", "Protected path /mine: set to aal2"]);
  expect(await saveAs(admin, "")).toEqual({ kind: "saved", revision: 4 });
  expect((await readTwoFactor(exchange, admin, "default"))?.shown.protectedPaths.map(({ prefix }) => prefix)).toEqual(expect.arrayContaining(["/payment", "/vault", "/theirs", "/mine"]));
});

test("two saves of the same draft at once make one revision", async () => {
  await noteTwoFactor(exchange, admin, place(4), { ...choices("lax"), protectedPaths: [] });
  await noteTwoFactor(exchange, other, place(4), { ...choices("lax"), protectedPaths: [{ prefix: "/a", requiredAal: "aal2", maxAgeSeconds: null }] });
  const results = await Promise.all([saveAs(admin, "first"), saveAs(other, "second")]);
  expect(results.map(({ kind }) => kind).sort()).toEqual(["conflict", "saved"]);
  await Promise.all([discardDraft(exchange, admin, "default"), discardDraft(exchange, other, "default")]);
  expect((await readTwoFactor(exchange, admin, "default"))?.revision).toBe(5);
});

test("forms of two pages and of two tabs meet in one draft; what is put back is no change", async () => {
  const methods = await readMethods(exchange, admin, "default");
  const input = { ...methods!.shown, comment: "" };
  expect(await noteMethods(exchange, admin, place(5), { ...input, windowMinutes: 30 })).toEqual({ kind: "noted" });
  const page = await readTwoFactor(exchange, admin, "default");
  const same = { signIn: page!.shown.signIn, settings: page!.shown.settings, protectedPaths: page!.shown.protectedPaths, operations: page!.shown.operations, enrolment: page!.shown.enrolment, comment: "" };
  // A tab that was read before the draft began.
  expect(await noteTwoFactor(exchange, admin, place(5), { ...same, settings: "lax" })).toEqual({ kind: "noted" });
  expect((await preview())?.changes).toEqual(["Account settings: Strict to Lax", "Privileged window: 15 minutes to 30 minutes"]);
  expect(await noteTwoFactor(exchange, admin, place(5, true), same)).toEqual({ kind: "noted" });
  expect(await noteMethods(exchange, admin, place(5, true), input)).toEqual({ kind: "empty" });
  expect(await preview()).toBeNull();
});

test("a policy that cannot be is refused with the place and the reason, and the draft stays as it was", async () => {
  const rule = { requiredAal: "aal2", maxAgeSeconds: null } as const;
  const answer = await noteTwoFactor(exchange, admin, place(5), { ...choices("strict"), protectedPaths: [{ prefix: "/a", ...rule }, { prefix: "/a/", ...rule }] });
  expect(answer).toMatchObject({ kind: "invalid", problems: [{ path: expect.stringContaining("protected_paths") as string }] });
  const methods = await readMethods(exchange, admin, "default");
  expect(await noteMethods(exchange, admin, place(5), { ...methods!.shown, code: "second", comment: "" })).toEqual({ kind: "no_sender" });
  expect(await preview()).toBeNull();
});

test("an earlier revision comes back as a new one, through the same preview", async () => {
  expect(await noteRestore(exchange, admin, "default", 1)).toEqual({ kind: "noted" });
  expect((await preview())?.comment).toBe("Restored revision 1");
  expect(await saveAs(admin, "Restored revision 1")).toEqual({ kind: "saved", revision: 6 });
  const page = await readRevisions(exchange, admin, "default", { before: null, diff: 6 });
  expect(page?.revisions.map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
  expect(page?.opened?.diff.some(({ sign }) => sign === "+")).toBe(true);
  expect((await readRevisions(exchange, admin, "default", { before: 3, diff: 999 }))).toMatchObject({ opened: null, olderThan: null, revisions: [{ number: 2 }, { number: 1 }] });
});

test("who only reads, and a stranger, change nothing and are told so", async () => {
  const stranger: Admin = { ...admin, identity: { ...admin.identity, id: "0a8f5c1e-7c1d-4d0b-9b61-5e2f3a4c6d99" as IdentityId } };
  for (const who of [stranger, support]) {
    await expect(noteTwoFactor(exchange, who, place(6), choices("lax"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(noteRestore(exchange, who, "default", 1)).rejects.toMatchObject({ code: "forbidden" });
    await expect(saveDraft(exchange, who, "default", { stamp: "", comment: "" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(discardDraft(exchange, who, "default")).rejects.toMatchObject({ code: "forbidden" });
  }
  expect(await readDraft(exchange, support, "default", "")).toMatchObject({ revision: 6, preview: null });
});

test("codes that are on while nothing can send them do not stand in the way of another change", async () => {
  const row = (await edge.db.platform.findProjectBySlug("default"))!;
  const before = (await edge.db.platform.findRevision(row.id, 6))!;
  const { shown } = (await readMethods(exchange, admin, "default"))!;
  const document = withMethods(before.document, { ...shown, code: "second", comment: "" });
  const author = { kind: "admin", id: admin.identity.id, label: "a program" } as const;
  await saveRevision({ platform: edge.services.db.platform, row, baseUrl: "http://localhost:4000", expected: 6, document, author, now: exchange.now });
  const now = await openExchange({ headers: new Headers({ host: "localhost:4000" }), target: "/" }, edge.services);
  expect((await readMethods(now, admin, "default"))?.shown.code).toBe("second");
  expect(await noteMethods(now, admin, place(7), { ...shown, code: "second", windowMinutes: 20, comment: "" })).toEqual({ kind: "noted" });
  expect(await noteMethods(now, admin, place(7, true), { ...shown, code: "first", comment: "" })).toEqual({ kind: "no_sender" });
  await discardDraft(now, admin, "default");
});

test("keys that another domain makes useless are counted with everybody", async () => {
  const row = (await edge.db.platform.findProjectBySlug("default"))!;
  const handle = edge.db.forProject(row.id);
  const document = {
    id: "k", publicKey: "p", aaguid: "a", format: "none", name: "key", addedAt: exchange.now.toISOString(), version: 1, algorithm: -7, signCount: 0, userVerified: true,
    verifiesUser: true, backupEligible: false, backupState: false, passwordless: false, transports: [], seal: { kid: "k", mac: "00" }, lastUsedAt: null, clonedAt: null,
  };
  const key = { type: "webauthn", document, at: exchange.now } as const;
  for (const slots of [["one", "two"], ["three"]]) await seedPerson(handle, slots.map((slot) => ({ ...key, slot, identifiers: [`key ${slot}`] })));
  const { shown } = (await readMethods(exchange, admin, "default"))!;
  expect(await noteMethods(exchange, admin, place(7), { ...shown, webauthnRpId: "keys.example", comment: "" })).toEqual({ kind: "noted" });
  expect((await preview())?.warnings).toContainEqual({ kind: "rp_changed_webauthn", count: 2, names: [expect.any(String), "keys.example"] });
  await discardDraft(exchange, admin, "default");
});

test("what another tab notes while a draft is being saved is still there afterwards", async () => {
  await noteTwoFactor(exchange, admin, place(7), choices("strict"));
  const { platform } = edge.db;
  const later: Exchange = { ...exchange, now: new Date(exchange.now.getTime() + 5) };
  const appendRevision: typeof platform.appendRevision = async (...given) => {
    const revision = await platform.appendRevision(...given);
    await noteTwoFactor(later, admin, place(7, true), { ...choices("strict"), settings: "lax" });
    return revision;
  };
  const slow: Exchange = { ...exchange, services: { ...edge.services, db: { ...edge.services.db, platform: { ...edge.services.db.platform, appendRevision } } } };
  const stamp = (await preview())?.stamp ?? "";
  expect(await saveDraft(slow, admin, "default", { stamp, comment: "x" })).toEqual({ kind: "saved", revision: 8 });
  expect((await preview())?.conflict?.yours).toContain("Account settings: Strict to Lax");
  await discardDraft(exchange, admin, "default");
});

test("the simulator answers whatever time somebody types", async () => {
  const query = { person: "", first: "password", second: ["totp"], level: "aal2", area: "path", where: "/payment", policy: "live", revision: null } as const;
  for (const minutes of [0, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
    expect((await readSimulation(exchange, admin, "default", { ...query, minutes }))?.result?.kind, String(minutes)).toBe("answer");
  }
});

test("a change that would shut every admin out of the console is refused with the reason", async () => {
  const page = await readMethods(exchange, admin, "console");
  expect(page?.owners.password).toBe(0);
  await seedConsoleOwner();
  expect(await noteMethods(exchange, admin, { slug: "console", expected: 1, shownDraft: false }, { ...page!.shown, password: false, comment: "" })).toEqual({ kind: "noted" });
  const shown = await readDraft(exchange, admin, "console", "");
  expect(shown?.preview?.warnings.map(({ kind }) => kind)).toContain("shut_out");
  expect(await saveDraft(exchange, admin, "console", { stamp: shown?.preview?.stamp ?? "", comment: "no passwords" })).toMatchObject({
    kind: "invalid", problems: [{ path: "/selfservice/methods", message: expect.stringContaining("shut every admin out") as string }],
  });
  expect((await readDraft(exchange, admin, "console", ""))?.preview?.changes).toEqual(["Passwords: on to off"]);
});

async function seedConsoleOwner(): Promise<void> {
  const row = (await edge.db.platform.findConsoleProject())!;
  const { identity } = await seedPerson(edge.db.forProject(row.id), [{ type: "password", hash: "$argon2id$x", identifiers: ["boss@garden.test"], at: exchange.now }], "boss@garden.test");
  await edge.db.platform.insertAdmin(identity.id, "owner", exchange.now);
}
