import type { ProjectKey } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import type { Reader } from "./reader";

type CookieConfig = Pick<ProjectConfig, "csrfCookieName" | "deviceCookieName" | "lastUsedCookieName"> &
  Pick<ProjectConfig["session"], "cookieName" | "cookieDomain" | "cookiePath" | "cookieSameSite" | "cookiePersistent" | "cookieSecure">;

/**
 * Names and attributes of the project's cookies. `session.cookie.*` wins over `cookies.*`.
 *
 * Every default name ends in the project's key, so two projects on one host never read each other's, and begins with `__Host-`
 * wherever a browser would accept that: Secure, path `/`, no domain (J18).
 */
export function cookieConfig(reader: Reader, baseUrl: string, key: ProjectKey): CookieConfig {
  const base = new URL(baseUrl);
  const pick = (name: string): string | undefined => reader.text(`session.cookie.${name}`) ?? reader.text(`cookies.${name}`);
  const place = (name: string): string => (reader.at(`session.cookie.${name}`) === undefined ? `cookies.${name}` : `session.cookie.${name}`);

  const trusted = base.protocol === "https:" || isLoopback(base.hostname);
  const cookieSecure = reader.flag("session.cookie.secure", reader.flag("cookies.secure", trusted));
  if (!cookieSecure && base.protocol === "https:") {
    reader.refuse(place("secure"), "must not be false: this project is served over https, and its cookies stay there.");
  }
  const cookieDomain = pick("domain")?.toLowerCase().replace(/^\./, "") ?? null;
  if (cookieDomain !== null && base.hostname !== cookieDomain && !base.hostname.endsWith(`.${cookieDomain}`)) {
    reader.refuse(place("domain"), `must be "${base.hostname}" or a domain above it; browsers would drop every cookie.`);
  }
  const cookiePath = pick("path") ?? "/";
  const cookieSameSite = sameSite(pick("same_site"));
  if (cookieSameSite === "None" && !cookieSecure) {
    reader.refuse(place("same_site"), "must not be \"None\" without Secure; browsers would drop every cookie.");
  }
  const prefix = cookieSecure && cookieDomain === null && cookiePath === "/" ? "__Host-" : "";
  const cookieName = reader.text("session.cookie.name") ?? `${prefix}ory_session_${key}`;
  if (/^__host-/i.test(cookieName) && prefix === "") {
    reader.refuse("session.cookie.name", "must not begin with \"__Host-\": that needs Secure, the path \"/\" and no domain.");
  }
  if (/^__secure-/i.test(cookieName) && !cookieSecure) {
    reader.refuse("session.cookie.name", "must not begin with \"__Secure-\" while cookies are not Secure.");
  }
  return {
    cookieName, cookieDomain, cookiePath, cookieSameSite, cookieSecure,
    cookiePersistent: reader.flag("session.cookie.persistent", true),
    csrfCookieName: `${prefix}csrf_token_${key}`,
    deviceCookieName: `${prefix}rung_device_${key}`,
    lastUsedCookieName: `${prefix}rung_last_used_${key}`,
  };
}

/** Hosts that never leave the machine; browsers treat them as trustworthy without https. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function sameSite(value: string | undefined): "Strict" | "Lax" | "None" {
  return value === "Strict" || value === "None" ? value : "Lax";
}
