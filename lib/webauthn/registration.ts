import { generateRegistrationOptions, verifyRegistrationResponse } from "@simplewebauthn/server";
import { decodeAttestationObject } from "@simplewebauthn/server/helpers";
import type { Ceremony } from "../model/flow";
import type { JsonValue } from "../model/identity";
import type { RelyingParty } from "../model/project";
import { readRegistrationAnswer } from "./answer";
import type { RegistrationAnswer } from "./answer";
import { checkAuthenticatorData, readAuthenticatorData } from "./authenticator-data";
import { cborEnd, fromBase64url, toBase64url } from "./bytes";
import { isOver, timeoutMs } from "./ceremony";
import { checkClientData } from "./client-data";
import { isU2fAttested } from "./fido-u2f";
import type { KnownKey } from "./key-record";
import { ALGORITHMS, checkPublicKey } from "./public-key";
import { refused } from "./refusal";
import type { Refused } from "./refusal";
import { isStrictDer } from "./signature";

/**
 * Formats whose statement the library checks; none of them makes a key trusted more. SafetyNet is left out: its service has ended,
 * and its check asks the wall clock.
 */
const FORMATS: ReadonlySet<string> = new Set(["none", "packed", "tpm", "apple", "android-key"]);

export interface RegistrationTerms {
  readonly rp: RelyingParty;
  readonly ceremony: Ceremony & { readonly userHandle: string };
  readonly userName: string;
  /** Every key the person has, of whatever kind (D1). */
  readonly known: readonly KnownKey[];
  readonly residentKey: "required" | "preferred" | "discouraged";
  readonly attachment: "platform" | "cross-platform" | null;
  readonly timeoutMs: number;
}

/** Options for `navigator.credentials.create`, with binary members as base64url. Attestation is not asked for. */
export async function creationOptions(terms: RegistrationTerms): Promise<JsonValue> {
  const { rp, ceremony, residentKey, attachment } = terms;
  const options = await generateRegistrationOptions({
    rpName: rp.displayName, rpID: rp.id, userName: terms.userName, userDisplayName: terms.userName,
    userID: fromBase64url(ceremony.userHandle) ?? new Uint8Array(), challenge: fromBase64url(ceremony.challenge) ?? new Uint8Array(),
    timeout: timeoutMs(terms.timeoutMs), attestationType: "none", supportedAlgorithmIDs: [...ALGORITHMS],
    excludeCredentials: terms.known.map(({ id, transports }) => ({ id, ...withTransports(transports) })),
    authenticatorSelection: {
      residentKey, userVerification: ceremony.userVerification, ...(attachment === null ? {} : { authenticatorAttachment: attachment }),
    },
  });
  return JSON.parse(JSON.stringify(options)) as JsonValue;
}

/** Transports are stored as the browser said them; the library's type knows only today's. */
export function withTransports(transports: readonly string[]): { readonly transports?: ("usb" | "nfc" | "ble" | "internal" | "hybrid" | "cable" | "smart-card")[] } {
  return transports.length === 0 ? {} : { transports: [...transports] as ("usb")[] };
}

/** A credential that was just made, before anybody owns it. */
export interface NewKey {
  readonly id: string;
  readonly publicKey: string;
  readonly algorithm: number;
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  readonly format: string;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backupState: boolean;
}

/**
 * Verifies the answer to `creationOptions` (WebAuthn L3, 7.1; security.md W1 to W12). Whether the id is unknown, and to whom it is
 * stored, is the caller's. Never throws: what cannot be read is refused.
 */
export async function verifyRegistration(
  text: string, { rp, ceremony }: { readonly rp: RelyingParty; readonly ceremony: Ceremony }, now: Date,
): Promise<{ readonly ok: true; readonly key: NewKey } | Refused> {
  const answer = readRegistrationAnswer(text);
  if (answer === null) return refused("malformed");
  if (isOver(ceremony, now)) return refused("expired");
  const wrong = checkClientData(answer.clientDataJson, { type: "webauthn.create", challenge: ceremony.challenge, origins: rp.origins });
  if (wrong !== null) return refused(wrong);
  const opened = openAttestation(answer.attestationObject);
  const data = opened === null ? null : readAuthenticatorData(opened.authData);
  if (opened === null || data === null || data.attested === null) return refused("malformed");
  const { attested } = data;
  const wrongData = checkAuthenticatorData(data, { rpId: rp.id, verified: ceremony.userVerification === "required" });
  if (wrongData !== null) return refused(wrongData);
  if (toBase64url(attested.credentialId) !== answer.id) return refused("credential_id");
  const key = checkPublicKey(attested.publicKey);
  if (!key.ok) return refused(key.because);
  const sound = opened.format === "fido-u2f" ? isU2f(opened.statement, answer, data.rpIdHash, attested) : FORMATS.has(opened.format) && isWellWritten(opened.statement) && await isAttested(answer, rp, ceremony);
  if (!sound) return refused("attestation");
  return {
    ok: true,
    key: {
      id: answer.id, publicKey: toBase64url(attested.publicKey), algorithm: key.algorithm, signCount: data.signCount, transports: answer.transports,
      aaguid: attested.aaguid, format: opened.format, userVerified: data.userVerified, backupEligible: data.backupEligible,
      backupState: data.backupState,
    },
  };
}

/** The attestation object: exactly `fmt`, `attStmt` and `authData`, and nothing behind it. */
function openAttestation(bytes: Uint8Array): { readonly format: string; readonly statement: Map<unknown, unknown>; readonly authData: Uint8Array } | null {
  if (cborEnd(bytes) !== bytes.length) return null;
  try {
    const object = decodeAttestationObject(new Uint8Array(bytes)) as unknown;
    if (!(object instanceof Map) || object.size !== 3) return null;
    const [format, statement, authData]: readonly unknown[] = [object.get("fmt"), object.get("attStmt"), object.get("authData")];
    return typeof format === "string" && statement instanceof Map && authData instanceof Uint8Array ? { format, statement, authData } : null;
  } catch {
    return null;
  }
}

/** An ECDSA signature of a statement in its one encoding: the library forgives a wrong length, we do not (W11). */
function isWellWritten(statement: Map<unknown, unknown>): boolean {
  const signature = statement.get("sig");
  return statement.get("alg") !== -7 || !(signature instanceof Uint8Array) || isStrictDer(signature);
}

function isU2f(
  statement: Map<unknown, unknown>, { clientDataJson }: RegistrationAnswer, rpIdHash: Uint8Array,
  { credentialId, publicKey }: { readonly credentialId: Uint8Array; readonly publicKey: Uint8Array },
): boolean {
  try {
    return isU2fAttested(statement, { rpIdHash, clientDataJson, credentialId, publicKey });
  } catch {
    return false;
  }
}

/** The statement, checked by the library; all its other checks run once more. Both sides of user verification are set on purpose. */
async function isAttested(answer: RegistrationAnswer, rp: RelyingParty, ceremony: Ceremony): Promise<boolean> {
  try {
    const { verified } = await verifyRegistrationResponse({
      response: {
        id: answer.id, rawId: answer.id, type: "public-key", clientExtensionResults: {},
        response: { clientDataJSON: toBase64url(answer.clientDataJson), attestationObject: toBase64url(answer.attestationObject) },
      },
      expectedChallenge: ceremony.challenge, expectedOrigin: [...rp.origins], expectedRPID: rp.id, requireUserPresence: true,
      requireUserVerification: ceremony.userVerification === "required", supportedAlgorithmIDs: [...ALGORITHMS],
    });
    return verified;
  } catch {
    return false;
  }
}
