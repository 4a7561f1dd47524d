import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { cborBytes, cborInt, cborMap, coseKey } from "../../e2e/kit/authenticator";
import type { Bend } from "../../e2e/kit/authenticator";
import type { CeremonyRefusal } from "./refusal";
import { verifyRegistration } from "./registration";
import { ALGORITHM_NAMES, browser, challenge, creation, enrolled, NOW, prove, request, RP } from "./testing";

const setFlags = (change: (flags: number) => number) => (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  copy[32] = change(copy[32] ?? 0);
  return copy;
};
/** Wrong about themselves in one way each; the signature is right in all of them. */
const BOTH: readonly (readonly [string, Bend, CeremonyRefusal])[] = [
  ["W1/W23 another type", { type: "payment.get" }, "type"],
  ["W2/W24 another challenge", { challenge: challenge().toString("base64url") }, "challenge"],
  ["W2/W24 an empty challenge", { challenge: "" }, "challenge"],
  ["W3/W25 another scheme", { origin: "http://rung.test" }, "origin"],
  ["W3/W25 a port", { origin: "https://rung.test:8443" }, "origin"],
  ["W3/W25 a sub-domain", { origin: "https://a.rung.test" }, "origin"],
  ["W3/W25 a look-alike", { origin: "https://evilrung.test" }, "origin"],
  ["W3/W25 a longer name", { origin: "https://rung.test.evil.test" }, "origin"],
  ["W3/W25 upper case", { origin: "https://RUNG.test" }, "origin"],
  ["W3/W25 a trailing dot", { origin: "https://rung.test." }, "origin"],
  ["W3/W25 a trailing slash", { origin: "https://rung.test/" }, "origin"],
  ["W3/W25 null", { origin: "null" }, "origin"],
  ["W4/W26 within another site", { crossOrigin: true }, "cross_origin"],
  ["W4/W26 as a text", { crossOrigin: "false" }, "cross_origin"],
  ["W5/W27 a top origin", { topOrigin: "https://rung.test" }, "cross_origin"],
  ["W5/W27 both", { crossOrigin: true, topOrigin: "https://evil.test" }, "cross_origin"],
  ["W6/W28 another RP ID", { rpId: "evil.test" }, "rp_id"],
  ["W6/W28 the parent", { rpId: "test" }, "rp_id"],
  ["W7/W29 nobody was there", { up: false }, "user_presence"],
  ["W9/W31 backed up, not eligible", { be: false, bs: true }, "backup_state"],
];

describe.each(ALGORITHM_NAMES)("with %s", (algorithm) => {
  describe.each(["none", "packed"] as const)("a registration attested by %s", (attestation) => {
    it("passes when it is honest", async () => {
      const { ceremony, options } = await creation();
      const verified = await verifyRegistration(browser({ algorithm }).register(options, { attestation }), { rp: RP, ceremony }, NOW);
      expect(verified).toMatchObject({ ok: true, key: { format: attestation, signCount: 0, userVerified: true, backupEligible: false, transports: ["internal"] } });
    });

    it.each(BOTH)("%s is refused", async (_name, bend, because) => {
      const { ceremony, options } = await creation();
      expect(await verifyRegistration(browser({ algorithm }).register(options, { attestation, ...bend }), { rp: RP, ceremony }, NOW)).toEqual({ ok: false, because });
    });

    it("W8 without verification is refused where it is required, and only there", async () => {
      for (const userVerification of ["required", "preferred", "discouraged"] as const) {
        const { ceremony, options } = await creation({ userVerification });
        const verified = await verifyRegistration(browser({ algorithm }).register(options, { attestation, uv: false }), { rp: RP, ceremony }, NOW);
        expect(verified).toMatchObject(userVerification === "required" ? { ok: false, because: "user_verification" } : { ok: true, key: { userVerified: false } });
      }
    });
  });

  it("W11 a self attestation with a wrong signature is refused", async () => {
    const { ceremony, options } = await creation();
    const flip = (bytes: Buffer): Buffer => { const copy = Buffer.from(bytes); copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1; return copy; };
    const text = browser({ algorithm }).register(options, { attestation: "packed", signature: flip });
    expect(await verifyRegistration(text, { rp: RP, ceremony }, NOW)).toEqual({ ok: false, because: "attestation" });
  });

  it("an honest assertion passes, for a discoverable key and for a named one", async () => {
    const device = browser({ algorithm });
    const owned = await enrolled(device);
    const any = await request();
    expect(await prove(device.authenticate(any.options), owned, any)).toMatchObject({ ok: true, proof: { userVerified: true, signCount: 1 } });
    const named = await request({ allowed: [owned.key.id] });
    expect(await prove(device.authenticate(named.options, { userHandle: null }), owned, named)).toMatchObject({ ok: true });
  });

  it.each(BOTH)("an assertion: %s is refused", async (_name, bend, because) => {
    const device = browser({ algorithm });
    const owned = await enrolled(device);
    const asked = await request();
    expect(await prove(device.authenticate(asked.options, bend), owned, asked)).toEqual({ ok: false, because });
  });

  it("W30 under required UV=0 is refused; under preferred it is one factor", async () => {
    const device = browser({ algorithm });
    const owned = await enrolled(device);
    const strict = await request({ userVerification: "required" });
    expect(await prove(device.authenticate(strict.options, { uv: false }), owned, strict)).toEqual({ ok: false, because: "user_verification" });
    const soft = await request();
    expect(await prove(device.authenticate(soft.options, { uv: false }), owned, soft)).toMatchObject({ ok: true, proof: { userVerified: false } });
  });

  it("W32 a wrong, cut, empty or foreign signature is refused", async () => {
    const device = browser({ algorithm });
    const owned = await enrolled(device);
    const other = generateKeyPairSync("ed25519").privateKey;
    const changes: readonly ((bytes: Buffer) => Buffer)[] = [
      (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]), (bytes) => bytes.subarray(0, -1), () => Buffer.alloc(0),
      (bytes) => Buffer.concat([bytes, Buffer.from([0])]), () => Buffer.from(createPublicKey(other).export({ format: "der", type: "spki" })),
    ];
    for (const signature of changes) {
      const asked = await request();
      expect(await prove(device.authenticate(asked.options, { signature }), owned, asked)).toEqual({ ok: false, because: "signature" });
    }
  });
});

describe("what only a registration can get wrong", () => {
  const register = async (bend: Bend, algorithm?: "ES256" | "EdDSA" | "RS256", idBytes?: number) => {
    const { ceremony, options } = await creation();
    const device = browser({ ...(algorithm === undefined ? {} : { algorithm }), ...(idBytes === undefined ? {} : { idBytes }) });
    return verifyRegistration(device.register(options, bend), { rp: RP, ceremony }, NOW);
  };
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const jwk384 = createPublicKey(p384).export({ format: "jwk" }) as { x: string; y: string };
  const b64 = (text: string): Buffer => cborBytes(Buffer.from(text, "base64url"));
  const ed = (x: Buffer): Buffer => cborMap([[1, cborInt(1)], [3, cborInt(-8)], [-1, cborInt(6)], [-2, cborBytes(x)]]);
  const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
  const order8 = Buffer.from("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "hex");

  it.each<[string, CeremonyRefusal, (bytes: Buffer) => Buffer]>([
    ["ES384, which was not offered", "algorithm", () => cborMap([[1, cborInt(2)], [3, cborInt(-35)], [-1, cborInt(2)], [-2, b64(jwk384.x)], [-3, b64(jwk384.y)]])],
    ["a P-384 point called ES256", "public_key", () => cborMap([[1, cborInt(2)], [3, cborInt(-7)], [-1, cborInt(2)], [-2, b64(jwk384.x)], [-3, b64(jwk384.y)]])],
    ["an elliptic key called RS256", "public_key", () => { const bytes = coseKey(key, "ES256"); return Buffer.concat([Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x39, 0x01, 0x00]), bytes.subarray(5)]); }],
    ["RSA of 1024 bits", "public_key", () => coseKey(small, "RS256")],
    ["a point beside its curve", "public_key", (bytes) => { const copy = Buffer.from(bytes); copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1; return copy; }],
    ["a private member", "public_key", (bytes) => Buffer.concat([Buffer.from([0xa6]), bytes.subarray(1), cborInt(-4), cborBytes(Buffer.alloc(32))])],
    ["the neutral element of edwards25519", "public_key", () => ed(identity)],
    ["a point of order 8", "public_key", () => ed(order8)],
    ["an x that no point has", "public_key", () => ed(Buffer.concat([Buffer.from([2]), Buffer.alloc(31)]))],
    ["a y above the prime", "public_key", () => ed(Buffer.concat([Buffer.alloc(31, 0xff), Buffer.from([0x7f])]))],
    ["no map at all", "public_key", () => cborBytes(Buffer.alloc(3))],
    ["an algorithm in words", "algorithm", () => cborMap([[1, cborInt(2)], [3, cborBytes(Buffer.from("ES256"))]])],
  ])("W10 %s is refused", async (_name, because, cosePublicKey) => {
    expect(await register({ cosePublicKey })).toEqual({ ok: false, because });
  });

  it("W10 RSA with an even or tiny exponent is refused", async () => {
    const n = createPublicKey(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey).export({ format: "jwk" })["n"] as string;
    for (const e of [[1], [4], [1, 0, 0, 0, 1]]) {
      expect(await register({ cosePublicKey: () => cborMap([[1, cborInt(3)], [3, cborInt(-257)], [-1, b64(n)], [-2, cborBytes(Buffer.from(e))]]) })).toEqual({ ok: false, because: "public_key" });
    }
  });

  it("W11 bytes behind the attestation object, or inside it, are refused", async () => {
    const { ceremony, options } = await creation();
    const answer = JSON.parse(browser().register(options)) as { response: { attestationObject: string } };
    const object = Buffer.from(answer.response.attestationObject, "base64url");
    const send = (bytes: Buffer) => verifyRegistration(
      JSON.stringify({ ...answer, response: { ...answer.response, attestationObject: bytes.toString("base64url") } }), { rp: RP, ceremony }, NOW);
    expect(await send(object)).toMatchObject({ ok: true });
    expect(await send(Buffer.concat([object, Buffer.from([0])]))).toEqual({ ok: false, because: "malformed" });
    expect(await send(object.subarray(0, -1))).toEqual({ ok: false, because: "malformed" });
    expect(await register({ authenticatorData: (bytes) => Buffer.concat([bytes, Buffer.from([0xa0])]) })).toEqual({ ok: false, because: "malformed" });
    expect(await register({ authenticatorData: setFlags((flags) => flags | 0x80) })).toEqual({ ok: false, because: "malformed" });
    expect(await register({ authenticatorData: setFlags((flags) => flags & ~0x40) })).toEqual({ ok: false, because: "malformed" });
  });

  it("W11 formats that are unknown, retired, or not what they say are refused", async () => {
    const { ceremony, options } = await creation();
    const answer = JSON.parse(browser().register(options)) as { response: { attestationObject: string } };
    const object = Buffer.from(answer.response.attestationObject, "base64url");
    const authData = object.subarray(object.indexOf("authData"));
    const send = (format: string, statement: Buffer) => {
      const bytes = Buffer.concat([Buffer.from([0xa3]), cborText("fmt"), cborText(format), cborText("attStmt"), statement, Buffer.from([0x68]), authData]);
      return verifyRegistration(JSON.stringify({ ...answer, response: { ...answer.response, attestationObject: bytes.toString("base64url") } }), { rp: RP, ceremony }, NOW);
    };
    const cborText = (text: string): Buffer => Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);
    expect(await send("none", cborMap([]))).toMatchObject({ ok: true });
    for (const format of ["android-safetynet", "unknown", "", "None", "packed", "tpm", "apple", "android-key", "fido-u2f"]) {
      expect(await send(format, cborMap([])), format).toEqual({ ok: false, because: "attestation" });
    }
    expect(await send("none", cborMap([["sig", cborBytes(Buffer.alloc(4))]]))).toEqual({ ok: false, because: "attestation" });
  });

  it("W12 an id of 1023 bytes is the longest", async () => {
    expect(await register({}, "ES256", 1023)).toMatchObject({ ok: true });
    expect(await register({}, "ES256", 1024)).toEqual({ ok: false, because: "malformed" });
    expect(await register({}, "ES256", 15)).toEqual({ ok: false, because: "malformed" });
  });

  it("the id of the answer is the one that was attested", async () => {
    const { ceremony, options } = await creation();
    const text = browser().register(options);
    const { id } = JSON.parse(text) as { id: string };
    const other = Buffer.alloc(32, 7).toString("base64url");
    expect(await verifyRegistration(text.replaceAll(id, other), { rp: RP, ceremony }, NOW)).toEqual({ ok: false, because: "credential_id" });
  });

  it("an assertion is no registration and the other way round", async () => {
    const { ceremony, options } = await creation();
    expect(await register({ type: "webauthn.get" })).toEqual({ ok: false, because: "type" });
    const device = browser();
    device.register(options);
    expect(await verifyRegistration(device.authenticate({ challenge: options.challenge, rpId: RP.id }), { rp: RP, ceremony }, NOW)).toEqual({ ok: false, because: "malformed" });
  });

  it("lists every key in the options, so that a device is not enrolled twice", async () => {
    const device = browser();
    const owned = await enrolled(device);
    const { options } = await creation({ known: [{ id: owned.key.id, transports: ["internal"] }] });
    expect(() => device.register(options)).toThrow("InvalidStateError");
  });
});
