import { describe, expect, it } from "vitest";
import { specificationVectors } from "../../e2e/kit/webauthn-vectors";
import type { Vector } from "../../e2e/kit/webauthn-vectors";
import { newDocument } from "./enrol";
import type { OwnedKey } from "./key-record";
import { keysOf } from "./key-record";
import { readAssertionAnswer } from "./answer";
import { proveKey } from "./prove";
import type { CeremonyRefusal } from "./refusal";
import { verifyRegistration } from "./registration";
import { ADA, FLOW, KEYS, NOW, place } from "./testing";
import type { CredentialId } from "../model/ids";

const RP = { id: "example.org", displayName: "Example", origins: ["https://example.org"] };
const ceremony = (challenge: string) => ({ challenge, userVerification: "preferred" as const, expiresAt: NOW.getTime() + 1 });

/**
 * What Rung makes of each: framed by another site, refused; an algorithm it does not offer, refused; a statement under a root that
 * is not the maker's own (apple, android-key) or from a maker nobody knows (tpm), refused; everything else is enrolled and signs in.
 */
const EXPECTED: Readonly<Record<string, CeremonyRefusal | "enrolled">> = {
  "none.ES256": "enrolled", "packed-self.ES256": "enrolled", "none.ES256.crossOrigin": "cross_origin", "none.ES256.topOrigin": "cross_origin",
  "none.ES256.long-credential-id": "enrolled", "packed.ES256": "enrolled", "packed.ES384": "algorithm", "packed.ES512": "algorithm", "packed.RS256": "enrolled",
  "packed.EdDSA": "enrolled", "packed.Ed448": "algorithm", "tpm.ES256": "attestation", "android-key.ES256": "attestation", "apple.ES256": "attestation",
  "fido-u2f.ES256": "enrolled",
};

async function enrol({ registration }: Vector): Promise<OwnedKey | CeremonyRefusal> {
  const verified = await verifyRegistration(registration.answer, { rp: RP, ceremony: ceremony(registration.challenge) }, NOW);
  if (!verified.ok) return verified.because;
  const document = newDocument(verified.key, { name: "Key", passwordless: false }, place(), KEYS, NOW);
  const [owned] = keysOf([{
    id: "c" as CredentialId, identityId: ADA, type: "passkey", createdAt: NOW, updatedAt: NOW, lastUsedAt: null, enrolledAal: null, identifiers: [verified.key.id], document,
  }]);
  return owned ?? "malformed";
}

/** As browsers hand it on when attestation was not asked for. */
function withoutStatement(text: string): string {
  const answer = JSON.parse(text) as { response: { attestationObject: string } };
  const bytes = Buffer.from(answer.response.attestationObject, "base64url");
  const at = bytes.lastIndexOf(Buffer.from("authData")) - 1;
  const object = Buffer.concat([Buffer.from([0xa3]), Buffer.from("63666d74646e6f6e656761747453746d74a0", "hex"), bytes.subarray(at)]);
  return JSON.stringify({ ...answer, response: { ...answer.response, attestationObject: object.toString("base64url") } });
}

describe("the thirty ceremonies of Web Authentication Level 3, section 16", () => {
  const vectors = specificationVectors();

  it("are made from the section's own numbers", () => {
    const [first] = vectors;
    const { id, response } = JSON.parse(first?.registration.answer ?? "") as { id: string; response: { attestationObject: string } };
    expect(Buffer.from(first?.registration.challenge ?? "", "base64url").toString("hex")).toBe("00c30fb78531c464d2b6771dab8d7b603c01162f2fa486bea70f283ae556e130");
    expect(Buffer.from(id, "base64url").toString("hex")).toBe("f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4");
    expect(Buffer.from(response.attestationObject, "base64url").toString("hex")).toBe(
      "a363666d74646e6f6e656761747453746d74a068617574684461746158a4bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db374750b2367ff6f3a1f"
      + "0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820930a56b8"
      + "7a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220");
    expect(vectors.map(({ info }) => info)).toEqual(Object.keys(EXPECTED));
  });

  it.each(vectors.map((vector) => [vector.info, vector] as const))("%s", async (info, vector) => {
    const expected = EXPECTED[info];
    const owned = await enrol(vector);
    if (expected !== "enrolled") {
      expect(owned).toBe(expected);
      return;
    }
    if (typeof owned === "string") throw new Error(owned);
    const asked = { ...ceremony(vector.authentication.challenge), allowed: [owned.key.id] };
    const answer = readAssertionAnswer(vector.authentication.answer);
    if (answer === null) throw new Error("unreadable");
    const claim = { answer, owned, place: place(), flowId: FLOW, ceremony: asked, rp: RP, besideAnother: false };
    expect(await proveKey(claim, KEYS, NOW)).toMatchObject({ ok: true });
    expect(await proveKey({ ...claim, ceremony: { ...asked, challenge: vector.registration.challenge } }, KEYS, NOW)).toEqual({ ok: false, because: "challenge" });
  });

  it.each(["tpm.ES256", "android-key.ES256", "apple.ES256"])("the key of %s signs in where its owner enrolled it without a statement", async (which) => {
    const vector = vectors.find(({ info }) => info === which);
    if (vector === undefined) throw new Error("no vector");
    const owned = await enrol({ ...vector, registration: { ...vector.registration, answer: withoutStatement(vector.registration.answer) } });
    const answer = readAssertionAnswer(vector.authentication.answer);
    if (answer === null || typeof owned === "string") throw new Error(String(owned));
    const asked = { ...ceremony(vector.authentication.challenge), allowed: [owned.key.id] };
    expect(await proveKey({ answer, owned, place: place(), flowId: FLOW, ceremony: asked, rp: RP, besideAnother: false }, KEYS, NOW)).toMatchObject({ ok: true });
  });

  it.each(["crossOrigin", "topOrigin"])("the assertion of none.ES256.%s is refused under a key that is known", async (which) => {
    const vector = vectors.find(({ info }) => info === `none.ES256.${which}`);
    const plain = vectors[0];
    if (vector === undefined || plain === undefined) throw new Error("no vector");
    const owned = await enrol(plain);
    const answer = readAssertionAnswer(vector.authentication.answer);
    if (answer === null || typeof owned === "string") throw new Error("unreadable");
    const asked = { ...ceremony(vector.authentication.challenge), allowed: [answer.id] };
    const known = { ...owned, key: keysOf([{ ...owned.credential, document: newDocument({ ...owned.key, id: answer.id }, { name: "Key", passwordless: false }, place(), KEYS, NOW) }])[0]?.key ?? owned.key };
    expect(await proveKey({ answer, owned: known, place: place(), flowId: FLOW, ceremony: asked, rp: RP, besideAnother: false }, KEYS, NOW)).toEqual({ ok: false, because: "cross_origin" });
  });
});
