import { createHash, verify, X509Certificate } from "node:crypto";
import { decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";

/**
 * A FIDO U2F attestation statement (WebAuthn L3, 8.6): one certificate with a P-256 key, and its signature over RP ID hash, client
 * data hash, credential id and the uncompressed point. Checked here because the library demands an AAGUID of zeros, which the
 * specification's own example does not have. False for everything else; may throw for what is no certificate or no key.
 */
export function isU2fAttested(statement: Map<unknown, unknown>, facts: {
  readonly rpIdHash: Uint8Array; readonly clientDataJson: Uint8Array; readonly credentialId: Uint8Array; readonly publicKey: Uint8Array;
}): boolean {
  const signature = statement.get("sig");
  const certificates = statement.get("x5c");
  if (statement.size !== 2 || !(signature instanceof Uint8Array) || !Array.isArray(certificates) || certificates.length !== 1) return false;
  const certificate: unknown = certificates[0];
  if (!(certificate instanceof Uint8Array)) return false;
  const { publicKey } = new X509Certificate(certificate);
  if (publicKey.asymmetricKeyDetails?.namedCurve !== "prime256v1") return false;
  const key = decodeCredentialPublicKey(new Uint8Array(facts.publicKey)) as unknown as Map<number, unknown>;
  const [x, y] = [key.get(-2), key.get(-3)];
  if (!(x instanceof Uint8Array) || !(y instanceof Uint8Array) || x.length !== 32 || y.length !== 32) return false;
  const clientDataHash = createHash("sha256").update(facts.clientDataJson).digest();
  return verify("sha256", Buffer.concat([Buffer.from([0]), facts.rpIdHash, clientDataHash, facts.credentialId, Buffer.from([4]), x, y]), publicKey, signature);
}
