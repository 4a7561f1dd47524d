import type { AccountSnapshot, ProjectDb, ProjectReads } from "../db/handles";
import type { AuditEntry } from "../model/audit";
import type { Credential } from "../model/credential";
import type { FactorId } from "../model/assurance";
import type { SessionId } from "../model/ids";
import { tellOwner } from "./notices";
import { lostTheRace } from "./grant";
import type { EngineDeps, FlowRequest } from "./request";

/* Accounts that somebody made with another person's address (security.md: pre-hijacking; ADR 0020). */

/** What a stranger could have bound. A `code` credential is not theirs: it follows the addresses. */
const BOUND: readonly FactorId[] = ["password", "passkey", "oidc"];
/** Whoever has one of these is never reclaimed: a mailbox alone must not go around a second factor (ruling J14, N26). */
const GUARDING: readonly FactorId[] = ["totp", "lookup_secret", "webauthn"];
/** What was written down when an address of a person was proved. */
const PROOFS = ["verification.completed", "recovery.completed", "account.reclaimed", "identity.address_reverted"] as const;

/**
 * True for an account with first factors alone and no address that anybody ever proved: neither one of now nor an earlier one, which the audit
 * trail remembers. Whoever bound those credentials may be anybody.
 */
export async function isUnproved({ identity, credentials }: AccountSnapshot, db: ProjectReads): Promise<boolean> {
  if (credentials.some(({ type }) => GUARDING.includes(type))) return false;
  if (!credentials.some(isBound) || identity.verifiableAddresses.some(({ verified, verifiedAt }) => verified || verifiedAt !== null)) return false;
  for (const action of PROOFS) {
    const [entry] = await db.listAudit({ limit: 1, action, identityId: identity.id });
    if (entry !== undefined) return false;
  }
  for (const action of ["registration.completed", "login.completed"]) {
    const entries = await db.listAudit({ limit: 50, action, identityId: identity.id });
    if (entries.some(({ details }) => details?.["method"] === "code")) return false;
  }
  return true;
}

/** What of an account is left once it is reclaimed. */
export function withoutBound(account: AccountSnapshot): AccountSnapshot {
  return { ...account, credentials: account.credentials.filter((credential) => !isBound(credential)) };
}

/**
 * The mailbox of an unproved account has just been proved, in this session and by nothing else: everything that was bound before is
 * removed, every other session and waiting change ends, and the mailbox is told once. Differs from Kratos, where what a stranger bound
 * beforehand stays.
 */
export async function reclaim(
  tx: ProjectDb, before: AccountSnapshot, keep: SessionId, entry: AuditEntry, request: FlowRequest, deps: EngineDeps,
): Promise<void> {
  const { id } = before.identity;
  const current = await tx.findAccount(id) ?? lostTheRace();
  const removed = new Set(current.credentials.filter(isBound).map(({ type }) => type));
  for (const type of removed) await tx.deleteCredentials(id, type);
  await tx.revokeOtherSessions(id, keep, request.now);
  await tx.dropParkedChanges(id);
  await tellOwner(tx, { template: "factor_removed", identity: current.identity, dedupe: `reclaimed:${keep}` }, request, deps);
  await tx.appendAudit({ ...entry, action: "account.reclaimed", result: "ok", sessionId: keep, details: { ...entry.details, removed: [...removed] } }, request.now);
}

/** A name that an admin keeps for somebody who has no password yet was bound by nobody. */
function isBound(credential: Credential): boolean {
  return BOUND.includes(credential.type) && !(credential.type === "password" && credential.hash === "");
}
