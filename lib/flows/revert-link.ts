import { SealBroken } from "../crypto/keys";
import type { KeyRing } from "../crypto/keys";
import type { ProjectReads } from "../db/handles";
import { schemaOf } from "../identities/traits";
import type { Identity, VerifiableAddress } from "../model/identity";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import { sameAddress } from "../model/owned-address";
import type { Project } from "../model/project";
import { addMs, DAY_MS } from "../model/time";
import type { TraitPath } from "../wire/identity-schema";

/** How long the holder of an old mailbox may take a change back. */
export const REVERT_DAYS = 7;
/** What taking back writes down; the next letter asks for it. */
export const REVERTED = "identity.address_reverted";
/** An address has at most 254 characters; sealed and written out, with its trait, a link is far below this. */
const MAX_TOKEN = 4_096;
/** More reverts than this of one person within a week are nobody's life. */
const REVERTS_READ = 20;

/** What the link in a letter to an old mailbox is good for. */
export interface RevertGrant {
  readonly identityId: IdentityId;
  /** The e-mail address that was taken out; normalised. */
  readonly value: string;
  /** The traits it stood in. */
  readonly places: readonly TraitPath[];
  /** When it was taken out. */
  readonly changedAt: Date;
  /** It works no longer than until then. */
  readonly endsAt: Date;
}

/**
 * The links that one change of addresses deserves, by the id of the old address row (T76). An address gets one when
 *
 * 1. it is a mailbox, was verified in this account, and is in none of its lists any more. An unverified one proves nothing: with a
 *    mistyped address, a stranger who owns it would get the account.
 * 2. it is older in the account than a link lives, or came back by a link. So whoever gets in, puts an address of their own into the
 *    account and is thrown out again gets no link for it while the owner's link lives: nobody takes back the taking back. Nor does
 *    somebody who made the account just now with a mailbox of theirs, and then wrote somebody else's into it for them to find.
 *
 * Where one person has it twice, one link serves both traits.
 */
export async function revertGrants(
  db: Pick<ProjectReads, "listAudit">, before: Identity, after: Identity, { project, now }: { readonly project: Project; readonly now: Date },
): Promise<ReadonlyMap<string, RevertGrant>> {
  const left = [...after.verifiableAddresses, ...after.recoveryAddresses];
  const gone = before.verifiableAddresses.filter((one) => one.via === "email" && one.verified && !left.some((other) => sameAddress(one, other)));
  const grants = new Map<string, RevertGrant>();
  // A schema that the project has no more names no place to put anything back to.
  if (gone.length === 0 || !project.config.schemas.some(({ id }) => id === before.schemaId)) return grants;
  const schema = schemaOf(project, before.schemaId);
  const reverts = await db.listAudit({ limit: REVERTS_READ, action: REVERTED, identityId: before.id });
  for (const address of gone) {
    const places = schema.mailPlaces(before.traits, address.value);
    const cameBack = reverts.some(({ at }) => at.getTime() === address.createdAt.getTime());
    if (places.length === 0 || !(cameBack || isSenior(address, now))) continue;
    grants.set(address.id, { identityId: before.id, value: address.value, places, changedAt: now, endsAt: addMs(now, REVERT_DAYS * DAY_MS) });
  }
  return grants;
}

function isSenior({ createdAt }: VerifiableAddress, now: Date): boolean {
  return addMs(createdAt, REVERT_DAYS * DAY_MS).getTime() <= now.getTime();
}

/** The secret of a link: sealed, so that it shows nothing, and bound to its project. */
export function sealRevert(keys: Pick<KeyRing, "seal">, project: Project, { identityId, value, places, changedAt, endsAt }: RevertGrant): string {
  return keys.seal("revert", JSON.stringify([identityId, value, places, changedAt.getTime(), endsAt.getTime()]), [project.row.id]);
}

/** What a link was made for; null for one that was made up, mangled, made in another project, or under a key that is gone. */
export function openRevert(keys: Pick<KeyRing, "open">, project: Project, token: string): RevertGrant | null {
  if (token.length > MAX_TOKEN) return null;
  try {
    return read(JSON.parse(keys.open("revert", token, [project.row.id])));
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

function read(content: unknown): RevertGrant | null {
  if (!Array.isArray(content)) return null;
  const [identityId, value, places, changedAt, endsAt] = content as readonly unknown[];
  if (typeof identityId !== "string" || !isUuid(identityId) || typeof value !== "string" || !isPlaces(places)) return null;
  if (typeof changedAt !== "number" || typeof endsAt !== "number") return null;
  return { identityId: identityId as IdentityId, value, places, changedAt: new Date(changedAt), endsAt: new Date(endsAt) };
}

function isPlaces(value: unknown): value is readonly TraitPath[] {
  return Array.isArray(value) && value.every((path) => Array.isArray(path) && path.every((key) => typeof key === "string"));
}
