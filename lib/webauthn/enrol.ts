import type { JsonObject } from "../model/identity";
import type { FlowId } from "../model/ids";
import { keysOf, sealKey } from "./key-record";
import type { KeyMac, KeyPlace } from "./key-record";
import type { Credential } from "../model/credential";
import { providerOf } from "./key-name";
import type { NewKey } from "./registration";

type KeyType = "webauthn" | "passkey";

/** Whoever can tell whether somebody of the project has this credential id; both handles of lib/db can. */
export interface KeyFinder {
  findAccountByIdentifier(type: KeyType, identifier: string): Promise<unknown>;
}
interface EnrolmentStore extends KeyFinder {
  consumeChallenge(flowId: FlowId, key: KeyType, challenge: string, at: Date): Promise<boolean>;
}

export interface Enrolment {
  readonly flowId: FlowId;
  readonly challenge: string;
  readonly key: NewKey;
}

/** W13: known for any person of the project, as a passkey or as a security key. */
export async function isKnownKey(db: KeyFinder, id: string): Promise<boolean> {
  for (const type of ["passkey", "webauthn"] as const) if ((await db.findAccountByIdentifier(type, id)) !== null) return true;
  return false;
}

/** First half of storing a key in a flow that goes on: the ceremony ends here, and nobody has the id. False: nothing may be stored. */
export async function claimKey(tx: EnrolmentStore, type: KeyType, { flowId, challenge, key }: Enrolment, now: Date): Promise<boolean> {
  return await tx.consumeChallenge(flowId, type, challenge, now) && !(await isKnownKey(tx, key.id));
}

/** The first document of a key. */
export function newDocument(key: NewKey, facts: { readonly name: string; readonly passwordless: boolean }, place: KeyPlace, keys: KeyMac, now: Date): JsonObject {
  return sealKey({
    ...key, ...facts, version: 1, verifiesUser: key.userVerified, addedAt: now.toISOString(), lastUsedAt: null, clonedAt: null,
  }, place, keys);
}

/** What a new key is called until its owner says otherwise: after its maker, numbered where the name is taken. */
export function proposedName(key: NewKey, otherwise: string, owned: readonly Credential[]): string {
  const name = providerOf(key.aaguid) ?? otherwise;
  const taken = new Set(keysOf(owned).map((known) => known.key.name));
  let [proposal, number] = [name, 2];
  while (taken.has(proposal)) proposal = `${name} ${String(number++)}`;
  return proposal;
}
