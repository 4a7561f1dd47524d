import type { KeyRing } from "../crypto/keys";
import { constantTimeEqual, newToken } from "../crypto/token";
import { LOCALE_COOKIE } from "../i18n/locale";
import type { Locale } from "../i18n/locale";
import type { FlowId, IdentityId } from "../model/ids";
import type { LastUsed } from "../model/last-used";
import type { Project, ProjectConfig } from "../model/project";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../model/time";
import { lastUsedValue } from "./last-used";

/*
 * THE writer of cookies. Nothing else in the house spells `Set-Cookie`. Names and attributes come from the project's
 * configuration; all of them are HttpOnly, and none is readable by a page.
 */

/** Contract 2.5. */
const CSRF_DAYS = 365;
/** A browser that completed a sign-in keeps its own attempt budget this long. */
const DEVICE_DAYS = 180;
/** As long as the browser itself is known. */
const LAST_USED_DAYS = DEVICE_DAYS;
/** A language is chosen once. */
const LOCALE_DAYS = 365;
/** As long as next-auth keeps its own cookies of a round trip. */
const DANCE_MINUTES = 15;
/** People who share one browser and are remembered on it; the oldest is forgotten. */
const DEVICE_PEOPLE = 4;
/** RFC 6265bis: browsers cap an age at 400 days. */
const MAX_AGE_SECONDS = 400 * 24 * 3_600;
const DEVICE_ID = /^rd_[A-Za-z0-9]{32}$/;
const DEVICE_MAC_CHARACTERS = 32;

/** First value of each name, as RFC 6265 lists them: the most specific cookie comes first. */
export function parseCookies(header: string | null): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (at < 1) continue;
    const name = pair.slice(0, at).trim();
    if (name !== "" && !cookies.has(name)) cookies.set(name, unquoted(pair.slice(at + 1).trim()));
  }
  return cookies;
}

/** What `parseCookies` reads under one name, without reading the others; null where it is not there. */
export function cookieNamed(header: string, name: string): string | null {
  for (let at = header.indexOf(name); at >= 0; at = header.indexOf(name, at + 1)) {
    if (at > 0 && header.slice(header.lastIndexOf(";", at - 1) + 1, at).trim() !== "") continue;
    const equals = header.indexOf("=", at);
    if (equals < 0 || header.slice(at, equals).trimEnd() !== name) continue;
    const end = header.indexOf(";", equals);
    return unquoted(header.slice(equals + 1, end < 0 ? header.length : end).trim());
  }
  return null;
}

/** Holds the session token until the session ends; without `cookiePersistent`, until the browser closes. */
export function sessionCookie(config: ProjectConfig, token: string, expiresAt: Date, now: Date): string {
  const { session } = config;
  const seconds = Math.floor((expiresAt.getTime() - now.getTime()) / SECOND_MS);
  return write(config, session.cookieName, token, session.cookiePersistent ? Math.max(0, seconds) : null);
}

export function endedSessionCookie(config: ProjectConfig): string {
  return write(config, config.session.cookieName, "", 0);
}

/** Holds this browser's anti-CSRF secret. */
export function csrfCookie(config: ProjectConfig, secret: string): string {
  return write(config, config.csrfCookieName, secret, (CSRF_DAYS * DAY_MS) / SECOND_MS);
}

/**
 * Remembers that this browser completed a sign-in of this person: a random device id and a MAC over id and person. It
 * grants nothing; a stranger's failures merely do not use up its attempts (L2).
 */
export function deviceCookie(config: ProjectConfig, keys: KeyRing, known: string | null, identityId: IdentityId): string {
  const before = readDevice(known);
  const id = before?.id ?? newToken("rd_");
  const mac = deviceMac(keys.macHex("device", id, identityId));
  const macs = [mac, ...(before?.macs ?? []).filter((other) => other !== mac)].slice(0, DEVICE_PEOPLE);
  return write(config, config.deviceCookieName, [id, ...macs].join("."), (DEVICE_DAYS * DAY_MS) / SECOND_MS);
}

/** True when the cookie was signed, under any key of the ring, for this person. */
export function isKnownDevice(keys: KeyRing, cookie: string | null, identityId: IdentityId): boolean {
  const device = readDevice(cookie);
  if (device === null) return false;
  const wanted = keys.macsHex("device", device.id, identityId).map(deviceMac);
  return device.macs.some((mac) => wanted.some((good) => constantTimeEqual(mac, good)));
}

/** Holds which methods last worked in this browser; nothing of a person, no secret. Signing out leaves it: that is what it is for. */
export function lastUsedCookie(config: ProjectConfig, used: LastUsed): string {
  return write(config, config.lastUsedCookieName, lastUsedValue(used), (LAST_USED_DAYS * DAY_MS) / SECOND_MS, "Lax");
}

/** Holds the language a person chose; words, no secret. */
export function localeCookie(config: ProjectConfig, locale: Locale): string {
  return write(config, LOCALE_COOKIE, locale, (LOCALE_DAYS * DAY_MS) / SECOND_MS, "Lax");
}

/** How the cookies begin that tie round trips to identity providers to this browser; they share the others' prefix. */
export function dancePrefix({ config, row }: Project): string {
  return `${config.csrfCookieName.startsWith("__Host-") ? "__Host-" : ""}rung_oidc_${row.key}_`;
}

/** One for each flow: another round trip, or a link to begin one, takes nothing away from those under way. */
export function danceCookieName(project: Project, flowId: FlowId): string {
  return `${dancePrefix(project)}${flowId}`;
}

/**
 * Holds the round trip's secret while the browser is at the provider; null ends it. Lax whatever the session's cookie is:
 * the way back begins at another site (security.md C4).
 */
export function danceCookie(project: Project, flowId: FlowId, value: string | null): string {
  return write(project.config, danceCookieName(project, flowId), value ?? "", value === null ? 0 : (DANCE_MINUTES * MINUTE_MS) / SECOND_MS, "Lax");
}

/** Puts finished cookies on an answer, each in a header of its own. */
export function attachCookies(headers: Headers, cookies: readonly string[]): void {
  for (const cookie of cookies) headers.append("set-cookie", cookie);
}

function readDevice(cookie: string | null): { readonly id: string; readonly macs: readonly string[] } | null {
  const [id = "", ...macs] = (cookie ?? "").split(".");
  return DEVICE_ID.test(id) ? { id, macs: macs.slice(0, DEVICE_PEOPLE) } : null;
}

function deviceMac(hex: string): string {
  return hex.slice(0, DEVICE_MAC_CHARACTERS);
}

function write(
  config: ProjectConfig, name: string, value: string, maxAgeSeconds: number | null, wanted = config.session.cookieSameSite,
): string {
  const { session } = config;
  const parts = [`${name}=${value}`, `Path=${session.cookiePath}`];
  if (session.cookieDomain !== null && !name.startsWith("__Host-")) parts.push(`Domain=${session.cookieDomain}`);
  if (maxAgeSeconds !== null) parts.push(`Max-Age=${Math.min(maxAgeSeconds, MAX_AGE_SECONDS)}`);
  parts.push("HttpOnly");
  if (session.cookieSecure) parts.push("Secure");
  // Browsers drop SameSite=None without Secure.
  parts.push(`SameSite=${wanted === "None" && !session.cookieSecure ? "Lax" : wanted}`);
  return parts.join("; ");
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
