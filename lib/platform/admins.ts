import type { PlatformDb, ProjectHandle } from "../db/handles";
import type { AdminRole } from "../model/console";
import { DomainError } from "../model/errors";
import { hasConfirmed } from "../model/identity";
import type { Identity } from "../model/identity";
import type { IdentityId } from "../model/ids";

/** `owner` changes things, `support` looks at them. */
const ALLOWED: Readonly<Record<"read" | "change", readonly AdminRole[]>> = { read: ["owner", "support"], change: ["owner"] };

/** The role of a person of the console project; null when they are no admin. Read fresh: a removed admin is out at once. */
export async function roleOf(platform: PlatformDb, identityId: IdentityId): Promise<AdminRole | null> {
  return (await platform.findAdmin(identityId))?.role ?? null;
}

/** Throws `forbidden` unless the person may. Says nothing about level or freshness: that is the guard's question. */
export async function requireRole(platform: PlatformDb, identityId: IdentityId, to: "read" | "change"): Promise<AdminRole> {
  const role = await roleOf(platform, identityId);
  if (role === null || !ALLOWED[to].includes(role)) throw new DomainError("forbidden", { reason: "This needs an administrator of this installation." });
  return role;
}

/** True while nobody administers yet: the start then prints a set-up link. */
export async function needsFirstAdmin(platform: PlatformDb): Promise<boolean> {
  return (await platform.countAdmins()) === 0;
}

/**
 * Whoever of the console project has this address, normalised, or signs in by that name. `sure`: they have confirmed it; anybody may
 * write somebody else's into their profile, or choose it for a name.
 */
export async function ownerOfAddress(
  handle: Pick<ProjectHandle, "findAccountByAddress" | "findAccountByIdentifier">, address: string,
): Promise<{ readonly identity: Identity; readonly sure: boolean } | null> {
  const found = await handle.findAccountByAddress("verifiable", "email", address) ?? await handle.findAccountByIdentifier("password", address);
  return found === null ? null : { identity: found.identity, sure: hasConfirmed(found.identity, address) };
}
