import { isBoundedDomain } from "../policy/bounded-domain";
import type { Reader } from "./reader";

/** Schemes that run or read instead of navigating. */
const NEVER: ReadonlySet<string> = new Set(["about:", "blob:", "data:", "file:", "filesystem:", "javascript:", "vbscript:"]);

/** The URL at `path`, absolute. A path such as `/welcome` is completed with the base URL. `page`: must be http or https. */
export function urlAt(reader: Reader, path: string, baseUrl: string, kind: "page" | "return"): string | null {
  const value = reader.text(path);
  return value === undefined ? null : completeUrl(reader, path, value, baseUrl, kind);
}

/** `selfservice.allowed_return_urls`, absolute; an entry may begin its host with `*.` where one owner has all the names below. */
export function allowedReturnUrls(reader: Reader, baseUrl: string): readonly string[] {
  const path = "selfservice.allowed_return_urls";
  return reader.list(path).flatMap((value, index) => {
    const url = typeof value === "string" ? completeUrl(reader, `${path}.${index}`, value, baseUrl, "return") : null;
    return url === null ? [] : [url];
  });
}

function completeUrl(reader: Reader, path: string, value: string, baseUrl: string, kind: "page" | "return"): string | null {
  const refuse = (message: string): null => {
    reader.refuse(path, message);
    return null;
  };
  if (value.startsWith("//") || value.includes("\\")) return refuse("must name its scheme, such as \"https://shop.example/\".");
  const text = value.startsWith("/") ? `${baseUrl}${value}` : value;
  const hasHost = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(text);
  if (!hasHost || !URL.canParse(text)) return refuse("must be a whole URL, or a path that begins with \"/\".");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return refuse("must not hold a user name or a password.");
  const web = url.protocol === "https:" || url.protocol === "http:";
  if (NEVER.has(url.protocol) || (kind === "page" && !web)) return refuse("must begin with http:// or https://.");
  if (!url.host.includes("*")) return url.href;
  const wildcard = path.startsWith("selfservice.allowed_return_urls.") && url.hostname.startsWith("*.");
  if (!wildcard) return refuse("must not hold a wildcard; only allowed_return_urls may, as the first label of a host.");
  if (!isBoundedDomain(url.hostname.slice(2))) {
    return refuse("has a wildcard over names that belong to strangers; write it below a domain of your own, such as \"https://*.shop.example\".");
  }
  return url.href;
}
