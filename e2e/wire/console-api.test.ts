import { Configuration, ProjectApi, WorkspaceApi } from "@ory/client";
import type { JsonPatch, Project } from "@ory/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localKey } from "../kit/local-key";
import { useServer } from "../kit/use-server";

/*
 * Every operation of ProjectApi and WorkspaceApi as they are published, against the built server. The lists below are compared
 * with the classes themselves: a method that a new client brings turns this red until docs/wire.md says what we answer.
 */
const at = useServer();
let key = "";
let workspace = "";
let project: Project;

interface Answer { readonly status: number; readonly data: unknown }
type Walk = () => Promise<Answer>;

/** The API by its own host name; the address is the machine's, whatever its resolver knows of names below localhost. */
function configured(token = key): Configuration {
  const port = String(at.server.port);
  return new Configuration({
    basePath: `http://127.0.0.1:${port}`, accessToken: token,
    baseOptions: { headers: { host: `api.console.localhost:${port}` }, maxRedirects: 0, validateStatus: () => true },
  });
}
const projects = (token = key): ProjectApi => new ProjectApi(configured(token));
const workspaces = (token = key): WorkspaceApi => new WorkspaceApi(configured(token));

/** A server of PostgreSQL has no socket that hands out keys (docs/cli.md). */
const SOCKET = process.env["RUNG_TEST_DATABASE_URL"] === undefined;
beforeAll(async () => {
  if (!SOCKET) return;
  key = await localKey(at.server, "installation");
  workspace = (await workspaces().createWorkspace({ createWorkspaceBody: { name: "Walk" } })).data.id;
  project = (await projects().createProject({ createProjectBody: { name: "Walk", environment: "dev", workspace_id: workspace } })).data;
});
afterAll(async () => {
  if (SOCKET) await projects().purgeProject({ projectId: project.id });
});

const id = (): string => project.id;
const lax: JsonPatch[] = [{ op: "replace", path: "/services/identity/config/session/whoami/required_aal", value: "aal1" }];
const current = async (): Promise<Project> => (await projects().getProject({ projectId: id() })).data;
const whole = async () => {
  const { name, cors_admin = {}, cors_public = {}, services } = await current();
  return { name, cors_admin, cors_public, services, organizations: [] };
};
const newKey = async (): Promise<string> => (await projects().createProjectApiKey({ project: id(), createProjectApiKeyBody: { name: "walk" } })).data.id;

/** Method → status and the call. In the order of the classes. */
const PROJECT: Readonly<Record<string, readonly [number, Walk]>> = {
  createOrganization: [403, () => projects().createOrganization({ projectId: id(), organizationBody: { label: "x" } })],
  createOrganizationOnboardingPortalLink: [403, () => projects().createOrganizationOnboardingPortalLink({ projectId: id(), organizationId: id() })],
  createProject: [201, async () => {
    const made = await projects().createProject({ createProjectBody: { name: "Another", environment: "prod", home_region: "us", workspace_id: workspace } });
    await projects().purgeProject({ projectId: made.data.id });
    return made;
  }],
  createProjectApiKey: [201, () => projects().createProjectApiKey({ project: id(), createProjectApiKeyBody: { name: "ci", expires_at: "2099-01-01T00:00:00Z" } })],
  deleteOrganization: [403, () => projects().deleteOrganization({ projectId: id(), organizationId: id() })],
  deleteOrganizationOnboardingPortalLink: [403, () => projects().deleteOrganizationOnboardingPortalLink({ projectId: id(), organizationId: id(), onboardingPortalLinkId: id() })],
  deleteProjectApiKey: [204, async () => projects().deleteProjectApiKey({ project: id(), tokenId: await newKey() })],
  getOrganization: [404, () => projects().getOrganization({ projectId: id(), organizationId: id() })],
  getOrganizationOnboardingPortalLinks: [200, () => projects().getOrganizationOnboardingPortalLinks({ projectId: id(), organizationId: id() })],
  getProject: [200, () => projects().getProject({ projectId: id() })],
  getProjectMembers: [200, () => projects().getProjectMembers({ project: id() })],
  listOrganizations: [200, () => projects().listOrganizations({ projectId: id() })],
  listProjectApiKeys: [200, () => projects().listProjectApiKeys({ project: id() })],
  listProjects: [200, () => projects().listProjects()],
  patchProject: [200, () => projects().patchProject({ projectId: id(), jsonPatch: lax })],
  patchProjectWithRevision: [200, async () => projects().patchProjectWithRevision({ projectId: id(), revisionId: (await current()).revision_id, jsonPatch: lax })],
  purgeProject: [204, async () => {
    const made = await projects().createProject({ createProjectBody: { name: "Gone", environment: "dev", workspace_id: workspace } });
    return projects().purgeProject({ projectId: made.data.id });
  }],
  removeProjectMember: [403, () => projects().removeProjectMember({ project: id(), member: id() })],
  setProject: [200, async () => projects().setProject({ projectId: id(), setProject: await whole() })],
  updateOrganization: [403, () => projects().updateOrganization({ projectId: id(), organizationId: id(), organizationBody: { label: "x" } })],
  updateOrganizationOnboardingPortalLink: [403, () => projects().updateOrganizationOnboardingPortalLink({
    projectId: id(), organizationId: id(), onboardingPortalLinkId: id(), updateOrganizationOnboardingPortalLinkBody: { enable_scim: false, enable_sso: false },
  })],
};
const WORKSPACE: Readonly<Record<string, readonly [number, Walk]>> = {
  createWorkspace: [201, () => workspaces().createWorkspace({ createWorkspaceBody: { name: "Another" } })],
  createWorkspaceApiKey: [201, () => workspaces().createWorkspaceApiKey({ workspace, createWorkspaceApiKeyBody: { name: "ci" } })],
  deleteWorkspaceApiKey: [204, async () => {
    const made = await workspaces().createWorkspaceApiKey({ workspace, createWorkspaceApiKeyBody: { name: "gone" } });
    return workspaces().deleteWorkspaceApiKey({ workspace, tokenId: made.data.id });
  }],
  getWorkspace: [200, () => workspaces().getWorkspace({ workspace })],
  listWorkspaceApiKeys: [200, () => workspaces().listWorkspaceApiKeys({ workspace })],
  listWorkspaceProjects: [200, () => workspaces().listWorkspaceProjects({ workspace })],
  listWorkspaces: [200, () => workspaces().listWorkspaces({})],
  updateWorkspace: [200, () => workspaces().updateWorkspace({ workspace, updateWorkspaceBody: { name: "Walked" } })],
};

const methodsOf = (api: { readonly prototype: object }): readonly string[] => Object.getOwnPropertyNames(api.prototype).filter((name) => name !== "constructor").sort();

describe.skipIf(!SOCKET).each([["ProjectApi", ProjectApi, PROJECT], ["WorkspaceApi", WorkspaceApi, WORKSPACE]] as const)("%s of the unmodified client", (_name, api, table) => {
  test("every operation is walked", () => {
    expect(Object.keys(table).sort()).toEqual(methodsOf(api));
  });

  test.each(Object.entries(table))("%s", async (_method, [status, walk]) => {
    const answer = await walk();
    expect(answer.status, JSON.stringify(answer.data)).toBe(status);
    if (status === 403) expect(answer.data).toMatchObject({ error: { id: "feature_not_available", code: 403 } });
  });
});

test.skipIf(!SOCKET)("another workspace's key sees nothing of it: 404, never 403", async () => {
  const other = (await workspaces().createWorkspace({ createWorkspaceBody: { name: "Other" } })).data.id;
  const theirs = (await workspaces().createWorkspaceApiKey({ workspace: other, createWorkspaceApiKeyBody: { name: "theirs" } })).data.value ?? "";
  const answers = await Promise.all([
    projects(theirs).getProject({ projectId: id() }), projects(theirs).patchProject({ projectId: id(), jsonPatch: lax }), projects(theirs).purgeProject({ projectId: id() }),
    projects(theirs).listProjectApiKeys({ project: id() }), workspaces(theirs).getWorkspace({ workspace }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  expect((await projects(theirs).listProjects()).data).toEqual([]);
});
