import { hashToken, randomId } from "../crypto/token";
import type { Claim, ProjectDb, StoredCode, StoredCredential } from "../db/handles";
import type { FactorId } from "../model/assurance";
import type { Credential, LookupCredential } from "../model/credential";
import { DuplicateIdentifier } from "../model/errors";
import type { TraitFacts } from "../model/identity";
import type { CredentialId, IdentityId, LookupCodeId } from "../model/ids";
import { upstreamIdentifier } from "../model/upstream";
import { keysOf } from "../webauthn/key-record";
import type { CodeImport, CredentialImport, KeyImport } from "../wire/credential-body";
import type { AdminContext } from "./admin-context";
import { passwordHash, lookupRow, storedCodes, totpRow } from "./credential-secrets";
import { importedKey } from "./key-import";

/** What of a person's credentials is written. Made outside every transaction, because hashing takes its time. */
export interface CredentialPlan {
  /** Removed first. */
  readonly remove: readonly CredentialId[];
  /** A new hash for the password that is there. */
  readonly rehash: string | null;
  readonly insert: readonly StoredCredential[];
  readonly codes: {
    readonly id: CredentialId; readonly remove: readonly LookupCodeId[]; readonly add: readonly StoredCode[];
    readonly mark: readonly { readonly id: LookupCodeId; readonly usedAt: Date | null }[];
  } | null;
  /** Types of which something that was good is good no more: what was proved with it does not count. */
  readonly ended: readonly FactorId[];
  readonly added: readonly FactorId[];
}
export const NOTHING_PLANNED: CredentialPlan = { remove: [], rehash: null, insert: [], codes: null, ended: [], added: [] };

export interface CredentialOwner {
  readonly id: IdentityId;
  readonly facts: TraitFacts;
  readonly credentials: readonly Credential[];
}
/** `merge`: by the semantics of each type (contract/admin.md 1.8). `set`: a patched document says what there is. */
export type PlanMode = "merge" | "set";

/** Throws `bad_request` for a credential that could never sign anybody in. */
export async function planCredentials(imports: readonly CredentialImport[], owner: CredentialOwner, mode: PlanMode, ctx: AdminContext): Promise<CredentialPlan> {
  const plans: CredentialPlan[] = [];
  for (const one of imports) plans.push(await planOne(one, owner, mode, ctx));
  return joined(plans);
}

export function joined(plans: readonly CredentialPlan[]): CredentialPlan {
  return plans.reduce((all, one) => ({
    remove: [...all.remove, ...one.remove], rehash: one.rehash ?? all.rehash, insert: [...all.insert, ...one.insert],
    codes: one.codes ?? all.codes, ended: [...all.ended, ...one.ended], added: [...all.added, ...one.added],
  }), NOTHING_PLANNED);
}

async function planOne(one: CredentialImport, owner: CredentialOwner, mode: PlanMode, ctx: AdminContext): Promise<CredentialPlan> {
  switch (one.type) {
    case "password": return planPassword(await passwordHash(one.secret, ctx), owner);
    case "totp": {
      const before = owner.credentials.filter(({ type }) => type === "totp");
      return {
        ...NOTHING_PLANNED, remove: before.map(({ id }) => id), insert: [totpRow(one.url, owner.id, ctx)],
        ...(before.length > 0 ? { ended: ["totp"] } : { added: ["totp"] }),
      };
    }
    case "lookup_secret": return planCodes(one.codes, owner, mode, ctx);
    case "webauthn":
    case "passkey": return planKeys(one, owner, mode, ctx);
    case "oidc": return planLinks(one.links, owner);
  }
}

function planPassword(hash: string, { credentials, facts }: CredentialOwner): CredentialPlan {
  const before = credentials.find((credential) => credential.type === "password");
  if (before?.type === "password") {
    if (before.hash === hash) return NOTHING_PLANNED;
    return { ...NOTHING_PLANNED, rehash: hash, ...(before.hash === "" ? { added: ["password"] } : { ended: ["password"] }) };
  }
  return { ...NOTHING_PLANNED, insert: [passwordRow(hash, facts)], added: ["password"] };
}

/** An empty hash keeps the person's names for them until they have a password. */
export function passwordRow(hash: string, facts: TraitFacts): StoredCredential {
  return { id: randomId() as CredentialId, type: "password", slot: "single", config: { hash }, identifiers: facts.identifiers };
}

async function planCodes(codes: readonly CodeImport[], owner: CredentialOwner, mode: PlanMode, ctx: AdminContext): Promise<CredentialPlan> {
  const set = owner.credentials.find((credential): credential is LookupCredential => credential.type === "lookup_secret");
  if (set === undefined) return codes.length === 0 ? NOTHING_PLANNED : { ...NOTHING_PLANNED, insert: [await lookupRow(codes, owner.id, ctx)], added: ["lookup_secret"] };
  const from = Math.max(-1, ...set.codes.map(({ position }) => position)) + 1;
  const stored = await storedCodes(codes, set, from, owner.id, ctx);
  // A digest says which code it is, whatever its spelling: what the set has already is kept, as it is said now.
  const known = new Map(set.codes.map((code) => [code.digest, code]));
  const fresh = stored.filter(({ digest }) => !known.has(digest)).map((code, index) => ({ ...code, position: from + index }));
  const add = await resealed(fresh, codes, set, owner.id, from, ctx);
  if (mode === "merge") return { ...NOTHING_PLANNED, codes: { id: set.id, remove: [], mark: [], add }, added: add.length > 0 ? ["lookup_secret"] : [] };
  const named = new Map(codes.flatMap(({ id, usedAt }) => (id === null ? [] : [[id, usedAt] as const])));
  for (const { digest, usedAt } of stored) {
    const code = known.get(digest);
    if (code !== undefined) named.set(code.id, usedAt);
  }
  const remove = set.codes.filter(({ id }) => !named.has(id)).map(({ id }) => id);
  const mark = set.codes.flatMap(({ id, usedAt }) => {
    const said = named.get(id);
    return said === undefined || said?.getTime() === usedAt?.getTime() ? [] : [{ id, usedAt: said }];
  });
  return { ...NOTHING_PLANNED, codes: { id: set.id, remove, mark, add }, ended: remove.length > 0 ? ["lookup_secret"] : [], added: add.length > 0 ? ["lookup_secret"] : [] };
}

/** A sealed code is bound to its place in the set: one that moved up is sealed for the new place. */
async function resealed(fresh: readonly StoredCode[], codes: readonly CodeImport[], set: LookupCredential, id: IdentityId, from: number, ctx: AdminContext): Promise<readonly StoredCode[]> {
  if (set.storage === "hashed") return fresh;
  const wanted = new Set(fresh.map(({ digest }) => digest));
  const kept: CodeImport[] = [];
  for (const code of codes) {
    const [one] = await storedCodes([code], set, 0, id, ctx);
    if (one !== undefined && wanted.delete(one.digest)) kept.push(code);
  }
  return storedCodes(kept, set, from, id, ctx);
}

type Keys = Extract<CredentialImport, { type: "webauthn" | "passkey" }>;

function planKeys({ type, keys, userHandle }: Keys, owner: CredentialOwner, mode: PlanMode, ctx: AdminContext): CredentialPlan {
  const before = keysOf(owner.credentials, type);
  const place = { projectId: ctx.project.row.id, identityId: owner.id, type };
  const names = new Set(before.flatMap(({ credential, key }) => credential.identifiers.filter((name) => name !== key.id)));
  const free = owner.facts.identifiers.filter((name) => !names.has(name));
  const insert = keys.map((given, index): StoredCredential => {
    const old = before.find(({ key }) => key.id === given.id) ?? null;
    const kept = old?.credential.identifiers.filter((name) => name !== given.id) ?? [];
    // Found again by a name: the first key that signs in alone carries those that no other has.
    const fresh = type === "webauthn" && given.passwordless && keys.findIndex(({ passwordless }) => passwordless) === index ? free : [];
    return {
      id: randomId() as CredentialId, type, slot: given.id, identifiers: [given.id, ...kept, ...fresh],
      config: importedKey(given, { userHandle, before: old, place, now: ctx.now }, ctx.keys),
    };
  });
  const given = new Set(keys.map(({ id }) => id));
  const gone = mode === "set" ? before.filter(({ key }) => !given.has(key.id)) : [];
  const replaced = before.filter(({ key }) => given.has(key.id));
  const changed = replaced.some(({ key }) => keys.some((one) => one.id === key.id && isAnother(one, key)));
  return {
    ...NOTHING_PLANNED, remove: [...gone, ...replaced].map(({ credential }) => credential.id), insert,
    ended: gone.length > 0 || changed ? [type] : [], added: keys.length > replaced.length ? [type] : [],
  };
}

/** Not the same authenticator, or not for the same step, under an id that is known. */
function isAnother(given: KeyImport, key: { readonly publicKey: string; readonly passwordless: boolean }): boolean {
  return given.publicKey !== key.publicKey || given.passwordless !== key.passwordless;
}

function planLinks(links: readonly { readonly provider: string; readonly subject: string }[], { credentials }: CredentialOwner): CredentialPlan {
  const known = new Set(credentials.flatMap((credential) => (credential.type === "oidc" ? credential.identifiers : [])));
  const fresh = new Map(links.map((link) => [upstreamIdentifier(link), link]));
  const insert = [...fresh].filter(([identifier]) => !known.has(identifier)).map(([identifier, { provider, subject }]): StoredCredential => ({
    id: randomId() as CredentialId, type: "oidc", slot: hashToken(identifier), identifiers: [identifier], config: { version: 1, provider, subject },
  }));
  return { ...NOTHING_PLANNED, insert, added: insert.length > 0 ? ["oidc"] : [] };
}

/** Names that only one person can have, and that these rows take. A key's id is taken as a passkey and as a security key (W13). */
export function claimsOf(rows: readonly StoredCredential[]): readonly Claim[] {
  return rows.flatMap(({ type, slot, identifiers }) => [
    ...identifiers.map((value): Claim => ({ kind: "credential", of: type, value })),
    ...(type === "passkey" ? [{ kind: "credential", of: "webauthn", value: slot } as const] : []),
    ...(type === "webauthn" ? [{ kind: "credential", of: "passkey", value: slot } as const] : []),
  ]);
}

/** Writes a plan. Throws `DuplicateIdentifier` where a name is somebody else's; the transaction is over then. */
export async function writeCredentials(tx: ProjectDb, id: IdentityId, plan: CredentialPlan, facts: TraitFacts, now: Date): Promise<void> {
  for (const removed of plan.remove) await tx.deleteCredential(removed);
  if (plan.rehash !== null) await tx.putPassword(id, plan.rehash, facts.identifiers, now);
  if (plan.codes !== null) await tx.changeLookupCodes(plan.codes.id, plan.codes, now);
  if (plan.insert.length === 0) return;
  const keys = plan.insert.filter(({ type }) => type === "passkey" || type === "webauthn");
  if ((await tx.findTaken(claimsOf(keys))).length > 0) throw new DuplicateIdentifier();
  if (!await tx.insertCredentialRows(id, plan.insert, now)) throw new DuplicateIdentifier();
}
