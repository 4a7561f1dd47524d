import type { AccountSnapshot } from "../identities/admin-context";
import { adminIdentity, patchByAdmin } from "../identities/admin-patch";
import { createByAdmin } from "../identities/admin-create";
import { removeCredential as remove, removeIdentity } from "../identities/admin-remove";
import { replaceByAdmin } from "../identities/admin-update";
import { credentialsView } from "../identities/credential-view";
import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { isUuid } from "../model/ids";
import { readIdentityBody } from "../wire/identity-body";
import { readIncluded } from "../wire/identity-query";
import { emptyAnswer, jsonAnswer } from "./answer";
import { withApiKey } from "./api-key";
import { readJson } from "./body";
import type { Exchange } from "./exchange";
import { contextOf } from "./people-context";

/* One person of the project, for whoever holds a key of it (contract/admin.md 1.6 to 1.9, 1.13). */

/** `GET /admin/identities/{id}` */
export const read = withApiKey(async (exchange, _caller, _request, params) => {
  const included = readIncluded(exchange.url.searchParams);
  return jsonAnswer(exchange, 200, accountToWire(await exchange.handle.findAccount(idOf(params)) ?? unknown(), included, exchange));
});

/** `GET /admin/identities/by/external/{external}` */
export const readByExternalId = withApiKey(async (exchange) => {
  const included = readIncluded(exchange.url.searchParams);
  const externalId = lastSegment(exchange.url);
  return jsonAnswer(exchange, 200, accountToWire(await exchange.handle.findAccountByExternalId(externalId) ?? unknown(), included, exchange));
});

/** `POST /admin/identities`: 201, with where the person is found from now on. */
export const create = withApiKey(async (exchange, caller, request) => {
  const input = readIdentityBody(await readJson(request), "strict");
  const account = await createByAdmin(input, contextOf(exchange, caller));
  const location = `${exchange.project.config.baseUrl.replace(/\/+$/, "")}/admin/identities/${account.identity.id}`;
  return jsonAnswer(exchange, 201, accountToWire(account, [], exchange), { location });
});

/** `PUT /admin/identities/{id}` */
export const replace = withApiKey(async (exchange, caller, request, params) => {
  const id = idOf(params);
  const input = readIdentityBody(await readJson(request), "lenient");
  return jsonAnswer(exchange, 200, accountToWire(await replaceByAdmin(id, input, contextOf(exchange, caller)) ?? unknown(), [], exchange));
});

/** `PATCH /admin/identities/{id}` */
export const patch = withApiKey(async (exchange, caller, request, params) => {
  const id = idOf(params);
  const operations = await readJson(request);
  return jsonAnswer(exchange, 200, accountToWire(await patchByAdmin(id, operations, contextOf(exchange, caller)) ?? unknown(), [], exchange));
});

/** `DELETE /admin/identities/{id}` */
export const removePerson = withApiKey(async (exchange, caller, _request, params) => {
  if (!await removeIdentity(idOf(params), contextOf(exchange, caller))) unknown();
  return emptyAnswer(exchange, 204);
});

/** `DELETE /admin/identities/{id}/credentials/{type}?identifier=` */
export const removeCredential = withApiKey(async (exchange, caller, _request, params) => {
  const identifier = exchange.url.searchParams.get("identifier");
  await remove(idOf(params), params["type"] ?? "", { identifier }, contextOf(exchange, caller));
  return emptyAnswer(exchange, 204);
});

/** A person with credentials, and the configuration of those that were asked for. */
export function accountToWire(account: AccountSnapshot, included: readonly string[], { project, services }: Pick<Exchange, "project" | "services">): JsonObject {
  return { ...adminIdentity(account, { project }), credentials: credentialsView({ ...account, project, keys: services.keys, secrets: included }) };
}

/** An id that is no uuid is as unknown as one nobody has (contract/admin.md 1.3). */
function idOf(params: Readonly<Record<string, string>>): IdentityId {
  const id = params["id"] ?? "";
  return isUuid(id) ? id as IdentityId : unknown();
}

function unknown(): never {
  throw new DomainError("not_found", { reason: "No identity has this id." });
}

/** As it was sent: a framework may have decoded it once or not at all. */
function lastSegment(url: URL): string {
  const segment = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
