import type { PlatformDb } from "../db/handles";
import type { AdminRole } from "../model/console";
import { DomainError } from "../model/errors";
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
