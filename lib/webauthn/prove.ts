import type { Ceremony } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { CredentialId, FlowId } from "../model/ids";
import type { RelyingParty } from "../model/project";
import type { AssertionAnswer } from "./answer";
import { verifyAssertion } from "./authentication";
import type { Proof } from "./authentication";
import { changedKey, isIntact, sealKey } from "./key-record";
import type { KeyMac, KeyPlace, KeyRecord, OwnedKey } from "./key-record";
import type { CeremonyRefusal } from "./refusal";
import { userHandleOf } from "./user-handle";

/** The two conditional writes of lib/db that a proof needs; a `ProjectDb` fits. */
export interface KeyStore {
  consumeChallenge(flowId: FlowId, key: "webauthn" | "passkey", challenge: string, at: Date): Promise<boolean>;
  replaceDocument(id: CredentialId, version: number, document: JsonObject, at: Date): Promise<boolean>;
}
type Write = (tx: KeyStore) => Promise<boolean>;

export interface Claim {
  readonly answer: AssertionAnswer;
  readonly owned: OwnedKey;
  readonly place: KeyPlace;
  readonly flowId: FlowId;
  readonly ceremony: Ceremony;
  readonly rp: RelyingParty;
  /** A factor that is no key was proved in this session: only then may a key be known to verify its user from now on (W34). */
  readonly besideAnother: boolean;
}
export type Verdict =
  | {
      readonly ok: true; readonly proof: Proof; readonly key: KeyRecord;
      /** Ends the ceremony and stores the counter; false for the second of two equal answers. */
      readonly commit: Write;
    }
  /** `flag`, where there may be a copy: ends the ceremony and marks the key; false where the same answer was accepted meanwhile. */
  | { readonly ok: false; readonly because: CeremonyRefusal; readonly flag?: Write };

/**
 * Was this key, of this person, used for this ceremony (security.md W20 to W34)? A discoverable sign-in must name its person in the
 * user handle (W22); elsewhere a handle that is there must be theirs (W21).
 */
export async function proveKey({ answer, owned, place, flowId, ceremony, rp, besideAnother }: Claim, keys: KeyMac, now: Date): Promise<Verdict> {
  const { key, credential } = owned;
  const handle = key.userHandle ?? userHandleOf(place.identityId);
  if (ceremony.allowed !== undefined && !ceremony.allowed.includes(answer.id)) return { ok: false, because: "not_offered" };
  if (answer.userHandle === null ? ceremony.allowed === undefined : answer.userHandle !== handle) {
    return { ok: false, because: "user_handle" };
  }
  if (key.id !== answer.id || !isIntact(key, place, keys)) return { ok: false, because: "tampered" };
  const write = (changes: Partial<KeyRecord>): Write => (tx) =>
    tx.replaceDocument(credential.id, key.version, sealKey(changedKey(key, changes), place, keys), now);
  // One answer is judged once: a form that was sent twice is no second device.
  const ended = (then: Write): Write => async (tx) => await tx.consumeChallenge(flowId, place.type, ceremony.challenge, now) && await then(tx);
  const verified = await verifyAssertion(answer, { rp, ceremony, key }, now);
  if (!verified.ok) {
    return verified.because === "counter" ? { ok: false, because: "counter", flag: ended(write({ clonedAt: now.toISOString() })) } : verified;
  }
  const { proof } = verified;
  const store = write({
    signCount: proof.signCount, backupState: proof.backupState, lastUsedAt: now.toISOString(),
    verifiesUser: key.verifiesUser || (proof.userVerified && besideAnother),
  });
  return { ok: true, proof, key, commit: ended(store) };
}
