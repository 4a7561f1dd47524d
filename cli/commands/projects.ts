import type { JsonObject, JsonValue } from "../../lib/model/identity";
import { member, textOf } from "../api";
import { leaf } from "../command";
import type { Context } from "../command";
import { CliError } from "../errors";
import { row, table } from "../format";
import type { Printed } from "../format";
import { mergeFiles } from "../merge";
import { patchFiles, rulesOf } from "../patch-files";
import { operationsOf } from "../patches";
import { asObject, named, PROJECT_COLUMNS, projectCells } from "../rows";
import { listProjects, requireProject, workspaceId } from "../select";
import { readDocuments } from "../sources";
import { readState, writeState } from "../state";
import type { Register } from "./groups";
import { noteUpdate } from "./updates";
import { createWorkspace, nameOf } from "./workspaces";

const ENVIRONMENTS: Readonly<Record<string, string>> = { dev: "dev", development: "dev", stage: "stage", staging: "stage", prod: "prod", production: "prod" };
const ARGUMENT = [["[project]", "id, or the beginning of its name, short name or id"]] as const;

export const projects: Register = (verbs, house) => {
  leaf(verbs.list, house, {
    name: "projects", aliases: ["project"], summary: "List the projects", scope: "workspace",
    examples: ["rung list projects", "rung list projects --workspace acme", "rung list projects --format jsonpath=#.slug"],
    async run(ctx, _args, options) {
      const found = await listProjects(ctx, await workspaceId(ctx, options.text("workspace")));
      ctx.print(table(PROJECT_COLUMNS, found.map((project) => ({ value: project, cells: projectCells(project) }))));
    },
  });

  leaf(verbs.get, house, {
    name: "project", summary: "Show one project; as JSON or YAML with its whole configuration", arguments: ARGUMENT, scope: "project",
    examples: ["rung get project shop", "rung get project shop --format jsonpath=services.identity.config.session"],
    async run(ctx, [given], options) {
      ctx.print(shown(await getProject(ctx, await requireProject(ctx, { project: given ?? options.text("project"), workspace: options.text("workspace") }))));
    },
  });

  leaf(verbs.create, house, {
    name: "project", summary: "Make a project", scope: "workspace",
    options: [
      ["-n, --name <name>", "what it is called"], ["-e, --environment <environment>", "dev, stage or prod", "dev"],
      ["--create-workspace <name>", "make a workspace of this name for it"], ["--use-project", "choose it for the commands that follow"],
    ],
    examples: ["rung create project --name Shop", "rung create project -n Shop -e prod --workspace acme --use-project"],
    async run(ctx, _args, options) {
      const asked = options.text("environment") ?? "dev";
      const environment = ENVIRONMENTS[asked];
      if (environment === undefined) throw new CliError(`The environment ${asked} is unknown. It is one of dev, stage, prod.`);
      const name = await nameOf(ctx, options.text("name"), "project");
      const newWorkspace = options.text("createWorkspace");
      if (newWorkspace !== undefined && options.text("workspace") !== undefined) throw new CliError("Give --workspace or --create-workspace, not both.");
      const workspace = newWorkspace === undefined ? await workspaceOf(ctx, options.text("workspace")) : textOf(await createWorkspace(ctx, newWorkspace), "id");
      const project = await (await ctx.access.console()).call("POST", "/projects", { name, environment, ...(workspace === null ? {} : { workspace_id: workspace }) });
      ctx.note("Project created successfully!");
      const state = readState(ctx.settings.statePath);
      const id = textOf(project, "id");
      if (options.flag("useProject") || state.selectedProject === null) writeState(ctx.settings.statePath, { selectedWorkspace: workspace ?? state.selectedWorkspace, selectedProject: id });
      ctx.print(shown(project));
    },
  });

  leaf(verbs.update, house, {
    name: "project", summary: "Replace name, hosts' rules and configuration of a project by a file", arguments: ARGUMENT, scope: "project",
    options: [["--name <name>", "another name"], ["--allow-remote-files", "read http:// and https:// sources"]], repeatable: [["-f, --file <source>", "path, file:// or base64:// (repeatable)"]],
    examples: ["rung get project shop --format yaml > shop.yaml", "rung update project shop --file shop.yaml   # the whole project: what the file leaves out gets its default"],
    async run(ctx, [given], options) {
      const id = await requireProject(ctx, { project: given ?? options.text("project"), workspace: options.text("workspace") });
      const name = options.text("name");
      const files = options.list("file");
      const before = asObject(await getProject(ctx, id));
      const document = files.length === 0 && name !== undefined ? before
        : mergeFiles(await readDocuments(files, rulesOf(ctx, house, options)));
      const answer = await (await ctx.access.console()).call("PUT", `/projects/${encodeURIComponent(id)}`, wholeProject(before, document, name));
      noteUpdate(ctx, answer, "Project updated successfully!");
      ctx.print(shown(member(answer, "project") as JsonValue));
    },
  });

  leaf(verbs.patch, house, {
    name: "project", summary: "Change single keys of a project", arguments: ARGUMENT, scope: "project",
    options: [["--allow-remote-files", "read http:// and https:// sources"]],
    repeatable: [["--add <path=value>", "a key that is not there yet"], ["--replace <path=value>", "a key that is"], ["--remove <path>", "back to the default"], ["-f, --file <source>", "a list of JSON Patch operations"]],
    examples: [`rung patch project shop --replace '/name="Shop"'`, `rung patch project shop --replace '/services/identity/config/session/whoami/required_aal="aal1"'`],
    async run(ctx, [given], options) {
      const operations = operationsOf({ files: await patchFiles(ctx, house, options), add: options.list("add"), replace: options.list("replace"), remove: options.list("remove") }, "project");
      const id = await requireProject(ctx, { project: given ?? options.text("project"), workspace: options.text("workspace") });
      const answer = await (await ctx.access.console()).call("PATCH", `/projects/${encodeURIComponent(id)}`, operations);
      noteUpdate(ctx, answer, "Project updated successfully!");
      ctx.print(shown(member(answer, "project") as JsonValue));
    },
  });

  leaf(verbs.use, house, {
    name: "project", summary: "Choose the project that commands mean; without a name say which one it is", arguments: ARGUMENT, scope: "project",
    examples: ["rung use project shop", "rung use project   # which one is chosen?"],
    async run(ctx, [given], options) {
      const said = given ?? options.text("project");
      const workspace = options.text("workspace");
      const id = await requireProject(ctx, { project: said, workspace });
      const state = readState(ctx.settings.statePath);
      if (said !== undefined) writeState(ctx.settings.statePath, { selectedProject: id, selectedWorkspace: await workspaceId(ctx, workspace) ?? state.selectedWorkspace });
      ctx.print(row({ id }, [["ID", id]]));
    },
  });
};

export async function getProject(ctx: Context, id: string): Promise<JsonValue> {
  return (await ctx.access.console()).call("GET", `/projects/${encodeURIComponent(id)}`);
}

async function workspaceOf(ctx: Context, flag: string | undefined): Promise<string | null> {
  const known = await workspaceId(ctx, flag);
  if (known !== null || ctx.access.by !== "local") return known;
  throw new CliError("no workspace was specified", "Name one with --workspace, or make one with --create-workspace");
}

/** The five members that a whole update must have; what a file leaves out of them stays as it is. */
export function wholeProject(before: JsonObject, document: JsonObject, name?: string): JsonObject {
  const kept = Object.fromEntries(["name", "services", "cors_admin", "cors_public", "organizations"].map((key) => [key, document[key] ?? before[key] ?? (key === "organizations" ? [] : {})]));
  return { ...kept, ...(name === undefined ? {} : { name }) };
}

function shown(project: JsonValue): Printed {
  return row(asObject(project), named(PROJECT_COLUMNS, projectCells(project)));
}
