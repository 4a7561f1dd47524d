import type { LooseningKind } from "../model/loosening";
import type { ProjectConfig } from "../model/project";
import { added, when } from "./loosening-policy";
import type { Check } from "./loosening-policy";

/** Who may call, whom the server calls, and what it tells them. */
export const NETWORK_CHECKS = {
  private_addresses: ({ webHooks: was }, { webHooks: will }) => [
    ...when(!was.allowPrivateRanges && will.allowPrivateRanges), ...added(was.privateExceptionUrls, will.privateExceptionUrls),
  ],
  told_headers: ({ webHooks: was }, { webHooks: will }) => added(lower(was.headerAllowlist), lower(will.headerAllowlist)),
  cors: (before, after) => [
    ...added(originsOf(before), originsOf(after)), ...when(after.cors.enabled && after.cors.credentials && !before.cors.credentials, "Allow-Credentials"),
  ],
  mail_transport: (before, after) => [...when(mailInClear(after) && !mailInClear(before), "mail"), ...when(smsInClear(after) && !smsInClear(before), "sms")],
  courier_host: ({ courier: was }, { courier: will }) => [
    ...movedTo(mailPlace(was.email), mailPlace(will.email)), ...movedTo(placeOf(was.sms?.url), placeOf(will.sms?.url)),
  ],
  sms_limit: ({ courier: was }, { courier: will }) => when(will.smsPerDay > was.smsPerDay || reachesMore(was.smsPrefixes, will.smsPrefixes)),
} as const satisfies Partial<Record<LooseningKind, Check>>;

function lower(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase());
}

function originsOf({ cors }: ProjectConfig): readonly string[] {
  return cors.enabled ? cors.origins : [];
}

/** Mail goes out unencrypted, or to whoever calls himself the server. */
function mailInClear({ courier: { email } }: ProjectConfig): boolean {
  if (email === null) return false;
  if (email.kind === "http") return email.request.url.startsWith("http:");
  const asked = new URL(email.connectionUri).searchParams;
  return ["disable_starttls", "skip_ssl_verify"].some((name) => asked.get(name) === "true");
}

function smsInClear({ courier: { sms } }: ProjectConfig): boolean {
  return sms?.url.startsWith("http:") ?? false;
}

interface Place {
  readonly host: string;
  readonly path: string;
}

/** Without what comes before the host: a password may stand there. Without the scheme: whether it encrypts has a sentence of its own. */
function placeOf(url: string | undefined): Place | null {
  if (url === undefined) return null;
  const { host, pathname, search } = new URL(url);
  return { host, path: pathname + search };
}

function mailPlace(email: ProjectConfig["courier"]["email"]): Place | null {
  if (email === null) return null;
  if (email.kind === "http") return placeOf(email.request.url);
  const { hostname, port, username } = new URL(email.connectionUri);
  return { host: hostname.toLowerCase(), path: `${username} ${port}` };
}

/**
 * Somebody else gets every code that is sent, whoever that was: no direction is the safe one. A first server too: until then the
 * installation's own may have sent, or another one that was taken out a moment ago.
 */
function movedTo(was: Place | null, will: Place | null): readonly string[] {
  return will === null ? [] : when(was?.host !== will.host || was.path !== will.path, will.host);
}

/** No prefixes stand for every country. */
function reachesMore(was: readonly string[], will: readonly string[]): boolean {
  if (was.length === 0) return false;
  return will.length === 0 || will.some((prefix) => !was.some((allowed) => prefix.startsWith(allowed)));
}
