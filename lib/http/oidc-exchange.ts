import { decideArea } from "../flows/decide";
import { takeExchange } from "../flows/exchange";
import { DomainError } from "../model/errors";
import { sessionToWire } from "../wire/session";
import { jsonAnswer } from "./answer";
import { flowRequest } from "./exchange";
import type { Endpoint } from "./handler";
import { findFlow } from "./oidc-dance";
import { renderFlow } from "./respond";

/**
 * `GET /sessions/token-exchange`: a native app fetches the session of the sign-in that it sent to a browser, with the code it began
 * with and the one that came back (contract 1.9). Once; 422 with the flow while nobody came back. The person is withheld while the
 * level of the session area is not met, as at a native sign-in.
 */
export const exchangeToken: Endpoint = async (exchange) => {
  const { services, handle, project, now } = exchange;
  const query = exchange.url.searchParams;
  const initCode = query.get("init_code");
  const returnCode = query.get("return_to_code");
  if (!initCode || !returnCode) throw new DomainError("bad_request", { reason: "Both init_code and return_to_code are needed." });
  const taken = await takeExchange(initCode, returnCode, flowRequest(exchange, "api"), services);
  if (taken.kind === "pending") {
    const flow = await findFlow(exchange, taken.flowId);
    if (flow === null) throw new DomainError("not_found");
    return jsonAnswer(exchange, 422, renderFlow(exchange, flow));
  }
  const view = taken.kind === "token" ? await services.readSession(handle, taken.token, project, now) : null;
  if (taken.kind === "unknown" || view === null) throw new DomainError("not_found");
  const allowed = decideArea(view.session, view.subject, { kind: "session" }, project, now).kind === "allow";
  return jsonAnswer(exchange, 200, {
    session_token: taken.token,
    session: sessionToWire(view.session, allowed ? view.identity : null, { baseUrl: project.config.baseUrl, now }),
  });
};
