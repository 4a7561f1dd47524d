import { Configuration, ProjectApi, WorkspaceApi } from "@ory/client";
import type { JsonPatch, Project, SetProject } from "@ory/client";
import type { JsonObject } from "../../model/identity";
import { issueApiKey } from "../../platform/api-keys";
import { DEFAULT_WORKSPACE_ID } from "../../platform/first-boot";
import { dispatch } from "../testing";
import type { TestEdge } from "../testing";

export const API_HOST = "api.console.localhost:4000";

interface Sent { readonly method?: string; readonly url?: string; readonly headers: Readonly<Record<string, unknown>>; readonly data?: unknown }
/** Carries the unmodified client's requests to the route files of app/. Every answer resolves, refusals too. */
async function adapter({ method = "get", url = "", headers, data }: Sent) {
  const plain = Object.entries(headers).filter(([, value]) => typeof value === "string") as [string, string][];
  const response = await dispatch(new Request(url, { method: method.toUpperCase(), headers: { ...Object.fromEntries(plain), host: new URL(url).host }, body: data === undefined ? null : String(data) }));
  const text = await response.text();
  return { status: response.status, statusText: "", headers: {}, config: {}, data: text === "" ? undefined : JSON.parse(text) as unknown };
}
export const configured = (accessToken: string, host = API_HOST): Configuration => new Configuration({ basePath: `http://${host}`, accessToken, baseOptions: { adapter } });
export const projectApi = (token: string): ProjectApi => new ProjectApi(configured(token));
export const workspaceApi = (token: string): WorkspaceApi => new WorkspaceApi(configured(token));

export const errorOf = (answer: { data: unknown }): Record<string, unknown> => (answer.data as { error: Record<string, unknown> }).error;
export const configOf = (project: Project): JsonObject => project.services.identity?.config as unknown as JsonObject;
export const set = (project: Project, config: object, more: object = {}): SetProject => ({
  name: project.name, cors_admin: project.cors_admin ?? {}, cors_public: project.cors_public ?? {}, organizations: [], services: { identity: { config } }, ...more,
});
export const at = (value: unknown, path: string): unknown => path.split(".").reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], value);
export const PATH = "/services/identity/config";
export const patch = (op: JsonPatch["op"], path: string, value?: unknown): JsonPatch => ({ op, path: `${PATH}${path}`, ...(value !== undefined && { value }) });

/** A project of the default workspace, made through the API. */
export async function freshProject(key: string, name = "Shop"): Promise<Project> {
  const made = await projectApi(key).createProject({ createProjectBody: { name, environment: "dev" } });
  if (made.status !== 201) throw new Error(JSON.stringify(made.data));
  return made.data;
}

/** Keys of the default workspace, of another one, and of the installation. */
export async function consoleKeys(edge: TestEdge): Promise<{ readonly key: string; readonly other: string; readonly root: string }> {
  const { platform } = edge.services.db;
  const now = edge.services.clock.now();
  const by = { actor: { kind: "cli", label: "test" } } as const;
  const key = (await issueApiKey(platform, { workspaceId: DEFAULT_WORKSPACE_ID }, { name: "ci", expiresAt: null }, by, now)).token;
  const root = (await issueApiKey(platform, { installation: true }, { name: "operator", expiresAt: null }, by, now)).token;
  const made = await workspaceApi(root).createWorkspace({ createWorkspaceBody: { name: "Other" } });
  const theirs = await workspaceApi(root).createWorkspaceApiKey({ workspace: made.data.id, createWorkspaceApiKeyBody: { name: "theirs" } });
  return { key, root, other: theirs.data.value ?? "" };
}
