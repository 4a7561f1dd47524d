import { continueUrl } from "../flows/decide";
import { DomainError, isDomainError } from "../model/errors";
import type { Services } from "../services";
import { SECOND_MS } from "../model/time";
import { toWireError } from "../wire/error";
import { identityToWire } from "../wire/identity";
import { sessionToWire } from "../wire/session";
import { emptyAnswer } from "./answer";
import { corsHeaders, isPreflight } from "./cors";
import { cookieNamed } from "./cookies";
import { findSession, handleOf, plainRequestId, requestIdOf } from "./exchange";
import { judge } from "./judge";
import { runningServices } from "./running";
import { DATA_CSP, HSTS, NO_STORE, STATIC_HEADERS } from "./security-headers";

/** The few headers that decide whoami; null where absent. */
export interface WhoamiRequest {
  readonly host: string;
  readonly sessionToken: string | null;
  readonly cookie: string | null;
  readonly authorization: string | null;
  readonly requestId: string | null;
  /** The template asked for; null: none. */
  readonly tokenizeAs: string | null;
  /** A page elsewhere asks. */
  readonly origin?: string | null;
  /** Its browser asks first whether it may. */
  readonly preflight?: boolean;
}

/** An answer that is neither a Response nor a ServerResponse yet, so both mounts write the same bytes. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_HEADERS: Readonly<Record<string, string>> = {
  ...STATIC_HEADERS, "content-type": "application/json; charset=utf-8", "cache-control": NO_STORE, vary: "Cookie", "content-security-policy": DATA_CSP,
};
const SECURE_JSON_HEADERS: Readonly<Record<string, string>> = { ...JSON_HEADERS, "strict-transport-security": HSTS };

const WHOAMI = "/sessions/whoami";
/** How long a proxy may remember that a request without any credential is nobody's (contract 7.3). */
const NOBODY_SECONDS = 60;

/**
 * Who is here (contract 1.9, 7.3): 200 with the session, 401 without an id, 403 `session_aal2_required` with the way on.
 * A token is made after that decision alone, so none exists for an insufficient session.
 * When the database does not answer it is 503, never 401: an outage signs nobody out (R7, T82).
 */
export async function answerWhoami(request: WhoamiRequest, services: Services): Promise<PlainAnswer> {
  let cacheFor: number | null = null;
  let cors: Readonly<Record<string, string>> = {};
  try {
    const now = services.clock.now();
    const found = await services.resolver.byHost(request.host);
    if (found === null) throw new DomainError("unknown_host");
    cors = corsHeaders(found, { pathname: WHOAMI, origin: request.origin ?? null, preflight: request.preflight === true });
    if (request.preflight === true) return { status: 204, headers: { ...headersFor(found.config.baseUrl), ...cors }, body: "" };
    const handle = handleOf(services, found);
    const token = tokenOf(request, found.config.session.cookieName);
    const { project, session } = await findSession(services, handle, found, token, now);
    const decision = judge({ project, session, now }, { kind: "session" });
    const cap = request.tokenizeAs === null ? project.config.features.cacheableSessionsSeconds : null;
    if (session === null || decision.kind === "sign_in") {
      if (token === null && cap !== null) cacheFor = Math.min(NOBODY_SECONDS, cap);
      throw new DomainError("unauthorized");
    }
    if (decision.kind !== "allow") throw new DomainError("session_aal2_required", { redirectTo: continueUrl(decision, project, null) });
    const { baseUrl } = project.config;
    const body = sessionToWire(session.session, session.identity, { baseUrl, now });
    const tokenized = request.tokenizeAs === null ? null : await services.tokenizer.tokenize(request.tokenizeAs, {
      project, handle, view: session, session: body, identity: identityToWire(session.identity, { baseUrl }), now,
    });
    const left = Math.floor((session.session.expiresAt.getTime() - now.getTime()) / SECOND_MS);
    return {
      status: 200,
      headers: {
        ...headersFor(baseUrl), ...cors, "x-kratos-authenticated-identity-id": session.identity.id, ...(cap === null ? {} : cacheHeader(Math.min(left, cap))),
      },
      body: JSON.stringify(tokenized === null ? body : { ...body, tokenized }),
    };
  } catch (error) {
    const answer = answerError(error, request.requestId, services);
    return { ...answer, headers: { ...answer.headers, ...cors, ...(cacheFor === null ? {} : cacheHeader(cacheFor)) } };
  }
}

function cacheHeader(seconds: number): Readonly<Record<string, string>> {
  return { "ory-session-cache-for": String(seconds) };
}

/** An error as JSON; anything unexpected on this path is the store's fault and says so with 503. */
function answerError(error: unknown, requestId: string | null, services: Services): PlainAnswer {
  const id = plainRequestId(requestId);
  if (!isDomainError(error) || error.code === "internal") {
    services.log.error({ err: error, requestId: id, ...(isDomainError(error) ? { reason: error.details["reason"] } : {}) }, "whoami failed");
  }
  const known = isDomainError(error) ? error : new DomainError("unavailable", { retryAfterSeconds: 2 });
  const wire = toWireError(known, id === null ? {} : { requestId: id });
  return { status: wire.status, headers: { ...JSON_HEADERS, ...lowerCase(wire.headers) }, body: JSON.stringify(wire.body) };
}

/** The template that a URL's query names; an empty name asks for none. */
export function templateAsked(url: string): string | null {
  const at = url.indexOf("?");
  return at < 0 ? null : new URLSearchParams(url.slice(at + 1)).get("tokenize_as") || null;
}

function tokenOf(request: WhoamiRequest, cookieName: string): string | null {
  if (request.sessionToken) return request.sessionToken;
  const cookie = request.cookie === null ? null : cookieNamed(request.cookie, cookieName);
  if (cookie) return cookie;
  return request.authorization === null ? null : /^bearer +(\S+)$/i.exec(request.authorization)?.[1] ?? null;
}

function headersFor(baseUrl: string): Readonly<Record<string, string>> {
  return baseUrl.startsWith("https:") ? SECURE_JSON_HEADERS : JSON_HEADERS;
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The second mount: the same answer as a Response, for `next dev`, plain `next start` and hosting without server.ts. */
export async function whoamiRoute(request: Request): Promise<Response> {
  const { headers } = request;
  const answer = await runningServices().then(
    (services) => answerWhoami({
      host: headers.get("host") ?? "", sessionToken: headers.get("x-session-token"), cookie: headers.get("cookie"),
      authorization: headers.get("authorization"), requestId: requestIdOf(headers), tokenizeAs: templateAsked(request.url),
      origin: headers.get("origin"), preflight: isPreflight(request.method, headers),
    }, services),
    () => null,
  );
  if (answer === null) return emptyAnswer(null, 503, { "retry-after": "2" });
  return new Response(request.method === "HEAD" || answer.status === 204 ? null : answer.body, { status: answer.status, headers: answer.headers });
}
