import { randomBytes } from "node:crypto";
import { authenticator, publicKeyOf } from "../../e2e/kit/authenticator";
import type { Algorithm, Authenticator, AuthenticatorOptions, Bend, CreationOptions, RequestOptions } from "../../e2e/kit/authenticator";
import { ephemeralKeyRing } from "../crypto/keys";
import type { DocumentCredential } from "../model/credential";
import type { Ceremony } from "../model/flow";
import type { CredentialId, FlowId, IdentityId, ProjectId } from "../model/ids";
import { readAssertionAnswer } from "./answer";
import { requestOptions } from "./authentication";
import { newCeremony } from "./ceremony";
import { newDocument } from "./enrol";
import type { KeyPlace, OwnedKey } from "./key-record";
import { keysOf } from "./key-record";
import { proveKey } from "./prove";
import type { Verdict } from "./prove";
import { creationOptions, verifyRegistration } from "./registration";
import { userHandleOf } from "./user-handle";

/** Fixtures for the tests of this room: one relying party, one person, one browser. Never imported by the product. */
export const NOW = new Date("2026-07-01T10:00:00.000Z");
export const RP = { id: "rung.test", displayName: "Rung", origins: ["https://rung.test", "https://www.rung.test"] };
export const ADA = "3f5e0d6c-4b1a-4c2d-8e3f-0a1b2c3d4e5f" as IdentityId;
export const BOB = "9c1e0d6c-4b1a-4c2d-9e3f-0a1b2c3d4e5f" as IdentityId;
export const FLOW = "c1a6b8c2-6f0d-4d7e-9f6e-3a0a1f5f1c11" as FlowId;
export const KEYS = ephemeralKeyRing();
export const place = (identityId: IdentityId = ADA): KeyPlace =>
  ({ projectId: "7d3f7a52-0c3b-4f0e-9a43-5a1f1c1d2e3f" as ProjectId, identityId, type: "passkey" });

export const challenge = (): Buffer => randomBytes(32);

export function browser(options: Partial<AuthenticatorOptions> = {}): Authenticator {
  return authenticator({ origin: "https://rung.test", ...options });
}

export async function creation(terms: { readonly ceremony?: Ceremony; readonly userVerification?: Ceremony["userVerification"]; readonly known?: readonly { id: string; transports: string[] }[] } = {}): Promise<{ readonly ceremony: Ceremony & { userHandle: string }; readonly options: CreationOptions }> {
  const userHandle = userHandleOf(ADA);
  const ceremony = { ...(terms.ceremony ?? newCeremony(challenge(), { userVerification: terms.userVerification ?? "preferred", userHandle }, NOW)), userHandle };
  const options = await creationOptions({
    rp: RP, ceremony, userName: "ada@example.test", known: terms.known ?? [], residentKey: "required", attachment: null, timeoutMs: 300_000,
  });
  return { ceremony, options: publicKeyOf<CreationOptions>(JSON.stringify({ publicKey: options })) };
}

/** A key of Ada's, enrolled in this browser. */
export async function enrolled(device: Authenticator, bend: Bend = {}, identityId: IdentityId = ADA): Promise<OwnedKey> {
  const { ceremony, options } = await creation();
  const asked = { ...options, user: { id: userHandleOf(identityId) } };
  const verified = await verifyRegistration(device.register(asked, bend), { rp: RP, ceremony }, NOW);
  if (!verified.ok) throw new Error(verified.because);
  const document = newDocument(verified.key, { name: "Key", passwordless: true }, place(identityId), KEYS, NOW);
  const credential: DocumentCredential = {
    id: `credential-${verified.key.id.slice(0, 8)}` as CredentialId, identityId, type: "passkey", createdAt: NOW, updatedAt: NOW, lastUsedAt: null, enrolledAal: null,
    identifiers: [verified.key.id], document,
  };
  const [owned] = keysOf([credential]);
  if (owned === undefined) throw new Error("no key");
  return owned;
}

export interface Asked {
  readonly ceremony: Ceremony;
  readonly options: RequestOptions;
}
export async function request(terms: Partial<Ceremony> = {}): Promise<Asked> {
  const ceremony: Ceremony = { ...newCeremony(challenge(), { userVerification: "preferred" }, NOW), ...terms };
  const allowed = ceremony.allowed?.map((id) => ({ id, transports: [] })) ?? null;
  const options = await requestOptions({ rp: RP, ceremony, allowed, timeoutMs: 300_000 });
  return { ceremony, options: publicKeyOf<RequestOptions>(JSON.stringify({ publicKey: options })) };
}

export async function prove(text: string, owned: OwnedKey, { ceremony }: Asked, besideAnother = false, identityId: IdentityId = ADA, now = NOW): Promise<Verdict> {
  const answer = readAssertionAnswer(text);
  if (answer === null) return { ok: false, because: "malformed" };
  return proveKey({ answer, owned, place: place(identityId), flowId: FLOW, ceremony, rp: RP, besideAnother }, KEYS, now);
}

export const ALGORITHM_NAMES: readonly Algorithm[] = ["ES256", "EdDSA", "RS256"];
