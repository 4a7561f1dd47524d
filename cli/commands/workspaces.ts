import { leaf } from "../command";
import type { Context } from "../command";
import { CliError } from "../errors";
import { row, table } from "../format";
import { asObject, named, WORKSPACE_COLUMNS, workspaceCells } from "../rows";
import { listWorkspaces, requireWorkspace } from "../select";
import { readState, writeState } from "../state";
import type { Register } from "./groups";

const NAMES = ["workspace", "ws"];

export const workspaces: Register = (verbs, house) => {
  leaf(verbs.list, house, {
    name: "workspaces", aliases: NAMES, summary: "List the workspaces",
    examples: ["rung list workspaces", "rung ls ws --format json", "rung list workspaces --quiet   # ids only, for scripts"],
    async run(ctx) {
      const found = await listWorkspaces(ctx);
      ctx.print(table(WORKSPACE_COLUMNS, found.map((workspace) => ({ value: workspace, cells: workspaceCells(workspace) }))));
    },
  });

  leaf(verbs.get, house, {
    name: "workspace", aliases: ["ws"], summary: "Show one workspace", arguments: [["[workspace]", "id, or the beginning of its name or id"]], scope: "workspace",
    examples: ["rung get workspace acme", "rung get workspace acme --format yaml"],
    async run(ctx, [given], options) {
      const id = await requireWorkspace(ctx, given ?? options.text("workspace"));
      const workspace = await (await ctx.access.console()).call("GET", `/workspaces/${encodeURIComponent(id)}`);
      ctx.print(row(asObject(workspace), named(WORKSPACE_COLUMNS, workspaceCells(workspace))));
    },
  });

  leaf(verbs.create, house, {
    name: "workspace", aliases: ["ws"], summary: "Make a workspace", options: [["-n, --name <name>", "what it is called"]],
    examples: ["rung create workspace --name Acme", "rung create workspace -n Acme --format jsonpath=id"],
    async run(ctx, _args, options) {
      const workspace = await createWorkspace(ctx, await nameOf(ctx, options.text("name"), "workspace"));
      ctx.print(row(asObject(workspace), named(WORKSPACE_COLUMNS, workspaceCells(workspace))));
    },
  });

  leaf(verbs.use, house, {
    name: "workspace", aliases: ["ws"], summary: "Choose the workspace that commands mean; without a name say which one it is", arguments: [["[workspace]", "id, or the beginning of its name or id"]], scope: "workspace",
    examples: ["rung use workspace acme", "rung use workspace   # which one is chosen?"],
    async run(ctx, [given], options) {
      const said = given ?? options.text("workspace");
      const id = await requireWorkspace(ctx, said);
      const state = readState(ctx.settings.statePath);
      // Another workspace has other projects: the old choice would be a surprise.
      if (said !== undefined) writeState(ctx.settings.statePath, { selectedWorkspace: id, selectedProject: id === state.selectedWorkspace ? state.selectedProject : null });
      ctx.print(row({ id }, [["ID", id]]));
    },
  });
};

export async function createWorkspace(ctx: Context, name: string) {
  return (await ctx.access.console()).call("POST", "/workspaces", { name });
}

/** What was given, or what somebody answers; with `--quiet` and without a terminal nobody is asked. */
export async function nameOf(ctx: Context, given: string | undefined, what: string): Promise<string> {
  if (given !== undefined && given.trim() !== "") return given.trim();
  if (ctx.quiet || ctx.yes || !ctx.io.inputIsTerminal) throw new CliError(`Name the ${what} with --name.`);
  const answer = await ctx.io.ask(`Name of the ${what}: `);
  if (answer === "") throw new CliError(`Name the ${what} with --name.`);
  return answer;
}
