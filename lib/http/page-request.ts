import { newCsrfSecret } from "../crypto/token";
import type { Project } from "../model/project";
import type { Services } from "../services";
import { attachCookies, csrfCookie, parseCookies } from "./cookies";
import { publicUrl, usableSecret } from "./exchange";
import { guardPath } from "./guard-path";
import { wantsHtml } from "./negotiate";
import { PATH_HEADER, pathToNote } from "./private-headers";
import { peekServices } from "./running";
import { HSTS, NO_STORE, STATIC_HEADERS, pageCsp } from "./security-headers";

export interface PageRequest {
  readonly headers: Headers;
  readonly method: string;
  readonly target: string;
  readonly nonce: string;
  readonly development: boolean;
}
export interface Turn {
  /** Where the browser goes instead; null: the page is rendered. */
  readonly location: string | null;
  readonly requestHeaders: Headers;
  readonly responseHeaders: Headers;
}

/** What proxy.ts does, without the framework. Never throws: whatever fails here, the page decides for itself. */
export async function turnAround(request: PageRequest): Promise<Turn> {
  const services = await peekServices();
  const project = services === null ? null : await services.resolver.byHost(request.headers.get("host") ?? "").catch(() => null);
  const csp = pageCsp(request.nonce, project?.config ?? null, request.development);
  const location = services === null ? null : await early(request, project, services);
  const requestHeaders = new Headers(request.headers);
  requestHeaders.set("content-security-policy", csp);
  requestHeaders.set("x-nonce", request.nonce);
  requestHeaders.set(PATH_HEADER, pathToNote({
    method: request.method, path: request.target, referer: request.headers.get("referer"), host: request.headers.get("host") ?? "",
  }));
  const cookie = project === null || location !== null ? null : missingCsrfCookie(request, project);
  if (cookie !== null) requestHeaders.set("cookie", withCookie(request.headers.get("cookie"), cookie.name, cookie.secret));
  const responseHeaders = pageHeaders(csp, project);
  attachCookies(responseHeaders, cookie === null ? [] : [cookie.header]);
  return { location, requestHeaders, responseHeaders };
}

/** The console lives on its own host; everything else is asked of the project's rules. Only navigations are turned around. */
async function early(request: PageRequest, project: Project | null, services: Services): Promise<string | null> {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  if (project === null) return null;
  const elsewhere = consoleElsewhere(request.target, project, services.env.consoleUrl);
  if (elsewhere !== null) return elsewhere;
  try {
    return await guardPath(request.headers, request.target, services);
  } catch (error) {
    services.log.warn({ err: error }, "early guard skipped");
    return null;
  }
}

/** `/console` on any other host leads to the console's own; null where this is it, or another path. */
export function consoleElsewhere(target: string, project: Project, consoleUrl: URL): string | null {
  const url = publicUrl(project.config, target);
  if (project.row.kind === "console" || !/^\/console(\/|$)/.test(url.pathname)) return null;
  return new URL(`${url.pathname}${url.search}`, consoleUrl).href;
}

/** A page may hold a form for a server action before any flow gave this browser its cookie; pages cannot set one themselves. */
function missingCsrfCookie(request: PageRequest, { config }: Project): { readonly name: string; readonly secret: string; readonly header: string } | null {
  const navigation = request.method === "GET" && wantsHtml(request.headers) && request.headers.get("rsc") === null;
  const known = parseCookies(request.headers.get("cookie")).get(config.csrfCookieName);
  if (!navigation || usableSecret(known) !== null) return null;
  const secret = newCsrfSecret();
  return { name: config.csrfCookieName, secret, header: csrfCookie(config, secret) };
}

function withCookie(header: string | null, name: string, value: string): string {
  const others = (header ?? "").split(";").map((pair) => pair.trim()).filter((pair) => pair !== "" && !pair.startsWith(`${name}=`));
  return [`${name}=${value}`, ...others].join("; ");
}

function pageHeaders(csp: string, project: Project | null): Headers {
  const headers = new Headers({ ...STATIC_HEADERS, "content-security-policy": csp, "cache-control": NO_STORE, vary: "Cookie" });
  if (project?.config.baseUrl.startsWith("https:") === true) headers.set("strict-transport-security", HSTS);
  return headers;
}
