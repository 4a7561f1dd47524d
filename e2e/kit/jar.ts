export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Keeps cookies as a browser does on http://localhost and its sub-domains, which browsers count as secure. */
export class Jar {
  readonly #cookies = new Map<string, StoredCookie>();

  /** Stores what an answer sets. Throws where a browser would silently drop a cookie, so a test sees it. */
  store(url: string | URL, setCookies: readonly string[]): void {
    const host = new URL(url).hostname;
    for (const line of setCookies) {
      const [pair = "", ...rest] = line.split(";").map((part) => part.trim());
      const at = pair.indexOf("=");
      const name = pair.slice(0, at);
      const attributes = Object.fromEntries(rest.map((part) => {
        const [key = "", ...value] = part.split("=");
        return [key.toLowerCase(), value.join("=")] as const;
      }));
      const refused = hostPrefixProblem(name, attributes);
      if (refused !== null) throw new Error(`a browser drops the cookie ${name}: ${refused}`);
      const expired = attributes["max-age"] === "0" || (attributes["expires"] !== undefined && new Date(attributes["expires"]).getTime() < Date.now() - 60_000);
      const key = `${host}\0${name}`;
      if (expired || Number(attributes["max-age"] ?? 1) < 0) this.#cookies.delete(key);
      else this.#cookies.set(key, { name, value: pair.slice(at + 1), host, path: attributes["path"] ?? "/", attributes });
    }
  }

  /** The Cookie header for a URL; empty when there is nothing to send. */
  header(url: string | URL): string {
    return this.of(url).map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  of(url: string | URL): readonly StoredCookie[] {
    const { hostname, pathname } = new URL(url);
    return [...this.#cookies.values()].filter((cookie) => cookie.host === hostname && pathname.startsWith(cookie.path));
  }

  find(url: string | URL, name: RegExp): StoredCookie | undefined {
    return this.of(url).find((cookie) => name.test(cookie.name));
  }

  put(cookie: StoredCookie): void {
    this.#cookies.set(`${cookie.host}\0${cookie.name}`, cookie);
  }

  remove(name: RegExp): void {
    for (const [key, cookie] of this.#cookies) if (name.test(cookie.name)) this.#cookies.delete(key);
  }

  copy(): Jar {
    const twin = new Jar();
    for (const cookie of this.#cookies.values()) twin.put(cookie);
    return twin;
  }
}

/** RFC 6265bis, 4.1.3: what the prefixes promise. */
function hostPrefixProblem(name: string, attributes: Readonly<Record<string, string>>): string | null {
  const secure = "secure" in attributes;
  if (name.startsWith("__Host-") && (!secure || attributes["path"] !== "/" || "domain" in attributes)) return "__Host- needs Secure, Path=/ and no Domain";
  if (name.startsWith("__Secure-") && !secure) return "__Secure- needs Secure";
  if (attributes["samesite"]?.toLowerCase() === "none" && !secure) return "SameSite=None needs Secure";
  return null;
}
