import { compilePattern } from "../model/pattern";
import type { Pattern } from "../model/pattern";

/** A glob has 2048 characters at most, each written as three or so. */
const MAX_GLOB_CHARACTERS = 16_384;
/** Steps times characters of one glob and one address: some milliseconds for what people write, a second for what they should not. */
const MAX_WORK = 5_000_000;
const NOTHING: Pattern = { test: () => false };

/**
 * Whether a URL matches one of the globs of `clients.http.private_ip_exception_urls`. `*` stands for characters of one name or
 * path segment, `**` for any, `?` for one. Origin and path are matched apart, so that no path can look like a host.
 */
export function exceptionFor(target: URL, globs: readonly string[]): boolean {
  return globs.some((glob) => {
    const [, origin, path] = /^(https?:\/\/[^/]+)(\/.*)?$/i.exec(glob) ?? [];
    if (origin === undefined) return false;
    return toPattern(withoutDefaultPort(origin.toLowerCase())).test(target.origin) && toPattern(path ?? "/").test(target.pathname);
  });
}

function withoutDefaultPort(origin: string): string {
  return origin.startsWith("https:") ? origin.replace(/:443$/, "") : origin.replace(/:80$/, "");
}

/** In linear time, and not for long: whoever writes the globs may write the address too. */
function toPattern(glob: string): Pattern {
  const body = glob.replace(/\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^./]*";
    return part === "?" ? "[^./]" : `\\${part}`;
  });
  const compiled = compilePattern(`^${body}$`, MAX_GLOB_CHARACTERS);
  if (!compiled.ok) return NOTHING;
  const { pattern, steps } = compiled;
  return { test: (text) => steps * text.length <= MAX_WORK && pattern.test(text) };
}
