import { hashCsrf, newCsrfSecret, randomId } from "../crypto/token";
import type { FlowRequest } from "../flows/request";
import { DomainError } from "../model/errors";
import type { Transport } from "../model/flow";
import type { ProjectConfig, Project } from "../model/project";
import type { DeviceFacts } from "../model/session";
import type { Services } from "../services";
import type { SessionView } from "../sessions/read";
import { csrfCookie, dancePrefix, isKnownDevice, parseCookies } from "./cookies";
import { localeOf } from "./locale";
import { holdsNul } from "./odd-bytes";
import { sealedClientIp } from "./private-headers";

type ProjectHandle = FlowRequest["handle"];

/** How the caller showed who it is (contract 2.4). */
export type CredentialSource = "header" | "cookie" | "bearer";

export interface Credential {
  readonly token: string;
  readonly source: CredentialSource;
}

/** One request, once host, session and browser are known. Everything the handlers ask about a request, they ask here. */
export interface Exchange {
  readonly services: Services;
  readonly project: Project;
  readonly handle: ProjectHandle;
  readonly headers: Headers;
  readonly cookies: ReadonlyMap<string, string>;
  /** The request's path and query on the project's public base, whatever host header or scheme it came with. */
  readonly url: URL;
  readonly session: SessionView | null;
  /** The token behind `session`; null when the token presented leads nowhere. */
  readonly sessionToken: string | null;
  readonly credential: CredentialSource | null;
  readonly csrfSecret: string | null;
  readonly device: DeviceFacts;
  readonly now: Date;
  readonly requestId: string;
  /** `Set-Cookie` values this answer will carry; written by lib/http/cookies.ts alone. */
  readonly setCookies: string[];
}

export interface Incoming {
  readonly headers: Headers;
  /** Path and query. */
  readonly target: string;
}

/**
 * Host → project, credential → session, in that order. Throws `unknown_host`, and `bad_request` for a NUL in the address; a
 * failing database throws whatever it throws.
 */
export async function openExchange(incoming: Incoming, services: Services): Promise<Exchange> {
  const { headers } = incoming;
  if (holdsNul(incoming.target)) throw new DomainError("bad_request", { reason: "The address holds a character that no address has." });
  const now = services.clock.now();
  const found = await services.resolver.byHost(headers.get("host") ?? "");
  if (found === null) throw new DomainError("unknown_host");
  const cookies = parseCookies(headers.get("cookie"));
  const handle = handleOf(services, found);
  const credential = credentialOf(headers, cookies, found.config.session.cookieName);
  const { project, session } = await currentSession(services, handle, found, credential?.token ?? null, now);
  return {
    services, project, handle, headers, cookies, session, now,
    url: publicUrl(project.config, incoming.target),
    sessionToken: session === null ? null : credential?.token ?? null,
    credential: credential?.source ?? null,
    csrfSecret: usableSecret(cookies.get(project.config.csrfCookieName)),
    device: { ipAddress: sealedClientIp(headers), userAgent: headers.get("user-agent")?.slice(0, 512) ?? null },
    requestId: requestIdOf(headers),
    setCookies: [],
  };
}

const HANDLES = new WeakMap<Services, Map<string, ProjectHandle>>();

/** A project's handle, bound once: whoami is asked at every page view of every customer. */
export function handleOf(services: Services, project: Project): ProjectHandle {
  const known = HANDLES.get(services) ?? new Map<string, ProjectHandle>();
  HANDLES.set(services, known);
  const handle = known.get(project.row.id) ?? services.db.forProject(project.row.id);
  known.set(project.row.id, handle);
  return handle;
}

/** `X-Session-Token`, then the project's cookie, then `Authorization: Bearer`. An empty one counts as absent. */
export function credentialOf(headers: Headers, cookies: ReadonlyMap<string, string>, cookieName: string): Credential | null {
  const header = headers.get("x-session-token");
  if (header) return { token: header, source: "header" };
  const cookie = cookies.get(cookieName);
  if (cookie) return { token: cookie, source: "cookie" };
  const bearer = /^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer ? { token: bearer, source: "bearer" } : null;
}

/**
 * The live session behind a token and the project as of this instant. The row brings the current revision with it: when the
 * configuration moved on, it is parsed and the session judged by the new one.
 */
export async function findSession(
  services: Services, handle: ProjectHandle, project: Project, token: string | null, now: Date,
): Promise<{ readonly project: Project; readonly session: SessionView | null }> {
  const session = token === null ? null : await services.readSession(handle, token, project, now);
  if (session === null || session.currentRevision === project.config.revision) return { project, session };
  const moved = { row: project.row, config: await services.resolver.configFor(project.row, session.currentRevision) };
  return { project: moved, session: await services.readSession(handle, token, moved, now) };
}

/** The same, with the configuration in force also where no session brought its number. */
async function currentSession(
  services: Services, handle: ProjectHandle, project: Project, token: string | null, now: Date,
): Promise<{ readonly project: Project; readonly session: SessionView | null }> {
  const found = await findSession(services, handle, project, token, now);
  return found.session === null ? { project: await services.resolver.current(found.project), session: null } : found;
}

/** The exchange as the flows see it. */
export function flowRequest(exchange: Exchange, transport: Transport): FlowRequest {
  const { project, handle, session, sessionToken, device, url, now, requestId, services } = exchange;
  const known = exchange.cookies.get(project.config.deviceCookieName) ?? null;
  return {
    project, handle, transport, session, sessionToken, device, url, now, requestId,
    csrfHash: transport === "browser" && exchange.csrfSecret !== null ? hashCsrf(exchange.csrfSecret) : null,
    isKnownDevice: (identityId) => isKnownDevice(services.keys, known, identityId),
    locale: localeOf(exchange.headers),
    origin: { method: exchange.url.searchParams.has("flow") ? "POST" : "GET", headers: headerLists(exchange.headers), cookies: tellableCookies(exchange) },
  };
}

function headerLists(headers: Headers): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...headers].map(([name, value]) => [name, [value]]));
}

/** What a hook may see of the cookies: none of ours. */
export function tellableCookies({ cookies, project }: Pick<Exchange, "cookies" | "project">): Readonly<Record<string, string>> {
  const { session, csrfCookieName, deviceCookieName, lastUsedCookieName } = project.config;
  const ours = new Set([session.cookieName, csrfCookieName, deviceCookieName, lastUsedCookieName]);
  return Object.fromEntries([...cookies].filter(([name]) => !ours.has(name) && !name.startsWith(dancePrefix(project)) && !/^(__Host-|__Secure-|next-auth)/i.test(name)));
}

/** The exchange of a browser: one without an anti-CSRF cookie gets it with this answer (contract 2.5, rule 1). */
export function withCsrfSecret(exchange: Exchange): Exchange & { readonly csrfSecret: string } {
  if (exchange.csrfSecret !== null) return { ...exchange, csrfSecret: exchange.csrfSecret };
  const csrfSecret = newCsrfSecret();
  exchange.setCookies.push(csrfCookie(exchange.project.config, csrfSecret));
  return { ...exchange, csrfSecret };
}

/** Only a secret of the right size is one; anything else is as good as none. */
export function usableSecret(cookie: string | undefined): string | null {
  return cookie !== undefined && /^[A-Za-z0-9+/]{43}=$/.test(cookie) ? cookie : null;
}

/** The caller's own id when it is a plain one (contract 2.8), else a new one. */
export function requestIdOf(headers: Headers): string {
  return plainRequestId(headers.get("x-request-id")) ?? randomId();
}

/** What a client may name its request: letters, digits, dots, lines, at most 64. Null for anything else. */
export function plainRequestId(given: string | null): string | null {
  return given !== null && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : null;
}

/** `target` (path and query) on the project's public base; a target such as `//elsewhere` stays a path. */
export function publicUrl(config: Pick<ProjectConfig, "baseUrl">, target: string): URL {
  const base = new URL(config.baseUrl);
  const at = target.indexOf("?");
  const url = new URL(base.origin);
  url.pathname = `${base.pathname.replace(/\/+$/, "")}${at < 0 ? target : target.slice(0, at)}`;
  url.search = at < 0 ? "" : target.slice(at);
  return url;
}
