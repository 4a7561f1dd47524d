import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import { isUuid } from "../model/ids";
import type { ProjectId, WorkspaceId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import { parseInstant } from "../model/time";
import { consoleApiHost } from "../platform/place";
import type { WorkspaceRow } from "../platform/workspaces";
import { isStorable } from "../platform/text";
import { withConsoleKey } from "./api-key";
import type { ConsoleCaller, ConsoleEndpoint } from "./api-key";
import { readBody, requirePlain } from "./body";
import type { Exchange } from "./exchange";
import { METHODS, route } from "./handler";
import type { Method, RouteHandler } from "./handler";
import { runningServices } from "./running";

/* What all endpoints of the console API share (contract/admin.md 2). */

const BODY_LIMIT_BYTES = 5 * 1024 * 1024;

/**
 * The handler of a path of the console API. It answers on the console's host and on `api.` in front of it, which is the console
 * project by another name for these paths alone.
 */
export function consoleRoute(endpoints: Readonly<Partial<Record<Method, ConsoleEndpoint>>>): RouteHandler {
  const named = METHODS.flatMap((method) => {
    const endpoint = endpoints[method];
    return endpoint === undefined ? [] : [[method, withConsoleKey(endpoint)] as const];
  });
  const handler = route(Object.fromEntries(named), { errors: "always" });
  return async (request, context) => handler(await onConsoleHost(request), context);
}

async function onConsoleHost(request: Request): Promise<Request> {
  const env = await runningServices().then((services) => services.env, () => null);
  if (env === null || request.headers.get("host")?.toLowerCase() !== consoleApiHost(env)) return request;
  const headers = new Headers(request.headers);
  headers.set("host", env.consoleUrl.host);
  return new Request(request, { headers });
}

/** The body as a JSON object. Throws `bad_request`, `payload_too_large`. */
export async function readObject(request: Request): Promise<JsonObject> {
  const value = await readJsonValue(request);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new DomainError("bad_request", { reason: "The body must be a JSON object." });
  return value as JsonObject;
}

/** The body as JSON, 5 MB at most, not nested deeper than 64 levels. Throws `bad_request`, `payload_too_large`. */
export async function readJsonValue(request: Request): Promise<unknown> {
  const text = await readBody(request, BODY_LIMIT_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DomainError("bad_request", { reason: "The body is not valid JSON." }, { cause });
  }
  requirePlain(value);
  return value;
}

/** An instant, or null for one that is not given. Throws `bad_request`. */
export function readInstant(value: unknown, name: string): Date | null {
  if (value === undefined || value === null || value === "") return null;
  const at = typeof value === "string" ? parseInstant(value) : null;
  if (at === null) throw new DomainError("bad_request", { reason: `${name} must be an instant of the years 1 to 9999, such as "2027-01-01T00:00:00Z".` });
  return at;
}

/**
 * The project that a path names, by id or short name, when this key may see it: a project key its own, a workspace key those of
 * its workspace. The console project is only seen with a key of the installation: whoever changes it decides who administers.
 * Throws `not_found` for everything else; `forbidden` for a `change` with a key that may only look.
 */
export async function projectFor({ services }: Exchange, caller: ConsoleCaller, name: string | undefined, to: "read" | "change"): Promise<ProjectRow> {
  const { platform } = services.db;
  const row = name === undefined || !isStorable(name) ? null : isUuid(name) ? await platform.findProject(name as ProjectId) : await platform.findProjectBySlug(name);
  if (row === null || !maySee(caller, row)) throw new DomainError("not_found");
  if (to === "change") requireWorkspaceKey(caller);
  return row;
}

export function maySee({ projectId, workspaceId }: ConsoleCaller, row: ProjectRow): boolean {
  if (projectId !== null) return row.id === projectId;
  if (workspaceId !== null) return row.workspaceId === workspaceId && row.kind === "app";
  return true;
}

/** The workspace that a path names, when this key is of it. Throws `not_found`; `forbidden` for a project's key, wherever it knocks. */
export async function workspaceFor({ services }: Exchange, caller: ConsoleCaller, id: string | undefined): Promise<WorkspaceRow> {
  requireWorkspaceKey(caller);
  const row = id === undefined || !mayUse(caller, id) ? null : await services.db.platform.findWorkspace(id as WorkspaceId);
  if (row === null) throw new DomainError("not_found");
  return row;
}

export function mayUse({ workspaceId }: ConsoleCaller, id: string): boolean {
  return workspaceId === null || workspaceId === id;
}

/** Throws `forbidden` for a project's key: it opens the people of its project, and may look at its own project here. */
export function requireWorkspaceKey({ projectId }: ConsoleCaller): void {
  if (projectId !== null) throw new DomainError("forbidden", { reason: "A key of a project may only read its own project here. This needs a key of the workspace." });
}
