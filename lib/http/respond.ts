import { newCsrfSecret } from "../crypto/token";
import type { FlowResult } from "../flows/result";
import { uiUrl } from "../flows/urls";
import { DomainError } from "../model/errors";
import type { ContinueWith, Flow } from "../model/flow";
import type { Identity, JsonObject } from "../model/identity";
import { toWireError } from "../wire/error";
import { continueWithToWire, flowAction, flowToWire } from "../wire/flow";
import { identityToWire } from "../wire/identity";
import { sessionToWire } from "../wire/session";
import { jsonAnswer, redirectAnswer } from "./answer";
import { csrfCookie, deviceCookie, lastUsedCookie, sessionCookie } from "./cookies";
import { csrfTokenFor } from "./csrf";
import { withCsrfSecret } from "./exchange";
import type { Exchange } from "./exchange";
import { lastUsedAfter, readLastUsed } from "./last-used";

type Completed = Extract<FlowResult, { kind: "completed" }>;

/** Who reads the answer: a page by redirects, a script in a page by JSON, an app by JSON with a token (contract 2.2). */
export type Audience = "html" | "spa" | "api";

export function audienceOf(flow: Pick<Flow, "type">, json: boolean): Audience {
  return flow.type === "api" ? "api" : json ? "spa" : "html";
}

/** A flow that was just started or asked for again: its page, or its JSON. */
export function respondFlow(exchange: Exchange, flow: Flow, audience: Audience, status = 200): Response {
  if (audience === "html") return redirectAnswer(withCsrf(exchange, flow), uiUrl(exchange.project, flow.kind, flow.id));
  return jsonAnswer(exchange, status, renderFlow(exchange, flow));
}

/** What a submit became (contract 1.2 to 1.4, 2.2, 4.6). */
export function respondResult(exchange: Exchange, result: FlowResult, audience: Audience): Response {
  if (result.kind === "form") return respondForm(exchange, result, audience);
  // A native client gets the address too: it opens a browser there (contract 5.10).
  if (result.kind === "upstream") return audience === "html" ? redirectAnswer(exchange, result.to) : locationChange(exchange, result.to);
  const after = handOut(exchange, result);
  const allowed = result.next.kind === "allow";
  const target = allowed ? result.returnTo : result.continueAt ?? result.returnTo;
  if (audience === "html") return redirectAnswer(after, (allowed ? verificationPage(result.continueWith) : null) ?? target);
  switch (result.flow.kind) {
    case "registration":
      return respondRegistration(after, result, audience, target);
    case "settings": {
      const continueWith = audience === "spa" ? withRedirect(result.continueWith, result.returnTo) : result.continueWith;
      return jsonAnswer(after, 200, renderFlow(after, result.flow, { identity: result.identity, continueWith }));
    }
    case "recovery":
      // Older clients know no `continue_with` here: a script navigates to the settings (contract 4.11).
      if (audience === "spa" && !exchange.project.config.features.useContinueWithTransitions) return locationChange(after, target);
      return jsonAnswer(after, 200, renderFlow(after, result.flow, { continueWith: result.continueWith }));
    default:
      return audience === "spa" && !allowed ? locationChange(after, target) : respondLogin(after, result, audience);
  }
}

/** The flow as JSON, with a token masked for this rendering. */
export function renderFlow(exchange: Exchange, flow: Flow, extra: { readonly identity?: Identity; readonly continueWith?: readonly ContinueWith[] } = {}): JsonObject {
  const { baseUrl } = exchange.project.config;
  const identity = extra.identity ?? exchange.session?.identity;
  return flowToWire(flow, {
    action: flowAction(flow, baseUrl), baseUrl, csrfToken: flow.type === "browser" ? csrfTokenOf(exchange) : null,
    ...(flow.kind === "settings" && identity ? { identity } : {}),
    ...(extra.continueWith ? { continueWith: extra.continueWith } : {}),
  });
}

/** One masked token; a browser without the secret gets one with this answer. */
export function csrfTokenOf(exchange: Exchange): string {
  return csrfTokenFor(exchange.services.keys, withCsrfSecret(exchange).csrfSecret, exchange.sessionToken);
}

function respondForm(exchange: Exchange, result: Extract<FlowResult, { kind: "form" }>, audience: Audience): Response {
  if (audience === "html") return result.pageGoesTo === undefined ? respondFlow(exchange, result.flow, "html") : redirectAnswer(exchange, result.pageGoesTo);
  const wait = result.retryAfterSeconds;
  if (result.navigates === true && audience === "spa") return locationChange(exchange, uiUrl(exchange.project, result.flow.kind, result.flow.id));
  // Differs from Kratos, which knows no waits: 429 with the flow, the words of a wrong secret, and the seconds to wait.
  if (wait !== undefined) return jsonAnswer(exchange, 429, renderFlow(exchange, result.flow), { "retry-after": String(wait) });
  return jsonAnswer(exchange, result.rejected ? 400 : 200, renderFlow(exchange, result.flow));
}

function respondLogin(exchange: Exchange, result: Completed, audience: Audience): Response {
  const native = audience === "api";
  return jsonAnswer(exchange, 200, {
    ...(native && result.issued ? { session_token: result.issued.token } : {}),
    session: sessionOf(exchange, result),
    continue_with: native ? listOrNull(result.continueWith) : continueWithToWire(withRedirect(result.continueWith, result.returnTo)),
  });
}

function respondRegistration(exchange: Exchange, result: Completed, audience: Audience, target: string): Response {
  const native = audience === "api";
  return jsonAnswer(exchange, 200, {
    ...(native && result.issued ? { session_token: result.issued.token } : {}),
    ...(result.issued ? { session: sessionOf(exchange, result) } : {}),
    identity: identityToWire(result.identity, { baseUrl: exchange.project.config.baseUrl }),
    continue_with: native ? listOrNull(result.continueWith) : continueWithToWire(withRedirect(result.continueWith, target)),
  });
}

/** The session; without the person while the level is not met, so a phished password reveals no profile (contract 1.2). */
function sessionOf(exchange: Exchange, result: Completed): JsonObject | null {
  if (result.issued === null) return null;
  const person = result.next.kind === "allow" ? result.issued.identity : null;
  return sessionToWire(result.issued.session, person, { baseUrl: exchange.project.config.baseUrl, now: exchange.now });
}

function locationChange(exchange: Exchange, redirectTo: string): Response {
  const error = toWireError(new DomainError("browser_location_change_required", { redirectTo }), {
    requestId: exchange.requestId, baseUrl: exchange.project.config.baseUrl,
  });
  return jsonAnswer(exchange, error.status, error.body, error.headers);
}

/**
 * Queues the cookies of a completed browser flow and answers the exchange as it is from now on: the token that a rendering
 * is bound to is the new one. A session that came in a header stays there.
 */
function handOut(exchange: Exchange, result: Completed): Exchange {
  const { issued } = result;
  if (issued === null || result.flow.type === "api") return exchange;
  const { config } = exchange.project;
  const unchanged = issued.token === exchange.sessionToken && exchange.credential !== "cookie";
  if (!unchanged) exchange.setCookies.push(sessionCookie(config, issued.token, issued.session.expiresAt, exchange.now));
  if (issued.knownDevice) {
    const known = exchange.cookies.get(config.deviceCookieName) ?? null;
    exchange.setCookies.push(deviceCookie(config, exchange.services.keys, known, issued.identity.id));
  }
  const used = lastUsedAfter(readLastUsed(exchange.cookies.get(config.lastUsedCookieName) ?? null), result.flow, issued.session);
  if (used !== null) exchange.setCookies.push(lastUsedCookie(config, used));
  return { ...(issued.rotateCsrf ? withNewCsrfSecret(exchange) : exchange), sessionToken: issued.token };
}

/** A new anti-CSRF secret: another person, or nobody, was here before (contract 2.4). */
export function withNewCsrfSecret(exchange: Exchange): Exchange {
  const csrfSecret = newCsrfSecret();
  exchange.setCookies.push(csrfCookie(exchange.project.config, csrfSecret));
  return { ...exchange, csrfSecret };
}

function withCsrf(exchange: Exchange, flow: Flow): Exchange {
  return flow.type === "browser" ? withCsrfSecret(exchange) : exchange;
}

function withRedirect(items: readonly ContinueWith[], target: string): readonly ContinueWith[] {
  if (items.some((item) => item.action === "redirect_browser_to")) return items;
  return [...items, { action: "redirect_browser_to", redirect_browser_to: target }];
}

function verificationPage(items: readonly ContinueWith[]): string | null {
  for (const item of items) if (item.action === "show_verification_ui") return item.flow.url ?? null;
  return null;
}

function listOrNull(items: readonly ContinueWith[]) {
  return items.length === 0 ? null : continueWithToWire(items);
}
