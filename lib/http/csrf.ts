import type { KeyRing } from "../crypto/keys";
import { csrfMatches, hashToken, maskCsrf } from "../crypto/token";
import { DomainError } from "../model/errors";
import type { ProjectConfig } from "../model/project";

/*
 * Cross-site request forgery (security.md 3.9, contract 2.5). A form carries a token that is made from this browser's secret
 * cookie *and* from its session token, and is masked anew in every rendering. So a form from before a sign-in, or from
 * before a step-up, is refused: the anti-CSRF value changes with the session (J1).
 */

export interface CsrfSource {
  /** The cookie's secret; null when the browser sent none. */
  readonly csrfSecret: string | null;
  /** The token that authenticates this request; null when nobody is signed in. */
  readonly sessionToken: string | null;
}

/** A token for one rendering: base64 of 64 bytes, different every time. */
export function csrfTokenFor(keys: KeyRing, csrfSecret: string, sessionToken: string | null): string {
  return maskCsrf(boundSecret(keys, csrfSecret, sessionToken));
}

/**
 * Lets a state-changing request of a browser pass, or throws `security_csrf_violation`.
 *
 * Order: 1 where the request comes from (`Sec-Fetch-Site`, else `Origin`) · 2 the cookie · 3 the token · 4 both match.
 */
export function requireCsrf(headers: Headers, source: CsrfSource, submitted: unknown, config: ProjectConfig, keys: KeyRing): void {
  requireOwnOrigin(headers, config);
  const token = typeof submitted === "string" && submitted !== "" ? submitted : headers.get("x-csrf-token");
  if (source.csrfSecret === null) {
    throw violation(token ? "The token was sent but the cookie was not." : "Neither the cookie nor the token was sent.", "The request carried no cookie.");
  }
  if (!token) throw violation("The cookie was sent but the token was not.", "The request carried no token.");
  if (!csrfMatches(token, boundSecret(keys, source.csrfSecret, source.sessionToken))) {
    throw violation("The form was made before a sign-in or in another browser.", "The cookie and the token do not match.");
  }
}

/** Refuses what another site sent. Neither header replaces the token: programs that are no browsers send none of them. */
export function requireOwnOrigin(headers: Headers, config: ProjectConfig): void {
  if (isOwnOrigin(headers, config)) return;
  throw violation("The request came from another site.", `The request came from ${headers.get("sec-fetch-site") ?? "another origin"}.`);
}

function isOwnOrigin(headers: Headers, config: ProjectConfig): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site === "same-origin" || site === "none") return true;
  if (site === null && origin === null) return true;
  return origin !== null && ownOrigins(config).has(origin.toLowerCase());
}

/**
 * May this GET go on with something the person began before? A navigation names no origin: after our own forms, redirects
 * included, it is `same-origin`, and `same-site` where an operator serves our forms from a sister host. What another site
 * opened is not.
 */
export function isOwnNavigation(headers: Headers, config: ProjectConfig): boolean {
  if (isOwnOrigin(headers, config)) return true;
  return headers.get("sec-fetch-site") === "same-site" && headers.get("origin") === null && ownOrigins(config).size > 1;
}

/** Our own base and the pages that render flows, which an operator may serve from another origin. */
function ownOrigins(config: ProjectConfig): ReadonlySet<string> {
  const urls = [config.baseUrl, ...Object.values(config.flows).map((flow) => flow.uiUrl)];
  return new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin));
}

function boundSecret(keys: KeyRing, csrfSecret: string, sessionToken: string | null): string {
  return keys.mac("csrf", csrfSecret, sessionToken === null ? "" : hashToken(sessionToken)).toString("base64");
}

function violation(hint: string, rejectReason: string): DomainError {
  return new DomainError("security_csrf_violation", { hint, rejectReason });
}

const EDGE_COOKIE = /^(__cf|_cf|cf_)/;

/** Why a native flow must not be submitted from here (contract 2.5, rule 4); null when it may. */
export function nativeRefusal(headers: Headers, cookieNames: Iterable<string>): string | null {
  if (headers.get("origin") !== null) return "A native flow cannot be submitted by a browser: the request carries an Origin header.";
  for (const name of cookieNames) {
    if (!EDGE_COOKIE.test(name)) return "A native flow cannot be submitted by a browser: the request carries cookies.";
  }
  return null;
}
