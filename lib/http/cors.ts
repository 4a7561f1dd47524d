import type { CorsRule, Project } from "../model/project";

/*
 * Which other origins may call a project's data from a page. Cookies only ever go along for an origin that is listed by its whole
 * name: `*`, alone or as a first label, opens an answer to be read and never with credentials. What a cookie may change is still
 * the guard's question (csrf.ts).
 */

const METHODS = "GET, POST, PUT, PATCH, DELETE";
const HEADERS = "Accept, Authorization, Content-Type, X-Session-Token, X-CSRF-Token, X-XSRF-Token, X-Request-Id";
const EXPOSED = "Link, Location, Ory-Error-Id, Ory-Session-Cache-For, Retry-After, X-Kratos-Authenticated-Identity-Id, X-Request-Id, X-Total-Count";
const MAX_AGE_SECONDS = "600";

interface Rule extends CorsRule {
  readonly credentials: boolean;
}

export interface CorsQuestion {
  readonly pathname: string;
  readonly origin: string | null;
  /** The browser asks first: OPTIONS with `Access-Control-Request-Method`. */
  readonly preflight: boolean;
}

/** The headers to add to an answer, in lower case; none where the project has not opened this path to anybody. */
export function corsHeaders(project: Pick<Project, "row" | "config">, { pathname, origin, preflight }: CorsQuestion): Readonly<Record<string, string>> {
  const rules = rulesFor(project, pathname).filter(({ enabled }) => enabled);
  if (rules.length === 0) return {};
  const vary = { vary: "Cookie, Origin" };
  const grant = origin === null || !/^https?:\/\/[^/\s]+$/i.test(origin) ? null : grantOf(rules, origin);
  if (grant === null) return vary;
  return {
    ...vary, ...grant, "access-control-expose-headers": EXPOSED,
    ...(preflight && { "access-control-allow-methods": METHODS, "access-control-allow-headers": HEADERS, "access-control-max-age": MAX_AGE_SECONDS }),
  };
}

/** True for a browser's question before a request; whether anybody is let in is in the headers of its answer. */
export function isPreflight(method: string, headers: Pick<Headers, "get">): boolean {
  return method === "OPTIONS" && headers.get("origin") !== null && headers.get("access-control-request-method") !== null;
}

function rulesFor({ row, config }: Pick<Project, "row" | "config">, pathname: string): readonly Rule[] {
  if (/^\/(self-service|sessions|schemas)(\/|$)/.test(pathname)) return [{ ...row.corsPublic, credentials: true }, config.cors];
  // A key comes in a header, which a page must be let to send; no cookie means anything there.
  return /^\/admin(\/|$)/.test(pathname) ? [{ ...row.corsAdmin, credentials: false }] : [];
}

function grantOf(rules: readonly Rule[], origin: string): Readonly<Record<string, string>> | null {
  const asked = origin.toLowerCase();
  const exact = rules.filter(({ origins }) => origins.some((one) => one.toLowerCase() === asked));
  if (exact.some(({ credentials }) => credentials)) return { "access-control-allow-origin": origin, "access-control-allow-credentials": "true" };
  const open = exact.length > 0 || rules.some(({ origins }) => origins.some((one) => isBelow(one.toLowerCase(), asked)));
  if (open) return { "access-control-allow-origin": origin };
  return rules.some(({ origins }) => origins.includes("*")) ? { "access-control-allow-origin": "*" } : null;
}

/** `https://*.shop.example` stands for every name below, on the same scheme and port. */
function isBelow(pattern: string, origin: string): boolean {
  const [scheme = "", rest = ""] = pattern.split("://*.");
  return rest !== "" && origin.startsWith(`${scheme}://`) && origin.endsWith(`.${rest}`) && origin.length > scheme.length + 3 + rest.length + 1;
}
