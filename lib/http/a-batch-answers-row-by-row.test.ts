import { afterAll, beforeAll, expect, test } from "vitest";
import { importBatch } from "../identities/admin-import";
import type { ProjectHandle } from "../db/handles";
import { peopleContext } from "./people-context";
import { operated, PASSWORD, signIn } from "./testing/people";
import type { Operated } from "./testing/people";

const PATCH = "11111111-1111-4111-8111-111111111111";
let ops: Operated;
beforeAll(async () => {
  ops = await operated();
});
afterAll(() => ops.edge.close());
const create = (email: string, more: object = {}): object => ({ schema_id: "preset://email", traits: { email }, ...more });
const batch = (identities: readonly unknown[]) => ops.send("PATCH", "/admin/identities", { identities });
const rowsOf = (answer: { readonly body: unknown }) => (answer.body as { readonly identities: readonly (Readonly<Record<string, unknown>> | null)[] }).identities;

test("good rows are stored, each bad one says why, in the order of the request, with 200", async () => {
  const answer = await batch([
    { create: create("one@batch.test"), patch_id: PATCH }, { create: create("ONE@batch.test"), patch_id: PATCH }, {}, { create: null },
    { create: create("two@batch.test", { traits: { email: 7 } }) }, { create: create("three@batch.test", { external_id: "x-3", credentials: { password: { config: { password: PASSWORD } } } }) },
    { create: create("four@batch.test", { external_id: "x-3" }) },
  ]);
  const rows = rowsOf(answer);
  expect(answer.status).toBe(200);
  expect(rows.map((row) => row?.["action"] ?? null)).toEqual(["create", "error", null, null, "error", "create", "error"]);
  expect(rows[0]).toEqual({ action: "create", identity: expect.stringMatching(/^[0-9a-f-]{36}$/), patch_id: PATCH });
  expect(rows[1]).toMatchObject({ patch_id: PATCH, error: { code: 409, status: "Conflict", reason: expect.any(String), message: expect.any(String) } });
  expect([rows[4]?.["error"], rows[6]?.["error"]]).toMatchObject([{ code: 400, reason: expect.stringContaining("#/traits/email") }, { code: 409 }]);
  expect(await signIn(ops.edge.client(), "three@batch.test")).toBe(200);
  const again = rowsOf(await batch([{ create: create("one@batch.test") }]));
  expect(again).toMatchObject([{ action: "error", error: { code: 409 } }]);
  const [entry] = await ops.handle.listAudit({ limit: 1, action: "identity.imported" });
  expect(entry?.details).toMatchObject({ created: 2, failed: 3, identities: [rows[0]?.["identity"], rows[5]?.["identity"]] });
});

test.each([
  ["a hash nobody knows", [{ create: create("a@batch.test") }, { create: create("b@batch.test", { credentials: { password: { config: { hashed_password: "x" } } } }) }]],
  ["an unknown member", [{ create: create("a@batch.test"), action: "create" }]], ["an unknown member of a person", [{ create: create("a@batch.test", { id: PATCH }) }]],
  ["a patch id that is none", [{ create: create("a@batch.test"), patch_id: "one" }]], ["a row that is no object", [7]], ["1,001 rows", Array.from({ length: 1_001 }, () => ({}))],
  ["201 clear passwords", Array.from({ length: 201 }, (_, index) => ({ create: create(`p${String(index)}@batch.test`, { credentials: { password: { config: { password: PASSWORD } } } }) }))],
  ["more recovery codes than are hashed for one request", Array.from({ length: 61 }, (_, index) => ({
    create: create(`c${String(index)}@batch.test`, { credentials: { lookup_secret: { config: { codes: Array.from({ length: 200 }, (_each, at) => ({ code: `c${String(at)}` })) } } } }),
  }))],
])("%s is 400 for the whole request, and nobody is stored", async (_name, rows) => {
  const before = await ops.handle.countPeople({ kind: "all" });
  expect((await batch(rows)).status).toBe(400);
  expect(await ops.handle.countPeople({ kind: "all" })).toBe(before);
});

test("an empty batch is an empty answer", async () => {
  expect((await batch([])).body).toEqual({ identities: [] });
});

test("an import takes a bad hash as that row's own fault", async () => {
  const ctx = await context(ops.handle);
  const results = await importBatch([{ schema_id: "", traits: { email: "r1@batch.test" } }, { schema_id: "", traits: { email: "r2@batch.test" }, credentials: { password: { config: { hashed_password: "x" } } } }], { wholeRequest: false }, ctx);
  expect(results).toMatchObject([{ kind: "created" }, { kind: "failed", error: { code: "bad_request" } }]);
});

test("a name taken in the very moment fails its row alone", async () => {
  // As if nobody had looked: the first writes find a name taken, and everybody is stored one by one.
  let looked = 0;
  const hurried: ProjectHandle = { ...ops.handle, findTaken: () => { looked += 1; return Promise.resolve([]); } };
  await batch([{ create: create("race@batch.test") }]);
  const results = await importBatch(["race@batch.test", "calm@batch.test"].map((email) => ({ schema_id: "", traits: { email } })), { wholeRequest: true }, await context(hurried));
  expect([looked, results.map((one) => one?.kind)]).toEqual([1, ["failed", "created"]]);
  expect((await ops.api.listIdentities({ credentialsIdentifier: "calm@batch.test" })).data.length).toBe(1);
});

test("two batches at once with the same people store each of them once", async () => {
  const rows = Array.from({ length: 20 }, (_, index) => ({ create: create(`twin${String(index)}@batch.test`) }));
  const answers = await Promise.all([batch(rows), batch(rows.toReversed())]);
  const made = answers.flatMap((answer) => rowsOf(answer).filter((row) => row?.["action"] === "create"));
  expect(made.length).toBe(20);
});

async function context(handle: ProjectHandle) {
  const project = await ops.edge.services.resolver.byHost("localhost:4000");
  if (project === null) throw new Error("no project");
  return peopleContext({ services: ops.edge.services, project, handle, ipAddress: null, now: ops.edge.services.clock.now() }, { kind: "cli", label: "test" });
}
