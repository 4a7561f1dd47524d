import { tellOwner } from "../flows/notices";
import { DEFAULT_LOCALE, isLocale } from "../i18n/locale";
import type { Locale } from "../i18n/locale";
import type { AdminContext } from "../identities/admin-context";
import type { AuditActor } from "../model/audit";
import type { Identity } from "../model/identity";
import type { SessionId } from "../model/ids";
import type { Project } from "../model/project";
import type { Services } from "../services";
import type { Exchange } from "./exchange";

export interface PeoplePlace {
  readonly services: Services;
  readonly project: Project;
  readonly handle: AdminContext["handle"];
  readonly ipAddress: string | null;
  readonly sessionId?: SessionId | null;
  readonly now: Date;
}

/**
 * What a change of people by an admin needs (lib/identities/admin-*). Their owners are written to in their language, without the
 * admin's address or browser: those are nobody's business.
 */
export function peopleContext({ services, project, handle, ipAddress, sessionId, now }: PeoplePlace, actor: AuditActor): AdminContext {
  const { keys, passwords } = services;
  const silent = { device: { ipAddress: null, userAgent: null }, now, project } as const;
  return {
    project, handle, keys, passwords, actor, ipAddress, now, ...(sessionId === undefined ? {} : { sessionId }),
    tell: (tx, notice) => tellOwner(tx, notice, { ...silent, locale: localeOfPerson(notice.identity) }, { keys }),
  };
}

/** The same for a request with an API key. */
export function contextOf(exchange: Exchange, caller: { readonly name: string }): AdminContext {
  const { services, project, handle, device, now } = exchange;
  return peopleContext({ services, project, handle, ipAddress: device.ipAddress, now }, { kind: "admin", label: `api key ${caller.name}` });
}

/** The language a person writes in, where their traits say so. */
export function localeOfPerson({ traits }: Pick<Identity, "traits">): Locale {
  const named = [traits["locale"], traits["language"], traits["lang"]].find((value) => typeof value === "string");
  const language = typeof named === "string" ? named.slice(0, 2).toLowerCase() : "";
  return isLocale(language) ? language : DEFAULT_LOCALE;
}
