import { DomainError } from "../model/errors";
import { emptyAnswer } from "./answer";
import { withApiKey } from "./api-key";
import type { Endpoint } from "./handler";

/*
 * Addresses of two servers on one port (contract/admin.md 1.1). What the admin server adds, and what one server sends to the other, is a
 * 307 here: the method, the body and the key go with it.
 */

/** `/identities…`, `/courier/…`, `/recovery/code`, `/recovery/link` → the same below `/admin`. */
export const toAdmin: Endpoint = async (exchange) => moved(exchange, `/admin${ownPath(exchange.url)}${exchange.url.search}`);

/** `GET /admin/sessions/whoami` → `/sessions/whoami` */
export const toWhoami: Endpoint = async (exchange) => moved(exchange, `/sessions/whoami${exchange.url.search}`);

/** `POST /admin/test-login-flows`: not offered, and said so. */
export const noTestLogin = withApiKey(async () => {
  throw new DomainError("not_found", { reason: "Dry runs of an identity provider are not offered. Sign in with the provider in a project of its own instead." });
});

function moved(exchange: Parameters<Endpoint>[0], path: string): Response {
  return emptyAnswer(exchange, 307, { location: path });
}

/** Without doubled slashes: a path that began with two would name another host. */
function ownPath(url: URL): string {
  return `/${url.pathname.replace(/^\/+/, "")}`;
}
