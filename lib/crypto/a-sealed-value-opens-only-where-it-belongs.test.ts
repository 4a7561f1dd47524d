import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeyRing, encodeParts, ephemeralKeyRing } from "./keys";
import type { Key } from "./keys";

const key = (id: string, fill: number): Key => ({ id, secret: Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 7 + fill) % 256)) });
const ring = createKeyRing([key("k1", 1)]);
const binding = ["identity-1", "credential-1", "secret"];

describe("a sealed value opens only where it belongs", () => {
  test("what was sealed opens again", () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.string()), (plain, place) => {
      expect(ring.open("totp", ring.seal("totp", plain, place), place)).toBe(plain);
    }));
  });

  test("the same value sealed twice looks different", () => {
    expect(ring.seal("totp", "JBSWY3DP", binding)).not.toBe(ring.seal("totp", "JBSWY3DP", binding));
  });

  test("no changed character ever opens", () => {
    const sealed = ring.seal("totp", "a secret of some length", binding);
    for (let at = 0; at < sealed.length; at += 1) {
      for (const replacement of ["A", "_", ".", "0"]) {
        if (sealed.charAt(at) === replacement) continue;
        const broken = sealed.slice(0, at) + replacement + sealed.slice(at + 1);
        expect(() => ring.open("totp", broken, binding), `character ${at}`).toThrow("did not open");
      }
      expect(() => ring.open("totp", sealed.slice(0, at), binding)).toThrow("did not open");
    }
    expect(() => ring.open("totp", `${sealed}A`, binding)).toThrow("did not open");
  });

  test("another place, another purpose, another installation: closed", () => {
    const sealed = ring.seal("totp", "secret", binding);
    const places = [[], ["identity-1"], ["identity-1", "credential-1"], [...binding, ""], ["identity-1credential-1", "secret"],
      ["identity-2", "credential-1", "secret"], ["credential-1", "identity-1", "secret"]];
    for (const place of places) expect(() => ring.open("totp", sealed, place)).toThrow("did not open");
    expect(() => ring.open("lookup", sealed, binding)).toThrow("did not open");
    expect(() => ephemeralKeyRing().open("totp", sealed, binding)).toThrow("did not open");
    expect(() => createKeyRing([key("k1", 2)]).open("totp", sealed, binding)).toThrow("did not open");
  });

  test("a rotated ring opens the old and seals with the new", () => {
    const sealed = ring.seal("totp", "secret", binding);
    const rotated = createKeyRing([key("k2", 9), key("k1", 1)]);
    expect(rotated.open("totp", sealed, binding)).toBe("secret");
    expect(rotated.currentKid).toBe("k2");
    expect(rotated.seal("totp", "secret", binding)).toMatch(/^v1\.k2\./);
    expect(rotated.macsHex("code", "a")).toContain(ring.macHex("code", "a"));
    expect(rotated.macUnder("k1", "pepper", "a")).toEqual(ring.mac("pepper", "a"));
    expect(rotated.macUnder("lost", "pepper", "a")).toBeNull();
  });

  test("no two lists of parts encode alike", () => {
    const list = fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(fc.property(list, list, (a, b) => {
      expect(encodeParts(a).equals(encodeParts(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
    }));
    expect(ring.macHex("limits", "ab", "c")).not.toBe(ring.macHex("limits", "a", "bc"));
    expect(ring.macHex("limits", "ab")).not.toBe(ring.macHex("device", "ab"));
  });
});
