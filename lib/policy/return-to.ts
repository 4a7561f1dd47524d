import { isBoundedDomain } from "./bounded-domain";

/** Where a flow may send a browser afterwards. All three are absolute URLs. */
export interface ReturnToRules {
  /** `selfservice.allowed_return_urls`; an entry covers its path and everything below, and may begin with `*.`. */
  readonly allowed: readonly string[];
  /** Completes a path without a host, and answers for a missing candidate. */
  readonly defaultUrl: string;
  readonly baseUrl: string;
}
export type ReturnTo = { readonly ok: true; readonly url: string } | { readonly ok: false };

/** Longer than any real chain of nested `return_to` values; shorter than what proxies cut. */
const MAX_LENGTH = 8_192;
/** Schemes that run, read or rewrite instead of navigating. Refused even when somebody lists them. */
const NEVER: ReadonlySet<string> = new Set(["about:", "blob:", "data:", "file:", "filesystem:", "javascript:", "vbscript:", "view-source:"]);

const REFUSED: ReturnTo = { ok: false };

/**
 * Answers where `candidate` leads, as one absolute, normalised URL, or refuses it (contract 2.6, T41).
 *
 * Order: 1 none → the default · 2 characters that parsers disagree on → refused · 3 a path is completed from the default ·
 *        4 credentials, script schemes, no host → refused · 5 the default itself, `<base>/self-service/…` or a match in the
 *        allow list → accepted · 6 refused.
 */
export function resolveReturnTo(candidate: string | null, allow: ReturnToRules): ReturnTo {
  if (candidate === null || candidate === "") return { ok: true, url: allow.defaultUrl };
  const url = readUrl(candidate, allow.defaultUrl);
  if (url === null) return REFUSED;
  const accepted =
    url.href === parse(allow.defaultUrl)?.href ||
    covers(selfServiceOf(allow.baseUrl), url) ||
    allow.allowed.some((entry) => covers(parse(entry), url));
  return accepted ? { ok: true, url: url.href } : REFUSED;
}

function readUrl(candidate: string, defaultUrl: string): URL | null {
  if (candidate.length > MAX_LENGTH || /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff\\]/.test(candidate)) return null;
  if (candidate.startsWith("/")) return candidate.startsWith("//") ? null : parse(candidate, defaultUrl);
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(candidate)?.[1];
  if (authority === undefined || authority.includes("@") || authority.includes("*")) return null;
  return parse(candidate);
}

function parse(text: string, base?: string): URL | null {
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  const credentials = url.username !== "" || url.password !== "";
  return credentials || url.host === "" || NEVER.has(url.protocol) ? null : url;
}

function selfServiceOf(baseUrl: string): URL | null {
  return parse(`${baseUrl.replace(/\/+$/, "")}/self-service`);
}

function covers(rule: URL | null, url: URL): boolean {
  return rule !== null && rule.protocol === url.protocol && coversHost(rule, url) && coversPath(rule.pathname, url.pathname);
}

function coversHost(rule: URL, url: URL): boolean {
  if (!rule.host.includes("*")) return rule.host === url.host;
  const domain = rule.hostname.startsWith("*.") ? rule.hostname.slice(2) : "";
  return isBoundedDomain(domain) && rule.port === url.port && url.hostname.endsWith(`.${domain}`) && !url.hostname.startsWith(".");
}

/** By whole segments. Below a path, an encoded slash is refused: a server that decodes it could climb out again. */
function coversPath(rule: string, path: string): boolean {
  const prefix = rule.replace(/\/+$/, "");
  if (prefix === "") return true;
  if (/%2f|%5c/i.test(path)) return false;
  return path === prefix || path.startsWith(`${prefix}/`);
}
