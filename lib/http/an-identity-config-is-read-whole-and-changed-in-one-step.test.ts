import type { JsonPatch, Project, ProjectApi } from "@ory/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testEdge } from "./testing";
import type { TestEdge } from "./testing";
import { at, configOf, consoleKeys, errorOf, freshProject, patch, PATH, projectApi, set } from "./testing/console-client";

let edge: TestEdge;
let key = "";
let root = "";
const projects = (token = key): ProjectApi => projectApi(token);
const fresh = (name?: string): Promise<Project> => freshProject(key, name);
beforeAll(async () => {
  edge = await testEdge();
  ({ key, root } = await consoleKeys(edge));
});
afterAll(() => edge.close());

describe("the identity-config", () => {
  test("is complete, sorted and canonical; sent back as it is it changes nothing", async () => {
    const project = await fresh();
    const config = configOf(project);
    expect(Object.keys(config)).toEqual(Object.keys(config).sort());
    expect(at(config, "selfservice.flows.login")).toMatchObject({ lifespan: "1h0m0s", ui_url: "/login", style: "unified" });
    expect(at(config, "selfservice.methods.webauthn.config.rp")).toEqual({ display_name: "Shop", id: `${project.slug}.localhost`, origins: [`http://${project.slug}.localhost:4000`] });
    const answer = await projects().setProject({ projectId: project.id, setProject: set(project, config) });
    expect([answer.status, answer.data.project.revision_id, answer.data.warnings]).toEqual([200, project.revision_id, []]);
    expect(configOf(answer.data.project)).toEqual(config);
  });

  test("PUT replaces the whole: what it leaves out returns to its default, and what it says is stored", async () => {
    const project = await fresh();
    const answer = await projects().setProject({ projectId: project.id, setProject: set(project, { session: { lifespan: "72h" } }) });
    expect(answer.status).toBe(200);
    const config = configOf(answer.data.project);
    expect(at(config, "session.lifespan")).toBe("72h0m0s");
    expect(at(config, "selfservice.methods.totp.enabled")).toBe(false);
    expect(at(config, "rung.operations")).toEqual({});
    expect(answer.data.project.revision_id).not.toBe(project.revision_id);
    const row = await edge.services.db.platform.findProjectBySlug(project.slug);
    const stored = (await edge.services.db.platform.findRevision(row?.id ?? "" as never, 2))?.document;
    expect([at(stored, "session.lifespan"), at(stored, "rung.enrolment"), at(stored, "identity"), at(stored, "selfservice.methods.totp")]).toEqual(["72h0m0s", undefined, undefined, undefined]);
  });

  test("PATCH knows all six operations, over defaults that nobody wrote down too", async () => {
    const { id } = (await projects().setProject({ projectId: (await fresh()).id, setProject: set(await fresh(), {}) })).data.project;
    const run = async (...operations: JsonPatch[]) => {
      const answer = await projects().patchProject({ projectId: id, jsonPatch: operations });
      return { status: answer.status, config: answer.status === 200 ? configOf(answer.data.project) : {}, reason: answer.status === 200 ? "" : String(errorOf(answer)["reason"]) };
    };
    expect(at((await run(patch("test", "/session/lifespan", "24h0m0s"), patch("replace", "/session/lifespan", "1h"))).config, "session.lifespan")).toBe("1h0m0s");
    expect(at((await run(patch("remove", "/session/lifespan"))).config, "session.lifespan")).toBe("24h0m0s");
    expect(at((await run(patch("add", "/selfservice/allowed_return_urls/-", "https://a.example/"))).config, "selfservice.allowed_return_urls")).toEqual(["https://a.example/"]);
    expect(at((await run({ op: "copy", from: `${PATH}/selfservice/flows/login/ui_url`, path: `${PATH}/selfservice/default_browser_return_url` })).config, "selfservice.default_browser_return_url")).toBe("/login");
    expect(at((await run({ op: "move", from: `${PATH}/selfservice/default_browser_return_url`, path: `${PATH}/selfservice/flows/error/ui_url` })).config, "selfservice")).toMatchObject({ default_browser_return_url: "/", flows: { error: { ui_url: "/login" } } });
    expect(at((await run(patch("remove", "/session/whoami"))).config, "session.whoami.required_aal")).toBe("highest_available");
    expect((await run(patch("test", "/session/lifespan", "5h"))).status).toBe(400);
    expect((await run(patch("remove", "/session/lifespam"))).status).toBe(400);
    expect((await run({ op: "replace", path: "/slug", value: "mine" })).reason).toContain("cannot be changed");
    expect((await run({ op: "replace", path: "/session/lifespan", value: "1h" })).status).toBe(400);
    expect((await run({ op: "replace", path: PATH, value: { session: { lifespan: "2h" } } })).config).toMatchObject({ session: { lifespan: "2h0m0s" } });
  });

  test("a value that does not exist is refused with the key, the value and what may stand there", async () => {
    const { id } = await fresh();
    const answer = await projects().patchProject({ projectId: id, jsonPatch: [patch("replace", "/session/whoami/required_aal", "aal2")] });
    expect(answer.status).toBe(400);
    const reason = String(errorOf(answer)["reason"]);
    for (const words of ["Unable to validate config:", "I[#/session/whoami/required_aal]", "\"aal2\"", "\"aal1\" or \"highest_available\"", "only these two exist"]) expect(reason).toContain(words);
    expect(errorOf(answer)["details"]).toMatchObject({ problems: [{ allowed: ["aal1", "highest_available"] }] });
    const unknown = await projects().patchProject({ projectId: id, jsonPatch: [patch("add", "/session/whoami/requierd_aal", "aal1")] });
    expect(String(errorOf(unknown)["reason"])).toContain("Did you mean \"required_aal\"");
  });

  test("keys of the platform are ignored with a warning, keys without effect are told, and secrets come back in clear", async () => {
    const project = await fresh();
    const secret = "client-secret-of-acme";
    const given = {
      dsn: "postgres://u:p@db/x", serve: { admin: { port: 4434 }, public: { base_url: "https://x.example", cors: { enabled: true, allowed_origins: ["https://shop.example"] } } },
      hashers: { algorithm: "bcrypt" }, secrets: { cookie: ["a-secret-of-sixteen"] }, courier: { templates: {} },
      selfservice: { methods: { oidc: { enabled: true, config: { providers: [{ id: "acme", provider: "generic", client_id: "c", client_secret: secret, issuer_url: "https://idp.example" }] } } } },
    };
    const { data, status } = await projects().setProject({ projectId: project.id, setProject: set(project, given) });
    expect(status).toBe(200);
    const told = data.warnings.map(({ code, message }) => `${String(code)} ${String(message)}`);
    for (const key of ["dsn", "serve.admin", "serve.public.base_url", "hashers"]) expect(told).toContain(`4001 Key ${key} is managed by the platform and was ignored.`);
    for (const key of ["secrets", "courier.templates"]) expect(told).toContain(`4002 Key ${key} is kept and has no effect on this server.`);
    const config = configOf(data.project);
    expect(config).not.toHaveProperty("dsn");
    expect(at(config, "serve")).toEqual({ public: { cors: { allow_credentials: true, allowed_origins: ["https://shop.example"], enabled: true } } });
    expect(at(config, "selfservice.methods.oidc.config.providers.0.client_secret")).toBe(secret);
    const quiet = await projects().patchProject({ projectId: project.id, jsonPatch: [patch("replace", "/session/lifespan", "2h")] });
    expect(quiet.data.warnings).toEqual([]);
    expect((await projects().setProject({ projectId: project.id, setProject: set(project, configOf(quiet.data.project)) })).data.project.revision_id).toBe(quiet.data.project.revision_id);
  });

  test("a stale revision is a conflict; the one in force is not", async () => {
    const project = await fresh();
    const change = (revision: string, value: string) => projects().patchProjectWithRevision({ projectId: project.id, revisionId: revision, jsonPatch: [patch("replace", "/session/lifespan", value)] });
    const first = await change(project.revision_id, "1h");
    expect(first.status).toBe(200);
    expect(first.data.project.revision_id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await change(project.revision_id, "2h")).status).toBe(409);
    expect((await change("nonsense", "2h")).status).toBe(409);
    expect((await change(first.data.project.revision_id, "2h")).status).toBe(200);
    expect((await projects().getProject({ projectId: project.id })).data.revision_id).not.toBe(first.data.project.revision_id);
  });

  test("who writes last wins without a revision, and of writers with one exactly one does", async () => {
    const project = await fresh();
    const values = ["1h", "2h", "3h", "4h"];
    const last = await Promise.all(values.map((value) => projects().patchProject({ projectId: project.id, jsonPatch: [patch("replace", "/session/lifespan", value)] })));
    expect(last.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { data } = await projects().getProject({ projectId: project.id });
    const raced = await Promise.all(["5h", "6h", "7h"].map((value) => projects().patchProjectWithRevision({ projectId: project.id, revisionId: data.revision_id, jsonPatch: [patch("replace", "/session/lifespan", value)] })));
    expect(raced.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test("name and CORS change with it in one step, or nothing does", async () => {
    const project = await fresh();
    const refused = await projects().patchProject({ projectId: project.id, jsonPatch: [{ op: "replace", path: "/name", value: "New" }, patch("replace", "/session/whoami/required_aal", "aal2")] });
    expect([refused.status, (await projects().getProject({ projectId: project.id })).data.name]).toEqual([400, "Shop"]);
    const { data } = await projects().patchProject({ projectId: project.id, jsonPatch: [
      { op: "replace", path: "/name", value: "New" }, { op: "add", path: "/cors_public", value: { enabled: true, origins: ["https://Shop.example"] } }, patch("replace", "/session/lifespan", "1h"),
    ] });
    expect(data.project).toMatchObject({ name: "New", cors_public: { enabled: true, origins: ["https://shop.example"] } });
    const bad = await projects().patchProject({ projectId: project.id, jsonPatch: [{ op: "replace", path: "/cors_public/origins", value: ["https://shop.example/path"] }] });
    expect(bad.status).toBe(400);
    const found = await edge.services.resolver.byHost(`${project.slug}.localhost:4000`);
    expect(found?.config.brand.name).toBe("New");
  });

  test("a configuration that would lock the admins out of the console is refused with the reason", async () => {
    const console = (operations: JsonPatch[]) => projects(root).patchProject({ projectId: "console", jsonPatch: operations });
    const cookie = await console([patch("add", "/session/cookie/path", "/elsewhere")]);
    expect([cookie.status, String(errorOf(cookie)["reason"])]).toEqual([400, expect.stringContaining("every admin would be shut out")]);
    expect((await console([patch("add", "/selfservice/flows/login/ui_url", "https://phish.example/")])).status).toBe(400);
    expect((await projects().patchProject({ projectId: "console", jsonPatch: [patch("replace", "/session/lifespan", "1h")] })).status).toBe(404);
    expect((await console([patch("replace", "/session/lifespan", "12h")])).status).toBe(200);
  });
});
