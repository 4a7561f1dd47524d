import { generateAuthenticationOptions, verifyAuthenticationResponse } from "@simplewebauthn/server";
import type { Ceremony } from "../model/flow";
import type { JsonValue } from "../model/identity";
import type { RelyingParty } from "../model/project";
import type { AssertionAnswer } from "./answer";
import { checkAuthenticatorData, readAuthenticatorData } from "./authenticator-data";
import { fromBase64url, toBase64url } from "./bytes";
import { isOver, timeoutMs } from "./ceremony";
import { checkClientData } from "./client-data";
import type { KeyRecord, KnownKey } from "./key-record";
import { refused } from "./refusal";
import type { Refused } from "./refusal";
import { withTransports } from "./registration";
import { isStrictDer } from "./signature";

/** Options for `navigator.credentials.get`. `allowed` null: any discoverable credential of this relying party. */
export async function requestOptions(
  terms: { readonly rp: RelyingParty; readonly ceremony: Ceremony; readonly allowed: readonly KnownKey[] | null; readonly timeoutMs: number },
): Promise<JsonValue> {
  const options = await generateAuthenticationOptions({
    rpID: terms.rp.id, challenge: fromBase64url(terms.ceremony.challenge) ?? new Uint8Array(), timeout: timeoutMs(terms.timeoutMs),
    userVerification: terms.ceremony.userVerification,
    ...(terms.allowed === null ? {} : { allowCredentials: terms.allowed.map(({ id, transports }) => ({ id, ...withTransports(transports) })) }),
  });
  return JSON.parse(JSON.stringify(options)) as JsonValue;
}

/** What a verified assertion says. */
export interface Proof {
  readonly userVerified: boolean;
  readonly backupState: boolean;
  readonly signCount: number;
}

/**
 * Verifies the answer to `requestOptions` under a key that the caller found, whose owner and MAC it has checked (WebAuthn L3, 7.2;
 * security.md W23 to W33). The counter is judged last, under a valid signature: nobody flags a key they do not hold. Never throws.
 */
export async function verifyAssertion(
  answer: AssertionAnswer, { rp, ceremony, key }: { readonly rp: RelyingParty; readonly ceremony: Ceremony; readonly key: KeyRecord }, now: Date,
): Promise<{ readonly ok: true; readonly proof: Proof } | Refused> {
  if (isOver(ceremony, now)) return refused("expired");
  const wrong = checkClientData(answer.clientDataJson, { type: "webauthn.get", challenge: ceremony.challenge, origins: rp.origins });
  if (wrong !== null) return refused(wrong);
  const data = readAuthenticatorData(answer.authenticatorData);
  if (data === null || data.attested !== null) return refused("malformed");
  const wrongData = checkAuthenticatorData(data, { rpId: rp.id, verified: ceremony.userVerification === "required" });
  if (wrongData !== null) return refused(wrongData);
  if (data.backupEligible !== key.backupEligible) return refused("backup_state");
  if (!(await isSigned(answer, rp, ceremony, key))) return refused("signature");
  if (key.clonedAt !== null) return refused("cloned");
  if ((data.signCount !== 0 || key.signCount !== 0) && data.signCount <= key.signCount) return refused("counter");
  return { ok: true, proof: { userVerified: data.userVerified, backupState: data.backupState, signCount: data.signCount } };
}

/** The signature, by the library, which repeats its other checks; a counter of 0 keeps it from judging that before the signature. */
async function isSigned(answer: AssertionAnswer, rp: RelyingParty, ceremony: Ceremony, key: KeyRecord): Promise<boolean> {
  const publicKey = fromBase64url(key.publicKey);
  if (publicKey === null || answer.signature.length === 0 || (key.algorithm === -7 && !isStrictDer(answer.signature))) return false;
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: answer.id, rawId: answer.id, type: "public-key", clientExtensionResults: {},
        response: {
          clientDataJSON: toBase64url(answer.clientDataJson), authenticatorData: toBase64url(answer.authenticatorData),
          signature: toBase64url(answer.signature),
        },
      },
      expectedChallenge: ceremony.challenge, expectedOrigin: [...rp.origins], expectedRPID: rp.id,
      credential: { id: key.id, publicKey, counter: 0 }, requireUserVerification: ceremony.userVerification === "required",
    });
    return verified;
  } catch {
    return false;
  }
}
