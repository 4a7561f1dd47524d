import { timingSafeEqual, randomBytes } from "node:crypto";
import { isIP } from "node:net";

/*
 * Headers that only the process itself may write. Whatever arrives from outside under these names is dropped, unless a
 * trusted proxy sent it and the header is one of the few that a proxy is asked to send (security.md X4, T44).
 */

/** node:http's spelling: lower-case names. */
export type RawHeaders = Record<string, string | string[] | undefined>;

export const CLIENT_IP_HEADER = "x-rung-client-ip";
export const PATH_HEADER = "x-rung-path";
/** Path and query of this very request. Rules are asked about it, so only a sealed one counts; see `ownPath`. */
const OWN_PATH_HEADER = "x-rung-own-path";
/** Proves that the headers above were written in this process; see `edgeSeal`. */
const SEAL_HEADER = "x-rung-seal";

const FORWARDED = /^(x-forwarded-|cf-|x-real-ip$|x-client-ip$|x-cluster-client-ip$|true-client-ip$|fastly-client-ip$|forwarded$|via$)/;
const DROPPED = /^(x-rung-|x-middleware-|x-invoke-|x-forwarded-|cf-|x-vercel-|x-now-|x-nextjs-(?!html-request-id|request-id))/;
const DROPPED_NAMES: ReadonlySet<string> = new Set([
  "forwarded", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "fastly-client-ip", "x-nonce", "x-matched-path",
  "x-original-url", "x-rewrite-url", "x-http-method-override", "x-http-method", "x-method-override", "next-resume",
]);

export interface Peer {
  /** Address of the socket. */
  readonly address: string | null;
  /** The client behind that socket, after trusted proxies; null when unknown. */
  readonly clientIp: string | null;
  readonly trusted: boolean;
}

/** What the request is about, once nobody outside can lie about it. */
export interface Sealed {
  readonly host: string;
}

/**
 * Rewrites `headers` in place: private and forwarded names out, our own in. `host` becomes the host the client asked for;
 * `defaultProtocol` is the scheme of the public URL.
 */
export function sealHeaders(
  headers: RawHeaders, peer: Peer, request: { readonly method: string; readonly path: string }, defaultProtocol: "http" | "https",
): Sealed {
  const forwardedProtocol = peer.trusted ? last(headers["x-forwarded-proto"]) : null;
  const host = hostAskedFor(headers, peer.trusted);
  for (const name of Object.keys(headers)) if (isPrivateHeader(name)) Reflect.deleteProperty(headers, name);
  headers["host"] = host;
  headers["x-forwarded-host"] = host;
  headers["x-forwarded-proto"] = forwardedProtocol === "https" || forwardedProtocol === "http" ? forwardedProtocol : defaultProtocol;
  headers[SEAL_HEADER] = edgeSeal();
  headers[OWN_PATH_HEADER] = asciiPath(request.path);
  headers[PATH_HEADER] = pathToNote({ ...request, referer: last(headers["referer"]), host });
  if (peer.clientIp !== null && isIP(peer.clientIp) !== 0) headers[CLIENT_IP_HEADER] = peer.clientIp;
  return { host };
}

/** The host the client asked for, in lower case; a trusted proxy may name it. Empty when there is none that could be one. */
export function hostAskedFor(headers: RawHeaders, trusted: boolean): string {
  const forwarded = trusted ? validHost(last(headers["x-forwarded-host"])) : null;
  return forwarded ?? validHost(last(headers["host"])) ?? "";
}

/** True when a proxy, trusted or not, says that it forwarded this request. Asked before `sealHeaders` takes the traces away. */
export function wasForwarded(headers: RawHeaders): boolean {
  return Object.keys(headers).some((name) => FORWARDED.test(name));
}

/**
 * What proxy.ts notes for the page. Behind server.ts the request is sealed already and only the way back is noted again;
 * elsewhere whatever a client sent under our names goes, and this process writes and seals its own.
 */
export function noteRequest(headers: Headers, request: { readonly method: string; readonly path: string }): void {
  if (!isSealed(headers)) {
    for (const name of [...headers.keys()]) if (name.startsWith("x-rung-")) headers.delete(name);
    headers.set(SEAL_HEADER, edgeSeal());
    headers.set(OWN_PATH_HEADER, asciiPath(request.path));
  }
  headers.set(PATH_HEADER, pathToNote({ ...request, referer: headers.get("referer"), host: headers.get("host") ?? "" }));
}

/** Path and query of this very request as this process noted it; null when it did not, whatever a client sent. */
export function ownPath(headers: Headers): string | null {
  return isSealed(headers) ? headers.get(OWN_PATH_HEADER) : null;
}

/** True for a name that only this process may use. */
export function isPrivateHeader(name: string): boolean {
  return DROPPED.test(name) || DROPPED_NAMES.has(name);
}

/** The client's address as server.ts wrote it; null where no server.ts stands in front, whatever a client sent. */
export function sealedClientIp(headers: Headers): string | null {
  return isSealed(headers) ? headers.get(CLIENT_IP_HEADER) : null;
}

/** Path and query of a page's own request, for `return_to`; validated there like any other. Null when nobody noted it. */
export function notedPath(headers: Headers): string | null {
  const path = headers.get(PATH_HEADER);
  return path !== null && path.startsWith("/") ? path : null;
}

/**
 * The page a person would come back to: the path itself for a page, and for a form that was posted the page that holds the form,
 * as the browser names it (`Referer`, same host only).
 */
export function pathToNote(request: { readonly method: string; readonly path: string; readonly referer: string | null; readonly host: string }): string {
  const { method, path, referer, host } = request;
  if (method !== "GET" && method !== "HEAD" && referer !== null && URL.canParse(referer)) {
    const page = new URL(referer);
    if (page.host === host) return asciiPath(`${page.pathname}${page.search}`);
  }
  return asciiPath(path);
}

function isSealed(headers: Headers): boolean {
  const given = Buffer.from(headers.get(SEAL_HEADER) ?? "");
  const seal = Buffer.from(edgeSeal());
  return given.length === seal.length && timingSafeEqual(given, seal);
}

const SEAL = Symbol.for("rung.edge-seal");

/** One random value per process, shared by the two module graphs; it never leaves the process. */
function edgeSeal(): string {
  const shared = globalThis as { [SEAL]?: string };
  shared[SEAL] ??= randomBytes(24).toString("base64url");
  return shared[SEAL];
}

function last(value: string | string[] | undefined): string | null {
  const text = Array.isArray(value) ? value.join(",") : value;
  const parts = text?.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return parts?.at(-1) ?? null;
}

function validHost(host: string | null): string | null {
  return host !== null && /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host) ? host.toLowerCase() : null;
}

/** Headers carry ASCII; a raw byte in a path is percent-encoded, as the URL parser does. */
function asciiPath(path: string): string {
  return path.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character));
}
