import { createHash, createHmac, pbkdf2Sync, scryptSync } from "node:crypto";
import { hash as argon2 } from "@node-rs/argon2";
import { hashSync as bcrypt } from "@node-rs/bcrypt";
import { describe, expect, it, test } from "vitest";
import { readImportedHash } from "./imported-hash";
import { hmacMd4, md4 } from "./md4";

const PASSWORD = "kettle violin 93 märsh";
const b64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");
const bare = (bytes: Uint8Array): string => b64(bytes).replace(/=+$/, "");
const SALT = Buffer.from("0123456789abcdef");
const PATTERN = b64("x{SALT}.{PASSWORD}");
const patterned = (name: string): string => b64(createHash(name).update(`x${SALT.toString()}.${PASSWORD}`).digest());
const salted = (name: string): string => b64(Buffer.concat([createHash(name).update(PASSWORD).update(SALT).digest(), SALT]));
const hmac = (name: string): string => `$hmac-${name}$${b64(createHmac(name, "a key").update(PASSWORD).digest("hex"))}$${b64("a key")}`;
const scrypt = (n: number): string => b64(scryptSync(PASSWORD, SALT, 32, { N: n, r: 8, p: 1 }));
const pbkdf2 = (name: string, digest: string): string => `$pbkdf2-${name}$i=1000,l=99$${bare(SALT)}$${bare(pbkdf2Sync(PASSWORD, SALT, 1000, 24, digest))}`;

/** Made by the platform, by a library that is not ours, or by another program (openssl, libcrypt): [format, hash, password]. */
const VECTORS: readonly (readonly [string, string | (() => string | Promise<string>), string])[] = [
  ["bcrypt", () => bcrypt(PASSWORD, { cost: 4 }), PASSWORD],
  ["bcrypt of PHP", () => bcrypt(PASSWORD, { cost: 4 }).replace("$2b$", "$2y$"), PASSWORD],
  ["argon2id", () => argon2(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1, algorithm: 2 }), PASSWORD],
  ["argon2i", () => argon2(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1, algorithm: 1 }), PASSWORD],
  ["pbkdf2-sha1", pbkdf2("sha1", "sha1"), PASSWORD], ["pbkdf2-sha256", pbkdf2("sha256", "sha256"), PASSWORD], ["pbkdf2-sha512", pbkdf2("sha512", "sha512"), PASSWORD],
  ["pbkdf2-sha224 is SHA-3", pbkdf2("sha224", "sha3-224"), PASSWORD], ["pbkdf2-sha384 is SHA-3", pbkdf2("sha384", "sha3-384"), PASSWORD],
  ["scrypt, ln is N", `$scrypt$ln=1024,r=8,p=1$${b64(SALT)}$${scrypt(1024)}`, PASSWORD],
  // The example of the firebase/scrypt project.
  ["firebase, ln is log2(N)", "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==", "user1password"],
  ["md5", `$md5$${b64(createHash("md5").update(PASSWORD).digest())}`, PASSWORD],
  ...["md5", "sha1", "sha256", "sha512"].map((name) => [`${name} of a pattern`, `$${name}$pf=${PATTERN}$${b64(SALT)}$${patterned(name)}`, PASSWORD] as const),
  ["SSHA", `{SSHA}${salted("sha1")}`, PASSWORD], ["SSHA256", `{SSHA256}${salted("sha256")}`, PASSWORD], ["SSHA512", `{SSHA512}${salted("sha512")}`, PASSWORD],
  ["md5-crypt", "$md5-crypt$saltst12$sFFyT3anWKSbVyEDGARHC1", "x"],
  ["md5-crypt, long", "$md5-crypt$saltst12$E.OEeYNO3qvzTDNMYwRmF1", "ä passwort, das länger ist als sechzehn"],
  ["sha256-crypt", "$sha256-crypt$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "Hello world!"],
  ["sha256-crypt, long", "$sha256-crypt$saltstring$pTPFbTEZhUewfOu4r1y3UnIxB0/LIjZ9VMVU0IwQVvA", "ä passwort, das länger ist als sechzehn"],
  ["sha512-crypt", "$sha512-crypt$saltstring$3dDSodMCG1SbfIc6t1ctPAbtKaLQlsLbDUvH0uWL2wh.dLAI/HUaJoY8qXDvPfYk5a7X3J8KtUpnhc456gTNT1", "ä passwort, das länger ist als sechzehn"],
  ["sha512-crypt with rounds", "$sha512-crypt$rounds=1400$anotherlong$EOv.rJ4oCv1Vm6zYZKnkif17mKJnAbxzQ6059HxDlMX.OuLptteCTlJLNkln6tFxXIbtqAteHwoV29v8zpWWi/", "x"],
  ...["md5", "sha1", "sha224", "sha256", "sha384", "sha512"].map((name) => [`hmac-${name}`, hmac(name), PASSWORD] as const),
  ["hmac-md4", `$hmac-md4$${b64("bbdfab9a17e3017e3b1b10e2465d25f3")}$${b64("key")}`, "x"],
];

describe("a hash of another system", () => {
  it.each(VECTORS)("%s", async (_format, given, password) => {
    const read = readImportedHash(typeof given === "string" ? given : await given());
    if ("problem" in read) throw new Error(read.problem);
    expect([await read.verify(password), await read.verify(`${password} `), await read.verify("")]).toEqual([true, false, false]);
  });

  it.each([
    ["a bcrypt cost of 16", `$2b$16$${"a".repeat(53)}`],
    ["argon2 with more than a GiB", `$argon2id$v=19$m=1048577,t=3,p=2$${bare(SALT)}$${bare(SALT)}`],
    ["argon2 with eleven passes", `$argon2id$v=19$m=65536,t=11,p=2$${bare(SALT)}$${bare(SALT)}`],
    ["argon2 with less than 8 KiB a lane, which nothing computes", `$argon2id$v=19$m=15,t=1,p=2$${bare(SALT)}$${bare(SALT)}`],
    ["argon2 with 17 lanes", `$argon2i$v=19$m=65536,t=3,p=17$${bare(SALT)}$${bare(SALT)}`],
    ["pbkdf2 beyond ten million", `$pbkdf2-sha256$i=10000001,l=32$${bare(SALT)}$${bare(SALT)}`],
    ["scrypt beyond 2^17", `$scrypt$ln=262144,r=8,p=1$${b64(SALT)}$${b64(SALT)}`], ["scrypt whose N is no power", `$scrypt$ln=1000,r=8,p=1$${b64(SALT)}$${b64(SALT)}`],
    ["scrypt with r 9", `$scrypt$ln=1024,r=9,p=1$${b64(SALT)}$${b64(SALT)}`], ["scrypt with p 11", `$scrypt$ln=1024,r=8,p=11$${b64(SALT)}$${b64(SALT)}`],
    ["firebase beyond 2^17", `$firescrypt$ln=18,r=8,p=1$${b64(SALT)}$${b64(SALT)}$Bw==$${b64(SALT)}`],
    ["sha512-crypt with a billion rounds", `$sha512-crypt$rounds=999999999$salt$${"a".repeat(86)}`],
  ])("%s costs too much", (_name, hash) => {
    expect(readImportedHash(hash)).toEqual({ problem: "cost_out_of_bounds" });
  });

  it.each([
    ["derives nothing, and so would equal everything", `$pbkdf2-sha256$i=1,l=32$${bare(SALT)}$A`],
    ["derives nothing by scrypt", `$scrypt$ln=1024,r=8,p=1$${b64(SALT)}$A`],
    ["derives so much that it costs", `$pbkdf2-sha256$i=1,l=32$${bare(SALT)}$${bare(Buffer.alloc(129))}`],
    ["has a pattern without the password", `$sha256$pf=${b64("{SALT}")}$${b64(SALT)}$${b64(Buffer.alloc(32))}`],
    ["has a digest of another size", `$md5$${b64(Buffer.alloc(20))}`], ["has a short salted digest", `{SSHA512}${b64(Buffer.alloc(63))}`],
    ["is no hex inside", `$hmac-sha256$${b64("zz")}$${b64("key")}`], ["is longer than any", `$md5$${"A".repeat(3_000)}`],
  ])("that %s is refused", (_name, hash) => {
    expect(readImportedHash(hash)).toEqual({ problem: "malformed" });
  });

  it.each(["", "secret", "$1$salt$hash", "$unknown$x", "{CRYPT}x", "$sha3$pf=x$y$z"])("of no known format (%s) is told apart", (hash) => {
    expect(readImportedHash(hash)).toEqual({ problem: "unknown_format" });
  });
});

/* RFC 1320, A.5. */
test.each([
  ["", "31d6cfe0d16ae931b73c59d7e0c089c0"], ["a", "bde52cb31de33e46245e05fbdbd6fb24"], ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
  ["12345678901234567890123456789012345678901234567890123456789012345678901234567890", "e33b4ddc9c38f2199c3e7b164fcc0536"],
])("MD4 of %j", (text, expected) => {
  expect(md4(Buffer.from(text)).toString("hex")).toBe(expected);
  expect(hmacMd4(Buffer.alloc(100, 1), Buffer.from(text))).toEqual(hmacMd4(md4(Buffer.alloc(100, 1)), Buffer.from(text)));
});
