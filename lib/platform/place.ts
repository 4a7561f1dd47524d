import type { ProjectRow } from "../model/project";

/** The part of the environment that decides which host is whose. Origins, without a path. */
export interface Hosts {
  readonly publicUrl: URL;
  readonly consoleUrl: URL;
}

export type HostMeaning =
  | { readonly kind: "default" }
  | { readonly kind: "console" }
  /** A label below the public host; whether a project has that slug is the database's to say. */
  | { readonly kind: "slug"; readonly slug: string }
  /** Perhaps somebody's own host. */
  | { readonly kind: "custom"; readonly host: string };

/** One host label (RFC 1123); `console` is the built-in project's and never another's. */
const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const RESERVED_SLUGS = new Set(["console", "default", "www", "api", "admin"]);

export function isSlug(text: string): boolean {
  return SLUG.test(text) && !RESERVED_SLUGS.has(text);
}

/**
 * What a `Host` header means. Exact match after lower-casing and dropping the scheme's own port; null for anything that is
 * no plain host. Pure: nothing in a header ever becomes part of a link (security.md T42).
 */
export function hostMeaning(header: string, hosts: Hosts): HostMeaning | null {
  const host = normalisedHost(header, hosts.publicUrl.protocol);
  if (host === null) return null;
  if (host === hosts.publicUrl.host) return { kind: "default" };
  if (host === normalisedHost(hosts.consoleUrl.host, hosts.consoleUrl.protocol)) return { kind: "console" };
  const below = `.${hosts.publicUrl.host}`;
  if (host.endsWith(below)) {
    const slug = host.slice(0, -below.length);
    return isSlug(slug) ? { kind: "slug", slug } : null;
  }
  return { kind: "custom", host };
}

/** Where programs of an operator find the console API, beside the console itself (contract/admin.md 2.1). */
export function consoleApiHost(hosts: Pick<Hosts, "consoleUrl">): string {
  return `api.${hosts.consoleUrl.host}`;
}

/** Why a host cannot be a project's own; null when it can. What lies below the public host follows from a slug and is never given away. */
export function customHostFault(host: string, hosts: Hosts): string | null {
  // Cookies know no ports, and a name with a dot behind it is the same name to resolvers: neither makes it another's.
  const name = bareName(host);
  if (!/^\[|^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) || name !== host.replace(/:\d+$/, "")) return "A host is a name like id.example.com, without a dot at either end.";
  const ours = [hosts.publicUrl, hosts.consoleUrl].map((url) => bareName(url.host));
  return ours.some((one) => name === one || name.endsWith(`.${one}`)) ? `The host ${host} belongs to this installation and cannot be a project's own.` : null;
}

/** Without port, and without the dot that ends an absolute name. */
function bareName(host: string): string {
  return host.replace(/:\d+$/, "").replace(/\.+$/, "");
}

/** Where a project lives, as an origin: from configuration only. */
export function projectBaseUrl(row: Pick<ProjectRow, "kind" | "isDefault" | "slug">, hosts: Hosts): string {
  if (row.kind === "console") return hosts.consoleUrl.origin;
  if (row.isDefault) return hosts.publicUrl.origin;
  return `${hosts.publicUrl.protocol}//${row.slug}.${hosts.publicUrl.host}`;
}

/** Null for anything that is not `name`, `name:port`, `[v6]` or `[v6]:port`. */
export function normalisedHost(header: string, protocol: string): string | null {
  const host = header.toLowerCase();
  if (!/^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/.test(host)) return null;
  const own = protocol === "https:" ? ":443" : ":80";
  return host.endsWith(own) ? host.slice(0, -own.length) : host;
}
