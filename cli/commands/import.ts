import { writeFileSync } from "node:fs";
import type { JsonObject, JsonValue } from "../../lib/model/identity";
import { leaf } from "../command";
import type { Context, Options } from "../command";
import { CliError } from "../errors";
import { row, table } from "../format";
import { batchesOf, importBatch, peopleIn } from "../import-batch";
import type { ImportRow, RowResult } from "../import-batch";
import { progressOn } from "../progress";
import { asObject, IDENTITY_COLUMNS, identityCells, named } from "../rows";
import { projectApi } from "../select";
import { readSource } from "../sources";
import type { Register } from "./groups";

export const importPeople: Register = (verbs, house) => {
  leaf(verbs.import, house, {
    name: "identities", aliases: ["identity"], summary: "Bring people in, many at a time, and say what became of each", scope: "project", arguments: [["[file...]", "JSON: one person, a list, or one a line; default: standard input"]],
    options: [
      ["--batch-size <number>", "people a request (1 to 500)", "500"], ["--skip <number>", "leave out so many people at the beginning: to go on after a stop", "0"],
      ["--failed <file>", "write the people that were refused there, one a line, to correct and import again"],
    ],
    examples: [
      "rung import identities people.json --project shop",
      "rung import identities a.json b.json --failed refused.jsonl   # exit code 1 when anybody was refused",
      "rung import identities people.jsonl --skip 12000               # goes on where a broken import stopped",
      "cat ada.json | rung import identities",
    ],
    async run(ctx, files, options) {
      const rows = await rowsOf(ctx, files);
      const skip = wholeNumber(options, "skip", 0, rows.length);
      const size = wholeNumber(options, "batchSize", 1, 500);
      const api = await projectApi(ctx, { project: options.text("project"), workspace: options.text("workspace") });
      const [only] = rows;
      if (rows.length === 1 && skip === 0 && only !== undefined) {
        const identity = await api.call("POST", "/admin/identities", only.body);
        return ctx.print(row(asObject(identity), named(IDENTITY_COLUMNS, identityCells(identity))));
      }
      const results: RowResult[] = [];
      const progress = progressOn(ctx.io, ctx.quiet, rows.length);
      let stop: unknown = null;
      try {
        for (const batch of batchesOf(rows.slice(skip), size)) {
          results.push(...await importBatch(api, batch));
          progress.at(skip + results.length, refusedIn(results));
        }
      } catch (error) {
        stop = error;
      } finally {
        progress.end();
      }
      report(ctx, rows, results, skip, stop, options.text("failed"));
    },
  });
};

/** Every person of every file, in order. */
async function rowsOf(ctx: Context, files: readonly string[]): Promise<readonly ImportRow[]> {
  if (files.length === 0 && ctx.io.inputIsTerminal) throw new CliError("Name a file, or hand one in on standard input.");
  const people: JsonValue[] = [];
  for (const file of files.length === 0 ? ["-"] : files) people.push(...peopleOf(file === "-" ? await ctx.io.input() : await fileText(ctx, file), file === "-" ? "standard input" : file));
  return people.map((body, index) => ({ row: index + 1, body }));
}

async function fileText(ctx: Context, file: string): Promise<string> {
  return (await readSource(file, process.cwd(), { io: ctx.io, allowRemote: "never" })).bytes.toString("utf8");
}

function peopleOf(text: string, source: string): readonly JsonValue[] {
  try {
    return peopleIn(text);
  } catch (error) {
    throw new CliError(`${source} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What became of each, the people that were refused, and how to go on: nothing that went in is lost from sight. */
function report(ctx: Context, rows: readonly ImportRow[], results: readonly RowResult[], skip: number, stop: unknown, failedFile: string | undefined): void {
  const refused = results.filter(({ error }) => error !== null);
  ctx.print(table(["ID", "ROW", "RESULT", "REASON"], (ctx.quiet ? results.filter(({ error }) => error === null) : results).map((result) => ({
    value: { row: result.row, action: result.action, identity: result.identity, error: result.error } satisfies JsonObject,
    cells: [result.identity, String(result.row), result.action, result.error === null ? "" : `${String(result.error.code)} ${result.error.reason}`],
  }))));
  if (failedFile !== undefined && refused.length > 0) {
    const lines = refused.map(({ row: number }) => JSON.stringify(rows[number - 1]?.body ?? null));
    writeFileSync(failedFile, `${lines.join("\n")}\n`, { mode: 0o600 });
    ctx.note(`The people that were refused are in ${failedFile}.`);
  }
  const done = skip + results.length;
  ctx.note(`${String(results.length - refused.length)} of ${String(rows.length - skip)} people were imported, ${String(refused.length)} ${refused.length === 1 ? "was" : "were"} refused.`);
  if (stop !== null) {
    const words = stop instanceof CliError ? stop.lines : [stop instanceof Error ? stop.message : String(stop)];
    throw new CliError(...words, `The import stopped after row ${String(done)}. Go on with: --skip ${String(done)}`, "Whoever went in meanwhile is refused as existing; nobody is imported twice.");
  }
  if (refused.length > 0) throw new CliError(refusedIn(refused));
}

function refusedIn(results: readonly RowResult[]): string {
  const count = results.filter(({ error }) => error !== null).length;
  return count === 1 ? "1 person was refused" : `${String(count)} people were refused`;
}

function wholeNumber(options: Options, name: string, min: number, max: number): number {
  const text = options.text(name) ?? "";
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw new CliError(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is a whole number from ${String(min)} to ${String(max)}.`);
  return number;
}
