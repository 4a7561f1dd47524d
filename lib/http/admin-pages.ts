import { changeAdmin } from "../identities/owner-guard";
import type { AdminChange } from "../identities/owner-guard";
import type { AuditEntry } from "../model/audit";
import type { AdminRole } from "../model/console";
import type { AdminLine } from "../model/console-people";
import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import { ownerOfAddress, requireRole } from "../platform/admins";
import { makeSetupLink } from "../platform/setup-link";
import type { SetupLink } from "../platform/setup-link";
import { normaliseIdentifier } from "../wire/identity-schema";
import { actorOf, handleOfConsole } from "./admin-door";
import type { Admin } from "./console";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";
import { nameIn } from "./person";

const MOST = 500;

/** Everybody who administers this installation, oldest first. */
export async function readAdmins({ services }: Exchange): Promise<readonly AdminLine[]> {
  const rows = await services.db.platform.listAdmins(MOST);
  return rows.map(({ identityId, traits, address, role, createdAt, state }) => ({ id: identityId, name: nameIn(traits["name"]), address, role, since: createdAt, state }));
}

export type AdminChanged = AdminChange | "already" | "unconfirmed";

/**
 * Makes a person of the console project an admin. `unknown`: nobody there has this address; `unconfirmed`: whoever wrote it into their
 * profile has not shown that it is theirs. Both are invited by link.
 */
export async function addAdminByAddress(exchange: Exchange, admin: Admin, address: string, role: AdminRole): Promise<AdminChanged> {
  await mayChange(exchange, admin);
  const { services, now, device } = exchange;
  const handle = await handleOfConsole(exchange);
  const typed = normaliseIdentifier(storable(address).trim().slice(0, 254));
  if (typed === "") return "unknown";
  const found = await ownerOfAddress(handle, typed);
  if (found === null) return "unknown";
  const { id } = found.identity;
  if (await services.db.platform.findAdmin(id) !== null) return "already";
  if (!found.sure) return "unconfirmed";
  return handle.transaction(async (tx) => {
    if (!(await services.db.platform.addAdmin(id, role, now))) return "already";
    await tx.appendAudit({ action: "admin.added", result: "ok", actor: actorOf(admin), identityId: id, ipAddress: device.ipAddress, details: { role, by: "address" } }, now);
    return "done";
  });
}

/** Another role. The last owner who can sign in stays one. */
export function changeAdminRole(exchange: Exchange, admin: Admin, id: string, role: AdminRole): Promise<AdminChanged> {
  return changeTo(exchange, admin, id, role, { action: "admin.role_changed", details: { role } });
}

/** The person stays, the role goes; what they have open in the console asks again at its next request. */
export function removeAdmin(exchange: Exchange, admin: Admin, id: string): Promise<AdminChanged> {
  return changeTo(exchange, admin, id, null, { action: "admin.removed" });
}

async function changeTo(
  exchange: Exchange, admin: Admin, id: string, role: AdminRole | null, record: Pick<AuditEntry, "action" | "details">,
): Promise<AdminChanged> {
  await mayChange(exchange, admin);
  const { services, now, device } = exchange;
  if (!isUuid(id)) return "unknown";
  const [handle, project] = await Promise.all([handleOfConsole(exchange), services.resolver.consoleProject()]);
  if (project === null) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  return changeAdmin({ handle, project, platform: services.db.platform }, id as IdentityId, role, { ...record, actor: actorOf(admin), ipAddress: device.ipAddress }, now);
}

/** A link that makes its visitor an admin, once and within the hour. It is in the answer and nowhere else in clear. */
export async function inviteAdmin(exchange: Exchange, admin: Admin, role: AdminRole): Promise<SetupLink> {
  await mayChange(exchange, admin);
  const { services, now, device } = exchange;
  return makeSetupLink({ db: services.db, hosts: services.env, now }, { action: "admin.invited", actor: actorOf(admin), ipAddress: device.ipAddress }, role);
}

async function mayChange({ services }: Exchange, admin: Admin): Promise<void> {
  await requireRole(services.db.platform, admin.identity.id, "change");
}

/** For forms: one of the two roles, or a refusal. */
export function roleNamed(text: string): AdminRole {
  if (text === "owner" || text === "support") return text;
  throw new DomainError("bad_request", { reason: "A role is owner or support." });
}
