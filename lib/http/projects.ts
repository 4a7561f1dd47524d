import type { ConfigWarning } from "../config/effects";
import { isJsonObject } from "../config/schema";
import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { WorkspaceId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { changeIdentityConfig, readIdentityConfig } from "../platform/identity-config";
import type { ConfigWanted } from "../platform/identity-config";
import { hostsOfProject, projectChange, purgeProject, startProject } from "../platform/project-life";
import type { ProjectChange } from "../platform/project-life";
import { revisionId } from "../platform/revision-id";
import { projectMetadataToWire, projectToWire } from "../wire/project";
import { emptyAnswer, jsonAnswer } from "./answer";
import type { ConsoleCaller, ConsoleEndpoint } from "./api-key";
import { maySee, mayUse, projectFor, readJsonValue, readObject, requireWorkspaceKey } from "./console-api";
import type { Exchange } from "./exchange";
import { patchProject } from "./project-patch";

/* `ProjectApi`: projects themselves (contract/admin.md 2.2). */

/** A list without pages; nobody has more. */
const ALL = 10_000;

/** `GET /projects`: those this key may see, as a bare list. */
export const listProjects: ConsoleEndpoint = async (exchange, caller) => {
  const { platform } = exchange.services.db;
  const own = caller.projectId === null ? null : await platform.findProject(caller.projectId);
  const rows = caller.projectId === null ? await platform.pageProjects(caller.workspaceId, { limit: ALL }) : [own].filter((row) => row !== null);
  return jsonAnswer(exchange, 200, await metadataOf(exchange, rows.filter((row) => maySee(caller, row))));
};

/** `POST /projects` */
export const createProject: ConsoleEndpoint = async (exchange, caller, request) => {
  requireWorkspaceKey(caller);
  const body = await readObject(request);
  const workspaceId = body["workspace_id"] ?? caller.workspaceId ?? DEFAULT_WORKSPACE_ID;
  if (typeof workspaceId !== "string" || !mayUse(caller, workspaceId)) throw new DomainError("not_found");
  if (body["environment"] === undefined) throw new DomainError("bad_request", { reason: "environment is missing; it is prod, stage or dev." });
  const { services, now } = exchange;
  const row = await startProject({
    platform: services.db.platform, hosts: services.env, workspaceId: workspaceId as WorkspaceId, name: body["name"], environment: body["environment"],
    homeRegion: body["home_region"], author: authorOf(caller), by: caller.by, now,
  });
  services.resolver.forgetHosts();
  return jsonAnswer(exchange, 201, await wireOf(exchange, caller, row));
};

/** `GET /projects/{project}` */
export const getProject: ConsoleEndpoint = async (exchange, caller, _request, params) =>
  jsonAnswer(exchange, 200, await wireOf(exchange, caller, await projectFor(exchange, caller, params["project"], "read")));

/** `PUT /projects/{project}`: everything at once; a key that `services.identity.config` leaves out returns to its default. */
export const setProject: ConsoleEndpoint = async (exchange, caller, request, params) => {
  const row = await projectFor(exchange, caller, params["project"], "change");
  const body = await readObject(request);
  for (const name of ["name", "services", "cors_admin", "cors_public", "organizations"]) {
    if (body[name] === undefined) throw new DomainError("bad_request", { reason: `${name} is missing; a whole project is name, services, cors_admin, cors_public and organizations.` });
  }
  if (!Array.isArray(body["organizations"]) || body["organizations"].length > 0) throw new DomainError("feature_not_available", { reason: "This server has no organizations; the list must be empty." });
  const config = configIn(body["services"]);
  const rung = body["rung"];
  const attributes = {
    name: body["name"], corsAdmin: body["cors_admin"], corsPublic: body["cors_public"],
    ...(isJsonObject(rung) && rung["hosts"] !== undefined && { hosts: rung["hosts"] }),
  };
  return save(exchange, caller, row, {
    change: async (current) => ({ config, also: await changeOf(exchange, current.row, attributes) }),
  });
};

/** `PATCH /projects/{project}`: whoever writes last wins. */
export const patch: ConsoleEndpoint = async (exchange, caller, request, params) => {
  const row = await projectFor(exchange, caller, params["project"], "change");
  return patchWith(exchange, caller, row, await readJsonValue(request));
};

/** `PATCH /projects/{project}/revision/{revision}`: 409 unless that revision is the one in force. */
export const patchWithRevision: ConsoleEndpoint = async (exchange, caller, request, params) => {
  const row = await projectFor(exchange, caller, params["project"], "change");
  const operations = await readJsonValue(request);
  if (params["revision"] !== revisionId(row.id, row.currentRevision)) throw new DomainError("revision_conflict", { current: revisionId(row.id, row.currentRevision), expected: params["revision"] });
  return patchWith(exchange, caller, row, operations, row.currentRevision);
};

/** `DELETE /projects/{project}`: for good. */
export const purge: ConsoleEndpoint = async (exchange, caller, _request, params) => {
  const row = await projectFor(exchange, caller, params["project"], "change");
  await purgeProject(exchange.services.db.platform, row, caller.by, exchange.now);
  exchange.services.resolver.forgetHosts();
  return emptyAnswer(exchange, 204);
};

/** Rows as lists show them. */
export async function metadataOf({ services }: Exchange, rows: readonly ProjectRow[], workspace: JsonObject | null = null): Promise<readonly JsonObject[]> {
  const own = await services.db.platform.hostsOf(rows.map(({ id }) => id));
  return rows.map((row) => projectMetadataToWire(row, [new URL(services.resolver.baseUrlOf(row)).host, ...(own.get(row.id) ?? [])], workspace));
}

async function patchWith(exchange: Exchange, caller: ConsoleCaller, row: ProjectRow, operations: unknown, expected?: number): Promise<Response> {
  const ignored: ConfigWarning[] = [];
  return save(exchange, caller, row, {
    ...(expected !== undefined && { expected }),
    async change(current) {
      const hosts = await hostsOfProject(exchange.services.db.platform, current.row);
      const shown = projectToWire(current.row, { revisionId: revisionId(current.row.id, current.row.currentRevision), hosts, config: null });
      const patched = patchProject(shown, current.config, operations);
      ignored.splice(0, ignored.length, ...patched.warnings);
      return { config: patched.config, touched: patched.touched, also: await changeOf(exchange, current.row, patched.attributes) };
    },
  }, ignored);
}

async function save(
  exchange: Exchange, caller: ConsoleCaller, row: ProjectRow, wanted: Pick<ConfigWanted, "change" | "expected">, ignored: readonly ConfigWarning[] = [],
): Promise<Response> {
  const { services, now } = exchange;
  const saved = await changeIdentityConfig({
    platform: services.db.platform, row, baseUrl: services.resolver.baseUrlOf(row), author: authorOf(caller), ipAddress: caller.by.ipAddress ?? null, now, ...wanted,
  });
  services.resolver.forgetHosts();
  const current = await services.db.platform.findProject(row.id);
  if (current === null) throw new DomainError("not_found");
  const warnings = [...ignored, ...saved.warnings].map(({ code, message }) => ({ code, message }));
  return jsonAnswer(exchange, 200, { project: await wireOf(exchange, caller, current), warnings });
}

async function changeOf({ services }: Exchange, row: ProjectRow, attributes: Parameters<typeof projectChange>[2]): Promise<ProjectChange | null> {
  if (Object.keys(attributes).length === 0) return null;
  return projectChange(row, { hosts: await hostsOfProject(services.db.platform, row) }, attributes, services.env);
}

/** The identity-config, with its secrets, is for keys of the workspace (contract/admin.md 2.1). */
async function wireOf({ services }: Exchange, caller: ConsoleCaller, row: ProjectRow): Promise<JsonObject> {
  const { platform } = services.db;
  const { row: current, config } = await readIdentityConfig(platform, row, services.resolver.baseUrlOf(row));
  const facts = { revisionId: revisionId(current.id, current.currentRevision), hosts: await hostsOfProject(platform, current) };
  return projectToWire(current, { ...facts, config: caller.projectId === null ? config : null });
}

function configIn(services: unknown): JsonObject | null {
  if (!isJsonObject(services)) throw new DomainError("bad_request", { reason: "services must be a JSON object." });
  const identity = services["identity"];
  if (identity === undefined) return null;
  const config = isJsonObject(identity) ? identity["config"] : undefined;
  if (!isJsonObject(config)) throw new DomainError("bad_request", { reason: "services.identity.config must be a JSON object." });
  return config;
}

function authorOf(caller: ConsoleCaller) {
  return { kind: "admin", id: null, label: caller.by.actor.label ?? "api key" } as const;
}
