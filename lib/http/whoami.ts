import { continueUrl } from "../flows/decide";
import { DomainError, isDomainError } from "../model/errors";
import type { Services } from "../services";
import { toWireError } from "../wire/error";
import { sessionToWire } from "../wire/session";
import { emptyAnswer } from "./answer";
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
  readonly tokenizeAs: boolean;
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

/**
 * Who is here (contract 1.9, 7.3): 200 with the session, 401 without an id, 403 `session_aal2_required` with the way on.
 * When the database does not answer it is 503, never 401: an outage signs nobody out (R7, T82).
 */
export async function answerWhoami(request: WhoamiRequest, services: Services): Promise<PlainAnswer> {
  try {
    const now = services.clock.now();
    const found = await services.resolver.byHost(request.host);
    if (found === null) throw new DomainError("unknown_host");
    const { project, session } = await findSession(services, handleOf(services, found), found, tokenOf(request, found.config.session.cookieName), now);
    const decision = judge({ project, session, now }, { kind: "session" });
    if (session === null || decision.kind === "sign_in") throw new DomainError("unauthorized");
    if (decision.kind !== "allow") throw new DomainError("session_aal2_required", { redirectTo: continueUrl(decision, project, null) });
    if (request.tokenizeAs) throw new DomainError("bad_request", { reason: "This project has no token template of that name." });
    const { baseUrl } = project.config;
    return {
      status: 200,
      headers: { ...headersFor(baseUrl), "x-kratos-authenticated-identity-id": session.identity.id },
      body: JSON.stringify(sessionToWire(session.session, session.identity, { baseUrl, now })),
    };
  } catch (error) {
    return answerError(error, request.requestId, services);
  }
}

/** An error as JSON; anything unexpected on this path is the store's fault and says so with 503. */
function answerError(error: unknown, requestId: string | null, services: Services): PlainAnswer {
  const id = plainRequestId(requestId);
  if (!isDomainError(error)) services.log.error({ err: error, requestId: id }, "whoami failed");
  const known = isDomainError(error) ? error : new DomainError("unavailable", { retryAfterSeconds: 2 });
  const wire = toWireError(known, id === null ? {} : { requestId: id });
  return { status: wire.status, headers: { ...JSON_HEADERS, ...lowerCase(wire.headers) }, body: JSON.stringify(wire.body) };
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
      authorization: headers.get("authorization"), requestId: requestIdOf(headers), tokenizeAs: new URL(request.url).searchParams.has("tokenize_as"),
    }, services),
    () => null,
  );
  if (answer === null) return emptyAnswer(null, 503, { "retry-after": "2" });
  return new Response(request.method === "HEAD" ? null : answer.body, { status: answer.status, headers: answer.headers });
}
