import { isUuid } from "../model/ids";
import { DomainError } from "../model/errors";
import { schemaIdOf } from "../wire/identity";
import { rfc3339 } from "../wire/message";
import { pageHeaders, pageOf, readPage } from "../wire/pagination";
import { jsonAnswer, redirectAnswer } from "./answer";
import type { Endpoint } from "./handler";

/* What anybody may read: stored errors, identity schemas, where passwords are changed (contract 1.8, 1.11, 1.12). */

const SAMPLE = "stub:500";

/** `GET /self-service/errors?id=`: the bare error content, without the envelope's wrapper. */
export const readFlowError: Endpoint = async (exchange) => {
  const query = exchange.url.searchParams;
  const id = query.get("id") ?? query.get("error") ?? "";
  if (id === SAMPLE) {
    const at = rfc3339(exchange.now);
    const error = { code: 500, status: "Internal Server Error", reason: "This is a sample error.", message: "nothing went wrong" };
    return jsonAnswer(exchange, 200, { id: SAMPLE, error, created_at: at, updated_at: at });
  }
  const found = isUuid(id) ? await exchange.handle.findFlowError(id) : null;
  if (found === null) throw new DomainError("not_found");
  return jsonAnswer(exchange, 200, {
    id: found.id, error: found.error, created_at: rfc3339(found.createdAt), updated_at: rfc3339(found.updatedAt),
  });
};

/** `GET /schemas` */
export const listSchemas: Endpoint = async (exchange) => {
  const { schemas } = exchange.project.config;
  const page = readPage(exchange.url.searchParams);
  const shown = pageOf(schemas, page).map(({ id, schema }) => ({ id, schema }));
  return jsonAnswer(exchange, 200, shown, pageHeaders(exchange.url.href, page, schemas.length));
};

/** `GET /schemas/{id}`: by id, or by its base64url form as `schema_url` spells it. */
export const readSchema: Endpoint = async (exchange, _request, params) => {
  const segment = params["id"] ?? "";
  const { schemas } = exchange.project.config;
  const found = schemas.find(({ id }) => id === segment) ?? schemas.find(({ id }) => id === schemaIdOf(segment));
  if (found === undefined) throw new DomainError("not_found", { reason: "No identity schema has this id." });
  return jsonAnswer(exchange, 200, found.schema);
};

/** `GET /.well-known/change-password`: password managers are led to the settings page. */
export const changePassword: Endpoint = async (exchange) => redirectAnswer(exchange, exchange.project.config.flows.settings.uiUrl);
