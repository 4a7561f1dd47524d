import { DomainError } from "../model/errors";
import { parsePayload } from "../wire/payload";
import { emptyAnswer, jsonAnswer, redirectAnswer } from "./answer";
import { readBody } from "./body";
import { endedSessionCookie } from "./cookies";
import { flowRequest } from "./exchange";
import type { Exchange } from "./exchange";
import type { Endpoint } from "./handler";
import { wantsJson } from "./negotiate";
import { withNewCsrfSecret } from "./respond";

/* Signing out (contract 1.5). No level is asked: anybody half signed in may leave. */

/** `GET /self-service/logout/browser`: JSON on success, even for a page. */
export const createLogout: Endpoint = async (exchange) => {
  const returnTo = exchange.url.searchParams.get("return_to");
  return jsonAnswer(exchange, 200, await exchange.services.engine.logoutUrl(flowRequest(exchange, "browser"), returnTo));
};

/** `GET /self-service/logout?token=`: the token is what makes this GET deliberate. */
export const performLogout: Endpoint = async (exchange) => {
  const query = exchange.url.searchParams;
  const { returnTo } = await exchange.services.engine.logout(query.get("token"), query.get("return_to"), flowRequest(exchange, "browser"));
  exchange.setCookies.push(endedSessionCookie(exchange.project.config));
  const after = withNewCsrfSecret(exchange);
  const extra = clearSiteData(exchange);
  return wantsJson(exchange.headers) ? emptyAnswer(after, 204, extra) : redirectAnswer(after, returnTo, extra);
};

/** `DELETE /self-service/logout/api` with the native token in the body. */
export const performNativeLogout: Endpoint = async (exchange, request) => {
  const payload = parsePayload(exchange.headers.get("content-type"), await readBody(request));
  const token = payload["session_token"];
  if (typeof token !== "string" || token === "") throw new DomainError("bad_request", { reason: "The body needs a session_token." });
  await exchange.services.engine.logoutNative(token, flowRequest(exchange, "api"));
  return emptyAnswer(exchange, 204);
};

/** X18, where the project asks for it; browsers act on it over https alone. */
function clearSiteData({ project: { config } }: Exchange): Readonly<Record<string, string>> {
  return config.clearBrowserDataAtLogout && config.baseUrl.startsWith("https:") ? { "clear-site-data": '"cache", "storage"' } : {};
}
