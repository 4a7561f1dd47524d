import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { ProjectId, WorkspaceId } from "../model/ids";
import { createWorkspace, listWorkspaces, updateWorkspace } from "../platform/workspaces";
import { readPageSize } from "../wire/pagination";
import { workspaceToWire } from "../wire/workspace";
import { jsonAnswer } from "./answer";
import type { ConsoleEndpoint } from "./api-key";
import { maySee, readObject, requireWorkspaceKey, workspaceFor } from "./console-api";
import { metadataOf } from "./projects";

/* `WorkspaceApi` (contract/admin.md 2.2). Pages are told in the body: the token is the last id of the page before. */

const PAGE_SIZE = 250;
const MAX_PAGE_SIZE = 1_000;

/** `GET /workspaces`: the one of this key; with a key of the installation all of them. */
export const list: ConsoleEndpoint = async (exchange, caller) => {
  requireWorkspaceKey(caller);
  const { platform } = exchange.services.db;
  const query = exchange.url.searchParams;
  const limit = readPageSize(query, PAGE_SIZE, MAX_PAGE_SIZE);
  const after = readToken(query);
  if (caller.workspaceId !== null) {
    const row = after === null ? await platform.findWorkspace(caller.workspaceId) : null;
    return jsonAnswer(exchange, 200, { workspaces: row === null ? [] : [workspaceToWire(row)], has_next_page: false, next_page_token: "" });
  }
  if (after !== null && (await platform.findWorkspace(after as WorkspaceId)) === null) throw badToken();
  const rows = await listWorkspaces(platform, { limit: limit + 1, ...(after !== null && { after: after as WorkspaceId }) });
  const page = rows.slice(0, limit);
  const more = rows.length > limit;
  return jsonAnswer(exchange, 200, { workspaces: page.map(workspaceToWire), has_next_page: more, next_page_token: more ? page.at(-1)?.id ?? "" : "" });
};

/** `POST /workspaces`. The new workspace is opened by a key of its own, or by one of the installation. */
export const create: ConsoleEndpoint = async (exchange, caller, request) => {
  requireWorkspaceKey(caller);
  const body = await readObject(request);
  return jsonAnswer(exchange, 201, workspaceToWire(await createWorkspace(exchange.services.db.platform, { name: body["name"] }, caller.by, exchange.now)));
};

/** `GET /workspaces/{workspace}` */
export const get: ConsoleEndpoint = async (exchange, caller, _request, params) =>
  jsonAnswer(exchange, 200, workspaceToWire(await workspaceFor(exchange, caller, params["workspace"])));

/** `PUT /workspaces/{workspace}` */
export const update: ConsoleEndpoint = async (exchange, caller, request, params) => {
  const { id } = await workspaceFor(exchange, caller, params["workspace"]);
  const body = await readObject(request);
  const row = await updateWorkspace(exchange.services.db.platform, id, { name: body["name"], accessPolicy: body["access_policy"] }, caller.by, exchange.now);
  return jsonAnswer(exchange, 200, workspaceToWire(row));
};

/** `GET /workspaces/{workspace}/projects`. The client sends no parameters: without any, the first page is as long as one may be. */
export const listProjects: ConsoleEndpoint = async (exchange, caller, _request, params) => {
  const workspace = await workspaceFor(exchange, caller, params["workspace"]);
  const { platform } = exchange.services.db;
  const query = exchange.url.searchParams;
  const limit = readPageSize(query, MAX_PAGE_SIZE, MAX_PAGE_SIZE);
  const after = readToken(query);
  const last = after === null ? null : await platform.findProject(after as ProjectId);
  if (after !== null && last?.workspaceId !== workspace.id) throw badToken();
  const rows = await platform.pageProjects(workspace.id, { limit: limit + 1, ...(after !== null && { after: after as ProjectId }) });
  const page = rows.slice(0, limit);
  const more = rows.length > limit;
  const projects = await metadataOf(exchange, page.filter((row) => maySee(caller, row)), workspaceToWire(workspace));
  return jsonAnswer(exchange, 200, { projects, has_next_page: more, next_page: more ? page.at(-1)?.id ?? "" : "" });
};

function readToken(query: URLSearchParams): string | null {
  const token = query.get("page_token") ?? "";
  if (token !== "" && !isUuid(token)) throw badToken();
  return token === "" ? null : token;
}

function badToken(): DomainError {
  return new DomainError("bad_request", { reason: "The page token is invalid: take it from the page before, and do not make one by hand." });
}
