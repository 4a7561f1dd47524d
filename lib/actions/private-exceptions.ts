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

function toPattern(glob: string): RegExp {
  const body = glob.replace(/\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part === "**") return ".*";
    if (part === "*") return "[^./]*";
    return part === "?" ? "[^./]" : `\\${part}`;
  });
  return new RegExp(`^${body}$`);
}
