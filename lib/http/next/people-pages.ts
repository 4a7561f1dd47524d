import "server-only";
import { addAdminByAddress, changeAdminRole, inviteAdmin, readAdmins, removeAdmin, roleNamed } from "../admin-pages";
import { auditSearchOf } from "../audit-export";
import { readAudit, verifyLog } from "../audit-pages";
import type { KeyLife, KeyScopeName } from "../../model/console-people";
import type { ProjectFrame } from "../../model/console";
import { openProject } from "../console-project";
import { readJobs, startExport, stopJob } from "../job-pages";
import { dropKey, KEY_LIVES, makeKey, readKeys } from "../key-pages";
import { MESSAGE_STATES, readMessages } from "../message-pages";
import { PEOPLE_FILTERS, readPeople } from "../people-pages";
import type { PeopleSearch } from "../people-pages";
import { endOneSession, removeFactor, signOutEverywhere, startRecovery, switchPerson } from "../person-changes";
import { readPerson } from "../person-pages";
import { readSessions } from "../session-pages";
import { admitted } from "./console";

/*
 * The pages of people, sessions, log, keys, messages, jobs and admins, and what they do. Every function asks the console's guard by
 * itself; what changes something asks for the role again (lib/http). Callers of a change run checkAction first.
 */

export type { AdminChanged } from "../admin-pages";
export type { KeyMade } from "../key-pages";
export type { PersonChange, RecoveryStarted } from "../person-changes";

/** One value of the address bar; a repeated or absent one is none. */
export type Asked = (name: string) => string | null;

/** What stands above every page of a project. Null: no such project. */
export async function projectFrame(slug: string): Promise<ProjectFrame | null> {
  const { exchange, admin } = await admitted();
  return (await openProject(exchange, admin, slug, 1))?.frame ?? null;
}

export function peopleSearchOf(asked: Asked): PeopleSearch {
  const state = asked("state");
  return {
    q: asked("q") ?? "", filter: PEOPLE_FILTERS.find((one) => one === asked("filter")) ?? null,
    state: state === "active" || state === "inactive" ? state : null, sort: asked("sort") === "address" ? "address" : "newest", after: asked("after"),
  };
}
export async function peoplePage(slug: string, search: PeopleSearch) {
  return readPeople((await admitted()).exchange, slug, search);
}
export async function personPage(slug: string, id: string) {
  return readPerson((await admitted()).exchange, slug, id);
}
export async function dropFactor(target: { readonly slug: string; readonly person: string; readonly credential: string }, reason: string) {
  const { exchange, admin } = await admitted();
  return removeFactor(exchange, admin, target, reason);
}
export async function endSessionsOfPerson(slug: string, person: string) {
  const { exchange, admin } = await admitted();
  return signOutEverywhere(exchange, admin, slug, person);
}
export async function endSessionOf(slug: string, session: string) {
  const { exchange, admin } = await admitted();
  return endOneSession(exchange, admin, slug, session);
}
export async function setPersonState(slug: string, person: string, to: "active" | "inactive") {
  const { exchange, admin } = await admitted();
  return switchPerson(exchange, admin, slug, person, to);
}
export async function recoverPerson(slug: string, person: string, how: "code" | "link") {
  const { exchange, admin } = await admitted();
  return startRecovery(exchange, admin, slug, person, how);
}
export async function sessionsPage(slug: string, asked: Asked) {
  const aal = asked("aal");
  return readSessions((await admitted()).exchange, slug, { aal: aal === "aal1" || aal === "aal2" ? aal : null, after: asked("after") });
}
export { auditSearchOf };
export async function auditPage(slug: string, asked: Asked) {
  return readAudit((await admitted()).exchange, slug, auditSearchOf(asked));
}
export async function auditVerdict(slug: string, from: string | null) {
  return verifyLog((await admitted()).exchange, slug, from);
}
export async function keysPage(slug: string) {
  return readKeys((await admitted()).exchange, slug);
}
export async function createKey(slug: string, scope: KeyScopeName, name: string, life: string) {
  const { exchange, admin } = await admitted();
  return makeKey(exchange, admin, slug, scope, { name, life: Object.hasOwn(KEY_LIVES, life) ? life as KeyLife : "quarter" });
}
export async function deleteKey(slug: string, scope: KeyScopeName, id: string) {
  const { exchange, admin } = await admitted();
  return dropKey(exchange, admin, slug, scope, id);
}
export async function messagesPage(slug: string, asked: Asked) {
  const state = MESSAGE_STATES.find((one) => one === asked("state")) ?? null;
  return readMessages((await admitted()).exchange, slug, { state, after: asked("after") });
}
export async function jobsPage(slug: string, after: string | null) {
  return readJobs((await admitted()).exchange, slug, after);
}
export async function cancelJobOf(slug: string, id: string) {
  const { exchange, admin } = await admitted();
  return stopJob(exchange, admin, slug, id);
}
export async function beginExport(slug: string, kind: "export_identities" | "export_audit") {
  const { exchange, admin } = await admitted();
  return startExport(exchange, admin, slug, kind);
}
export async function adminsPage() {
  const { exchange, admin } = await admitted();
  return { admins: await readAdmins(exchange), me: String(admin.identity.id) };
}
export async function addAdmin(address: string, role: string) {
  const { exchange, admin } = await admitted();
  return addAdminByAddress(exchange, admin, address, roleNamed(role));
}
export async function setAdminRole(id: string, role: string) {
  const { exchange, admin } = await admitted();
  return changeAdminRole(exchange, admin, id, roleNamed(role));
}
export async function dropAdmin(id: string) {
  const { exchange, admin } = await admitted();
  return removeAdmin(exchange, admin, id);
}
export async function invite(role: string) {
  const { exchange, admin } = await admitted();
  return inviteAdmin(exchange, admin, roleNamed(role));
}
