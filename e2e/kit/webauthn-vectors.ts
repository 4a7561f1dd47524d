import { createECDH, createHash, createPrivateKey, createPublicKey, hkdfSync, sign } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";
import { cborBytes, cborInt, cborMap, cborText } from "./authenticator";

/**
 * The credentials of section 16 of Web Authentication Level 3, made from the inputs that the section derives with HKDF-SHA-256:
 * challenges, keys, ids, AAGUIDs, flags and certificate numbers are its own. ECDSA signatures differ in their bytes, because this
 * runtime chooses a nonce at random where the section computes it.
 */
export interface Vector {
  readonly info: string;
  readonly registration: { readonly challenge: string; readonly answer: string };
  readonly authentication: { readonly challenge: string; readonly answer: string };
}

const ROOT = "WebAuthn test vectors";
const RP_ID_HASH = createHash("sha256").update("example.org").digest();
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

type Draw = (length: number) => Buffer;
function drawFrom(info: string): Draw {
  let index = 0;
  return (length) => Buffer.from(hkdfSync("sha256", ROOT, Buffer.from([index++]), info, length));
}

interface Kind {
  readonly info: string;
  readonly key: "P-256" | "P-384" | "P-521" | "RSA" | "Ed25519" | "Ed448";
  readonly statement: "none" | "self" | "packed" | "tpm" | "android-key" | "apple" | "fido-u2f";
  readonly idLength?: number;
  readonly challengeLength?: number;
  readonly client?: Readonly<Record<string, unknown>>;
}
const KINDS: readonly Kind[] = [
  { info: "none.ES256", key: "P-256", statement: "none" },
  { info: "packed-self.ES256", key: "P-256", statement: "self" },
  { info: "none.ES256.crossOrigin", key: "P-256", statement: "none", client: { crossOrigin: true } },
  { info: "none.ES256.topOrigin", key: "P-256", statement: "none", client: { crossOrigin: true, topOrigin: "https://example.com" } },
  { info: "none.ES256.long-credential-id", key: "P-256", statement: "none", idLength: 1023 },
  { info: "packed.ES256", key: "P-256", statement: "packed" },
  { info: "packed.ES384", key: "P-384", statement: "packed" },
  { info: "packed.ES512", key: "P-521", statement: "packed", challengeLength: 128 },
  { info: "packed.RS256", key: "RSA", statement: "packed" },
  { info: "packed.EdDSA", key: "Ed25519", statement: "packed" },
  { info: "packed.Ed448", key: "Ed448", statement: "packed" },
  { info: "tpm.ES256", key: "P-256", statement: "tpm" },
  { info: "android-key.ES256", key: "P-256", statement: "android-key" },
  { info: "apple.ES256", key: "P-256", statement: "apple" },
  { info: "fido-u2f.ES256", key: "P-256", statement: "fido-u2f" },
];

export function specificationVectors(): readonly Vector[] {
  return KINDS.map(vector);
}

function vector(kind: Kind): Vector {
  const draw = drawFrom(kind.info);
  const challenge = draw(kind.challengeLength ?? 32);
  const key = kind.key === "RSA" ? mersenneKey() : privateKey(kind.key, draw(SCALAR_BYTES[kind.key]));
  const clientData = clientDataOf(draw, "webauthn.create", challenge, kind);
  const aaguid = draw(16);
  const id = draw(kind.idLength ?? 32);
  const bits = kind.statement === "fido-u2f" ? 0 : flagsOf(draw);
  const idLength = Buffer.alloc(2);
  idLength.writeUInt16BE(id.length);
  const authData = Buffer.concat([RP_ID_HASH, Buffer.from([0x41 | bits]), Buffer.alloc(4), aaguid, idLength, id, coseOf(key, kind.key)]);
  const format = kind.statement === "self" ? "packed" : kind.statement;
  const object = cborMap([["fmt", cborText(format)], ["attStmt", statementOf(kind, { draw, key, authData, clientData, id })], ["authData", cborBytes(authData)]]);
  const attested = { attestationObject: object.toString("base64url"), clientDataJSON: clientData.toString("base64url") };

  const second = draw(kind.challengeLength ?? 32);
  const getData = clientDataOf(draw, "webauthn.get", second, kind);
  const eligible = bits & 0x08;
  const used = (draw(1)[0] ?? 0) & (eligible === 0 ? 0x04 : 0x14);
  const getAuth = Buffer.concat([RP_ID_HASH, Buffer.from([0x01 | eligible | used]), Buffer.alloc(4)]);
  const signature = sign(DIGEST[kind.key], Buffer.concat([getAuth, sha256(getData)]), key);
  const name = id.toString("base64url");
  const answer = (response: object): string => JSON.stringify({ id: name, rawId: name, type: "public-key", response });
  return {
    info: kind.info,
    registration: { challenge: challenge.toString("base64url"), answer: answer(attested) },
    authentication: {
      challenge: second.toString("base64url"),
      answer: answer({
        authenticatorData: getAuth.toString("base64url"), clientDataJSON: getData.toString("base64url"), signature: signature.toString("base64url"),
      }),
    },
  };
}

/** UV, BE and BS by the section's rule: backed up only where it is eligible. */
function flagsOf(draw: Draw): number {
  const bits = (draw(1)[0] ?? 0) & 0x1c;
  return (bits & 0x08) === 0 ? bits & ~0x18 : bits;
}

function clientDataOf(draw: Draw, type: string, challenge: Buffer, kind: Kind): Buffer {
  const extended = ((draw(1)[0] ?? 0) & 1) === 1 ? { extraData: `clientDataJSON may be extended with additional fields in the future, such as this: ${draw(16).toString("base64url")}` } : {};
  return Buffer.from(JSON.stringify({ type, challenge: challenge.toString("base64url"), origin: "https://example.org", crossOrigin: false, ...kind.client, ...extended }));
}

/* Keys. */

const SCALAR_BYTES = { "P-256": 32, "P-384": 48, "P-521": 65, Ed25519: 32, Ed448: 57 } as const;
const DIGEST = { "P-256": "sha256", "P-384": "sha384", "P-521": "sha512", RSA: "sha256", Ed25519: null, Ed448: null } as const;
const CURVES = { "P-256": ["prime256v1", 32], "P-384": ["secp384r1", 48], "P-521": ["secp521r1", 66] } as const;

function privateKey(name: Exclude<Kind["key"], "RSA">, secret: Buffer): KeyObject {
  if (name === "Ed25519" || name === "Ed448") {
    const prefix = name === "Ed25519" ? "302e020100300506032b657004220420" : "3047020100300506032b6571043b0439";
    return createPrivateKey({ key: Buffer.concat([Buffer.from(prefix, "hex"), secret]), format: "der", type: "pkcs8" });
  }
  const [curve, size] = CURVES[name];
  const ecdh = createECDH(curve);
  ecdh.setPrivateKey(secret);
  const point = ecdh.getPublicKey().subarray(1);
  const d = Buffer.concat([Buffer.alloc(size - secret.length), secret]);
  const text = (bytes: Buffer): string => bytes.toString("base64url");
  return createPrivateKey({ key: { kty: "EC", crv: name, d: text(d), x: text(point.subarray(0, size)), y: text(point.subarray(size)) }, format: "jwk" });
}

/** Two Mersenne primes, as in the section. */
function mersenneKey(): KeyObject {
  const [p, q, e] = [2n ** 1279n - 1n, 2n ** 2203n - 1n, 65_537n];
  const d = inverse(e, (p - 1n) * (q - 1n));
  const text = (value: bigint): string => { const hex = value.toString(16); return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url"); };
  const jwk: JsonWebKey = { kty: "RSA", n: text(p * q), e: text(e), d: text(d), p: text(p), q: text(q), dp: text(d % (p - 1n)), dq: text(d % (q - 1n)), qi: text(inverse(q, p)) };
  return createPrivateKey({ key: jwk, format: "jwk" });
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

function coseOf(key: KeyObject, name: Kind["key"]): Buffer {
  const jwk = createPublicKey(key).export({ format: "jwk" }) as JsonWebKey;
  const bytes = (text: string | undefined): Buffer => cborBytes(Buffer.from(text ?? "", "base64url"));
  switch (name) {
    case "RSA": return cborMap([[1, cborInt(3)], [3, cborInt(-257)], [-1, bytes(jwk.n)], [-2, bytes(jwk.e)]]);
    case "Ed25519": return cborMap([[1, cborInt(1)], [3, cborInt(-8)], [-1, cborInt(6)], [-2, bytes(jwk.x)]]);
    case "Ed448": return cborMap([[1, cborInt(1)], [3, cborInt(-53)], [-1, cborInt(7)], [-2, bytes(jwk.x)]]);
    default: {
      const [alg, crv] = { "P-256": [-7, 1], "P-384": [-35, 2], "P-521": [-36, 3] }[name] as [number, number];
      return cborMap([[1, cborInt(2)], [3, cborInt(alg)], [-1, cborInt(crv)], [-2, bytes(jwk.x)], [-3, bytes(jwk.y)]]);
    }
  }
}

/* Attestation statements. */

interface Made { readonly draw: Draw; readonly key: KeyObject; readonly authData: Buffer; readonly clientData: Buffer; readonly id: Buffer }

function statementOf({ statement }: Kind, { draw, key, authData, clientData, id }: Made): Buffer {
  const signedData = Buffer.concat([authData, sha256(clientData)]);
  const list = (certificate: Buffer): Buffer => Buffer.concat([Buffer.from([0x81]), cborBytes(certificate)]);
  switch (statement) {
    case "none": return cborMap([]);
    case "self": return cborMap([["alg", cborInt(-7)], ["sig", cborBytes(sign("sha256", signedData, key))]]);
    case "packed": {
      const attester = privateKey("P-256", draw(32));
      const certificate = certificateOf(attester, draw(16));
      return cborMap([["alg", cborInt(-7)], ["sig", cborBytes(sign("sha256", signedData, attester))], ["x5c", list(certificate)]]);
    }
    case "fido-u2f": {
      const attester = privateKey("P-256", draw(32));
      const certificate = certificateOf(attester, draw(16));
      const signature = sign("sha256", Buffer.concat([Buffer.from([0]), RP_ID_HASH, sha256(clientData), id, pointOf(key)]), attester);
      return cborMap([["sig", cborBytes(signature)], ["x5c", list(certificate)]]);
    }
    case "android-key": {
      const description = der(0x30, integer(Buffer.from([1, 0x2c])), integer(Buffer.from([0])), integer(Buffer.from([0])), integer(Buffer.from([0])), der(0x04, sha256(clientData)), der(0x04), der(0x30), der(0x30));
      const certificate = certificateOf(key, draw(16), [extension("2b06010401d679020111", description)]);
      return cborMap([["alg", cborInt(-7)], ["sig", cborBytes(sign("sha256", signedData, key))], ["x5c", list(certificate)]]);
    }
    case "apple": {
      const certificate = certificateOf(key, draw(16), [extension("2a864886f763640802", der(0x30, der(0xa1, der(0x04, sha256(signedData)))))]);
      return cborMap([["x5c", list(certificate)]]);
    }
    case "tpm": return tpmStatement(draw, key, signedData, list);
  }
}

function tpmStatement(draw: Draw, key: KeyObject, signedData: Buffer, list: (certificate: Buffer) => Buffer): Buffer {
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  const point = pointOf(key).subarray(1);
  const sized = (bytes: Buffer): Buffer => { const size = Buffer.alloc(2); size.writeUInt16BE(bytes.length); return Buffer.concat([size, bytes]); };
  const area = Buffer.concat([hex("0023000b000400000000"), hex("0010001000030010"), sized(point.subarray(0, 32)), sized(point.subarray(32))]);
  const info = Buffer.concat([
    hex("ff5443478017"), sized(Buffer.alloc(0)), sized(sha256(signedData)), hex("0000000000000000111111112222222233"), hex("0000000000000000"),
    sized(Buffer.concat([hex("000b"), sha256(area)])), sized(Buffer.alloc(0)),
  ]);
  const attester = privateKey("P-256", draw(32));
  const attribute = (last: number, text: string): Buffer => der(0x30, der(0x06, hex(`67810502${last.toString(16).padStart(2, "0")}`)), der(0x0c, Buffer.from(text)));
  const directory = der(0x30, der(0xa4, der(0x30, der(0x31, attribute(1, "id:00000000"), attribute(2, ROOT), attribute(3, "id:00000000")))));
  const certificate = certificateOf(attester, draw(16), [
    extension("551d25", der(0x30, der(0x06, hex("6781050803")))), extension("551d11", directory, true),
  ], der(0x30));
  return cborMap([
    ["ver", cborText("2.0")], ["alg", cborInt(-7)], ["x5c", list(certificate)], ["sig", cborBytes(sign("sha256", info, attester))],
    ["certInfo", cborBytes(info)], ["pubArea", cborBytes(area)],
  ]);
}

function pointOf(key: KeyObject): Buffer {
  const jwk = createPublicKey(key).export({ format: "jwk" }) as JsonWebKey;
  return Buffer.concat([Buffer.from([4]), Buffer.from(jwk.x ?? "", "base64url"), Buffer.from(jwk.y ?? "", "base64url")]);
}

/* X.509 (RFC 5280), as much as an attestation certificate needs. */

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const integer = (bytes: Buffer): Buffer => der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
const extension = (oid: string, value: Buffer, critical = false): Buffer =>
  der(0x30, der(0x06, Buffer.from(oid, "hex")), ...(critical ? [Buffer.from([0x01, 0x01, 0xff])] : []), der(0x04, value));
const named = (unit: string): Buffer => der(0x30, ...([["550403", 0x0c, ROOT], ["55040a", 0x0c, "W3C"], ["55040b", 0x0c, unit], ["550406", 0x13, "AA"]] as const)
  .map(([oid, tag, text]) => der(0x31, der(0x30, der(0x06, Buffer.from(oid, "hex")), der(tag, Buffer.from(text))))));

function certificateOf(subjectKey: KeyObject, serial: Buffer, extra: readonly Buffer[] = [], subject: Buffer = named("Authenticator Attestation")): Buffer {
  const authority = privateKey("P-256", drawFrom("Attestation CA")(32));
  const algorithm = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const validity = der(0x30, der(0x17, Buffer.from("240101000000Z")), der(0x18, Buffer.from("30240101000000Z")));
  const spki = createPublicKey(subjectKey).export({ format: "der", type: "spki" });
  const body = der(0x30,
    der(0xa0, integer(Buffer.from([2]))), integer(serial), algorithm, named("Authenticator Attestation CA"), validity, subject, spki,
    der(0xa3, der(0x30, extension("551d13", der(0x30), true), ...extra)));
  return der(0x30, body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, authority)])));
}
