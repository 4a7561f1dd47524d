import { projectTemplate } from "../../lib/config/defaults";
import { parseProjectConfig } from "../../lib/config/parse";
import { hashToken, newProjectKey } from "../../lib/crypto/token";
import { isDomainError } from "../../lib/model/errors";
import type { JsonObject, JsonValue } from "../../lib/model/identity";
import { createProject } from "../../lib/platform/projects";
import { getServices } from "../../lib/services";
import type { MadeProject, TestProject } from "./projects";

/*
 * Runs as a process of its own beside the black-box tests (./projects.ts), before a server starts or beside none: reads what is
 * wanted as JSON from standard input, makes the projects as an operator would, and writes what became of each as its last line.
 */
interface Order {
  /** `check`: only says what is wrong with each; opens no database. */
  readonly what: "check" | "make";
  readonly projects: readonly TestProject[];
}

const order = JSON.parse(await text(process.stdin)) as Order;
const answer = order.what === "check" ? order.projects.map(check) : await make(order.projects);
process.stdout.write(`\n${JSON.stringify(answer)}\n`);

function check({ slug, document }: TestProject): MadeProject {
  const place = { baseUrl: `http://${slug}.localhost:4000`, projectKey: newProjectKey(), name: slug };
  try {
    parseProjectConfig(completed(document), 1, place);
    return { slug, problems: [] };
  } catch (error) {
    return { slug, problems: problemsOf(error) };
  }
}

async function make(projects: readonly TestProject[]): Promise<readonly MadeProject[]> {
  const services = await getServices();
  const made: MadeProject[] = [];
  try {
    const [workspace] = await services.db.platform.listWorkspaces();
    if (workspace === undefined) throw new Error("there is no workspace to put projects in");
    for (const { slug, document, apiKey } of projects) {
      try {
        const row = await createProject({
          platform: services.db.platform, hosts: services.env, workspaceId: workspace.id, slug, name: slug, document: completed(document),
          author: { kind: "cli", id: null, label: "tests" }, now: services.clock.now(),
        });
        if (apiKey !== undefined) {
          await services.db.platform.insertApiKey({
            projectId: row.id, workspaceId: null, name: "tests", tokenHash: hashToken(apiKey), hint: apiKey.slice(-4), expiresAt: null, at: services.clock.now(),
          });
        }
        made.push({ slug, problems: [] });
      } catch (error) {
        made.push({ slug, problems: problemsOf(error) });
      }
    }
    return made;
  } finally {
    await services.close();
  }
}

function problemsOf(error: unknown): readonly string[] {
  if (!isDomainError(error)) throw error;
  const { problems } = error.details as { readonly problems?: readonly { readonly path?: string; readonly message: string }[] };
  return problems?.map(({ path, message }) => `${path ?? ""}: ${message}`) ?? [error.code];
}

/** The document of a new project with these changes; a list or a plain value replaces what stood there. */
function completed(changes: JsonObject): JsonObject {
  return merged(projectTemplate("app"), changes) as JsonObject;
}
function merged(base: JsonValue | undefined, change: JsonValue): JsonValue {
  if (!isObject(base) || !isObject(change)) return change;
  return { ...base, ...Object.fromEntries(Object.entries(change).map(([key, value]) => [key, merged(base[key], value)])) };
}
function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}
