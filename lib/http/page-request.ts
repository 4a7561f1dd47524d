import { newCsrfSecret } from "../crypto/token";
import type { Project } from "../model/project";
import type { Services } from "../services";
import { attachCookies, csrfCookie, parseCookies } from "./cookies";
import { publicUrl, usableSecret } from "./exchange";
import { guardPath, isGuarded } from "./guard-path";
import { wantsHtml } from "./negotiate";
import { noteRequest } from "./private-headers";
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
  /** The store did not answer, and a rule guards this page or nobody knows whether one does: 503, and no page. */
  readonly unavailable: boolean;
  readonly requestHeaders: Headers;
  readonly responseHeaders: Headers;
}

/** What proxy.ts does, without the framework. Never throws: while the store is away, guarded pages are not shown. */
export async function turnAround(request: PageRequest): Promise<Turn> {
  const services = await peekServices();
  const { project, certain } = services === null ? { project: null, certain: false } : await projectOf(request, services);
  const csp = pageCsp(request.nonce, project?.config ?? null, request.development);
  const { location, unavailable } = await early(request, project, certain, services);
  const requestHeaders = new Headers(request.headers);
  requestHeaders.set("content-security-policy", csp);
  requestHeaders.set("x-nonce", request.nonce);
  noteRequest(requestHeaders, { method: request.method, path: request.target });
  const cookie = project === null || location !== null ? null : missingCsrfCookie(request, project);
  if (cookie !== null) requestHeaders.set("cookie", withCookie(request.headers.get("cookie"), cookie.name, cookie.secret));
  const responseHeaders = pageHeaders(csp, project);
  attachCookies(responseHeaders, cookie === null ? [] : [cookie.header]);
  return { location, unavailable, requestHeaders, responseHeaders };
}

/** Who lived at a host when the store last said so; tells guarded pages from open ones while it is away. */
const LAST_SEEN = new WeakMap<Services, Map<string, Project>>();
const HOSTS_REMEMBERED = 100;

async function projectOf({ headers }: PageRequest, services: Services): Promise<{ readonly project: Project | null; readonly certain: boolean }> {
  const host = headers.get("host") ?? "";
  const seen = LAST_SEEN.get(services) ?? new Map<string, Project>();
  LAST_SEEN.set(services, seen);
  try {
    const project = await services.resolver.byHost(host);
    if (project !== null && (seen.has(host) || seen.size < HOSTS_REMEMBERED)) seen.set(host, project);
    return { project, certain: true };
  } catch {
    const project = seen.get(host) ?? null;
    return { project, certain: project !== null };
  }
}

/**
 * The console lives on its own host; everything else is asked of the project's rules. Other methods are left to pages and
 * handlers, which ask by themselves.
 */
async function early(
  request: PageRequest, project: Project | null, certain: boolean, services: Services | null,
): Promise<Pick<Turn, "location" | "unavailable">> {
  const pass = { location: null, unavailable: false };
  if (request.method !== "GET" && request.method !== "HEAD") return pass;
  if (services === null || !certain) return { location: null, unavailable: true };
  if (project === null) return pass;
  const elsewhere = consoleElsewhere(request.target, project, services.env.consoleUrl);
  if (elsewhere !== null) return { location: elsewhere, unavailable: false };
  try {
    return { location: await guardPath(request.headers, request.target, services), unavailable: false };
  } catch (error) {
    services.log.warn({ err: error }, "the early guard could not read a session");
    return { location: null, unavailable: isGuarded(request.target, project.config, services.clock.now()) };
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
