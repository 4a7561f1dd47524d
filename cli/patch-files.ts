import type { JsonValue } from "../lib/model/identity";
import type { Context, House, Options } from "./command";
import { CliError } from "./errors";
import { isList } from "./jsonpath";
import { parse, readSource } from "./sources";
import type { SourceRules } from "./sources";

/** The operations of `--file`, each a list. */
export async function patchFiles(ctx: Context, house: House, options: Options): Promise<readonly (readonly JsonValue[])[]> {
  const rules = rulesOf(ctx, house, options);
  return Promise.all(options.list("file").map(async (source) => {
    const { bytes } = await readSource(source, process.cwd(), rules);
    return operationsIn(bytes.toString("utf8"), source);
  }));
}

async function operationsIn(text: string, source: string): Promise<readonly JsonValue[]> {
  // A patch is a list; the reader knows groups of keys, so it is read as the value of one.
  const indented = text.replace(/^---.*\n/, "").replace(/^/gm, "  ");
  const value = (await parse(`operations:\n${indented}`, source))["operations"];
  if (isList(value)) return value;
  throw new CliError(`${source} must hold a list of JSON Patch operations: [{ "op": "replace", "path": "/session/lifespan", "value": "24h" }]`);
}

/** How the sources of a command are read. */
export function rulesOf(ctx: Context, house: House, options: Options): SourceRules {
  return { io: ctx.io, allowRemote: options.flag("allowRemoteFiles"), ...(house.send === undefined ? {} : { send: house.send }) };
}
