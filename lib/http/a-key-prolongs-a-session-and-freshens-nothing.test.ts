import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SessionId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import { createApiKey, revokeApiKey } from "../platform/api-keys";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { createProject } from "../platform/projects";
import { reconfigure } from "../platform/testing";
import { registerIn, testEdge, text } from "./testing";
import type { Json, TestClient, TestEdge } from "./testing";

const HOUR = 3_600_000;
let edge: TestEdge;
let project: ProjectRow;
let other: ProjectRow;
let key: string;
let person = 0;
let ada: TestClient;
let session: Json;
beforeAll(async () => {
  edge = await testEdge();
  const { db, clock, env } = edge.services;
  const found = await db.platform.findDefaultProject();
  if (found === null) throw new Error("no project");
  project = found;
  other = await createProject({ platform: db.platform, hosts: env, workspaceId: DEFAULT_WORKSPACE_ID, slug: "other", name: "Other", author: { kind: "cli", id: null, label: "test" }, now: clock.now() });
  key = await newKey({ projectId: project.id });
});
afterAll(() => edge.close());
beforeEach(async () => {
  ada = edge.client();
  person += 1;
  await registerIn(ada, `ada${String(person)}@extend.test`, "kettle violin 93 marsh");
  session = (await ada.json("GET", "/sessions/whoami")).body;
});

async function newKey(scope: Parameters<typeof createApiKey>[1], expiresAt: Date | null = null): Promise<string> {
  return (await createApiKey(edge.services.db.platform, scope, { name: "gateway", expiresAt }, edge.services.clock.now())).token;
}
const extend = (id: string, authorization?: string): Promise<Response> =>
  edge.client().send("PATCH", `/admin/sessions/${id}/extend`, { headers: { accept: "application/json", ...(authorization === undefined ? {} : { authorization }) } });

describe("extending", () => {
  test("moves the end to now plus the lifespan; level, methods and every proof stay", async () => {
    edge.pass(2 * HOUR);
    const answer = await extend(text(session["id"]), `Bearer ${key}`);
    const body = await answer.json() as Json;
    expect(answer.status).toBe(200);
    expect(body["expires_at"]).toBe(new Date(edge.services.clock.now().getTime() + 24 * HOUR).toISOString().replace(".000", ""));
    for (const field of ["id", "authenticated_at", "issued_at", "authenticator_assurance_level", "authentication_methods", "devices"]) {
      expect([field, body[field]]).toEqual([field, session[field]]);
    }
    expect(body["identity"]).toHaveProperty("metadata_admin");
    const fresh = (await ada.json("GET", "/sessions/whoami")).body;
    expect(fresh["expires_at"]).toBe(body["expires_at"]);
    // Proved two hours ago is too old for a change of factors, whoever prolonged the session.
    const settings = (await ada.json("GET", "/self-service/settings/browser")).body;
    const nodes = settings["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly name?: string; readonly value?: string } }[];
    const csrf = nodes.find((node) => node.attributes.name === "csrf_token")?.attributes.value;
    const refused = await ada.json("POST", `/self-service/settings?flow=${text(settings["id"])}`, { method: "totp", totp_code: "123456", csrf_token: csrf });
    expect([refused.status, refused.body["error"]?.["id"]]).toEqual([403, "session_refresh_required"]);
  });

  test("is written down with the key that did it", async () => {
    edge.pass(HOUR);
    await extend(text(session["id"]), key);
    const [entry] = await edge.services.db.forProject(project.id).listAudit({ limit: 1, action: "session.extended" });
    expect(entry).toMatchObject({ sessionId: session["id"], actor: { kind: "admin", label: "api key gateway" } });
    expect(JSON.stringify(entry)).not.toContain(key);
  });

  test("before the earliest moment nothing changes; from it on the end moves", async () => {
    await reconfigure(edge.services, { session: { earliest_possible_extend: "1h" } });
    edge.pass(22 * HOUR);
    const early = await (await extend(text(session["id"]), key)).json() as Json;
    expect(early["expires_at"]).toBe(session["expires_at"]);
    edge.pass(HOUR);
    expect((await (await extend(text(session["id"]), key)).json() as Json)["expires_at"]).not.toBe(session["expires_at"]);
    await reconfigure(edge.services, { session: { earliest_possible_extend: "24h" } });
  });

  test("a session that is over, or was revoked, is not brought back", async () => {
    const over = edge.client();
    await registerIn(over, `over${String(person)}@extend.test`, "kettle violin 93 marsh");
    const gone = (await over.json("GET", "/sessions/whoami")).body;
    const handle = edge.services.db.forProject(project.id);
    const identity = gone["identity"]?.["id"];
    await handle.transaction((tx) => tx.revokeSession(text(gone["id"]) as SessionId, text(identity) as never, edge.services.clock.now()));
    const revoked = await (await extend(text(gone["id"]), key)).json() as Json;
    expect([revoked["active"], revoked["expires_at"]]).toEqual([false, gone["expires_at"]]);
    edge.pass(25 * HOUR);
    const expired = await (await extend(text(session["id"]), key)).json() as Json;
    expect([expired["active"], expired["expires_at"]]).toEqual([false, session["expires_at"]]);
    expect((await ada.json("GET", "/sessions/whoami")).status).toBe(401);
  });

  test("204 where the project wants it faster", async () => {
    await reconfigure(edge.services, { feature_flags: { faster_session_extend: true } });
    edge.pass(HOUR);
    const answer = await extend(text(session["id"]), key);
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    await reconfigure(edge.services, { feature_flags: { faster_session_extend: false } });
    edge.pass(2_000);
  });

  test("an unknown session is 404, something that is no id 400", async () => {
    expect((await extend("6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f", key)).status).toBe(404);
    expect((await extend("me", key)).status).toBe(400);
  });
});

describe("who may", () => {
  test("a key, with and without the word before it; nothing else, and all refusals look alike", async () => {
    const id = text(session["id"]);
    const { platform } = edge.services.db;
    for (const spelling of [key, `Bearer ${key}`, `bearer  ${key}`]) expect((await extend(id, spelling)).status).toBe(200);
    const short = await newKey({ projectId: project.id }, new Date(edge.services.clock.now().getTime() + 1_000));
    expect((await extend(id, short)).status).toBe(200);
    edge.pass(1_000);
    const withdrawn = await createApiKey(platform, { projectId: project.id }, { name: "gone", expiresAt: null }, edge.services.clock.now());
    expect(await revokeApiKey(platform, withdrawn.id)).toBe(true);
    const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const refused = await Promise.all([
      extend(id), extend(id, "Bearer"), extend(id, "Bearer ory_st_12345678901234567890123456789012"), extend(id, `ory_pat_${"x".repeat(32)}`),
      extend(id, await newKey({ workspaceId: DEFAULT_WORKSPACE_ID })), extend(id, short), extend(id, withdrawn.token), extend(id, `Basic ${key}`),
      ada.send("PATCH", `/admin/sessions/${id}/extend`, { headers: { cookie, accept: "application/json" } }),
    ]);
    const bodies = await Promise.all(refused.map(async (answer) => ({ status: answer.status, ...(await answer.json() as { error: object }).error, request: null })));
    for (const body of bodies) expect(body).toEqual({ ...bodies[0], status: "Unauthorized", code: 401 });
  });

  test("for a live key of another project this one does not exist: 404, never 403", async () => {
    expect((await extend(text(session["id"]), await newKey({ projectId: other.id }))).status).toBe(404);
  });

  test("a session of another project is unknown here", async () => {
    const theirs = await createApiKey(edge.services.db.platform, { projectId: other.id }, { name: "theirs", expiresAt: null }, edge.services.clock.now());
    const answer = await edge.client().send("PATCH", `/admin/sessions/${text(session["id"])}/extend`, {
      headers: { host: "other.localhost:4000", authorization: theirs.token, accept: "application/json" },
    });
    expect(answer.status).toBe(404);
  });

  test("a token is shown once: only its digest is stored, with four characters to recognise it", async () => {
    const rows = await edge.db.connection.reads.prisma.apiKey.findMany();
    expect(JSON.stringify(rows)).not.toContain(key);
    expect(JSON.stringify(rows)).toContain(`ory_pat_…${key.slice(-4)}`);
  });
});
