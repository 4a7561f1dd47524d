import type { JsonValue } from "../../lib/model/identity";
import { member } from "../api";
import { leaf } from "../command";
import type { Printed } from "../format";
import { mergeFiles } from "../merge";
import { operationsOf } from "../patches";
import { asObject } from "../rows";
import { requireProject } from "../select";
import { patchFiles, rulesOf } from "../patch-files";
import { readDocuments } from "../sources";
import type { Register } from "./groups";
import { getProject, wholeProject } from "./projects";
import { noteUpdate } from "./updates";

const NAMES = ["ic", "kratos-config"];
const DONE = "Project updated successfully!";

export const identityConfig: Register = (verbs, house) => {
  leaf(verbs.get, house, {
    name: "identity-config", aliases: NAMES, summary: "Show the identity config of a project, with every default", scope: "project", arguments: [["[project]", "the older way to name the project"]],
    examples: [
      "rung get identity-config --project shop --format yaml > identity-config.yaml",
      "rung get identity-config --project shop --format jsonpath=session.whoami.required_aal",
    ],
    async run(ctx, [given], options) {
      const id = await requireProject(ctx, { project: options.text("project") ?? given, workspace: options.text("workspace") });
      ctx.print(configOf(await getProject(ctx, id)));
    },
  });

  leaf(verbs.update, house, {
    name: "identity-config", aliases: NAMES, summary: "Replace the whole identity config of a project by one or several files", scope: "project", arguments: [["[project]", "the older way to name the project"]],
    options: [["--allow-remote-files", "read http:// and https:// sources"]],
    repeatable: [["-f, --file <source>", "path, file:// or base64://; several are merged, lists appended (repeatable; default: standard input)"]],
    examples: [
      "rung get identity-config --project shop --format yaml > identity-config.yaml",
      "rung update identity-config --project shop --file identity-config.yaml   # keys that the file leaves out get their defaults",
      "rung update identity-config --project shop -f base.yaml -f production.yaml --format json-pretty",
    ],
    async run(ctx, [given], options) {
      const documents = await readDocuments(options.list("file"), rulesOf(ctx, house, options));
      const id = await requireProject(ctx, { project: options.text("project") ?? given, workspace: options.text("workspace") });
      const before = asObject(await getProject(ctx, id));
      const services = { ...asObject(before["services"]), identity: { config: mergeFiles(documents) } };
      const answer = await (await ctx.access.console()).call("PUT", `/projects/${encodeURIComponent(id)}`, wholeProject(before, { services }));
      noteUpdate(ctx, answer, DONE);
      ctx.print(configOf(member(answer, "project") as JsonValue));
    },
  });

  leaf(verbs.patch, house, {
    name: "identity-config", aliases: NAMES, summary: "Change single keys of the identity config of a project", scope: "project", arguments: [["[project]", "the older way to name the project"]],
    options: [["--allow-remote-files", "read http:// and https:// sources"]],
    repeatable: [
      ["--add <path=value>", "set a key; the value is JSON, so text needs quotes of its own"], ["--replace <path=value>", "the same, for a key that is there"],
      ["--remove <path>", "back to the default"], ["-f, --file <source>", "a list of JSON Patch operations (repeatable)"],
    ],
    examples: [
      `rung patch identity-config --project shop --replace '/session/whoami/required_aal="aal1"'   # Lax`,
      `rung patch identity-config --project shop --replace '/selfservice/methods/totp/enabled=true' --remove /session/lifespan`,
    ],
    async run(ctx, [given], options) {
      const operations = operationsOf({ files: await patchFiles(ctx, house, options), add: options.list("add"), replace: options.list("replace"), remove: options.list("remove") }, "config");
      const id = await requireProject(ctx, { project: options.text("project") ?? given, workspace: options.text("workspace") });
      const answer = await (await ctx.access.console()).call("PATCH", `/projects/${encodeURIComponent(id)}`, operations);
      noteUpdate(ctx, answer, DONE);
      ctx.print(configOf(member(answer, "project") as JsonValue));
    },
  });
};

function configOf(project: JsonValue): Printed {
  return { value: asObject(asObject(asObject(asObject(project)["services"])["identity"])["config"]), shape: { kind: "document" } };
}
