import type { JsonValue } from "../model/identity";
import { attachCookies } from "./cookies";
import type { Exchange } from "./exchange";
import { DATA_CSP, HSTS, NO_STORE, STATIC_HEADERS } from "./security-headers";

/*
 * Every Response of the edge is made here, so none misses a header: no cache, `Vary: Cookie`, the security set, the cookies
 * that the exchange collected.
 */

/** What an answer needs to know of its request; null before the host is known. */
export type Addressee = Pick<Exchange, "project" | "setCookies"> | null;
type ExtraHeaders = Readonly<Record<string, string>>;

export function jsonAnswer(to: Addressee, status: number, body: JsonValue, extra: ExtraHeaders = {}): Response {
  const headers = commonHeaders(to, { "content-type": "application/json; charset=utf-8", ...extra });
  return new Response(JSON.stringify(body), { status, headers });
}

export function emptyAnswer(to: Addressee, status: number, extra: ExtraHeaders = {}): Response {
  return new Response(null, { status, headers: commonHeaders(to, extra) });
}

/** 303 whatever was asked: a redirect that answers a POST must not keep its method (contract 2.3). */
export function redirectAnswer(to: Addressee, location: string, extra: ExtraHeaders = {}): Response {
  return new Response(null, { status: 303, headers: commonHeaders(to, { location, ...extra }) });
}

/** An answer that somebody else composed (next-auth): its own headers and cookies, and ours around them. */
export function answerWith(
  to: Addressee, answer: { readonly status: number; readonly headers: ExtraHeaders; readonly setCookies: readonly string[]; readonly body: string },
): Response {
  const { "cache-control": _cache, ...own } = answer.headers;
  const headers = commonHeaders(to, own);
  attachCookies(headers, answer.setCookies);
  return new Response(answer.body, { status: answer.status, headers });
}

/** A file, written while it is read. */
export function downloadAnswer(to: Addressee, body: ReadableStream<Uint8Array>, extra: ExtraHeaders): Response {
  return new Response(body, { status: 200, headers: commonHeaders(to, extra) });
}

/**
 * A page of last resort, for answers that no screen of ours can show: the database is away, the host unknown, too many
 * requests. One heading, one sentence, one way on; no script, no style, nothing of the request.
 */
export function plainPage(to: Addressee, status: number, words: { readonly title: string; readonly text: string }, extra: ExtraHeaders = {}): Response {
  const link = to === null ? "" : '<p><a href="/">Start again</a></p>';
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
    + `<title>${escaped(words.title)}</title></head><body><main><h1>${escaped(words.title)}</h1><p>${escaped(words.text)}</p>${link}</main></body></html>`;
  return new Response(body, { status, headers: commonHeaders(to, { "content-type": "text/html; charset=utf-8", ...extra }) });
}

/** While the store is away: come back in a moment. */
export function unavailablePage(): Response {
  return plainPage(null, 503, { title: "Service Unavailable", text: "The service does not answer right now. Try again in a moment." }, { "retry-after": "2" });
}

function commonHeaders(to: Addressee, extra: ExtraHeaders): Headers {
  const headers = new Headers({ ...STATIC_HEADERS, "cache-control": NO_STORE, vary: "Cookie", "content-security-policy": DATA_CSP, ...extra });
  if (to?.project.config.baseUrl.startsWith("https:")) headers.set("strict-transport-security", HSTS);
  attachCookies(headers, to?.setCookies ?? []);
  return headers;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
