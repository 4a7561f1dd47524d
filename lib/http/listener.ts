import type { IncomingMessage, ServerResponse } from "node:http";
import type { Health } from "../observability/health";
import type { Services } from "../services";
import { consoleApiHost } from "../platform/place";
import { isConsoleApiPath } from "./console-api-place";
import { answerHot, hotPathOf, starting } from "./hot";
import { completeHeaders, writeAnswer } from "./node";
import { hostAskedFor, sealHeaders, wasForwarded } from "./private-headers";
import type { Peer } from "./private-headers";
import { isReadable } from "./odd-bytes";
import { routeOf } from "./routes";
import { DATA_CSP, NO_STORE, STATIC_HEADERS } from "./security-headers";
import type { PlainAnswer } from "./whoami";

/** What stands in front of the framework. The functions answer as of now: both sides boot while the port is open already. */
export interface Front {
  readonly publicUrl: URL;
  peerOf(socketAddress: string | null, forwardedFor: string | null): Peer;
  services(): Services | null;
  framework(): ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null;
  readonly health: Health;
  draining(): boolean;
}

/**
 * Every request of the process: 1 hot paths · 2 headers that nobody outside may write · 3 still booting · 4 an address that can
 * be one · 5 a host of ours · 6 the framework. Never rejects, and answers each request once.
 */
export function createListener(front: Front): (request: IncomingMessage, response: ServerResponse) => void {
  const place = placeOf(front.publicUrl);
  return (request, response) => {
    const startedAt = performance.now();
    const pathname = (request.url ?? "/").split("?", 1)[0] ?? "/";
    response.once("finish", () => {
      const { method = "GET" } = request;
      front.services()?.metrics.request({ method, route: routeOf(pathname), status: response.statusCode, seconds: (performance.now() - startedAt) / 1_000 });
    });
    serve(request, response, front, place).catch((error: unknown) => {
      front.services()?.log.error({ err: error, path: pathname }, "request failed");
      if (response.headersSent) response.destroy();
      else writeAnswer(response, pageless(request, 500, "Something broke on our side. Please try again."), request.method ?? "GET");
    });
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, front: Front, place: Place): Promise<void> {
  const { headers, socket } = request;
  const method = request.method ?? "GET";
  const url = request.url ?? "/";
  const { secure, aliases } = place;
  if (front.draining()) response.setHeader("connection", "close");

  const hot = hotPathOf(url);
  if (hot !== null) {
    // Whoami is asked at every page view of every customer: of who sent it, only the host matters, and that only a proxy can rename.
    const trusted = headers["x-forwarded-host"] !== undefined && peerOf(request, front).trusted;
    const asked = hostAskedFor(headers, trusted);
    const host = aliases.has(asked) ? place.host : asked;
    const fromMachine = hot === "metrics" && isLoopback(socket.remoteAddress ?? "") && isLoopbackHost(asked) && !wasForwarded(headers);
    writeAnswer(response, await answerHot(hot, { url, method, headers, host, fromMachine }, { services: front.services(), health: front.health }), method);
    return;
  }
  const sealed = sealHeaders(headers, peerOf(request, front), { method, path: url }, secure ? "https" : "http");
  const alias = aliases.has(sealed.host);
  completeHeaders(response, { path: url.split("?", 1)[0] ?? "/", secure });
  const services = front.services();
  const framework = front.framework();
  if (services === null || framework === null) return writeAnswer(response, wantsPage(request) ? pageless(request, 503, "The server is starting. Try again in a moment.") : starting(), method);
  if (!url.startsWith("/") || !isReadable(url)) return writeAnswer(response, pageless(request, 400, "This is not an address of ours."), method);
  if (isOtherName(url)) return writeAnswer(response, pageless(request, 404, "There is nothing at this address."), method);
  if (alias) {
    // The same machine under its number: a page moves to the name that cookies and links use, programs are served.
    if ((method === "GET" || method === "HEAD") && wantsPage(request)) return writeAnswer(response, moved(new URL(front.publicUrl.origin), url), method);
    headers["host"] = place.host;
    headers["x-forwarded-host"] = place.host;
  } else if (!isConsoleApi(services, sealed.host, url) && (await services.resolver.byHost(sealed.host)) === null) {
    return writeAnswer(response, pageless(request, 404, "No project lives at this address. The operator sets it with RUNG_PUBLIC_URL."), method);
  }
  if (isSoftNavigation(request)) return writeAnswer(response, nothing(), method);
  await framework(request, response);
}

/** The host of the console API is no project's; its own paths answer there, and nothing else does. */
function isConsoleApi({ env }: Services, host: string, url: string): boolean {
  return host.toLowerCase() === consoleApiHost(env) && isConsoleApiPath(url.split("?", 1)[0] ?? "/");
}

/**
 * The framework's own fetch of a page's payload, after a redirect of a server action. Our links load whole pages, where
 * headers, nonce and checks are made anew; without an answer the browser does the same here.
 */
function isSoftNavigation({ method, headers }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && headers["rsc"] !== undefined;
}

/**
 * Names by which the framework would also serve a page's payload. Rules know a page by its path alone, and our pages are never
 * asked for by any other.
 */
function isOtherName(url: string): boolean {
  const path = url.split("?", 1)[0] ?? "";
  return /(?:\.rsc|\.segments\/.*)\/*$|^\/+_next\/+data\//.test(path.includes("%") ? decodeURIComponent(path) : path);
}

function nothing(): PlainAnswer {
  return { status: 204, headers: { ...STATIC_HEADERS, "cache-control": NO_STORE, "content-security-policy": DATA_CSP }, body: "" };
}

/** What the public address says about every request; read once. */
interface Place {
  readonly host: string;
  readonly secure: boolean;
  /** 127.0.0.1 and [::1] mean localhost where localhost is the public name; nothing else is a second name of anything. */
  readonly aliases: ReadonlySet<string>;
}

function placeOf({ host, hostname, port, protocol }: URL): Place {
  const suffix = port === "" ? "" : `:${port}`;
  return { host, secure: protocol === "https:", aliases: new Set(hostname === "localhost" ? [`127.0.0.1${suffix}`, `[::1]${suffix}`] : []) };
}

function peerOf({ headers, socket }: IncomingMessage, front: Front): Peer {
  return front.peerOf(socket.remoteAddress ?? null, headerText(headers["x-forwarded-for"]));
}

/** A name or number by which a machine calls itself; a proxy that forwards strangers calls it by its public name. */
function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name);
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address);
}

function wantsPage(request: IncomingMessage): boolean {
  return (request.headers.accept ?? "").includes("text/html");
}

function moved(base: URL, target: string): PlainAnswer {
  const at = target.indexOf("?");
  base.pathname = at < 0 ? target : target.slice(0, at);
  base.search = at < 0 ? "" : target.slice(at);
  return { status: 307, headers: { ...STATIC_HEADERS, "cache-control": NO_STORE, "content-security-policy": DATA_CSP, location: base.href }, body: "" };
}

const TITLES: Readonly<Record<number, string>> = { 400: "Bad Request", 404: "Not Found", 500: "Internal Server Error", 503: "Service Unavailable" };

/** An answer where no page of the product can be rendered: JSON for programs, a bare page for people. */
function pageless(request: IncomingMessage, status: number, text: string): PlainAnswer {
  const title = TITLES[status] ?? "Error";
  const page = wantsPage(request);
  const headers = {
    ...STATIC_HEADERS, "cache-control": NO_STORE, "content-security-policy": DATA_CSP, ...(status === 503 ? { "retry-after": "2" } : {}),
    "content-type": page ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
  };
  const body = page
    ? `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`
    : JSON.stringify({ error: { code: status, status: title, reason: text, message: title.toLowerCase() } });
  return { status, headers, body };
}

function headerText(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value.join(",") : value) ?? null;
}
