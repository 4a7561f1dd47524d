import { uiUrl } from "../flows/urls";
import { DomainError } from "../model/errors";
import type { Flow, FlowKind } from "../model/flow";
import { isUuid } from "../model/ids";
import type { FlowId } from "../model/ids";
import { redirectAnswer } from "./answer";
import { isOwnNavigation } from "./csrf";
import { flowRequest, withCsrfSecret } from "./exchange";
import type { Exchange } from "./exchange";
import type { Endpoint, Params } from "./handler";
import { acceptsJson, wantsJson } from "./negotiate";
import { audienceOf, renderFlow, respondFlow, respondResult } from "./respond";
import { jsonAnswer } from "./answer";

/* Start, read and resume of the five flows (contract 1.2 to 1.4). The submit has its own file. */

const KINDS: readonly FlowKind[] = ["login", "registration", "settings", "recovery", "verification"];

/** The flow that a path names; throws `not_found` for any other segment. */
export function kindOf(params: Params): FlowKind {
  const kind = KINDS.find((known) => known === params["kind"]);
  if (kind === undefined) throw new DomainError("not_found");
  return kind;
}

/** `GET /self-service/<kind>/browser`: a page is led to the flow's screen, a script gets the flow. Only `Accept` decides. */
export const startBrowser: Endpoint = async (exchange, _request, params) => {
  const kind = kindOf(params);
  const browser = withCsrfSecret(exchange);
  const flow = await exchange.services.engine.start(kind, flowRequest(browser, "browser"));
  return respondFlow(browser, flow, acceptsJson(exchange.headers) ? "spa" : "html");
};

/** `GET /self-service/<kind>/api`: always JSON, no cookie. */
export const startNative: Endpoint = async (exchange, _request, params) => {
  const flow = await exchange.services.engine.start(kindOf(params), flowRequest(exchange, "api"));
  return respondFlow(exchange, flow, "api");
};

/** `GET /self-service/<kind>/flows?id=`: always JSON. */
export const fetchFlow: Endpoint = async (exchange, _request, params) => {
  const kind = kindOf(params);
  const id = exchange.url.searchParams.get("id");
  const flow = await exchange.services.engine.read(kind, id, flowRequest(exchange, "browser"));
  return jsonAnswer(exchange, 200, renderFlow(exchange, flow));
};

/**
 * `GET /self-service/<kind>?flow=`: settings come back here after re-authentication and go on with a parked change (contract
 * 4.8), which only our own pages may bring them to: another site's link shows the form and changes nothing. For every other
 * kind it is a link to the form.
 */
export const resumeFlow: Endpoint = async (exchange, _request, params) => {
  const kind = kindOf(params);
  const id = flowIdOf(exchange.url);
  if (kind === "settings") {
    const flow = await storedFlow(exchange, kind, id);
    if (!isOwnNavigation(exchange.headers, exchange.project.config)) {
      const shown = await exchange.services.engine.read(kind, flow.id, flowRequest(exchange, flow.type));
      return respondFlow(exchange, shown, audienceOf(shown, wantsJson(exchange.headers)));
    }
    const result = await exchange.services.engine.resume(flow.id, flowRequest(exchange, flow.type));
    return respondResult(exchange, result, audienceOf(flow, wantsJson(exchange.headers)));
  }
  const token = exchange.url.searchParams.get("token");
  if (kind === "recovery" && token !== null && token !== "") return openRecoveryLink(exchange, id, token);
  const flow = await exchange.services.engine.read(kind, id, flowRequest(exchange, "browser"));
  return redirectAnswer(exchange, uiUrl(exchange.project, kind, flow.id));
};

/** `GET /self-service/recovery?flow=&token=`: an admin's link (contract/admin.md 1.16). The page it leads to has the button that counts. */
async function openRecoveryLink(exchange: Exchange, id: string | null, token: string): Promise<Response> {
  const browser = withCsrfSecret(exchange);
  const flow = await browser.services.engine.openLink(id, token, flowRequest(browser, "browser"));
  return respondFlow(browser, flow, acceptsJson(exchange.headers) ? "spa" : "html");
}

/** The flow a submit names. Named twice it is an attempt to be read two ways (security.md T66): `bad_request`. */
export function flowIdOf(url: URL): string | null {
  const [id = null, second] = url.searchParams.getAll("flow");
  if (second !== undefined) throw new DomainError("bad_request", { reason: "The parameter flow is given twice." });
  return id;
}

/** The flow as stored, before anybody asked whose it is: for its type alone. Throws `flow_id_missing`, `flow_not_found`. */
export async function storedFlow(exchange: Exchange, kind: FlowKind, id: string | null): Promise<Flow> {
  if (id === null || id === "") throw new DomainError("flow_id_missing");
  // Contract 1.2: missing or not a uuid is 400.
  if (!isUuid(id)) throw new DomainError("flow_id_missing");
  const flow = await exchange.handle.findFlow(kind, id as FlowId);
  if (flow === null) throw new DomainError("flow_not_found");
  return flow;
}
