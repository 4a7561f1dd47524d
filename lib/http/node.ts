import type { ServerResponse } from "node:http";
import { FALLBACK_CSP, HSTS, NO_STORE, STATIC_HEADERS } from "./security-headers";
import type { PlainAnswer } from "./whoami";

/** Writes an answer that is complete already. */
export function writeAnswer(response: ServerResponse, answer: PlainAnswer, method: string): void {
  response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
  response.end(method === "HEAD" ? undefined : answer.body);
}

/**
 * Fills in, at the last moment, the headers that an answer of the framework lacks: its 404 and 500, static files, pages when no
 * proxy ran. What a handler set itself is never touched. `Vary` gains `Cookie` on everything that is not a static file.
 */
export function completeHeaders(response: ServerResponse, facts: { readonly path: string; readonly secure: boolean }): void {
  const original = response.writeHead;
  const immutable = facts.path.startsWith("/_next/static/");
  const complete = (): void => {
    if (response.headersSent) return;
    for (const [name, value] of Object.entries(STATIC_HEADERS)) if (!response.hasHeader(name)) response.setHeader(name, value);
    if (!response.hasHeader("content-security-policy")) response.setHeader("content-security-policy", FALLBACK_CSP);
    if (facts.secure) response.setHeader("strict-transport-security", HSTS);
    response.removeHeader("x-powered-by");
    if (immutable) return;
    if (!isPublicFile(facts.path)) response.setHeader("cache-control", NO_STORE);
    response.setHeader("vary", withCookie(response.getHeader("vary")));
  };
  response.writeHead = function writeHead(this: ServerResponse, ...args: unknown[]) {
    complete();
    return Reflect.apply(original, this, args) as ServerResponse;
  } as typeof response.writeHead;
}

/** Files under public/, icons, and public keys: they hold nothing of a person, and keep their own cache headers. */
function isPublicFile(path: string): boolean {
  return path === "/.well-known/jwks.json" || /\.(?:ico|svg|png|jpg|webp|woff2|txt|webmanifest|js|css|map)$/.test(path);
}

function withCookie(vary: number | string | readonly string[] | undefined): string {
  const names = (Array.isArray(vary) ? vary.join(",") : String(vary ?? "")).split(",").map((name) => name.trim()).filter((name) => name !== "");
  if (!names.some((name) => name.toLowerCase() === "cookie")) names.push("Cookie");
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()].join(", ");
}
