import { hash as argon2Hash } from "@node-rs/argon2";
import { hash as bcryptHash } from "@node-rs/bcrypt";
import { pbkdf2Sync, randomBytes, scryptSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { MIGRATING_HASH } from "../model/credential";
import { isDomainError } from "../model/errors";
import { parseArgon2 } from "./argon2";
import { readImportedHash } from "./imported-hash";
import { createKeyRing } from "./keys";
import { createPasswordHasher } from "./password";
import { createSemaphore } from "./semaphore";

const blocklist = { isListed: () => false };
const oldKey = { id: "old", secret: randomBytes(32) };
const newKey = { id: "new", secret: randomBytes(32) };
const keys = createKeyRing([oldKey]);
const passwords = createPasswordHasher({ profile: "floor", blocklist, keys });
const unpadded = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

describe("our own hashes", () => {
  test("accept their password and no other, and name parameters and key but no pepper", async () => {
    const stored = await passwords.hash("correct horse battery");
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=[A-Za-z0-9+/]+\$[^$]+\$[^$]+$/);
    expect(parseArgon2(stored)?.keyId).toBe("old");
    expect(await passwords.verify(stored, "correct horse battery")).toEqual({ ok: true, rehash: false });
    expect(await passwords.verify(stored, "correct horse batterz")).toEqual({ ok: false, rehash: false });
    expect(await passwords.verify(stored, " correct horse battery")).toEqual({ ok: false, rehash: false });
  });

  test.each([null, "", MIGRATING_HASH])("what stands for no password (%j) is nobody's, and no error", async (known) => {
    for (const typed of ["", "correct horse battery", String(known)]) expect(await passwords.verify(known, typed)).toEqual({ ok: false, rehash: false });
  });

  test("composed and decomposed accents are the same password", async () => {
    const stored = await passwords.hash("caf\u00e9 au lait");
    expect((await passwords.verify(stored, "cafe\u0301 au lait")).ok).toBe(true);
  });

  test("a pepper that was rotated still opens, and asks for a new hash", async () => {
    const stored = await passwords.hash("correct horse battery");
    const rotated = createPasswordHasher({ profile: "floor", blocklist, keys: createKeyRing([newKey, oldKey]) });
    expect(await rotated.verify(stored, "correct horse battery")).toEqual({ ok: true, rehash: true });
    const lost = createPasswordHasher({ profile: "floor", blocklist, keys: createKeyRing([newKey]) });
    await expect(lost.verify(stored, "correct horse battery")).rejects.toThrow('"old"');
  });

  test("1,024 bytes are hashed, one more is refused before hashing", async () => {
    const stored = await passwords.hash("x".repeat(1024));
    expect((await passwords.verify(stored, "x".repeat(1023))).ok).toBe(false);
    const refused = await passwords.verify(stored, "x".repeat(1025)).catch((error: unknown) => error);
    expect(isDomainError(refused) && refused.code).toBe("bad_request");
  });

  test("an unknown person costs exactly one hash, as a known one does", async () => {
    let hashes = 0;
    const counting = createSemaphore(2, 32);
    const counted = createPasswordHasher({
      profile: "floor", blocklist, keys,
      semaphore: { load: counting.load, run: (work) => { hashes += 1; return counting.run(work); } },
    });
    const stored = await passwords.hash("correct horse battery");
    await counted.verify(null, "correct horse battery");
    expect(hashes).toBe(1);
    await counted.verify(stored, "correct horse battery");
    expect(hashes).toBe(2);
  });

  test("a recovery code digests alike under one salt and differently under another", async () => {
    const salt = randomBytes(16).toString("base64url");
    expect(await passwords.hashLookupCode("ABCD", salt)).toBe(await passwords.hashLookupCode("ABCD", salt));
    expect(await passwords.hashLookupCode("ABCD", salt)).not.toBe(await passwords.hashLookupCode("ABCD", randomBytes(16).toString("base64url")));
  });
});

describe("the hash queue", () => {
  test("refuses the 35th when one runs and 32 wait, and loses nobody", async () => {
    const semaphore = createSemaphore(1, 32);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => { release = resolve; });
    const accepted = Array.from({ length: 33 }, (_, index) => semaphore.run(async () => { await gate; return index; }));
    const refused = await semaphore.run(async () => 0).catch((error: unknown) => error);
    expect(isDomainError(refused) && refused.code === "busy" && refused.details["retryAfterSeconds"]).toBe(1);
    expect(semaphore.load()).toEqual({ running: 1, waiting: 32 });
    release();
    expect(await Promise.all(accepted)).toEqual(Array.from({ length: 33 }, (_, index) => index));
    expect(semaphore.load()).toEqual({ running: 0, waiting: 0 });
  });

  test("a failing hash frees its place", async () => {
    const semaphore = createSemaphore(1, 1);
    await expect(semaphore.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await semaphore.run(async () => "next")).toBe("next");
  });
});

describe("imported hashes", () => {
  const salt = randomBytes(16);
  test("of every known kind sign in once and then become ours", async () => {
    const formats = [
      await bcryptHash("imported secret", { cost: 4 }),
      await argon2Hash("imported secret", { memoryCost: 1024, timeCost: 1, parallelism: 1 }),
      await argon2Hash("imported secret", { algorithm: 1, memoryCost: 1024, timeCost: 1, parallelism: 1 }),
      `$pbkdf2-sha256$i=1000,l=32$${unpadded(salt)}$${unpadded(pbkdf2Sync("imported secret", salt, 1000, 32, "sha256"))}`,
      `$pbkdf2-sha384$i=1000,l=32$${unpadded(salt)}$${unpadded(pbkdf2Sync("imported secret", salt, 1000, 32, "sha3-384"))}`,
      `$scrypt$ln=1024,r=8,p=1$${salt.toString("base64")}$${scryptSync("imported secret", salt, 32, { N: 1024 }).toString("base64")}`,
    ];
    for (const format of formats) {
      expect(await passwords.verify(format, "imported secret"), format).toEqual({ ok: true, rehash: true });
      expect(await passwords.verify(format, "imported secreT"), format).toEqual({ ok: false, rehash: false });
    }
  });

  test.each([
    ["$2b$16$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "cost_out_of_bounds"],
    ["$argon2id$v=19$m=1048577,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo", "cost_out_of_bounds"],
    ["$argon2id$v=19$m=1024,t=11,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo", "cost_out_of_bounds"],
    ["$pbkdf2-sha256$i=10000001,l=32$c2FsdA$aGFzaA", "cost_out_of_bounds"],
    ["$scrypt$ln=262144,r=8,p=1$c2FsdA==$aGFzaA==", "cost_out_of_bounds"],
    ["$scrypt$ln=1000,r=8,p=1$c2FsdA==$aGFzaA==", "cost_out_of_bounds"],
    ["$2b$10$short", "malformed"],
    ["plain", "unknown_format"],
  ])("%s: %s, found without hashing", (hash, problem) => {
    expect(readImportedHash(hash)).toEqual({ problem });
  });
});
