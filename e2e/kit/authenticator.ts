import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";

/**
 * An authenticator in software, with the browser in front of it: answers creation and request options with the JSON that a page
 * posts (self-service contract 5.14). Everything it says can be bent, so that tests forge one thing at a time and sign the rest.
 */
export type Algorithm = "ES256" | "EdDSA" | "RS256";
export type Attestation = "none" | "packed";

export const COSE = { ES256: -7, EdDSA: -8, RS256: -257 } as const;

/** What the browser says of itself, and the flags and counter of the device. Absent: honest. */
export interface Bend {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
  readonly rpId?: string;
  readonly up?: boolean;
  readonly uv?: boolean;
  readonly be?: boolean;
  readonly bs?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | null;
  /** Base64url; another id than the key's own. */
  readonly credentialId?: string;
  readonly attestation?: Attestation;
  /** The last word over the bytes before they are signed. */
  readonly clientData?: (bytes: Buffer) => Buffer;
  readonly authenticatorData?: (bytes: Buffer) => Buffer;
  readonly signature?: (bytes: Buffer) => Buffer;
  readonly cosePublicKey?: (bytes: Buffer) => Buffer;
}

/** The members of the options that an authenticator reads. */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
}
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

export interface SoftKey {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  readonly userHandle: string;
  readonly rpId: string;
  counter: number;
}

export interface AuthenticatorOptions {
  readonly origin: string;
  readonly algorithm?: Algorithm;
  readonly uv?: boolean;
  /** Synced: backup eligible and backed up, and no counter. */
  readonly synced?: boolean;
  readonly aaguid?: string;
  readonly transports?: readonly string[];
  readonly idBytes?: number;
}

export interface Authenticator {
  readonly keys: SoftKey[];
  /** Makes a key; answers the text of `*_register`. Throws as a browser would when it holds an excluded one. */
  register(options: CreationOptions, bend?: Bend): string;
  /** Uses a key; answers the text of `*_login`. Throws when it holds none that is asked for. */
  authenticate(options: RequestOptions, bend?: Bend, key?: SoftKey): string;
  /** A copy that counts on its own from here. */
  clone(): Authenticator;
}

const ZERO_AAGUID = "00000000-0000-0000-0000-000000000000";

export function authenticator(options: AuthenticatorOptions, keys: SoftKey[] = []): Authenticator {
  const { origin, algorithm = "ES256", uv = true, synced = false, aaguid = ZERO_AAGUID, transports = ["internal"], idBytes = 32 } = options;
  const defaults = { up: true, uv, be: synced, bs: synced };
  return {
    keys,
    register(asked, bend = {}) {
      if (asked.excludeCredentials?.some(({ id }) => keys.some((key) => key.id === id))) throw new Error("InvalidStateError");
      const pair = keyPair(algorithm);
      const key: SoftKey = {
        id: bend.credentialId ?? randomBytes(idBytes).toString("base64url"), algorithm, privateKey: pair, userHandle: asked.user.id, rpId: asked.rp.id, counter: 0,
      };
      keys.push(key);
      const clientData = clientDataOf("webauthn.create", asked.challenge, origin, bend);
      const cose = (bend.cosePublicKey ?? same)(coseKey(pair, algorithm));
      const authData = authenticatorDataOf({ ...defaults, ...bend }, bend.rpId ?? asked.rp.id, bend.counter ?? 0, bend, attestedData(aaguid, key.id, cose));
      const statement = bend.attestation === "packed"
        ? cborMap([["alg", cborInt(COSE[algorithm])], ["sig", cborBytes((bend.signature ?? same)(signed(pair, algorithm, authData, clientData)))]])
        : cborMap([]);
      const object = cborMap([["fmt", cborText(bend.attestation ?? "none")], ["attStmt", statement], ["authData", cborBytes(authData)]]);
      return JSON.stringify({
        id: key.id, rawId: key.id, type: "public-key",
        response: { attestationObject: object.toString("base64url"), clientDataJSON: clientData.toString("base64url"), transports },
      });
    },
    authenticate(asked, bend = {}, chosen) {
      const key = chosen ?? keys.findLast(({ id, rpId }) => rpId === asked.rpId && (asked.allowCredentials?.some((one) => one.id === id) ?? true));
      if (key === undefined) throw new Error("NotAllowedError");
      if (!synced) key.counter += 1;
      const clientData = clientDataOf("webauthn.get", asked.challenge, origin, bend);
      const authData = authenticatorDataOf({ ...defaults, ...bend }, bend.rpId ?? asked.rpId, bend.counter ?? key.counter, bend, null);
      const signature = (bend.signature ?? same)(signed(key.privateKey, key.algorithm, authData, clientData));
      const userHandle = bend.userHandle === undefined ? key.userHandle : bend.userHandle;
      const id = bend.credentialId ?? key.id;
      return JSON.stringify({
        id, rawId: id, type: "public-key",
        response: {
          authenticatorData: authData.toString("base64url"), clientDataJSON: clientData.toString("base64url"), signature: signature.toString("base64url"),
          ...(userHandle === null ? {} : { userHandle }),
        },
      });
    },
    clone: () => authenticator(options, keys.map((key) => ({ ...key }))),
  };
}

/** The options inside a trigger's `value`, a `passkey_challenge`, or a `passkey_create_data` of either shape. */
export function publicKeyOf<T>(value: unknown): T {
  const parsed = JSON.parse(String(value)) as { readonly publicKey?: T; readonly credentialOptions?: { readonly publicKey: T } };
  const options = parsed.publicKey ?? parsed.credentialOptions?.publicKey;
  if (options === undefined) throw new Error("no options here");
  return options;
}

const same = (bytes: Buffer): Buffer => bytes;

function keyPair(algorithm: Algorithm): KeyObject {
  switch (algorithm) {
    case "ES256": return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    case "EdDSA": return generateKeyPairSync("ed25519").privateKey;
    // Making one takes a second; a key that everybody may know is good enough to test with.
    case "RS256": return rsaKey ??= generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  }
}
let rsaKey: KeyObject | undefined;

/** Signs as WebAuthn does: authenticator data and the hash of the client data. */
export function signed(key: KeyObject, algorithm: Algorithm, authData: Buffer, clientData: Buffer): Buffer {
  const data = Buffer.concat([authData, createHash("sha256").update(clientData).digest()]);
  return sign(algorithm === "EdDSA" ? null : "sha256", data, key);
}

function clientDataOf(type: string, challenge: string, origin: string, bend: Bend): Buffer {
  const data = {
    type: bend.type ?? type, challenge: bend.challenge ?? challenge, origin: bend.origin ?? origin,
    crossOrigin: "crossOrigin" in bend ? bend.crossOrigin : false, ...("topOrigin" in bend ? { topOrigin: bend.topOrigin } : {}),
  };
  return (bend.clientData ?? same)(Buffer.from(JSON.stringify(data), "utf8"));
}

function authenticatorDataOf(
  flags: { readonly up?: boolean; readonly uv?: boolean; readonly be?: boolean; readonly bs?: boolean }, rpId: string, counter: number, bend: Bend, attested: Buffer | null,
): Buffer {
  const bits = (flags.up ? 0x01 : 0) | (flags.uv ? 0x04 : 0) | (flags.be ? 0x08 : 0) | (flags.bs ? 0x10 : 0) | (attested === null ? 0 : 0x40);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const hash = createHash("sha256").update(rpId, "utf8").digest();
  return (bend.authenticatorData ?? same)(Buffer.concat([hash, Buffer.from([bits]), count, ...(attested === null ? [] : [attested])]));
}

function attestedData(aaguid: string, id: string, cose: Buffer): Buffer {
  const bytes = Buffer.from(id, "base64url");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([Buffer.from(aaguid.replaceAll("-", ""), "hex"), length, bytes, cose]);
}

/** COSE_Key (RFC 9052) of the public half. */
export function coseKey(privateKey: KeyObject, algorithm: Algorithm): Buffer {
  const jwk = createPublicKey(privateKey).export({ format: "jwk" }) as JsonWebKey;
  const bytes = (text: string | undefined): Buffer => cborBytes(Buffer.from(text ?? "", "base64url"));
  const alg: readonly [number, Buffer] = [3, cborInt(COSE[algorithm])];
  switch (algorithm) {
    case "ES256": return cborMap([[1, cborInt(2)], alg, [-1, cborInt(1)], [-2, bytes(jwk.x)], [-3, bytes(jwk.y)]]);
    case "EdDSA": return cborMap([[1, cborInt(1)], alg, [-1, cborInt(6)], [-2, bytes(jwk.x)]]);
    case "RS256": return cborMap([[1, cborInt(3)], alg, [-1, bytes(jwk.n)], [-2, bytes(jwk.e)]]);
  }
}

/** A private key from a JWK, for vectors. */
export function keyFromJwk(jwk: JsonWebKey): KeyObject {
  return createPrivateKey({ key: jwk, format: "jwk" });
}

/* CBOR (RFC 8949), as much of it as an authenticator writes. */

function cborHead(major: number, value: number): Buffer {
  const type = major << 5;
  if (value < 24) return Buffer.from([type | value]);
  if (value < 256) return Buffer.from([type | 24, value]);
  return Buffer.from([type | 25, value >> 8, value & 255]);
}
export function cborInt(value: number): Buffer {
  return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
}
export function cborBytes(bytes: Uint8Array): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes]);
}
export function cborText(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([cborHead(3, bytes.length), bytes]);
}
export function cborMap(entries: readonly (readonly [number | string, Buffer])[]): Buffer {
  return Buffer.concat([cborHead(5, entries.length), ...entries.flatMap(([key, value]) => [typeof key === "number" ? cborInt(key) : cborText(key), value])]);
}
