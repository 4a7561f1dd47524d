import { hashToken } from "../crypto/token";
import { fillExchange } from "../flows/exchange";
import { movedToken, signInInstead } from "../flows/linking-known";
import type { FlowResult } from "../flows/result";
import { returnToOr, uiUrl } from "../flows/urls";
import { DomainError, isDomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { redirectAnswer } from "./answer";
import { withPrompt } from "./prompt";
import { respondError } from "./error-response";
import { flowRequest } from "./exchange";
import type { Exchange } from "./exchange";
import { claimDance, danceReturned, endDance, findFlow } from "./oidc-dance";
import type { DancingFlow, Underway } from "./oidc-dance";
import { respondResult } from "./respond";

/** How a round trip ended: with somebody, under a token, or with a reason that the flow says in words. */
export type DanceEnd = { readonly kind: "handover"; readonly token: string } | { readonly kind: "failed"; readonly failure: string };

/** Where next-auth's callback leads: our own URL, which submits the end to the flow. */
export function completeUrl({ project }: Exchange, { flow }: Underway, end: DanceEnd): string {
  const url = new URL(`${project.config.baseUrl.replace(/\/$/, "")}/self-service/methods/oidc/complete`);
  url.searchParams.set("flow", flow.id);
  url.searchParams.set(end.kind === "handover" ? "handover" : "error", end.kind === "handover" ? end.token : end.failure);
  return url.href;
}

/**
 * The browser is back: submits the end of its round trip to its flow, as a form would, and answers as a page. The binding cookie
 * is over whatever comes of it, and so is the handover, also where a form now asks for the rest. Only an answer about the moment (too many
 * requests, no database) leaves both: the same address, opened again, goes on. Without a round trip there is nothing to go on with: the
 * flow's page, or the error page.
 */
export async function completeDance(exchange: Exchange, end: DanceEnd, named: string | null): Promise<Response> {
  const dance = named === null ? null : await danceReturned(exchange, named);
  return dance === null ? nothingUnderway(exchange, named) : endWith(exchange, dance, end);
}

/** The same for a round trip of this very request, which never got as far as the provider. */
export async function failDance(exchange: Exchange, dance: Underway, failure: string): Promise<Response> {
  await claimDance(exchange, dance);
  return endWith(exchange, dance, { kind: "failed", failure });
}

/** An answer that belongs to no round trip: the flow says so, and goes on waiting for its own. */
export async function strayAnswer(exchange: Exchange, dance: Underway): Promise<Response> {
  const stray = { ...dance, secret: "" };
  return answerWith(exchange, stray, await submitted(exchange, stray, { kind: "failed", failure: "oidc_start_again" }));
}

async function endWith(exchange: Exchange, dance: Underway, end: DanceEnd): Promise<Response> {
  const ended = await submitted(exchange, dance, end);
  const waits = ended.kind === "failed" && isOfTheMoment(ended.error);
  if (!waits) endDance(exchange, dance.flow.id);
  const answer = await answerWith(exchange, dance, ended);
  if (!waits && end.kind === "handover") await spendBinding(exchange, end.token);
  return answer;
}

type Submitted = { readonly kind: "done"; readonly result: FlowResult } | { readonly kind: "failed"; readonly error: unknown };

async function submitted(exchange: Exchange, dance: Underway, end: DanceEnd): Promise<Submitted> {
  return submit(asOwn(exchange, dance), dance, end).then((result) => ({ kind: "done", result }), (error: unknown) => ({ kind: "failed", error }));
}

/** Nothing was decided, and trying again may. */
function isOfTheMoment(error: unknown): boolean {
  return isDomainError(error) && (error.code === "too_many_requests" || error.code === "unavailable");
}

/** A native flow is nobody's of this browser: whoever is signed in here stays out of it. */
function asOwn(exchange: Exchange, { flow }: Underway): Exchange {
  return flow.type === "api" ? { ...exchange, session: null, sessionToken: null, credential: null } : exchange;
}

async function answerWith(exchange: Exchange, dance: Underway, ended: Submitted): Promise<Response> {
  const own = asOwn(exchange, dance);
  try {
    if (ended.kind === "failed") throw ended.error;
    const { result } = ended;
    return dance.flow.type === "api" ? await backToApp(own, dance.flow, result) : respondResult(own, await withPrompt(own, result, "html"), "html");
  } catch (error) {
    return respondError({ error, exchange, services: exchange.services, json: false, requestId: exchange.requestId });
  }
}

/** Whoever is asked for more (traits, a proof of their own) is remembered in their flow; the token is worth nothing from here on. */
async function spendBinding({ handle, now }: Exchange, token: string): Promise<void> {
  for (const one of [token, movedToken(token)]) {
    const left = await handle.findHandover(hashToken(one), now);
    if (left !== null) await handle.transaction((tx) => tx.consumeHandover(left.id, now));
  }
}

async function submit(exchange: Exchange, { flow, provider, secret }: Underway, end: DanceEnd): Promise<FlowResult> {
  const { services } = exchange;
  const request = flowRequest(exchange, flow.type);
  const moved = flow.kind === "registration" && end.kind === "handover" ? await signInInstead(flow, end.token, request, services) : null;
  const target: Flow = moved?.flow ?? flow;
  const payload: JsonObject = {
    method: "oidc", provider: provider.id, oidc_binding: secret,
    ...(end.kind === "failed" ? { oidc_error: end.failure } : { oidc_handover: moved?.token ?? end.token }),
  };
  return services.engine.submit(target.kind, target.id, payload, request);
}

/** Where an app's person goes who says no: the app, with its flow and no code. */
export function appUrl({ project }: Exchange, flow: DancingFlow): string {
  const back = new URL(returnToOr(project, flow.returnTo, project.config.defaultReturnUrl));
  back.searchParams.set("flow", flow.id);
  return back.href;
}

/**
 * An app waits behind the browser: it gets the second half of its exchange code, or the flow to read what is missing. Its address
 * is the flow's own, checked when the flow was begun.
 */
async function backToApp(exchange: Exchange, begun: DancingFlow, result: FlowResult): Promise<Response> {
  const { project, handle, services } = exchange;
  const back = new URL(returnToOr(project, begun.returnTo, project.config.defaultReturnUrl));
  const issued = result.kind === "completed" ? result.issued : null;
  const code = issued === null ? null : await handle.transaction((tx) =>
    fillExchange(tx, begun.id, issued, flowRequest(exchange, "api"), services));
  if (code === null) back.searchParams.set("flow", result.flow.id);
  else back.searchParams.set("code", code);
  return redirectAnswer(exchange, back.href);
}

/** No round trip of this browser: the page of the flow that is named, where it is this browser's; else the error page. */
export async function nothingUnderway(exchange: Exchange, named: string | null): Promise<Response> {
  const flow = named === null ? null : await findFlow(exchange, named).catch(() => null);
  const mine = flow?.type === "browser" && flow.csrfHash !== null && flow.csrfHash === flowRequest(exchange, "browser").csrfHash;
  if (flow !== null && mine) return redirectAnswer(exchange, uiUrl(exchange.project, flow.kind, flow.id));
  const error = new DomainError("bad_request", { reason: "This sign-in took too long or was begun in another browser. Start again." });
  return respondError({ error, exchange, services: exchange.services, json: false, requestId: exchange.requestId });
}
