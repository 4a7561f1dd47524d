import { describe, expect, it } from "vitest";
import { createKeyRing, ephemeralKeyRing } from "../../crypto/keys";
import { IDENTITY_ID, countingHasher, lookupCredential } from "../testing";
import { digestLookupCode, findLookupCode, newLookupCode, newLookupSalt, normaliseLookupCode, unusedCodes } from "./codes";

describe("a recovery code", () => {
  it("has sixteen characters that nobody confuses, in groups of four", () => {
    const codes = Array.from({ length: 200 }, newLookupCode);
    expect(new Set(codes).size).toBe(200);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  });

  it.each([
    ["K3M9-QZ7D-0011-ABCD"], ["k3m9qz7d0011abcd"], [" K3M9 QZ7D 0011 ABCD "], ["k3m9\u2013qz7d\u20130o1l\u2013abcd"], ["K3M9QZ7DOOIlABCD"],
  ])("means the same typed as %s", (typed) => {
    expect(normaliseLookupCode(typed)).toBe("K3M9QZ7D0011ABCD");
  });

  it("costs one hash an attempt, whether it is known, used or neither", async () => {
    const passwords = countingHasher();
    const ctx = { keys: ephemeralKeyRing(), passwords };
    const set = lookupCredential({ salt: newLookupSalt() });
    const [first, second] = ["AAAA-BBBB-CCCC-DDDD", "EEEE-FFFF-GGGG-HHHH"];
    const digests = await Promise.all([first, second].map((code) => digestLookupCode(code, set, IDENTITY_ID, ctx)));
    const stored = lookupCredential({ salt: set.salt, codes: set.codes.map((code, index) => ({ ...code, digest: digests[index] ?? "", usedAt: index === 0 ? new Date(0) : null })) });
    passwords.asked.lookup = 0;
    expect((await findLookupCode(first, stored, ctx))?.position).toBe(0);
    expect((await findLookupCode("eeee ffff gggg hhhh", stored, ctx))?.position).toBe(1);
    expect(await findLookupCode("ZZZZ-ZZZZ-ZZZZ-ZZZZ", stored, ctx)).toBeNull();
    expect(passwords.asked.lookup).toBe(3);
    expect(unusedCodes(stored)).toHaveLength(1);
  });

  it("is found by its keyed digest without a hash, also after the keys were rotated", async () => {
    const old = { id: "k1", secret: Buffer.alloc(32, 1) };
    const passwords = countingHasher();
    const before = { keys: createKeyRing([old]), passwords };
    const set = { storage: "revealable", salt: newLookupSalt() } as const;
    const digest = await digestLookupCode("AAAA-BBBB-CCCC-DDDD", set, IDENTITY_ID, before);
    const [code] = lookupCredential().codes;
    const stored = lookupCredential({ ...set, codes: code === undefined ? [] : [{ ...code, digest }] });
    const after = { keys: createKeyRing([{ id: "k2", secret: Buffer.alloc(32, 2) }, old]), passwords };
    expect((await findLookupCode("aaaabbbbccccdddd", stored, after))?.position).toBe(0);
    expect(await findLookupCode("AAAA-BBBB-CCCC-DDDE", stored, after)).toBeNull();
    expect(passwords.asked.lookup).toBe(0);
  });
});
