import type { AccountSnapshot } from "../db/handles";
import { countAll } from "../factors/registry";
import type { FactorId } from "../model/assurance";
import type { Credential } from "../model/credential";
import { DomainError } from "../model/errors";
import type { CredentialId, IdentityId } from "../model/ids";
import { keysOf } from "../webauthn/key-record";
import { adminEntry, againWhenChanged, changedMeanwhile, refuseLastOwner } from "./admin-context";
import type { AdminContext } from "./admin-context";
import { settleSessions } from "./consequences";

/** What is taken out; `keepName`: a password goes, the names stay. */
interface Removal {
  readonly ids: readonly CredentialId[];
  readonly keepName: boolean;
}

export interface RemovalOptions {
  /** `<provider>:<subject>` of a linked account. */
  readonly identifier?: string | null;
  /** Why, in the admin's words: for the audit log. */
  readonly reason?: string;
}

/**
 * Removes a credential by the rules of contract/admin.md 1.13, ends what it proved, and tells the owner. Throws `not_found` for an
 * unknown person, a type they do not have or an unknown account elsewhere, `bad_request` for what cannot be removed.
 */
export function removeCredential(id: IdentityId, type: string, options: RemovalOptions, ctx: AdminContext): Promise<AccountSnapshot> {
  return againWhenChanged(async () => {
    const account = await ctx.handle.findAccount(id);
    if (account === null) throw new DomainError("not_found", { reason: "No identity has this id." });
    const removal = planRemoval(account, type, options, ctx);
    return ctx.handle.transaction(async (tx) => {
      const updated = await tx.updateIdentity(id, { version: account.identity.version, at: ctx.now }) ?? changedMeanwhile();
      for (const one of removal.ids) if (!removal.keepName && !await tx.deleteCredential(one)) changedMeanwhile();
      if (removal.keepName) await tx.putPassword(id, "", [], ctx.now);
      const ended = await settleSessions(tx, id, { switchedOff: false, ended: removal.ids.length === 0 ? [] : [type as FactorId] }, ctx);
      if (removal.ids.length > 0) await ctx.tell?.(tx, { template: "factor_removed", identity: updated, method: type, dedupe: `factor_removed:${type}:${String(updated.version)}` });
      const details = { type, ...(ended === 0 ? {} : { sessionsEnded: ended }), ...(options.reason === undefined ? {} : { reason: options.reason.slice(0, 500) }) };
      await tx.appendAudit(adminEntry(ctx, "identity.credential_removed", id, details), ctx.now);
      return await tx.findAccount(id) ?? changedMeanwhile();
    });
  });
}

function planRemoval({ identity, credentials }: AccountSnapshot, type: string, { identifier }: RemovalOptions, ctx: AdminContext): Removal {
  const own = credentials.filter((credential) => credential.type === type);
  const [first] = own;
  if (first === undefined) throw new DomainError("not_found", { reason: "The identity has no credential of this type." });
  const all = (): Removal => ({ ids: own.map(({ id }) => id), keepName: false });
  switch (first.type) {
    case "totp":
    case "lookup_secret": return all();
    // Keys that sign in alone stay.
    case "webauthn": return { ids: keysOf(own).filter(({ key }) => !key.passwordless).map(({ credential }) => credential.id), keepName: false };
    case "password":
      if (first.hash === "") throw new DomainError("not_found", { reason: "The identity has no password." });
      keepsAnother(identity, credentials, ctx);
      return { ids: [first.id], keepName: true };
    case "oidc": {
      if (!identifier) throw new DomainError("bad_request", { reason: "The query parameter identifier must name the account, as provider:subject." });
      const linked = own.find((credential) => credential.type === "oidc" && credential.identifiers.includes(identifier));
      if (linked === undefined) throw new DomainError("not_found", { reason: "The identity has no such account linked." });
      keepsAnother(identity, credentials, ctx);
      return { ids: [linked.id], keepName: false };
    }
    default: throw new DomainError("bad_request", { reason: `Credentials of type ${type} cannot be deleted.` });
  }
}

/** Two ways in by the methods that are on; codes that everybody can get are one (contract/admin.md 1.5). */
function keepsAnother(identity: AccountSnapshot["identity"], credentials: readonly Credential[], ctx: AdminContext): void {
  const first = countAll(credentials, ctx.project.config.methods, identity).reduce((sum, count) => sum + count.first, 0);
  if (first < 2) throw new DomainError("bad_request", { reason: "The last first factor of an identity cannot be removed." });
}

/** Deletes a person with everything of theirs. False for an unknown id; `conflict` for the last owner of the installation. */
export function removeIdentity(id: IdentityId, ctx: AdminContext): Promise<boolean> {
  return ctx.handle.transaction(async (tx) => {
    await refuseLastOwner(tx, ctx, id);
    if (!await tx.deleteIdentity(id)) return false;
    await tx.appendAudit(adminEntry(ctx, "identity.deleted", id), ctx.now);
    return true;
  });
}
