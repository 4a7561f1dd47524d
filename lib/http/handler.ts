import { DomainError } from "../model/errors";
import { emptyAnswer } from "./answer";
import { corsHeaders, isPreflight } from "./cors";
import { respondError } from "./error-response";
import { openExchange, requestIdOf } from "./exchange";
import type { Exchange } from "./exchange";
import { acceptsJson, wantsJson } from "./negotiate";
import { runningServices } from "./running";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type Method = (typeof METHODS)[number];
export type Params = Readonly<Record<string, string>>;

/** What an endpoint does with an open exchange. It throws a DomainError where it cannot go on. */
export type Endpoint = (exchange: Exchange, request: Request, params: Params) => Promise<Response>;

/** Who gets errors as JSON: everybody (`always`), whoever accepts it, or also whoever sent it (contract 2.1). */
export type ErrorAudience = "always" | "accept" | "negotiated";

export interface RouteOptions {
  readonly errors?: ErrorAudience;
  /** The GET of this path acts for a person who is there, so HEAD, which link checkers and prefetchers send, is no method of it. */
  readonly getActs?: boolean;
}

/** The context that a route of the App Router is called with. */
export interface RouteContext {
  readonly params: Promise<Params>;
}
export type RouteHandler = (request: Request, context?: RouteContext) => Promise<Response>;

/**
 * One handler for every method of a path: opens the exchange, runs the endpoint, turns whatever was thrown into the contract's
 * answer. A method without an endpoint is 405 with `Allow`; HEAD is GET without its body, and is refused where `getActs`.
 */
export function route(endpoints: Readonly<Partial<Record<Method, Endpoint>>>, options: RouteOptions = {}): RouteHandler {
  return async (request, context) => {
    const method = request.method as Method;
    const head = options.getActs !== true;
    const endpoint = endpoints[method] ?? (method === "HEAD" && head ? endpoints.GET : undefined);
    const json = jsonErrors(request.headers, options.errors ?? "negotiated");
    const requestId = requestIdOf(request.headers);
    let exchange: Exchange | null = null;
    let services: Exchange["services"] | null = null;
    try {
      services = await runningServices();
      exchange = await openExchange({ headers: request.headers, target: targetOf(request.url) }, services);
      if (endpoint === undefined) return opened(refuseMethod(endpoints, method, head, exchange), exchange, request);
      const answer = opened(await endpoint(exchange, request, context ? await context.params : {}), exchange, request);
      return method === "HEAD" ? new Response(null, { status: answer.status, headers: answer.headers }) : answer;
    } catch (error) {
      return opened(await respondError({ error, exchange, services, json, requestId }), exchange, request);
    }
  };
}

/** The answer, readable by the other origins that the project has opened this path to. */
function opened(answer: Response, exchange: Exchange | null, request: Request): Response {
  if (exchange === null) return answer;
  const { pathname } = new URL(request.url);
  const question = { pathname, origin: request.headers.get("origin"), preflight: isPreflight(request.method, request.headers) };
  for (const [name, value] of Object.entries(corsHeaders(exchange.project, question))) answer.headers.set(name, value);
  return answer;
}

function refuseMethod(endpoints: Readonly<Partial<Record<Method, Endpoint>>>, method: Method, head: boolean, exchange: Exchange): Response {
  const named = METHODS.filter((name) => endpoints[name] !== undefined);
  const allow = [...named, ...(endpoints.GET && head ? ["HEAD"] : []), "OPTIONS"].filter((name, index, all) => all.indexOf(name) === index).join(", ");
  if (method === "OPTIONS") return emptyAnswer(exchange, 204, { allow });
  throw new DomainError("method_not_allowed", { allow });
}

function jsonErrors(headers: Headers, audience: ErrorAudience): boolean {
  return audience === "always" || (audience === "accept" ? acceptsJson(headers) : wantsJson(headers));
}

/** Path and query as sent; the host of a framework's request URL means nothing. */
function targetOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
