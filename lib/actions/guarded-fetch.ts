import { lookup as systemLookup } from "node:dns";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { classOf } from "./address-class";
import type { AddressClass } from "./address-class";
import { GuardedFetchError } from "./guarded-types";
import type { GuardedInit, GuardedOptions, GuardedResponse } from "./guarded-types";
import { exchangeOnce } from "./http-exchange";
import { exceptionFor } from "./private-exceptions";

export { GuardedFetchError, isGuardedFetchError } from "./guarded-types";
export type { GuardedFailure, GuardedInit, GuardedOptions, GuardedResponse } from "./guarded-types";

/** Five megabytes (contract/admin.md 5.4). */
export const MAX_RESPONSE_BYTES = 5_242_880;
const MAX_REDIRECTS = 5;
/** What may follow a redirect to somebody else. */
const HARMLESS: ReadonlySet<string> = new Set(["accept", "accept-language", "content-type", "user-agent"]);

/**
 * The one way out of the house. The address is judged when it is dialled, after the name was resolved, for every redirect anew,
 * so no trick with names gets past; a name with one forbidden address is refused whole. Only http and https, no proxies, no
 * kept connections. Throws `GuardedFetchError`; any status is an answer.
 */
export async function guardedFetch(url: string | URL, init: GuardedInit, options: GuardedOptions): Promise<GuardedResponse> {
  const deadline = performance.now() + options.timeoutMs;
  let request: Required<GuardedInit> = { method: init.method ?? "GET", headers: init.headers ?? {}, body: init.body ?? null };
  let target = readUrl(String(url), undefined);
  for (let hops = 0; ; hops += 1) {
    const response = await exchangeOnce(target, request, {
      lookup: guardedLookup(target, options), timeoutMs: Math.max(0, deadline - performance.now()), maxBytes: options.maxBytes ?? MAX_RESPONSE_BYTES,
    });
    const to = redirectOf(response);
    if (to === null || options.maxRedirects === 0) return { ...response, url: target.href };
    if (hops >= (options.maxRedirects ?? MAX_REDIRECTS)) throw new GuardedFetchError("redirects", "too many redirects");
    const next = readUrl(to, target);
    if (target.protocol === "https:" && next.protocol === "http:") throw new GuardedFetchError("refused", "a redirect leaves https");
    request = follow(request, response.status, next.origin === target.origin);
    target = next;
  }
}

/** Whether this address may be dialled for this URL. */
function mayDial(address: string, target: URL, options: GuardedOptions): boolean {
  const kind: AddressClass = classOf(address);
  if (kind === "public") return true;
  if (kind === "never") return false;
  return (kind === "local" && options.allowPrivate) || exceptionFor(target, options.exceptions);
}

/** Whether a host is inside without anybody being asked: a number of any spelling, or a name of this machine. */
export function isInside(host: string): boolean {
  const plain = host.replace(/\.$/, "").toLowerCase();
  if (plain === "localhost" || plain.endsWith(".localhost")) return true;
  // The parser of web addresses reads every spelling of a number: 0x7f000001, 2130706433, 127.1.
  const canonical = URL.canParse(`http://${plain}`) ? new URL(`http://${plain}`).hostname.replace(/^\[|\]$/g, "") : plain;
  return isIP(canonical) !== 0 && classOf(canonical) !== "public";
}

/** For whoever dials by themselves (lib/courier): resolves names to public addresses only. Throws `GuardedFetchError` for a number that is none. */
export function publicLookup(host: string, resolve: LookupFunction = systemLookup): LookupFunction {
  return judgedLookup(host, (address) => classOf(address) === "public", resolve);
}

function guardedLookup(target: URL, options: GuardedOptions): LookupFunction {
  return judgedLookup(target.hostname, (address) => mayDial(address, target, options), options.lookup ?? systemLookup);
}

function judgedLookup(name: string, may: (address: string) => boolean, resolve: LookupFunction): LookupFunction {
  const host = name.replace(/^\[|\]$/g, "");
  // A numeric address is dialled without asking anybody, so it is judged here.
  if (isIP(host) !== 0 && !may(host)) throw refused();
  return (hostname, settings, callback) => {
    resolve(hostname, { ...settings, all: true }, (error, found) => {
      if (error) return callback(error, "", 4);
      const addresses = Array.isArray(found) ? found : [{ address: found, family: isIP(found) }];
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isIP(address) !== 0 && may(address))) return callback(refused(), "", 4);
      return settings.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

/** One sentence for every refusal: which addresses exist inside is nobody's business outside. */
function refused(): GuardedFetchError {
  return new GuardedFetchError("refused", "this address is not reachable from here");
}

function readUrl(text: string, base: URL | undefined): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch (cause) {
    throw new GuardedFetchError("refused", "not an address", { cause });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new GuardedFetchError("refused", "only http and https are spoken");
  if (url.username !== "" || url.password !== "") throw new GuardedFetchError("refused", "an address holds no password");
  url.hash = "";
  return url;
}

function redirectOf({ status, headers }: Pick<GuardedResponse, "status" | "headers">): string | null {
  return [301, 302, 303, 307, 308].includes(status) ? headers["location"] ?? null : null;
}

/** As browsers do (fetch standard, HTTP-redirect fetch): 303, and a POST after 301 or 302, become a GET without body. */
function follow(request: Required<GuardedInit>, status: number, sameOrigin: boolean): Required<GuardedInit> {
  const headers = Object.entries(request.headers).filter(([name]) => sameOrigin || HARMLESS.has(name.toLowerCase()));
  const becomesGet = (status === 303 && request.method !== "HEAD") || ((status === 301 || status === 302) && request.method === "POST");
  if (!becomesGet) return { ...request, headers: Object.fromEntries(headers) };
  return { method: "GET", body: null, headers: Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== "content-type")) };
}
