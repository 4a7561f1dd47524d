import { homedir } from "node:os";
import { join } from "node:path";
import { CliError } from "./errors";

export type EnvSource = Readonly<Record<string, string | undefined>>;

/** What the environment says about whom to talk to. Null: not said. */
export interface Settings {
  readonly workspace: string | null;
  readonly project: string | null;
  readonly workspaceKey: string | null;
  readonly projectKey: string | null;
  /** Where `rung use` remembers its selection. */
  readonly statePath: string;
  /** Origin of the console API; null: the installation on this machine. */
  readonly consoleApi: URL | null;
  /** Below it live the projects, as `SLUG.projects.HOST`; null: their own hosts, as the console API names them. */
  readonly projectsRoot: URL | null;
}

/**
 * Reads RUNG_… first, then the ORY_… names that the official tool reads; of project and workspace both spellings, with and without
 * `_ID`. Throws `CliError` for an address that is none.
 *
 * The console API answers on the console's own host, so RUNG_CONSOLE_URL is taken as it is; ORY_CONSOLE_URL means what it means
 * to the official tool, a root to which the label `api.` is added (contract/admin.md 3.2).
 */
export function readSettings(env: EnvSource, flags: { readonly config?: string | undefined } = {}): Settings {
  const first = (...names: readonly string[]): string | null => names.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== "") ?? null;
  const own = first("RUNG_CONSOLE_URL");
  const ory = first("ORY_CONSOLE_URL");
  const root = first("RUNG_ORYAPIS_URL", "ORY_ORYAPIS_URL");
  return {
    workspace: first("RUNG_WORKSPACE", "RUNG_WORKSPACE_ID", "ORY_WORKSPACE", "ORY_WORKSPACE_ID"),
    project: first("RUNG_PROJECT", "RUNG_PROJECT_ID", "ORY_PROJECT", "ORY_PROJECT_ID"),
    workspaceKey: first("RUNG_WORKSPACE_API_KEY", "ORY_WORKSPACE_API_KEY"),
    projectKey: first("RUNG_PROJECT_API_KEY", "ORY_PROJECT_API_KEY"),
    statePath: flags.config ?? first("RUNG_CONFIG_PATH", "ORY_CONFIG_PATH") ?? join(homedir(), ".rung-cli.json"),
    consoleApi: own !== null ? origin("RUNG_CONSOLE_URL", own) : ory !== null ? withApiLabel(origin("ORY_CONSOLE_URL", ory)) : null,
    projectsRoot: root === null ? null : origin("RUNG_ORYAPIS_URL", root),
  };
}

function origin(name: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "") {
    throw new CliError(`${name} is not an address such as https://console.id.example.com`);
  }
  return new URL(url.origin);
}

function withApiLabel(url: URL): URL {
  return new URL(`${url.protocol}//api.${url.host}`);
}
