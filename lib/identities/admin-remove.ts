import type { AccountSnapshot } from "../db/handles";
import type { FactorId } from "../model/assurance";
import type { Credential } from "../model/credential";
import { DomainError } from "../model/errors";
import type { CredentialId, IdentityId } from "../model/ids";
import { keysOf } from "../webauthn/key-record";
import { adminEntry, againWhenChanged, changedMeanwhile } from "./admin-context";
import type { AdminContext } from "./admin-context";
import { settleSessions } from "./consequences";
import { labelOf } from "./credential-name";
import { keepingAnOwner } from "./owner-guard";
import { isEmpty, keepsAWayIn } from "./ways-in";

export interface RemovalOptions {
  /** `<provider>:<subject>` of a linked account. */
  readonly identifier?: string | null;
  /** Why, in the admin's words: for the audit log. */
  readonly reason?: string;
}

const LONGEST_REASON = 500;

/**
 * Removes a credential by the rules of contract/admin.md 1.13, ends what it proved, and tells the owner. Throws `not_found` for an
 * unknown person, a type they do not have or an unknown account elsewhere, `bad_request` for what cannot be removed, `conflict` where
 * no owner of the installation could sign in any more.
 */
export function removeCredential(id: IdentityId, type: string, options: RemovalOptions, ctx: AdminContext): Promise<AccountSnapshot> {
  return remove(id, (account) => ofType(account, type, options), { type, everySession: false, ...options }, ctx);
}

/**
 * Removes one credential by the id of its row: what the console does. Keys that sign in alone and passkeys go here, too; every session
 * of the person ends, whatever the project does with others on a credential change (J19). Throws as `removeCredential`;
 * `details.why` is `last_way_in` for what the person signs in with when nothing else is left.
 */
export function removeOneCredential(
  id: IdentityId, credentialId: CredentialId, { reason }: { readonly reason: string }, ctx: AdminContext,
): Promise<AccountSnapshot> {
  return remove(id, (account) => byId(account, credentialId), { type: null, everySession: true, reason }, ctx);
}

interface How {
  /** As it was asked for; null: as it is. */
  readonly type: string | null;
  readonly everySession: boolean;
  readonly reason?: string;
}

function remove(id: IdentityId, choose: (account: AccountSnapshot) => readonly Credential[], how: How, ctx: AdminContext): Promise<AccountSnapshot> {
  return againWhenChanged(async () => {
    const account = await ctx.handle.findAccount(id);
    if (account === null) throw new DomainError("not_found", { reason: "No identity has this id." });
    const gone = choose(account);
    if (!keepsAWayIn(account, gone.map((one) => one.id), ctx.project)) {
      throw new DomainError("bad_request", { why: "last_way_in", reason: "The last first factor of an identity cannot be removed." });
    }
    return ctx.handle.transaction((tx) => keepingAnOwner(tx, ctx, id, async () => {
      const updated = await tx.updateIdentity(id, { version: account.identity.version, at: ctx.now }) ?? changedMeanwhile();
      // Whoever takes something else from this person waits here: what the choice was made from must still be there.
      const present = new Set((await tx.listCredentials(id)).map((one) => one.id));
      if (!account.credentials.every((one) => present.has(one.id))) changedMeanwhile();
      for (const one of gone) {
        if (one.type === "password") await tx.putPassword(id, "", [], ctx.now);
        else if (!await tx.deleteCredential(one.id)) changedMeanwhile();
      }
      const ended = gone.length === 0 ? 0 : await settleSessions(tx, id, { everySession: how.everySession, ended: typesOf(gone) }, ctx);
      const [only] = gone.length === 1 ? gone : [];
      const name = only === undefined ? null : labelOf(only, ctx.project);
      const type = how.type ?? typesOf(gone)[0] ?? "";
      if (gone.length > 0) {
        const dedupe = `factor_removed:${only?.id ?? type}:${String(updated.version)}`;
        await ctx.tell?.(tx, { template: "factor_removed", identity: updated, method: type, dedupe, ...(name === null ? {} : { label: name }) });
      }
      await tx.appendAudit(adminEntry(ctx, "identity.credential_removed", id, {
        type, ...(only === undefined ? { count: gone.length } : { credential: only.id }), ...(name === null ? {} : { name }),
        ...(ended === 0 ? {} : { sessionsEnded: ended }), ...(how.reason === undefined ? {} : { reason: how.reason.slice(0, LONGEST_REASON) }),
      }), ctx.now);
      return await tx.findAccount(id) ?? changedMeanwhile();
    }));
  });
}

function typesOf(credentials: readonly Credential[]): readonly FactorId[] {
  return [...new Set(credentials.map(({ type }) => type))];
}

/** What the contract takes out for a type. */
function ofType({ credentials }: AccountSnapshot, type: string, { identifier }: RemovalOptions): readonly Credential[] {
  const own = credentials.filter((credential) => credential.type === type);
  const [first] = own;
  if (first === undefined) throw new DomainError("not_found", { reason: "The identity has no credential of this type." });
  switch (first.type) {
    case "totp":
    case "lookup_secret": return own;
    // Keys that sign in alone stay.
    case "webauthn": return keysOf(own).filter(({ key }) => !key.passwordless).map(({ credential }) => credential);
    case "password":
      if (isEmpty(first)) throw new DomainError("not_found", { reason: "The identity has no password." });
      return [first];
    case "oidc": {
      if (!identifier) throw new DomainError("bad_request", { reason: "The query parameter identifier must name the account, as provider:subject." });
      const linked = own.find((credential) => credential.type === "oidc" && credential.identifiers.includes(identifier));
      if (linked === undefined) throw new DomainError("not_found", { reason: "The identity has no such account linked." });
      return [linked];
    }
    default: throw new DomainError("bad_request", { reason: `Credentials of type ${type} cannot be deleted.` });
  }
}

function byId({ credentials }: AccountSnapshot, id: CredentialId): readonly Credential[] {
  const credential = credentials.find((one) => one.id === id);
  if (credential === undefined || isEmpty(credential)) throw new DomainError("not_found", { reason: "The identity has no such credential." });
  if (credential.type === "code") throw new DomainError("bad_request", { why: "follows_addresses", reason: "Codes follow the addresses of the identity; change those." });
  return [credential];
}

/** Deletes a person with everything of theirs. False for an unknown id; `conflict` where no owner of the installation could sign in any more. */
export function removeIdentity(id: IdentityId, ctx: AdminContext): Promise<boolean> {
  return ctx.handle.transaction((tx) => keepingAnOwner(tx, ctx, id, async () => {
    if (!await tx.deleteIdentity(id)) return false;
    await tx.appendAudit(adminEntry(ctx, "identity.deleted", id), ctx.now);
    return true;
  }));
}
