import { tellOwner } from "../flows/notices";
import { adminRecoveryAllowed, issueRecovery, recoverable } from "../flows/recovery-by-admin";
import type { IssuedRecovery } from "../flows/recovery-by-admin";
import { DEFAULT_LOCALE, isLocale } from "../i18n/locale";
import type { Locale } from "../i18n/locale";
import { isDomainError } from "../model/errors";
import type { Identity } from "../model/identity";
import { isUuid } from "../model/ids";
import type { CredentialId, IdentityId, SessionId } from "../model/ids";
import { endSession, endSessionsOf } from "../sessions/end-by-admin";
import type { EndedBy } from "../sessions/end-by-admin";
import { actorOf, deskToChange } from "./admin-door";
import type { Desk } from "./admin-door";
import type { Admin } from "./console";
import { flowRequest } from "./exchange";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";
import { isRemovable, nameOf } from "./person-pages";

/* What an owner does to a person. Each asks for the role, does one thing, and records it in the same transaction. */

export type PersonChange = "done" | "gone" | "reason_missing" | "last_way_in" | "last_owner" | "unchanged" | "conflict";

const LONGEST_REASON = 500;

/** Removes one factor. The reason is kept in the audit log, the person is written to, and their sessions end (J19). */
export async function removeFactor(
  exchange: Exchange, admin: Admin, target: { readonly slug: string; readonly person: string; readonly credential: string }, given: string,
): Promise<PersonChange> {
  const desk = await deskToChange(exchange, admin, target.slug);
  const reason = storable(given).trim().slice(0, LONGEST_REASON);
  if (reason === "") return "reason_missing";
  if (!isUuid(target.person) || !isUuid(target.credential)) return "gone";
  const { project, handle } = desk;
  const { services, now, device } = exchange;
  return handle.transaction(async (tx) => {
    const account = await tx.findAccount(target.person as IdentityId);
    const credential = account?.credentials.find(({ id }) => id === target.credential);
    if (account === null || credential === undefined) return "gone";
    if (!isRemovable(exchange, project, account, credential)) return "last_way_in";
    if (!(await tx.deleteCredential(target.credential as CredentialId))) return "gone";
    const { identity } = account;
    const label = nameOf(credential, project);
    await tellOwner(tx, {
      template: "factor_removed", identity, method: credential.type, dedupe: `removed:${credential.id}`, ...(label === null ? {} : { label }),
    }, { project, now, locale: localeOfPerson(identity), device: { ipAddress: null, userAgent: null } }, { keys: services.keys });
    await endSessionsOf(tx, identity.id, by(exchange, admin, { reason: "factor removed" }), now);
    await tx.appendAudit({
      action: "identity.credential_removed", result: "ok", actor: actorOf(admin), identityId: identity.id, ipAddress: device.ipAddress,
      details: { type: credential.type, credential: credential.id, reason, ...(label === null || credential.type === "password" || credential.type === "code" ? {} : { name: label }) },
    }, now);
    return "done";
  });
}

/** Ends every session of a person; answers how many. */
export async function signOutEverywhere(exchange: Exchange, admin: Admin, slug: string, person: string): Promise<number> {
  const { handle } = await deskToChange(exchange, admin, slug);
  if (!isUuid(person)) return 0;
  return handle.transaction((tx) => endSessionsOf(tx, person as IdentityId, by(exchange, admin), exchange.now));
}

/** Ends one session of the project, whoever's it is. False: it was over. */
export async function endOneSession(exchange: Exchange, admin: Admin, slug: string, session: string): Promise<boolean> {
  const { handle } = await deskToChange(exchange, admin, slug);
  if (!isUuid(session)) return false;
  return handle.transaction((tx) => endSession(tx, session as SessionId, by(exchange, admin), exchange.now));
}

/** Off: nobody signs in as this person, and their sessions end. The last owner of the installation stays on. */
export async function switchPerson(exchange: Exchange, admin: Admin, slug: string, person: string, to: "active" | "inactive"): Promise<PersonChange> {
  const { handle } = await deskToChange(exchange, admin, slug);
  if (!isUuid(person)) return "gone";
  const { services, now, device } = exchange;
  const id = person as IdentityId;
  return handle.transaction(async (tx) => {
    const identity = await tx.findIdentity(id);
    if (identity === null) return "gone";
    if (identity.state === to) return "unchanged";
    if (to === "inactive" && await services.db.platform.isLastOwner(id)) return "last_owner";
    if ((await tx.updateIdentity(id, { version: identity.version, state: to, at: now })) === null) return "conflict";
    if (to === "inactive") await endSessionsOf(tx, id, by(exchange, admin, { reason: "switched off" }), now);
    await tx.appendAudit({
      action: "identity.updated", result: "ok", actor: actorOf(admin), identityId: id, ipAddress: device.ipAddress, details: { state: { from: identity.state, to } },
    }, now);
    return "done";
  });
}

export type RecoveryStarted = { readonly kind: "issued"; readonly issued: IssuedRecovery } | { readonly kind: "refused"; readonly why: "gone" | "inactive" | "off" };

/** A code or a link that the admin hands over; it is in the answer and nowhere else in clear. */
export async function startRecovery(exchange: Exchange, admin: Admin, slug: string, person: string, how: "code" | "link"): Promise<RecoveryStarted> {
  const desk = await deskToChange(exchange, admin, slug);
  if (!isUuid(person)) return { kind: "refused", why: "gone" };
  const request = requestAt(exchange, desk);
  try {
    adminRecoveryAllowed(how, request);
    if (!(await recoverable(person as IdentityId, desk.handle))) return { kind: "refused", why: "gone" };
    const issued = await issueRecovery({
      identityId: person as IdentityId, by: how, lifespanMs: null, flowType: "browser", admin: { actor: actorOf(admin), details: {} },
    }, request, { keys: exchange.services.keys });
    return { kind: "issued", issued };
  } catch (error) {
    if (isDomainError(error) && error.code === "method_disabled") return { kind: "refused", why: "off" };
    if (isDomainError(error) && error.code === "bad_request") return { kind: "refused", why: "inactive" };
    throw error;
  }
}

/** The request as if it stood on the person's own project: nothing of the admin's session or address goes along. */
function requestAt(exchange: Exchange, { project, handle }: Desk) {
  const request = flowRequest({ ...exchange, project, handle, session: null, sessionToken: null, csrfSecret: null }, "browser");
  return { ...request, url: new URL(project.config.baseUrl) };
}

function by(exchange: Exchange, admin: Admin, details?: EndedBy["details"]): EndedBy {
  return { actor: actorOf(admin), ipAddress: exchange.device.ipAddress, ...(details === undefined ? {} : { details }) };
}

/** The language a person writes in, where their traits say so. */
export function localeOfPerson({ traits }: Pick<Identity, "traits">): Locale {
  const named = [traits["locale"], traits["language"], traits["lang"]].find((value) => typeof value === "string");
  const language = typeof named === "string" ? named.slice(0, 2).toLowerCase() : "";
  return isLocale(language) ? language : DEFAULT_LOCALE;
}
