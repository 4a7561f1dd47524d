import type { AuditActor, AuditEntry } from "../model/audit";
import type { IdentityId, SessionId } from "../model/ids";

/** Enough of an address to recognise one's own, too little to write to: `a***@garden.test`, `+49***12`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf("@");
  if (at > 0) return `${Array.from(address)[0] ?? ""}***${address.slice(at)}`;
  if (/^\+?\d{7,}$/.test(address)) return `${address.slice(0, 3)}***${address.slice(-2)}`;
  return `${Array.from(address)[0] ?? ""}***`;
}

export const systemActor: AuditActor = { kind: "system" };

export function cliActor(command: string): AuditActor {
  return { kind: "cli", label: command };
}

export function adminActor(identityId: IdentityId, address: string): AuditActor {
  return { kind: "admin", identityId, label: maskAddress(address) };
}

export function personActor(identityId: IdentityId): AuditActor {
  return { kind: "person", identityId };
}

/** A configuration change: from which revision to which, in words. */
export function configChanged(
  actor: AuditActor, change: { readonly from: number; readonly to: number; readonly summary: readonly string[]; readonly comment: string },
  place: { readonly ipAddress?: string | null; readonly sessionId?: SessionId | null } = {},
): AuditEntry {
  return {
    action: "config.changed", actor, result: "ok", identityId: actor.identityId ?? null,
    sessionId: place.sessionId ?? null, ipAddress: place.ipAddress ?? null, details: { ...change },
  };
}

/** Attributes of a project that are no configuration: which of them changed, and how where that is no secret. */
export function projectUpdated(
  actor: AuditActor, change: Readonly<object>, place: { readonly ipAddress?: string | null; readonly sessionId?: SessionId | null } = {},
): AuditEntry {
  return {
    action: "project.updated", actor, result: "ok", identityId: actor.identityId ?? null,
    sessionId: place.sessionId ?? null, ipAddress: place.ipAddress ?? null, details: { ...change },
  };
}
