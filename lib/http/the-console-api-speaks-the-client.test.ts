import { EventsApi, ProjectApi } from "@ory/client";
import type { Project, WorkspaceApi } from "@ory/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKey } from "../platform/api-keys";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { createProject } from "../platform/projects";
import { testEdge } from "./testing";
import type { TestEdge } from "./testing";
import { API_HOST as HOST, at, configOf, configured, consoleKeys, errorOf, freshProject, patch, projectApi, workspaceApi } from "./testing/console-client";

let edge: TestEdge;
let key = "";
let other = "";
let root = "";
const projects = (token = key): ProjectApi => projectApi(token);
const workspaces = (token = key): WorkspaceApi => workspaceApi(token);
const fresh = (name?: string): Promise<Project> => freshProject(key, name);
beforeAll(async () => {
  edge = await testEdge();
  ({ key, other, root } = await consoleKeys(edge));
});
afterAll(() => edge.close());

describe("projects", () => {
  test("begin with a name of their own and are Strict; lists show them without their configuration", async () => {
    const project = await fresh("Shop");
    expect(project.slug).toMatch(/^[a-z]+-[a-z]+-[a-z0-9]{10}$/);
    expect(project).toMatchObject({ name: "Shop", environment: "dev", state: "running", home_region: "eu-central", workspace_id: DEFAULT_WORKSPACE_ID, organizations: [] });
    expect(at(configOf(project), "session.whoami.required_aal")).toBe("highest_available");
    const { data } = await projects().listProjects();
    const listed = data.find(({ id }) => id === project.id);
    expect(listed).toMatchObject({ slug: project.slug, hosts: [`${project.slug}.localhost:4000`] });
    expect(listed).not.toHaveProperty("services");
    expect(listed).not.toHaveProperty("revision_id");
    expect(data.map(({ slug }) => slug)).not.toContain("console");
    expect((await projects().getProject({ projectId: project.slug })).data.id).toBe(project.id);
    expect((await edge.client().send("GET", "/sessions/whoami", { headers: { host: `${project.slug}.localhost:4000` } })).status).toBe(401);
  });

  test("are refused without a name, an environment, or with a region there is none", async () => {
    for (const body of [{ name: " ", environment: "dev" }, { name: "x" }, { name: "x", environment: "beta" }, { name: "x", environment: "dev", home_region: "moon" }, { name: "a\u0000b", environment: "dev" }, { name: "x".repeat(101), environment: "dev" }]) {
      const answer = await projects().createProject({ createProjectBody: body as { name: string; environment: "dev" } });
      expect([answer.status, typeof errorOf(answer)["reason"]], JSON.stringify(body)).toEqual([400, "string"]);
    }
  });

  test("no body nests without end, or brings a prototype along", async () => {
    const { id } = await fresh();
    const nested = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const headers = { host: HOST, authorization: `Bearer ${key}`, "content-type": "application/json" };
    const bodies = [[nested, /nests deeper/], [`{"__proto__":{"a":1}}`, /field that no object has/]] as const;
    for (const [value, why] of bodies) {
      const body = `[{"op":"add","path":"/services/identity/config/x","value":${value}}]`;
      const answer = await edge.client().send("PATCH", `/projects/${id}`, { headers, body });
      expect([answer.status, JSON.stringify(await answer.json())]).toEqual([400, expect.stringMatching(why)]);
    }
  });

  test("of another workspace do not exist: 404, never 403, whatever is asked", async () => {
    const { id } = await fresh("Mine");
    const theirs = projects(other);
    const { data: own } = await projects().listProjectApiKeys({ project: id });
    expect(own).toEqual([]);
    const answers = await Promise.all([
      theirs.getProject({ projectId: id }), theirs.patchProject({ projectId: id, jsonPatch: [patch("remove", "/session/lifespan")] }), theirs.purgeProject({ projectId: id }),
      theirs.listProjectApiKeys({ project: id }), theirs.createProjectApiKey({ project: id, createProjectApiKeyBody: { name: "x" } }),
      theirs.getProjectMembers({ project: id }), theirs.listOrganizations({ projectId: id }), theirs.createProject({ createProjectBody: { name: "x", environment: "dev", workspace_id: DEFAULT_WORKSPACE_ID } }),
      workspaces(other).getWorkspace({ workspace: DEFAULT_WORKSPACE_ID }), workspaces(other).listWorkspaceProjects({ workspace: DEFAULT_WORKSPACE_ID }),
      workspaces(other).listWorkspaceApiKeys({ workspace: DEFAULT_WORKSPACE_ID }), workspaces(other).updateWorkspace({ workspace: DEFAULT_WORKSPACE_ID, updateWorkspaceBody: { name: "x" } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect((await theirs.listProjects()).data).toEqual([]);
    expect((await projects().getProject({ projectId: id })).status).toBe(200);
  });

  test("a project's key reads its own project without its configuration, and nothing more", async () => {
    const { id } = await fresh("Small");
    const { data } = await projects().createProjectApiKey({ project: id, createProjectApiKeyBody: { name: "app" } });
    const small = projects(data.value ?? "");
    expect((await small.listProjects()).data.map((one) => one.id)).toEqual([id]);
    const read = await small.getProject({ projectId: id });
    expect([read.status, read.data.services]).toEqual([200, { oauth2: { config: {} }, permission: { config: {} }, account_experience: { config: {} } }]);
    const refused = await Promise.all([
      small.patchProject({ projectId: id, jsonPatch: [patch("remove", "/session/lifespan")] }), small.purgeProject({ projectId: id }), small.listProjectApiKeys({ project: id }),
      small.createProject({ createProjectBody: { name: "x", environment: "dev" } }), workspaces(data.value ?? "").listWorkspaces(),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  test("without a live key nothing answers, and on a project's host the paths are not there", async () => {
    for (const token of ["", "nonsense", "ory_wak_00000000000000000000000000000000"]) expect((await projects(token).listProjects()).status).toBe(401);
    for (const host of ["localhost:4000", "shop.localhost:4000", "api.localhost:4000"]) expect((await new ProjectApi(configured(key, host)).listProjects()).status, host).toBe(404);
    expect((await new ProjectApi(configured(key, "console.localhost:4000")).listProjects()).status).toBe(200);
    expect((await edge.client().send("GET", "/sessions/whoami", { headers: { host: HOST } })).status).toBe(404);
  });

  test("a purge takes everything, of this project alone, and its host answers nobody within two seconds", async () => {
    const [gone, stays] = [await fresh("Gone"), await fresh("Stays")];
    const { platform } = edge.services.db;
    const handle = edge.services.db.forProject(gone.id as Parameters<typeof edge.services.db.forProject>[0]);
    const host = `${gone.slug}.localhost:4000`;
    const token = (await projects().createProjectApiKey({ project: gone.id, createProjectApiKeyBody: { name: "app" } })).data.value ?? "";
    await handle.limits.take("lane", "key", { burst: 1, refillMs: 1_000 }, edge.services.clock.now());
    const flow = await (await edge.client().send("GET", "/self-service/registration/api", { headers: { host } })).json() as { id: string };
    const signedUp = await edge.client().send("POST", `/self-service/registration?flow=${flow.id}`, { headers: { host }, body: { method: "password", password: "correct horse battery staple", traits: { email: "ada@gone.test" } } });
    expect(signedUp.status).toBe(200);
    const left = async (): Promise<readonly string[]> => {
      const { reads } = edge.db.connection;
      const tables = await reads.rows<{ readonly name: string }>({ name: "test_tables", text: "SELECT table_name::text AS name FROM information_schema.columns WHERE column_name = 'project_id' AND table_schema = 'public'" }, []);
      const counted = await Promise.all(tables.map(async ({ name }) => {
        const [row] = await reads.rows<{ readonly count: number }>({ name: `test_left_${name}`, text: `SELECT count(*)::int AS count FROM ${name} WHERE project_id = $1::uuid` }, [gone.id]);
        return (row?.count ?? 0) > 0 ? [name] : [];
      }));
      return counted.flat();
    };
    expect(await left()).toEqual(expect.arrayContaining(["identity", "credential", "session", "flow", "revision", "audit_entry", "api_key", "limit_counter"]));
    expect((await projects().purgeProject({ projectId: gone.id })).status).toBe(204);
    expect(await left()).toEqual([]);
    expect((await edge.client().send("GET", "/self-service/login/api", { headers: { host, accept: "application/json" } })).status).toBe(404);
    expect((await projects(token).listProjects()).status).toBe(401);
    expect((await projects().getProject({ projectId: gone.id })).status).toBe(404);
    expect((await projects().purgeProject({ projectId: gone.id })).status).toBe(404);
    expect(await handle.limits.read("lane", "key")).toBeNull();
    expect((await projects().getProject({ projectId: stays.id })).status).toBe(200);
    const consoleRow = await platform.findConsoleProject();
    const [record] = await edge.services.db.forProject(consoleRow?.id ?? gone.id as never).listAudit({ limit: 1, action: "project.purged" });
    expect(record).toMatchObject({ actor: { kind: "admin", label: "api key ci" }, details: { slug: gone.slug } });
    for (const slug of ["default", "console"]) expect((await projects(root).purgeProject({ projectId: slug })).status, slug).toBe(403);
    expect((await projects().purgeProject({ projectId: "console" })).status).toBe(404);
  });

  test("a process that remembers a host forgets a purged project by itself", async () => {
    const project = await fresh("Remembered");
    const row = await edge.services.resolver.byHost(`${project.slug}.localhost:4000`);
    const { platform } = edge.services.db;
    const consoleId = (await platform.findConsoleProject())?.id ?? row?.row.id;
    if (row === null || consoleId === undefined) throw new Error("not there");
    // As another process would do it: nobody tells this one.
    await platform.purgeProject(row.row.id, { projectId: consoleId, entry: { action: "project.purged", actor: { kind: "system" }, result: "ok" } }, edge.services.clock.now());
    expect((await edge.client().send("GET", "/self-service/login/api", { headers: { host: `${project.slug}.localhost:4000`, accept: "application/json" } })).status).toBe(404);
    edge.pass(2_000);
    expect(await edge.services.resolver.byHost(`${project.slug}.localhost:4000`)).toBeNull();
  });

  test("a halted project answers nobody and comes back as it was", async () => {
    const project = await fresh("Paused");
    const host = `${project.slug}.localhost:4000`;
    const halt = (value: string) => projects().patchProject({ projectId: project.id, jsonPatch: [{ op: "replace", path: "/state", value }] });
    expect((await halt("halted")).data.project.state).toBe("halted");
    expect((await edge.client().send("GET", "/self-service/login/api", { headers: { host, accept: "application/json" } })).status).toBe(404);
    expect((await halt("running")).data.project.state).toBe("running");
    expect((await edge.client().send("GET", "/self-service/login/api", { headers: { host } })).status).toBe(200);
    expect((await projects(root).patchProject({ projectId: "default", jsonPatch: [{ op: "replace", path: "/state", value: "halted" }] })).status).toBe(403);
  });

  test("answer on hosts of their own, one project each", async () => {
    const [one, two] = [await fresh("One"), await fresh("Two")];
    const hosts = (id: string, value: unknown) => projects().patchProject({ projectId: id, jsonPatch: [{ op: "replace", path: "/rung/hosts", value }] });
    const saved = await hosts(one.id, ["ID.Shop.Example", "login.shop.example:8443"]);
    expect(at(saved.data, "project.rung.hosts")).toEqual(["id.shop.example", "login.shop.example:8443"]);
    expect((await edge.client().send("GET", "/self-service/login/api", { headers: { host: "id.shop.example" } })).status).toBe(200);
    expect((await projects().listProjects()).data.find(({ id }) => id === one.id)?.hosts).toContain("id.shop.example");
    expect((await hosts(two.id, ["id.shop.example"])).status).toBe(409);
    for (const bad of [["https://a.example"], ["localhost:4000"], ["console.localhost:4000"], [`x.${HOST}`], ["two.localhost:4000"], "a.example", [1]]) expect((await hosts(two.id, bad)).status, JSON.stringify(bad)).toBe(400);
    const removed = await projects().patchProject({ projectId: one.id, jsonPatch: [{ op: "remove", path: "/rung/hosts/0" }] });
    expect(at(removed.data, "project.rung.hosts")).toEqual(["login.shop.example:8443"]);
    expect((await edge.client().send("GET", "/self-service/login/api", { headers: { host: "id.shop.example", accept: "application/json" } })).status).toBe(404);
  });
});

describe("keys", () => {
  test("are shown once, hashed at rest, listed by their last characters, and end when they say", async () => {
    const { id } = await fresh();
    const made = await projects().createProjectApiKey({ project: id, createProjectApiKeyBody: { name: "ci", expires_at: "2027-01-01T00:00:00Z" } });
    expect(made.status).toBe(201);
    const value = made.data.value ?? "";
    expect(value).toMatch(/^ory_pat_[A-Za-z0-9]{32}$/);
    const { data: listed } = await projects().listProjectApiKeys({ project: id });
    expect(listed).toMatchObject([{ id: made.data.id, name: "ci", project_id: id, last_characters: value.slice(-4), expires_at: "2027-01-01T00:00:00Z" }]);
    expect(JSON.stringify(listed)).not.toContain(value);
    const rows = JSON.stringify(await edge.db.connection.reads.prisma.apiKey.findMany());
    expect(rows).not.toContain(value);
    expect((await projects(value).listProjects()).status).toBe(200);
    expect((await projects().deleteProjectApiKey({ project: id, tokenId: made.data.id })).status).toBe(204);
    expect((await projects().deleteProjectApiKey({ project: id, tokenId: made.data.id })).status).toBe(404);
    expect((await projects(value).listProjects()).status).toBe(401);
    for (const body of [{ name: "" }, { name: "x", expires_at: "soon" }, { name: "x", expires_at: "2020-01-01T00:00:00Z" }]) {
      expect((await projects().createProjectApiKey({ project: id, createProjectApiKeyBody: body })).status, JSON.stringify(body)).toBe(400);
    }
    const audit = await edge.services.db.forProject(id as never).listAudit({ limit: 10 });
    expect(audit.map(({ action }) => action)).toEqual(["api_key.deleted", "api_key.created"]);
    expect(JSON.stringify(audit)).not.toContain(value);
  });

  test("of a workspace open the console API and nobody's people; of a project nobody else's", async () => {
    const [one, two] = [await fresh("One"), await fresh("Two")];
    const { platform } = edge.services.db;
    const now = edge.services.clock.now();
    const own = await createApiKey(platform, { projectId: one.id as never }, { name: "own", expiresAt: null }, now);
    const ask = async (token: string, slug: string, header = `Bearer ${token}`): Promise<number> =>
      (await edge.client().send("GET", "/admin/sessions", { headers: { host: `${slug}.localhost:4000`, authorization: header } })).status;
    expect(await ask(key, one.slug)).toBe(401);
    expect(await ask(root, one.slug)).toBe(401);
    expect(await ask(own.token, one.slug)).toBe(200);
    expect(await ask(own.token, one.slug, own.token)).toBe(200);
    expect(await ask(own.token, two.slug)).toBe(404);
    expect(await ask("ory_pat_00000000000000000000000000000000", two.slug)).toBe(401);
  });
});

describe("workspaces", () => {
  test("a key sees its own; one of the installation all, in pages", async () => {
    const { data } = await workspaces().listWorkspaces({});
    expect(data).toMatchObject({ workspaces: [{ id: DEFAULT_WORKSPACE_ID, organization_id: null }], has_next_page: false, next_page_token: "" });
    const first = (await workspaces(root).listWorkspaces({ pageSize: 1 })).data;
    expect([first.workspaces.length, first.has_next_page]).toEqual([1, true]);
    const second = (await workspaces(root).listWorkspaces({ pageSize: 1, pageToken: first.next_page_token })).data;
    expect(second.workspaces.map(({ name }) => name)).toEqual(["Other"]);
    expect(second.has_next_page).toBe(false);
    expect((await workspaces(root).listWorkspaces({ pageToken: "made-by-hand" })).status).toBe(400);
  });

  test("are renamed, and their projects listed", async () => {
    const renamed = await workspaces().updateWorkspace({ workspace: DEFAULT_WORKSPACE_ID, updateWorkspaceBody: { name: "Acme", access_policy: "CHECK_ACCESS_PERMISSION" } });
    expect([renamed.status, renamed.data.name]).toEqual([200, "Acme"]);
    const bad = await workspaces().updateWorkspace({ workspace: DEFAULT_WORKSPACE_ID, updateWorkspaceBody: { name: "Acme", access_policy: "NONE" as "CHECK_ACCESS_PERMISSION" } });
    expect(bad.status).toBe(400);
    const { data } = await workspaces().listWorkspaceProjects({ workspace: DEFAULT_WORKSPACE_ID });
    expect(data.has_next_page).toBe(false);
    expect(data.next_page).toBe("");
    expect(data.projects.map(({ slug }) => slug)).toContain("default");
    expect(data.projects[0]?.workspace?.name).toBe("Acme");
  });
});

describe("what this server is not", () => {
  test("lists are empty and writes say feature_not_available", async () => {
    const { id } = await fresh();
    expect((await projects().listOrganizations({ projectId: id })).data).toEqual({ organizations: [], has_next_page: false, next_page_token: "" });
    expect((await projects().getOrganization({ projectId: id, organizationId: id })).status).toBe(404);
    const written = await projects().createOrganization({ projectId: id, organizationBody: { label: "x" } });
    expect([written.status, errorOf(written)["id"]]).toEqual([403, "feature_not_available"]);
    const events = new EventsApi(configured(key));
    expect((await events.listEventStreams({ projectId: id })).data).toEqual({ event_streams: [] });
    expect(errorOf(await events.deleteEventStream({ projectId: id, eventStreamId: id }))["id"]).toBe("feature_not_available");
    expect((await new EventsApi(configured(other)).listEventStreams({ projectId: id })).status).toBe(404);
    const member = await projects().removeProjectMember({ project: id, member: id });
    expect([member.status, errorOf(member)["id"]]).toEqual([403, "feature_not_available"]);
    expect((await projects().getProjectMembers({ project: id })).data).toEqual([]);
  });
});

test("a project of a name nobody can guess still begins as it always did", async () => {
  const { platform } = edge.services.db;
  const row = await createProject({
    platform, hosts: edge.services.env, workspaceId: DEFAULT_WORKSPACE_ID, slug: "plain", name: "Plain", author: { kind: "cli", id: null, label: "test" }, now: edge.services.clock.now(),
  });
  expect(row).toMatchObject({ environment: "dev", state: "running", homeRegion: "eu-central", corsPublic: { enabled: false, origins: [] } });
});
