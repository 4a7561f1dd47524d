import { isUuid } from "../lib/model/ids";
import type { JsonValue } from "../lib/model/identity";
import type { ProjectPlace } from "./access";
import { listOf, member, textOf } from "./api";
import type { Api } from "./api";
import type { Context } from "./command";
import { CliError } from "./errors";
import { readState } from "./state";

/** Pages of a console list at most: a server that never ends is not followed for ever. */
const MAX_PAGES = 1_000;

/** Every entry of a list that says in its body whether there is more (contract/admin.md 2.5). */
async function pages(api: Api, path: string, entries: string, tokenName: string): Promise<readonly JsonValue[]> {
  const found: JsonValue[] = [];
  let token = "";
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const body = await api.call("GET", token === "" ? path : `${path}?page_token=${encodeURIComponent(token)}`);
    found.push(...listOf(member(body, entries)));
    const next = textOf(body, tokenName);
    if (member(body, "has_next_page") !== true || next === null || next === "" || next === token) break;
    token = next;
  }
  return found;
}

export async function listWorkspaces(ctx: Context): Promise<readonly JsonValue[]> {
  return pages(await ctx.access.console(), "/workspaces", "workspaces", "next_page_token");
}

/** With a workspace those of it, else every project that the key opens. */
export async function listProjects(ctx: Context, workspace: string | null): Promise<readonly JsonValue[]> {
  const api = await ctx.access.console();
  if (workspace === null) return listOf(await api.call("GET", "/projects"));
  return pages(api, `/workspaces/${encodeURIComponent(workspace)}/projects`, "projects", "next_page");
}

/** Flag, environment, key, remembered selection; null when none says (contract/admin.md 3.3). Throws `CliError` for a contradiction. */
export async function workspaceId(ctx: Context, flag: string | undefined): Promise<string | null> {
  const { settings } = ctx;
  if (flag !== undefined && settings.workspaceKey !== null) {
    throw new CliError("A workspace key names its workspace already. Drop --workspace, or unset RUNG_WORKSPACE_API_KEY (ORY_WORKSPACE_API_KEY).");
  }
  const said = flag ?? settings.workspace;
  if (said !== undefined && said !== null) return isUuid(said) ? said : oneOf("workspace", said, await listWorkspaces(ctx));
  if (settings.workspaceKey !== null) return textOf((await listWorkspaces(ctx))[0], "id");
  return readState(settings.statePath).selectedWorkspace;
}

export async function requireWorkspace(ctx: Context, flag: string | undefined): Promise<string> {
  const id = await workspaceId(ctx, flag);
  if (id === null) throw new CliError("no workspace was specified", "Name one with --workspace (rung list workspaces shows them), or choose one with: rung use workspace");
  return id;
}

export interface ProjectFlags {
  readonly project: string | undefined;
  readonly workspace: string | undefined;
}

/** The id of the project that is meant. `forPeople`: the command speaks to the project itself. Throws `CliError`. */
export async function requireProject(ctx: Context, flags: ProjectFlags, forPeople = false): Promise<string> {
  const { settings } = ctx;
  if (forPeople && flags.project !== undefined && settings.projectKey !== null) {
    throw new CliError("A project key names its project already. Drop --project, or unset RUNG_PROJECT_API_KEY (ORY_PROJECT_API_KEY).");
  }
  const said = flags.project ?? settings.project ?? undefined;
  // A contradiction is told even where the project's id says enough.
  const workspace = flags.workspace === undefined ? null : await workspaceId(ctx, flags.workspace);
  if (said !== undefined) {
    if (isUuid(said)) return said;
    return oneOf("project", said, await listProjects(ctx, workspace ?? await workspaceId(ctx, undefined)));
  }
  if (settings.projectKey !== null) {
    const own = textOf(listOf(await (await ctx.access.console()).call("GET", "/projects"))[0], "id");
    if (own !== null) return own;
  }
  const remembered = readState(settings.statePath).selectedProject;
  if (remembered !== null) return remembered;
  throw new CliError("no project was specified", "Name one with --project (rung list projects shows them), or choose one with: rung use project");
}

/** The project's own API. */
export async function projectApi(ctx: Context, flags: ProjectFlags): Promise<Api> {
  const id = await requireProject(ctx, flags, true);
  if (ctx.access.by === "local") return ctx.access.project({ id, slug: "", hosts: [] });
  const row = (await listProjects(ctx, null)).find((project) => textOf(project, "id") === id);
  if (row === undefined) throw new CliError(`The key opens no project ${id}.`);
  return ctx.access.project(placeOf(row));
}

function placeOf(row: JsonValue): ProjectPlace {
  const hosts = listOf(member(row, "hosts")).filter((host): host is string => typeof host === "string");
  return { id: textOf(row, "id") ?? "", slug: textOf(row, "slug") ?? "", hosts };
}

/** One entry by the beginning of its name, short name or id; a whole name wins over a longer one that begins like it. */
export function oneOf(kind: "project" | "workspace", said: string, entries: readonly JsonValue[]): string {
  const named = entries.map((entry) => ({ id: textOf(entry, "id") ?? "", name: textOf(entry, "name") ?? "", slug: textOf(entry, "slug") }));
  const texts = (entry: (typeof named)[number]): readonly string[] => [entry.id, entry.name, ...(entry.slug === null ? [] : [entry.slug])];
  const whole = named.filter((entry) => texts(entry).includes(said));
  const found = whole.length > 0 ? whole : said === "" ? [] : named.filter((entry) => texts(entry).some((text) => text.startsWith(said)));
  const [one] = found;
  if (one !== undefined && found.length === 1) return one.id;
  const candidates = (one === undefined ? named : found).slice(0, 20).map(({ name, slug, id }) => `  ${name}${slug === null ? "" : `  ${slug}`}  ${id}`);
  const problem = one === undefined ? `No ${kind} begins with "${said}".` : `Several ${kind}s begin with "${said}".`;
  throw new CliError(problem, ...(candidates.length === 0 ? [] : [one === undefined ? "There are:" : "Which one is meant?", ...candidates]));
}
