import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MAKER = join(ROOT, "dist", "dev", "make-projects.js");

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonDocument = { readonly [key: string]: Json };

/** A project of a test, beside the seeded ones; it answers on `<slug>.localhost`. */
export interface TestProject {
  readonly slug: string;
  /** Changes to the document of a new project (Ory's key names): objects are merged, everything else is replaced. */
  readonly document: JsonDocument;
  /** A key of its admin API, `ory_pat_` and 32 letters or digits: the test chooses it, so that nobody has to hand it over. */
  readonly apiKey?: string;
}
export interface MadeProject {
  readonly slug: string;
  /** Why the configuration was refused, one sentence each; empty when it was not. */
  readonly problems: readonly string[];
}

/** Once before all tests: the program that makes projects, bundled as every other command is. */
export async function bundleMaker(): Promise<void> {
  await build({
    absWorkingDir: ROOT, entryPoints: { "dev/make-projects": "e2e/kit/make-projects.ts" }, outdir: "dist", bundle: true, platform: "node", format: "esm",
    target: "node20", packages: "external", logLevel: "warning", legalComments: "none",
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
}

/** Adds projects to an installation whose server is not running. Throws when a configuration is refused. */
export async function makeProjects(projects: readonly TestProject[], env: NodeJS.ProcessEnv): Promise<void> {
  const made = await runMaker({ what: "make", projects }, env);
  const refused = made.filter(({ problems }) => problems.length > 0);
  if (refused.length > 0) throw new Error(refused.map(({ slug, problems }) => `${slug}: ${problems.join("; ")}`).join("\n"));
}

/** What a configuration is refused for; empty when it is not. */
export async function problemsOf(document: JsonDocument): Promise<readonly string[]> {
  const [checked] = await runMaker({ what: "check", projects: [{ slug: "checked", document }] }, process.env);
  return checked?.problems ?? [];
}

async function runMaker(order: { readonly what: "check" | "make"; readonly projects: readonly TestProject[] }, env: NodeJS.ProcessEnv): Promise<readonly MadeProject[]> {
  const child = spawn(process.execPath, [MAKER], { cwd: ROOT, env: { ...env, RUNG_LOG_LEVEL: "silent" }, stdio: ["pipe", "pipe", "pipe"] });
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  const over = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  child.stdin.end(JSON.stringify(order));
  const code = await over;
  if (code !== 0) throw new Error(`projects could not be made:\n${Buffer.concat(errors).toString("utf8").slice(-2_000)}`);
  return JSON.parse(Buffer.concat(out).toString("utf8").trim().split("\n").at(-1) ?? "") as readonly MadeProject[];
}
