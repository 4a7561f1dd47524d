import { createApi, textOf } from "./api";
import type { Api } from "./api";
import { CliError } from "./errors";
import { askServer, localEnv, withServices } from "./local";
import type { Settings } from "./settings";
import type { Connect, Send } from "./transport";

/** How the commands get at the two APIs: by the keys of the environment, or by short-lived ones of the installation on this machine. */
export interface Access {
  /** `workspace`, `project`: which keys the environment holds; `local`: none. */
  readonly by: "workspace" | "project" | "local";
  console(): Promise<Api>;
  /** `/admin` of a project. */
  project(project: ProjectPlace): Promise<Api>;
  /** Ends the keys that were made for this command. */
  close(): Promise<void>;
}

/** A project as the console API lists it. */
export interface ProjectPlace {
  readonly id: string;
  readonly slug: string;
  readonly hosts: readonly string[];
}

export interface AccessParts {
  readonly settings: Settings;
  /** Hears what a person should know and no program reads. */
  note(line: string): void;
  readonly send?: Send;
}

/** How long a key that is made for one command lives, should the command not live to end it. */
const KEY_TTL_MS = 15 * 60_000;

export function createAccess(parts: AccessParts): Access {
  const { workspaceKey, projectKey } = parts.settings;
  return workspaceKey !== null || projectKey !== null ? byKeys(parts, workspaceKey, projectKey) : local(parts.send);
}

function byKeys({ settings, send, note }: AccessParts, workspaceKey: string | null, projectKey: string | null): Access {
  const origin = settings.consoleApi ?? localEnv().consoleUrl;
  if (origin.protocol === "http:" && !isHere(origin)) note(`The key travels unencrypted to ${origin.host}.`);
  const options = send === undefined ? {} : { send };
  const consoleApi = createApi({ origin, key: workspaceKey ?? projectKey ?? "", ...options });
  const ends: (() => Promise<unknown>)[] = [];
  const temporary = once(async ({ id }: ProjectPlace): Promise<string> => {
    const made = await consoleApi.call("POST", `/projects/${encodeURIComponent(id)}/tokens`, {
      name: "rung command line, temporary", expires_at: new Date(Date.now() + KEY_TTL_MS).toISOString(),
    });
    ends.push(() => consoleApi.call("DELETE", `/projects/${encodeURIComponent(id)}/tokens/${encodeURIComponent(textOf(made, "id") ?? "")}`));
    return textOf(made, "value") ?? "";
  });
  return {
    by: workspaceKey !== null ? "workspace" : "project",
    console: async () => consoleApi,
    async project(place) {
      // A workspace key opens nobody's people: it makes a project key for as long as the command takes.
      const key = projectKey ?? await temporary(place);
      return createApi({ origin: originOf(place, origin, settings.projectsRoot), key, ...options });
    },
    close: async () => {
      await Promise.allSettled(ends.map((end) => end()));
    },
  };
}

function originOf({ hosts: [host], slug }: ProjectPlace, consoleOrigin: URL, root: URL | null): URL {
  if (root !== null) return new URL(`${root.protocol}//${slug}.projects.${root.host}`);
  if (host === undefined) throw new CliError(`The console API names no host of the project ${slug}. Set RUNG_ORYAPIS_URL.`);
  return new URL(/^https?:\/\//.test(host) ? host : `${consoleOrigin.protocol}//${host}`);
}

interface LocalKey {
  readonly id: string;
  readonly token: string;
  readonly origin: string;
  readonly connect: Connect | null;
}

/** Nobody gave a key: whoever may open the control socket, or the database, gets one of 15 minutes. */
function local(send?: Send): Access {
  const made: string[] = [];
  const mint = async (...scope: readonly string[]): Promise<LocalKey> => {
    const key = await runLocally("local-key", scope);
    made.push(key.id);
    return key;
  };
  const open = async (...scope: readonly string[]): Promise<Api> => {
    const { origin, token, connect } = await mint(...scope);
    return createApi({ origin: new URL(origin), key: token, connect, ...(send === undefined ? {} : { send }) });
  };
  return {
    by: "local",
    console: once(() => open("installation")),
    project: once(({ id }: ProjectPlace) => open("project", id)),
    async close() {
      await Promise.allSettled(made.map((id) => endLocally(id)));
    },
  };
}

async function runLocally(command: string, args: readonly string[]): Promise<LocalKey> {
  const env = localEnv();
  // With a database server there is no socket here; what one answers would be about another installation.
  if (env.databaseUrl !== null) return withServices(async (commands) => keyOf(await commands[command]?.(args, () => undefined), false));
  const answered = await askServer(command, args);
  if (answered === null) {
    throw new CliError(
      `No server runs here (data: ${env.dataDir}). Start it with: npm start`,
      "For a server elsewhere set RUNG_CONSOLE_URL and RUNG_WORKSPACE_API_KEY (or RUNG_PROJECT_API_KEY).",
    );
  }
  return keyOf(answered.result, true);
}

async function endLocally(id: string): Promise<void> {
  if (localEnv().databaseUrl !== null) await withServices(async (commands) => commands["local-key-end"]?.([id], () => undefined));
  else await askServer("local-key-end", [id]);
}

function keyOf(result: unknown, sameMachine: boolean): LocalKey {
  const listen = typeof result === "object" && result !== null ? Reflect.get(result, "listen") as unknown : undefined;
  const [id, token, origin, host] = [textOf(result, "id"), textOf(result, "token"), textOf(result, "origin"), textOf(listen, "host")];
  const port: unknown = typeof listen === "object" && listen !== null ? Reflect.get(listen, "port") : undefined;
  if (id === null || token === null || origin === null) throw new CliError("The running server is of another version. Restart it.");
  return { id, token, origin, connect: sameMachine && host !== null && typeof port === "number" ? { host: reachable(host), port } : null };
}

/** An address to connect to, for one to listen on. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

function isHere({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^127\.|^\[::1\]$/.test(hostname);
}

/** Made once for each first argument's id, and again after a failure. */
function once<T>(make: () => Promise<T>): () => Promise<T>;
function once<A extends { readonly id: string }, T>(make: (of: A) => Promise<T>): (of: A) => Promise<T>;
function once<A extends { readonly id: string }, T>(make: (of: A) => Promise<T>): (of: A) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (of) => {
    const name = (of as A | undefined)?.id ?? "";
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make(of);
    known.set(name, made);
    made.catch(() => known.delete(name));
    return made;
  };
}

