import { adminRecoveryAllowed, issueRecovery, recoverable } from "../flows/recovery-by-admin";
import type { IssuedRecovery } from "../flows/recovery-by-admin";
import type { AdminContext } from "../identities/admin-context";
import { removeOneCredential } from "../identities/admin-remove";
import { switchByAdmin } from "../identities/admin-update";
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
import { peopleContext } from "./people-context";

/* What an owner does to a person. Each asks for the role, does one thing, and records it in the same transaction. */

export type PersonChange = "done" | "gone" | "reason_missing" | "last_way_in" | "last_owner" | "unchanged" | "conflict";

/**
 * Removes one factor, by the rules the admin API has, too (lib/identities/admin-remove.ts). The reason is kept in the audit log, the
 * person is written to, and their sessions end (J19).
 */
export async function removeFactor(
  exchange: Exchange, admin: Admin, target: { readonly slug: string; readonly person: string; readonly credential: string }, given: string,
): Promise<PersonChange> {
  const desk = await deskToChange(exchange, admin, target.slug);
  const reason = storable(given).trim();
  if (reason === "") return "reason_missing";
  if (!isUuid(target.person) || !isUuid(target.credential)) return "gone";
  const [person, credential] = [target.person as IdentityId, target.credential as CredentialId];
  return inWords(async () => {
    await removeOneCredential(person, credential, { reason }, contextAt(exchange, admin, desk));
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

/** Off: nobody signs in as this person, and their sessions end. The last owner of the installation who can sign in stays on. */
export async function switchPerson(exchange: Exchange, admin: Admin, slug: string, person: string, to: Identity["state"]): Promise<PersonChange> {
  const desk = await deskToChange(exchange, admin, slug);
  if (!isUuid(person)) return "gone";
  return inWords(async () => await switchByAdmin(person as IdentityId, to, contextAt(exchange, admin, desk)) ?? "gone");
}

/** A refusal of a change as the console says it. Anything else is thrown on. */
async function inWords(change: () => Promise<PersonChange>): Promise<PersonChange> {
  try {
    return await change();
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const { why } = error.details;
    if (why === "last_way_in" || why === "last_owner") return why;
    if (error.code === "conflict") return "conflict";
    // Nothing the page offers: it was gone, or it never goes.
    if (error.code === "not_found" || error.code === "bad_request") return "gone";
    throw error;
  }
}

function contextAt({ services, device, now }: Exchange, admin: Admin, { project, handle }: Desk): AdminContext {
  return peopleContext({ services, project, handle, ipAddress: device.ipAddress, now }, actorOf(admin));
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

function by(exchange: Exchange, admin: Admin): EndedBy {
  return { actor: actorOf(admin), ipAddress: exchange.device.ipAddress };
}
