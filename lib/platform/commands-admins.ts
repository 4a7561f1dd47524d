import type { AdminRow, Database, ProjectHandle } from "../db/handles";
import type { AuditEntry } from "../model/audit";
import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import type { Clock } from "../model/time";
import { normaliseIdentifier } from "../wire/identity-schema";
import { ownerOfAddress } from "./admins";
import { cliActor, maskAddress } from "./audit";
import type { ControlCommands } from "./control";
import { makeSetupLink } from "./setup-link";
import type { SetupLinkRecord } from "./setup-link";
import { isStorable, tidyRemark } from "./text";

export interface AdminCommandDeps {
  readonly db: Pick<Database, "platform" | "forProject">;
  readonly hosts: { readonly consoleUrl: URL };
  readonly clock: Clock;
  /** Another role for an admin of the installation, or none, with its record: what the console does too. */
  readonly changeAdmin: (id: IdentityId, role: AdminRow["role"] | null, entry: Pick<AuditEntry, "action" | "actor" | "details">) => Promise<"done" | "unknown" | "last_owner">;
}

const LISTED_AT_MOST = 1_000;

/**
 * Who administers, changed from the machine itself. `admin-list` · `admin-add ADDRESS [role]` · `admin-remove ADDRESS` ·
 * `break-glass [reason]`: each change is one transaction with its record in the console's audit. An installation keeps an owner
 * who can sign in; a break-glass link makes one also where nobody can any more.
 */
export function adminCommands(deps: AdminCommandDeps): ControlCommands {
  const { db } = deps;
  return {
    "admin-list": async () => (await db.platform.listAdmins(LISTED_AT_MOST)).map(({ identityId, role, address, state, createdAt }) =>
      ({ id: identityId, address, role, state, created_at: createdAt.toISOString() })),
    "admin-add": ([address = "", role = "owner"]) => add(deps, address, roleOf(role)),
    "admin-remove": async ([address = ""]) => {
      const handle = await consoleOf(deps);
      const person = await personOf(handle, address);
      if (person === null) throw unknown(address);
      settled(await deps.changeAdmin(person.id, null, { action: "admin.removed", actor: cliActor("rung admin remove"), details: {} }), address);
      return { id: person.id, address };
    },
    "break-glass": async ([reason = ""]) => ({ ...await link(deps, "owner", { action: "admin.break_glass", details: { reason: tidyRemark(reason) } }), role: "owner" }),
  };
}

/** Somebody of the console becomes an admin at once; anybody else gets a link. */
async function add(deps: AdminCommandDeps, address: string, role: AdminRow["role"]): Promise<Record<string, string>> {
  const handle = await consoleOf(deps);
  const person = await personOf(handle, address);
  if (person === null) return { address, role, ...await link(deps, role, { action: "admin.invited", details: { address: maskAddress(address) } }) };
  const actor = cliActor("rung admin add");
  const known = await deps.db.platform.findAdmin(person.id) !== null;
  if (!person.sure && (!known || role === "owner")) {
    throw new DomainError("bad_request", { reason: "Whoever wrote this address into their profile has not confirmed it. Let them confirm it, or name the right person by their id." });
  }
  const now = deps.clock.now();
  const fresh = await handle.transaction(async (tx) => {
    if (!(await deps.db.platform.addAdmin(person.id, role, now))) return false;
    await tx.appendAudit({ action: "admin.added", actor, result: "ok", identityId: person.id, details: { role } }, now);
    return true;
  });
  if (!fresh) settled(await deps.changeAdmin(person.id, role, { action: "admin.role_changed", actor, details: { role } }), address);
  return { id: person.id, address, role };
}

async function link({ db, hosts, clock }: AdminCommandDeps, role: AdminRow["role"], record: Omit<SetupLinkRecord, "actor">) {
  const made = await makeSetupLink({ db, hosts, now: clock.now() }, { ...record, actor: cliActor("rung admin") }, role);
  return { url: made.url, expires_at: made.expiresAt.toISOString() };
}

async function consoleOf({ db }: Pick<AdminCommandDeps, "db">): Promise<ProjectHandle> {
  const row = await db.platform.findConsoleProject();
  if (row === null) throw new DomainError("not_found", { reason: "This installation has no console project." });
  return db.forProject(row.id);
}

/** `sure`: named by id, or by an address they have confirmed; anybody may write somebody else's into their profile. */
async function personOf(handle: ProjectHandle, which: string): Promise<{ readonly id: IdentityId; readonly sure: boolean } | null> {
  if (isUuid(which)) {
    const named = await handle.findIdentity(which as IdentityId);
    return named === null ? null : { id: named.id, sure: true };
  }
  const name = normaliseIdentifier(which);
  if (!isStorable(which) || !/^[^\s@]+@[^\s@]+$/.test(name)) throw new DomainError("bad_request", { reason: "An admin is named by their e-mail address or id." });
  const found = await ownerOfAddress(handle, name);
  return found === null ? null : { id: found.identity.id, sure: found.sure };
}

function roleOf(text: string): AdminRow["role"] {
  if (text === "owner" || text === "support") return text;
  throw new DomainError("bad_request", { reason: "A role is owner (changes things) or support (looks at them)." });
}

function settled(outcome: Awaited<ReturnType<AdminCommandDeps["changeAdmin"]>>, address: string): void {
  if (outcome === "unknown") throw unknown(address);
  if (outcome === "last_owner") throw new DomainError("bad_request", { reason: "This is the last owner who can sign in. Add another one first: rung admin add ADDRESS" });
}

function unknown(address: string): DomainError {
  return new DomainError("not_found", { reason: `${address} is no admin.` });
}
