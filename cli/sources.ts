import { readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject, JsonValue } from "../lib/model/identity";
import { isDomainError } from "../lib/model/errors";
import type { Io } from "./io";
import { CliError } from "./errors";
import { isList, isMap } from "./jsonpath";
import { send } from "./transport";
import type { Send } from "./transport";

export interface SourceRules {
  readonly io: Pick<Io, "input" | "inputIsTerminal">;
  /** `--allow-remote-files`; `never`: this command has no such option. */
  readonly allowRemote: boolean | "never";
  readonly send?: Send;
}

const ENDINGS = [".yaml", ".yml", ".json"];
const REMOTE = /^https?:\/\//i;

/**
 * The documents of `--file` in their order; with none, standard input. A source is a path, `file://`, `base64://`, or, where that
 * is allowed, `http(s)://`. Files that a document names with `file://` are read and put into it as `base64://`: the server never
 * opens a file of the sender. Throws `CliError` that names the source.
 */
export async function readDocuments(sources: readonly string[], rules: SourceRules): Promise<readonly JsonObject[]> {
  if (sources.length > 0) return Promise.all(sources.map((source) => readDocument(source, rules)));
  if (rules.io.inputIsTerminal) throw new CliError("Name a file with --file, or hand one in on standard input.");
  return [await embed(await parse(await rules.io.input(), "standard input"), process.cwd(), rules, null)];
}

async function readDocument(source: string, rules: SourceRules): Promise<JsonObject> {
  const [, encoded] = /^base64:\/\/(.*)$/s.exec(source) ?? [];
  const path = pathOf(source);
  if (encoded === undefined) requireEnding(path === null ? new URL(source).pathname : path, source);
  const { bytes } = await readSource(source, process.cwd(), rules);
  const document = await parse(bytes.toString("utf8"), encoded === undefined ? source : "the base64:// text");
  return embed(document, path === null ? process.cwd() : dirname(path), rules, REMOTE.test(source) ? source : null);
}

/** The bytes behind a source, for documents and for what they embed. */
export async function readSource(source: string, folder: string, rules: SourceRules): Promise<{ readonly bytes: Buffer }> {
  const [, encoded] = /^base64:\/\/(.*)$/s.exec(source) ?? [];
  if (encoded !== undefined) return { bytes: Buffer.from(encoded, "base64") };
  if (REMOTE.test(source)) return { bytes: await download(source, rules) };
  const path = pathOf(source, folder) ?? source;
  try {
    return { bytes: readFileSync(path) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw new CliError(code === "ENOENT" ? `There is no file ${path}.` : `The file ${path} cannot be read${typeof code === "string" ? ` (${code})` : ""}.`);
  }
}

async function download(source: string, rules: SourceRules): Promise<Buffer> {
  if (rules.allowRemote === "never") throw new CliError(`${source} is not on this machine. Fetch it first, and name the file.`);
  if (!rules.allowRemote) throw new CliError(`${source} is not on this machine. What a server elsewhere says would become the configuration: allow it with --allow-remote-files.`);
  const answer = await (rules.send ?? send)({ method: "GET", url: new URL(source), headers: { accept: "*/*" }, body: null });
  if (answer.status !== 200) throw new CliError(`${source} answered with status ${String(answer.status)}.`);
  return Buffer.from(answer.text, "utf8");
}

/** Null for what is not in the file system. */
function pathOf(source: string, folder: string = process.cwd()): string | null {
  if (REMOTE.test(source) || source.startsWith("base64://")) return null;
  if (!source.startsWith("file://")) return resolve(folder, source);
  // file:///absolute as the standard has it; file://relative and file://./relative as people write it.
  return source.startsWith("file:///") ? fileURLToPath(source) : resolve(folder, decodeURIComponent(source.slice("file://".length)));
}

function requireEnding(path: string, source: string): void {
  const ending = extname(path).toLowerCase();
  if (!ENDINGS.includes(ending)) throw new CliError(`${source} must end in ${ENDINGS.join(", ")}.`);
}

/** One YAML or JSON document of plain data. Throws `CliError` that names the source and what is wrong with it. */
export async function parse(text: string, source: string): Promise<JsonObject> {
  // With the reader comes the schema of configurations, which is compiled when it is loaded: most commands never need it.
  const { parseYaml } = await import("../lib/config/yaml");
  try {
    return parseYaml(text);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const problems = error.details["problems"];
    const said = Array.isArray(problems) ? problems.map((problem: { readonly message?: unknown }) => String(problem.message)).join(" ") : "";
    throw new CliError(`${source} ${said === "" ? "cannot be read as YAML or JSON." : said}`);
  }
}

/** Key sets stay where they are: the server reads them from the folder that its operator allowed. */
const STAYS = /(?:^|\.)jwks_url$/;

/** `remote`: where the document came from, when that is not this machine; it may not name files of this machine. */
async function embed(document: JsonObject, folder: string, rules: SourceRules, remote: string | null): Promise<JsonObject> {
  const walk = async (value: JsonValue, path: string): Promise<JsonValue> => {
    if (typeof value === "string") return value.startsWith("file://") && !STAYS.test(path) ? toBase64(value) : value;
    if (isList(value)) return Promise.all(value.map((entry, index) => walk(entry, `${path}.${String(index)}`)));
    if (!isMap(value)) return value;
    return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, inner]) => [key, await walk(inner, path === "" ? key : `${path}.${key}`)] as const)));
  };
  const toBase64 = async (source: string): Promise<string> => {
    if (remote !== null) throw new CliError(`${remote} names ${source}, a file of this machine. What comes from elsewhere may not have files read: fetch it, look at it, and name the fetched file.`);
    return `base64://${(await readSource(source, folder, rules)).bytes.toString("base64")}`;
  };
  return await walk(document, "") as JsonObject;
}
