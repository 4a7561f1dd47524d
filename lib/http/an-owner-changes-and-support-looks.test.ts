import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken, newCsrfSecret, newSessionToken } from "../crypto/token";
import type { ProjectHandle } from "../db/handles";
import { seedPerson, seedSession } from "../db/testing";
import { DomainError } from "../model/errors";
import type { IdentityId } from "../model/ids";
import { verifyExport } from "../platform/audit-export";
import { addAdminByAddress, changeAdminRole, inviteAdmin, readAdmins, removeAdmin } from "./admin-pages";
import { readAudit, verifyLog } from "./audit-pages";
import type { Admin } from "./console";
import { csrfTokenFor } from "./csrf";
import { openExchange } from "./exchange";
import type { Exchange } from "./exchange";
import { readJobs, rowsOf, startExport, startImport, stopJob } from "./job-pages";
import { dropKey, makeKey, readKeys } from "./key-pages";
import { readMessages } from "./message-pages";
import { readPeople } from "./people-pages";
import type { PeopleSearch } from "./people-pages";
import { endOneSession, removeFactor, signOutEverywhere, startRecovery, switchPerson } from "./person-changes";
import { readPerson } from "./person-pages";
import { readSessions } from "./session-pages";
import { dispatch, testEdge } from "./testing";
import type { TestEdge } from "./testing";

const NOWHERE = "0a8f5c1e-7c1d-4d0b-9b61-5e2f3a4c6d99";
const SEARCH: PeopleSearch = { q: "", filter: null, state: null, sort: "newest", after: null };
const ALL = { actor: null, actorId: null, target: null, kind: null, action: null, result: null, from: null, until: null, before: null };

let edge: TestEdge;
let exchange: Exchange;
let people: ProjectHandle;
let consolePeople: ProjectHandle;
const browsers: Record<"owner" | "support", Record<string, string>> = { owner: {}, support: {} };
let owner: Admin;
let support: Admin;
let at: Date;

/** An admin of the console with a second step that is fresh, and the browser they sit at. */
async function adminOf(role: "owner" | "support"): Promise<Admin> {
  const row = (await edge.services.resolver.byHost("console.localhost:4000"))!;
  const { identity } = await seedPerson(consolePeople, [
    { type: "password", hash: "x", identifiers: [`${role}@x.test`], at }, { type: "totp", sealedSecret: "v1.x", lastStep: 0, at },
  ], `${role}@x.test`);
  await edge.db.platform.insertAdmin(identity.id, role, at);
  const token = newSessionToken();
  const session = await seedSession(consolePeople, identity.id, {
    tokenHash: hashToken(token), aal: "aal2", authenticatedAt: at, issuedAt: at, expiresAt: new Date(at.getTime() + 86_400_000),
    methods: [{ method: "password", aal: "aal1", completedAt: at }, { method: "totp", aal: "aal2", completedAt: at }],
  });
  const secret = newCsrfSecret();
  browsers[role] = {
    host: "console.localhost:4000", cookie: `${row.config.session.cookieName}=${token}; ${row.config.csrfCookieName}=${secret}`, origin: new URL(row.config.baseUrl).origin,
    csrf: csrfTokenFor(edge.services.keys, secret, token),
  };
  return { session, identity };
}

beforeAll(async () => {
  edge = await testEdge();
  exchange = await openExchange({ headers: new Headers({ host: "localhost:4000" }), target: "/" }, edge.services);
  at = exchange.now;
  people = edge.db.forProject(exchange.project.row.id);
  consolePeople = edge.db.forProject((await edge.db.platform.findConsoleProject())!.id);
  owner = await adminOf("owner");
  support = await adminOf("support");
});
afterAll(() => edge.close());

const someone = (email: string) => seedPerson(people, [
  { type: "password", hash: "x", identifiers: [email], at }, { type: "totp", sealedSecret: "v1.x", lastStep: 0, at },
], email);
const newest = async (handle: ProjectHandle = people) => (await handle.listAudit({ limit: 1 }))[0];

describe("support looks and changes nothing", () => {
  const changes: Readonly<Record<string, (admin: Admin) => Promise<unknown>>> = {
    "remove a factor": (admin) => removeFactor(exchange, admin, { slug: "default", person: NOWHERE, credential: NOWHERE }, "lost"),
    "sign out everywhere": (admin) => signOutEverywhere(exchange, admin, "default", NOWHERE),
    "end a session": (admin) => endOneSession(exchange, admin, "default", NOWHERE),
    "switch off": (admin) => switchPerson(exchange, admin, "default", NOWHERE, "inactive"),
    "start recovery": (admin) => startRecovery(exchange, admin, "default", NOWHERE, "code"),
    "make a key": (admin) => makeKey(exchange, admin, "default", "project", { name: "", life: "month" }),
    "delete a key": (admin) => dropKey(exchange, admin, "default", "workspace", NOWHERE),
    "import": (admin) => startImport(exchange, admin, "default", ""),
    "export": (admin) => startExport(exchange, admin, "default", "export_identities"),
    "cancel a job": (admin) => stopJob(exchange, admin, "default", NOWHERE),
    "add an admin": (admin) => addAdminByAddress(exchange, admin, "nobody@x.test", "owner"),
    "change a role": (admin) => changeAdminRole(exchange, admin, NOWHERE, "owner"),
    "remove an admin": (admin) => removeAdmin(exchange, admin, NOWHERE),
    "invite an admin": (admin) => inviteAdmin(exchange, admin, "owner"),
  };
  const stranger = (): Admin => ({ ...owner, identity: { ...owner.identity, id: NOWHERE as IdentityId } });
  test.each(Object.keys(changes))("%s", async (name) => {
    const change = changes[name]!;
    for (const admin of [support, stranger()]) await expect(change(admin)).rejects.toMatchObject({ code: "forbidden" });
    const allowed = await change(owner).catch((error: unknown) => error);
    expect(allowed instanceof DomainError && allowed.code === "forbidden", "an owner may").toBe(false);
  });
});

test("a factor goes with a reason: the person is told, signed out, and the log says who and why", async () => {
  const { identity, credentialIds } = await someone("ada@x.test");
  await seedSession(people, identity.id, { issuedAt: at });
  const target = { slug: "default", person: identity.id, credential: credentialIds[1] ?? "" };
  expect(await removeFactor(exchange, owner, target, "   ")).toBe("reason_missing");
  expect(await removeFactor(exchange, owner, target, "lost phone")).toBe("done");
  expect(await removeFactor(exchange, owner, target, "again")).toBe("gone");
  expect((await people.listSessions(identity.id, at, { offset: 0, limit: 9 })).total).toBe(0);
  const page = await readPerson(exchange, "default", identity.id);
  expect(page?.factors.map(({ type, removable }) => [type, removable])).toEqual([["password", false]]);
  expect(await newest()).toMatchObject({
    action: "identity.credential_removed", actor: { kind: "admin", identityId: owner.identity.id, label: "o***@x.test" }, identityId: identity.id, details: { type: "totp", reason: "lost phone" },
  });
  const { messages } = (await readMessages(exchange, "default", { state: null, after: null }))!;
  expect(messages).toMatchObject([{ template: "factor_removed", recipientHint: "a…@x.test", identityId: identity.id }]);
  expect(Object.keys(messages[0] ?? {})).not.toContain("sealed");
  expect(await removeFactor(exchange, owner, { ...target, credential: credentialIds[0] ?? "" }, "no reason is enough")).toBe("last_way_in");
});

test("a person of one project is not there in another", async () => {
  const { identity, credentialIds } = await someone("only-here@x.test");
  expect(await readPerson(exchange, "console", identity.id)).toBeNull();
  expect(await removeFactor(exchange, owner, { slug: "console", person: identity.id, credential: credentialIds[1] ?? "" }, "x")).toBe("gone");
  expect(await switchPerson(exchange, owner, "console", identity.id, "inactive")).toBe("gone");
  expect((await readPeople(exchange, "console", { ...SEARCH, q: "only-here" }))?.people).toEqual([]);
});

test("the list finds by the beginning of an address, by the whole of another, and by id", async () => {
  const { identity } = await someone("grace@x.test");
  for (const q of ["grac", "GRACE@x.test", identity.id]) {
    expect((await readPeople(exchange, "default", { ...SEARCH, q }))?.people).toMatchObject([{ id: identity.id, address: "grace@x.test", factors: [{ type: "password" }, { type: "totp" }] }]);
  }
  expect(await readPeople(exchange, "no-such-project", SEARCH)).toBeNull();
});

test("switching off ends what is open and stays reversible; sessions end one by one too", async () => {
  const { identity } = await someone("ben@x.test");
  const first = await seedSession(people, identity.id, { issuedAt: at });
  await seedSession(people, identity.id, { issuedAt: at });
  const shown = (await readSessions(exchange, "default", { aal: "aal1", after: null }))!.sessions.filter(({ person }) => person.id === identity.id);
  expect(shown).toHaveLength(2);
  expect(shown[0]?.person.name).toBe("b•••@x•••.test");
  expect([await endOneSession(exchange, owner, "default", first.id), await endOneSession(exchange, owner, "default", first.id)]).toEqual([true, false]);
  expect(await switchPerson(exchange, owner, "default", identity.id, "inactive")).toBe("done");
  expect(await newest()).toMatchObject({ action: "identity.updated", details: { state: { from: "active", to: "inactive" } } });
  expect((await people.listSessions(identity.id, at, { offset: 0, limit: 9 })).total).toBe(0);
  expect(await startRecovery(exchange, owner, "default", identity.id, "code")).toEqual({ kind: "refused", why: "inactive" });
  expect([await switchPerson(exchange, owner, "default", identity.id, "active"), await switchPerson(exchange, owner, "default", identity.id, "active")]).toEqual(["done", "unchanged"]);
});

test("a recovery is told once, and neither the log nor the summary knows it", async () => {
  const { identity } = await someone("cleo@x.test");
  const answer = await startRecovery(exchange, owner, "default", identity.id, "code");
  const code = answer.kind === "issued" ? answer.issued.code ?? "" : "";
  expect(code).toMatch(/^\d{6}$/);
  const page = (await readPerson(exchange, "default", identity.id))!;
  expect(JSON.stringify([page.audit, page.summary])).not.toContain(code);
  expect(page.audit[0]).toMatchObject({ action: "recovery.issued", actor: { kind: "admin" } });
  expect(page.summary).not.toContain("cleo@x.test");
});

test("an owner nobody could sign in as is no reason to let the last real one go", async () => {
  const { identity } = await seedPerson(consolePeople, [], "nobody-signs-in@x.test");
  await edge.db.platform.insertAdmin(identity.id, "owner", at);
  const roles = async () => (await readAdmins(exchange)).filter(({ role }) => role === "owner").map(({ id }) => id).sort();
  const before = await roles();
  expect(before).toEqual([owner.identity.id, identity.id].sort());
  expect([await removeAdmin(exchange, owner, owner.identity.id), await changeAdminRole(exchange, owner, owner.identity.id, "support")]).toEqual(["last_owner", "last_owner"]);
  expect(await roles()).toEqual(before);
  expect((await newest(consolePeople))?.action ?? "").not.toMatch(/^admin\.(removed|role_changed)$/);
  expect(await removeAdmin(exchange, owner, identity.id)).toBe("done");
});

test("the last owner cannot be removed, demoted or switched off; two who demote each other leave one", async () => {
  expect(await changeAdminRole(exchange, owner, owner.identity.id, "support")).toBe("last_owner");
  expect(await removeAdmin(exchange, owner, owner.identity.id)).toBe("last_owner");
  expect(await switchPerson(exchange, owner, "console", owner.identity.id, "inactive")).toBe("last_owner");
  const { identity } = await seedPerson(consolePeople, [{ type: "password", hash: "x", identifiers: ["second@x.test"], at }], "second@x.test");
  // Anybody of the console may write this address into their profile.
  expect(await addAdminByAddress(exchange, owner, "second@x.test", "support")).toBe("unconfirmed");
  expect(await edge.db.platform.findAdmin(identity.id)).toBeNull();
  const [address] = identity.verifiableAddresses;
  await consolePeople.transaction((tx) => tx.markVerified(identity.id, address!.id, address!.value, at));
  expect([await addAdminByAddress(exchange, owner, "SECOND@x.test", "owner"), await addAdminByAddress(exchange, owner, "second@x.test", "owner")]).toEqual(["done", "already"]);
  expect(await newest(consolePeople)).toMatchObject({ action: "admin.added", identityId: identity.id, details: { role: "owner" } });
  expect(await addAdminByAddress(exchange, owner, "nobody@x.test", "support")).toBe("unknown");
  const second: Admin = { ...owner, identity };
  const both = await Promise.all([changeAdminRole(exchange, owner, identity.id, "support"), changeAdminRole(exchange, second, owner.identity.id, "support")]);
  expect([...both].sort()).toEqual(["done", "last_owner"]);
  expect((await readAdmins(exchange)).filter(({ role }) => role === "owner")).toHaveLength(1);
  await edge.db.platform.changeAdmin(owner.identity.id, "owner");
  expect(await removeAdmin(exchange, owner, identity.id)).toBe("done");
  expect(await newest(consolePeople)).toMatchObject({ action: "admin.removed", identityId: identity.id });
});

test("an invitation names its role, and nobody writes another into it", async () => {
  const link = new URL((await inviteAdmin(exchange, owner, "support")).url);
  const token = link.searchParams.get("token") ?? "";
  expect(token).toMatch(/^rung_support_/);
  expect(await edge.db.platform.findSetupLink(hashToken(token))).toMatchObject({ usedAt: null });
  expect(await edge.db.platform.findSetupLink(hashToken(token.replace("support", "setup")))).toBeNull();
  expect(JSON.stringify(await newest(consolePeople))).not.toContain(token);
  const { identity } = await seedPerson(consolePeople);
  expect(await edge.db.platform.consumeSetupLink(hashToken(token), identity.id, at, "support")).toBe(true);
  expect((await edge.db.platform.findAdmin(identity.id))?.role).toBe("support");
});

test("a key is told once, listed by its end, and gone at once", async () => {
  const made = await makeKey(exchange, owner, "default", "project", { name: "importer", life: "month" });
  const token = made.kind === "made" ? made.token : "";
  expect(token).toMatch(/^ory_pat_/);
  const page = (await readKeys(exchange, "default"))!;
  const key = page.projectKeys.find(({ name }) => name === "importer");
  expect(key).toMatchObject({ over: false, lastUsedAt: null, createdBy: "o***@x.test" });
  expect(key?.hint.endsWith(token.slice(-4))).toBe(true);
  expect(JSON.stringify([page, await people.listAudit({ limit: 50 })])).not.toContain(token);
  expect((await makeKey(exchange, owner, "default", "project", { name: " ", life: "never" })).kind).toBe("refused");
  expect(await dropKey(exchange, owner, "console", "project", key?.id ?? ""), "of another project").toBe(false);
  expect([await dropKey(exchange, owner, "default", "project", key?.id ?? ""), await dropKey(exchange, owner, "default", "project", key?.id ?? "")]).toEqual([true, false]);
});

test("a file of people is lines or an array, and says which line it could not read", async () => {
  expect(rowsOf('{"a":1}\n\n{"b":2}\n')).toEqual({ rows: [{ a: 1 }, { b: 2 }] });
  expect(rowsOf('[{"a":1}]')).toEqual({ rows: [{ a: 1 }] });
  expect(rowsOf('{"identities":[{"create":{}}]}')).toEqual({ rows: [{ create: {} }] });
  expect(rowsOf('{"a":1}\nnot json')).toEqual({ line: 2 });
  expect(await startImport(exchange, owner, "default", '{"a":1}\n7')).toEqual({ kind: "refused", why: "not_json", line: 2 });
  expect(await startImport(exchange, owner, "default", '{"schema_id":"default","traits":{"email":"new@x.test"}}')).toEqual({ kind: "started", rows: 1 });
  const job = (await readJobs(exchange, "default", null))!.jobs.find(({ kind }) => kind === "import_identities");
  expect(job).toMatchObject({ kind: "import_identities", total: 1, state: "queued", createdBy: expect.stringContaining("•••") as string });
  expect([await stopJob(exchange, owner, "default", job?.id ?? ""), await stopJob(exchange, owner, "default", job?.id ?? "")]).toEqual([true, false]);
});

describe("the log", () => {
  const post = (role: "owner" | "support", fields: Record<string, string>, headers: Record<string, string> = {}, path = "/console/projects/default/audit/export") => {
    const { csrf = "", ...own } = browsers[role];
    return dispatch(new Request(new URL(path, "http://console.localhost:4000"), {
      method: "POST", body: new URLSearchParams({ csrf_token: csrf, ...fields }), headers: { accept: "application/json", ...own, ...headers }, redirect: "manual",
    }));
  };

  test("holds, is found by kind, and names its broken entry", async () => {
    const page = (await readAudit(exchange, "default", { ...ALL, kind: "key" }))!;
    expect(page.rows.map(({ action }) => action)).toEqual(["api_key.deleted", "api_key.created"]);
    const total = page.head.sequence;
    expect(await verifyLog(exchange, "default", null)).toEqual({ ok: true, from: 1, to: total, complete: true });
    expect(await people.verifyAudit(1, 3)).toEqual({ ok: true, from: 1, to: 3, complete: false });
    expect(await people.verifyAudit(4, 5_000)).toEqual({ ok: true, from: 4, to: total, complete: true });
  });

  test("goes out as a file with a statement that is about those very bytes", async () => {
    const through = String((await people.auditHead()).sequence);
    for (const format of ["jsonl", "csv"]) {
      const file = await (await post("support", { format, through })).text();
      const manifest = await (await post("owner", { format, through, what: "manifest" })).text();
      expect(file.trim().split("\n")).toHaveLength(Number(through) + (format === "csv" ? 1 : 0));
      expect(verifyExport(edge.services.keys, manifest, hashToken(file))).toBe("genuine");
      expect(verifyExport(edge.services.keys, manifest, hashToken(`${file}x`))).toBe("file_differs");
      expect(verifyExport(edge.services.keys, manifest.replace('"made_by":"o', '"made_by":"p'), hashToken(file))).toBe("not_ours");
    }
    expect(await newest()).toMatchObject({ action: "audit.exported", actor: { identityId: support.identity.id }, details: { format: "csv" } });
    const narrow = await (await post("owner", { format: "jsonl", through, kind: "key" })).text();
    expect(narrow.trim().split("\n").map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(["api_key.created", "api_key.deleted"]);
  });

  test("goes out to admins alone, from our own pages, with a fresh second step", async () => {
    expect((await post("owner", { csrf_token: "x" })).status).toBe(403);
    expect((await post("owner", {}, { origin: "https://evil.test" })).status).toBe(403);
    expect((await post("owner", {}, { cookie: "" })).status).toBe(401);
    expect((await post("owner", {}, { host: "localhost:4000", origin: "http://localhost:4000" })).status, "another project's host").toBe(404);
    expect((await post("support", { job: NOWHERE }, {}, "/console/projects/default/jobs/output")).status).toBe(403);
    expect((await post("owner", { job: NOWHERE }, {}, "/console/projects/default/jobs/output")).status).toBe(404);
    const tooBig = await post("owner", { file: "x".repeat(8 * 1024 * 1024) }, {}, "/console/projects/default/jobs/import");
    expect([tooBig.status, new URL(tooBig.headers.get("location") ?? "").search]).toEqual([303, "?refused=too_big"]);
    edge.pass(11 * 60_000);
    const stale = await post("owner", {});
    edge.pass(-11 * 60_000);
    expect([401, 403]).toContain(stale.status);
  });

  test("names the entry that somebody changed, and the one that is missing", async () => {
    const run = (name: string, text: string) => edge.db.connection.writes.rows({ name, text }, [exchange.project.row.id]);
    await run("tamper", `UPDATE audit_entry SET details = '{"reason":"another"}' WHERE project_id = $1::uuid AND sequence = 3`);
    expect(await verifyLog(exchange, "default", null)).toEqual({ ok: false, sequence: 3 });
    await run("lose", "DELETE FROM audit_entry WHERE project_id = $1::uuid AND sequence = 2");
    expect((await verifyLog(exchange, "default", null))?.ok).toBe(false);
    const { sequence } = await people.auditHead();
    await run("cut", `DELETE FROM audit_entry WHERE project_id = $1::uuid AND sequence = ${String(sequence)}`);
    expect(await people.verifyAudit(5, 50_000)).toEqual({ ok: false, sequence });
  });
});
