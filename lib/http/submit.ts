import { safeReturnTo } from "../flows/urls";
import { DomainError, isDomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { atLeast } from "../policy/aal";
import { toWireError } from "../wire/error";
import { say } from "../wire/message";
import { parsePayload } from "../wire/payload";
import { jsonAnswer, redirectAnswer } from "./answer";
import { readBody } from "./body";
import { nativeRefusal, requireCsrf, requireOwnOrigin } from "./csrf";
import { respondError } from "./error-response";
import { flowRequest } from "./exchange";
import type { Exchange } from "./exchange";
import type { Endpoint } from "./handler";
import { wantsJson } from "./negotiate";
import { withPrompt } from "./prompt";
import { audienceOf, renderFlow, respondResult } from "./respond";
import type { Audience } from "./respond";
import { flowIdOf, kindOf, storedFlow } from "./self-service";

/**
 * `POST /self-service/<kind>?flow=`.
 *
 * Order: 1 the flow exists, which tells page, script and app apart · 2 it comes from our own pages (browser) or from no browser
 *        at all (native) · 3 the body, at most 64 KB · 4 nobody is signed in already · 5 the form's token (browser) · 6 the engine.
 *
 * Inside a submit a 400 is not an envelope but the flow itself (contract 3.4). Before step 5 is through nothing is written to
 * the flow: a page whose form could not be read sees the error page instead.
 */
export const submitFlow: Endpoint = async (exchange, request, params) => {
  const kind = kindOf(params);
  const flow = await storedFlow(exchange, kind, flowIdOf(exchange.url));
  const audience = audienceOf(flow, wantsJson(exchange.headers));
  const { services, requestId } = exchange;
  let verified = false;
  try {
    requireOwnPlace(exchange, flow);
    const body = await readBody(request);
    const settled = alreadySignedIn(exchange, flow, audience);
    if (settled !== null) return settled;
    const payload = parsePayload(exchange.headers.get("content-type"), body);
    requireToken(exchange, flow, payload);
    verified = true;
    const result = await services.engine.submit(kind, flow.id, payload, flowRequest(exchange, flow.type));
    return respondResult(exchange, await withPrompt(exchange, result, audience), audience);
  } catch (error) {
    if (isDomainError(error) && travelsAsFlow(error) && (verified || audience !== "html")) {
      const refused = await refusedFlow(exchange, flow, error, audience).catch((worse: unknown) => ({ worse }));
      if (refused instanceof Response) return refused;
      return respondError({ error: refused.worse, exchange, services, json: audience !== "html", requestId });
    }
    return respondError({ error, exchange, services, json: audience !== "html", requestId });
  }
};

/** What the headers alone tell, before anything of the body is read. */
function requireOwnPlace(exchange: Exchange, flow: Flow): void {
  if (flow.type === "browser") return requireOwnOrigin(exchange.headers, exchange.project.config);
  const reason = nativeRefusal(exchange.headers, exchange.cookies.keys());
  if (reason !== null) throw new DomainError("bad_request", { reason });
}

function requireToken(exchange: Exchange, flow: Flow, payload: JsonObject): void {
  if (flow.type !== "browser") return;
  requireCsrf(exchange.headers, exchange, payload["csrf_token"], exchange.project.config, exchange.services.keys);
}

/**
 * A plain sign-in form that was left open while the person signed in elsewhere. Its token died with that sign-in, so this is
 * asked before the token (contract 1.2, step 3): a page goes where the flow was to lead, a script reads why.
 */
function alreadySignedIn(exchange: Exchange, flow: Flow, audience: Audience): Response | null {
  const { session, project } = exchange;
  if (flow.kind !== "login" || flow.type !== "browser" || session === null) return null;
  if (flow.refresh || !atLeast(session.session.aal, flow.requestedAal)) return null;
  if (audience === "html") return redirectAnswer(exchange, safeReturnTo(project, flow.returnTo, project.config.defaultReturnUrl));
  // Nothing of what was typed, and nothing is written: the flow may be another browser's.
  const told: Flow = { ...flow, nodes: [], messages: [say.generic("already_signed_in")] };
  return jsonAnswer(exchange, 400, renderFlow(exchange, told));
}

const ENVELOPES: ReadonlySet<string> = new Set([
  "session_already_available", "self_service_flow_return_to_forbidden", "self_service_flow_disabled", "flow_id_missing",
]);

function travelsAsFlow(error: DomainError): boolean {
  return toWireError(error).status === 400 && !ENVELOPES.has(error.code);
}

/**
 * The reason as message 4000001 on the flow, for whoever may read that flow at all; the reading checks are the fetch's. Only a
 * page needs it written, and a page gets here with a token that was checked.
 */
async function refusedFlow(exchange: Exchange, flow: Flow, error: DomainError, audience: Audience): Promise<Response> {
  const request = flowRequest(exchange, flow.type);
  const readable = await exchange.services.engine.read(flow.kind, flow.id, request);
  const message = error.code === "identity_disabled" ? say.identityDisabled() : say.genericText(reasonOf(error));
  if (audience === "html") {
    await exchange.handle.transaction((tx) => tx.updateFlow(flow.id, { messages: [message], at: exchange.now }));
    return respondResult(exchange, { kind: "form", flow: readable, rejected: true }, audience);
  }
  return respondResult(exchange, { kind: "form", flow: { ...readable, messages: [message] }, rejected: true }, audience);
}

function reasonOf(error: DomainError): string {
  const content = toWireError(error).body["error"] as JsonObject | undefined;
  const reason = content?.["reason"] ?? content?.["message"];
  return typeof reason === "string" ? reason : error.code;
}
