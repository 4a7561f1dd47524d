import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import { deleteApiKey, issueApiKey, listApiKeys } from "../platform/api-keys";
import type { ApiKeyOwner } from "../platform/api-keys";
import { apiKeyToWire } from "../wire/workspace";
import { emptyAnswer, jsonAnswer } from "./answer";
import type { ConsoleCaller, ConsoleEndpoint } from "./api-key";
import { projectFor, readInstant, readObject, workspaceFor } from "./console-api";
import type { Exchange } from "./exchange";
import type { Method, Params } from "./handler";

/* Keys of projects and of workspaces: shown once, hashed at rest, listed by their last characters. */

type OwnerOf = (exchange: Exchange, caller: ConsoleCaller, params: Params) => Promise<ApiKeyOwner>;

const ofProject: OwnerOf = async (exchange, caller, params) => ({ projectId: (await projectFor(exchange, caller, params["project"], "change")).id });
const ofWorkspace: OwnerOf = async (exchange, caller, params) => ({ workspaceId: (await workspaceFor(exchange, caller, params["workspace"])).id });

/** `GET` and `POST` of `/projects/{project}/tokens` and `/workspaces/{workspace}/tokens`. */
function listAndCreate(ownerOf: OwnerOf): Readonly<Partial<Record<Method, ConsoleEndpoint>>> {
  return {
    async GET(exchange, caller, _request, params) {
      const keys = await listApiKeys(exchange.services.db.platform, await ownerOf(exchange, caller, params));
      return jsonAnswer(exchange, 200, keys.map((key) => apiKeyToWire(key)));
    },
    async POST(exchange, caller, request, params) {
      const owner = await ownerOf(exchange, caller, params);
      const body = await readObject(request);
      const name = typeof body["name"] === "string" ? body["name"] : "";
      const made = await issueApiKey(exchange.services.db.platform, owner, { name, expiresAt: readInstant(body["expires_at"], "expires_at") }, caller.by, exchange.now);
      return jsonAnswer(exchange, 201, apiKeyToWire(made.key, made.token));
    },
  };
}

/** `DELETE /…/tokens/{token}` */
function remove(ownerOf: OwnerOf): Readonly<Partial<Record<Method, ConsoleEndpoint>>> {
  return {
    async DELETE(exchange, caller, _request, params) {
      const owner = await ownerOf(exchange, caller, params);
      const id = params["token"] ?? "";
      if (!isUuid(id) || !(await deleteApiKey(exchange.services.db.platform, owner, id, caller.by, exchange.now))) throw new DomainError("not_found", { reason: "No key has this id." });
      return emptyAnswer(exchange, 204);
    },
  };
}

export const projectKeys = listAndCreate(ofProject);
export const projectKey = remove(ofProject);
export const workspaceKeys = listAndCreate(ofWorkspace);
export const workspaceKey = remove(ofWorkspace);
