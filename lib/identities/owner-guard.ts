import type { AccountSnapshot, AdminRow, Database, ProjectDb, ProjectHandle } from "../db/handles";
import type { AuditEntry } from "../model/audit";
import { DomainError, isDomainError } from "../model/errors";
import type { IdentityId } from "../model/ids";
import type { AdminContext } from "./admin-context";
import { canSignIn } from "./ways-in";

/** How far somebody is from the console: not there or switched off, on without a way to sign in, on with one. */
type Reach = 0 | 1 | 2;

/**
 * T80: runs a change of one person, and refuses it when it would leave the installation without an owner who can sign in, whoever asks
 * and whatever the change is. What no owner could do before is nothing the change took away. Begins with the locks of all owners, so
 * call it before anything else of the transaction. `stays`: whether the person is an owner still, which the change itself may have ended.
 * Differs from Kratos: it knows no owners.
 *
 * Throws `conflict` (`details.why`: `last_owner`), which gives the transaction up.
 */
export async function keepingAnOwner<T>(
  tx: ProjectDb, ctx: Pick<AdminContext, "project">, id: IdentityId, change: () => Promise<T>, stays: (result: T) => boolean = () => true,
): Promise<T> {
  if (ctx.project.row.kind !== "console") return change();
  const owners = await tx.lockOwners();
  if (!owners.includes(id)) return change();
  const reach = async (one: IdentityId): Promise<Reach> => reachOf(await tx.findAccount(one), ctx);
  const before = await reach(id);
  const result = await change();
  if ((stays(result) ? await reach(id) : 0) >= before) return result;
  for (const other of owners) if (other !== id && await reach(other) >= before) return result;
  throw new DomainError("conflict", { why: "last_owner", reason: REASON });
}

/** `unknown`: the person is no admin. `last_owner`: nobody else who owns the installation could sign in; nothing was changed. */
export type AdminChange = "done" | "unknown" | "last_owner";

/** Where somebody administers: the console project, and the table of admins above all projects. */
export interface AdminsPlace extends Pick<AdminContext, "project"> {
  readonly handle: ProjectHandle;
  readonly platform: Pick<Database["platform"], "changeAdmin">;
}

/**
 * Gives an admin another role, or none, and writes `entry` into the console's audit where that happened. The one way to do it for
 * console, API and command line: of the owners one who can sign in stays, also when two go at the same moment.
 */
export async function changeAdmin(
  { handle, platform, project }: AdminsPlace, id: IdentityId, role: AdminRow["role"] | null, entry: Omit<AuditEntry, "result" | "identityId">, now: Date,
): Promise<AdminChange> {
  try {
    return await handle.transaction((tx) => keepingAnOwner(tx, { project }, id, async () => {
      if (!(await platform.changeAdmin(id, role))) return "unknown";
      await tx.appendAudit({ ...entry, result: "ok", identityId: id }, now);
      return "done";
    }, (outcome) => outcome === "unknown" || role === "owner"));
  } catch (error) {
    if (isDomainError(error) && error.details["why"] === "last_owner") return "last_owner";
    throw error;
  }
}

const REASON = "This would leave the installation without an owner who can sign in. Make somebody else an owner first, or leave this one switched on and with another way to sign in.";

function reachOf(account: AccountSnapshot | null, { project }: Pick<AdminContext, "project">): Reach {
  if (account?.identity.state !== "active") return 0;
  return canSignIn(account, project) ? 2 : 1;
}
