import { generate, stringToBytes } from "otplib";
import { describe, expect, it } from "vitest";
import { newTotpSecret, totpPicture, totpUri } from "./secret";
import { readCode, verifyTotp } from "./verify";

/** RFC 6238, appendix B: seconds and the eight-digit SHA-1 code of the ASCII key; six digits are its last six. */
const VECTORS = [
  [59, "94287082"], [1_111_111_109, "07081804"], [1_111_111_111, "14050471"], [1_234_567_890, "89005924"],
  [2_000_000_000, "69279037"], [20_000_000_000, "65353130"],
] as const;
/** "12345678901234567890" in base32. */
const KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const at = (seconds: number): Date => new Date(seconds * 1000);

describe("TOTP by RFC 6238", () => {
  it.each(VECTORS)("at %i s the code of the appendix is accepted in its own step", async (seconds, eightDigits) => {
    expect(await generate({ secret: stringToBytes("12345678901234567890"), epoch: seconds, digits: 8 })).toBe(eightDigits);
    expect(await verifyTotp(KEY, eightDigits.slice(2), null, at(seconds))).toBe(Math.floor(seconds / 30));
  });

  it("accepts one step before and one after, and nothing further out", async () => {
    const now = 1_000_000 * 30;
    const answers = await Promise.all([-2, -1, 0, 1, 2].map(async (offset) => {
      const code = await generate({ secret: KEY, epoch: now + offset * 30 });
      return verifyTotp(KEY, code, null, at(now));
    }));
    expect(answers).toEqual([null, 999_999, 1_000_000, 1_000_001, null]);
  });

  it("holds the window to whole steps at both ends of a step", async () => {
    const next = await generate({ secret: KEY, epoch: 60 });
    expect(await verifyTotp(KEY, next, null, at(30))).toBe(2);
    expect(await verifyTotp(KEY, next, null, at(119.999))).toBe(2);
    expect(await verifyTotp(KEY, next, null, at(29.999))).toBeNull();
    expect(await verifyTotp(KEY, next, null, at(120))).toBeNull();
  });

  it("refuses a step at or before the last used one, also when the clock went back", async () => {
    const now = 1_000_000 * 30;
    const code = await generate({ secret: KEY, epoch: now });
    const newer = await generate({ secret: KEY, epoch: now + 30 });
    expect(await verifyTotp(KEY, code, 1_000_000, at(now))).toBeNull();
    expect(await verifyTotp(KEY, code, 999_999, at(now))).toBe(1_000_000);
    expect(await verifyTotp(KEY, newer, 1_000_000, at(now))).toBe(1_000_001);
    expect(await verifyTotp(KEY, code, 1_000_001, at(now))).toBeNull();
    expect(await verifyTotp(KEY, code, 2_000_000, at(now))).toBeNull();
  });
});

describe("what people type", () => {
  it.each([
    ["755 224"], [" 755224\t"], ["\u0667\u0665\u0665\u0662\u0662\u0664"], ["\u06f7\u06f5\u06f5\u06f2\u06f2\u06f4"],
    ["\uff17\uff15\uff15\uff12\uff12\uff14"], ["\u{1d7d5}\u{1d7d3}\u{1d7d3}\u{1d7d0}\u{1d7d0}\u{1d7d2}"], ["7\u00a05\u06f5 2\u0662\uff14"],
  ])("reads %s as 755224", async (typed) => {
    expect(readCode(typed)).toEqual({ kind: "code", digits: "755224" });
    expect(await verifyTotp(KEY, typed, null, at(0))).toBe(0);
  });

  it.each([
    [undefined, "missing"], [null, "missing"], ["", "missing"], ["   ", "missing"], ["12345", "too_short"], ["1234567", "malformed"],
    ["12345a", "malformed"], ["-12345", "malformed"], ["+123456", "malformed"], ["12.456", "malformed"], ["\u2460\u2461\u2462\u2463\u2464\u2465", "malformed"],
    [755_224, "malformed"], [{ $ne: 1 }, "malformed"], ["123\u0000456", "malformed"],
  ])("says what is wrong with %j", (typed, kind) => {
    expect(readCode(typed).kind).toBe(kind);
  });
});

describe("a new secret", () => {
  it("has 160 bits and is never the same twice", () => {
    const secrets = Array.from({ length: 50 }, newTotpSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it("travels as an otpauth address that names issuer and account, and as a picture of 256 by 256", async () => {
    const uri = new URL(totpUri("Garden: & Co", "ada+x@example.test", KEY));
    expect(uri.protocol).toBe("otpauth:");
    expect(uri.host).toBe("totp");
    expect(decodeURIComponent(uri.pathname)).toBe("/Garden  & Co:ada+x@example.test");
    expect(uri.searchParams.get("secret")).toBe(KEY);
    expect(uri.searchParams.get("issuer")).toBe("Garden  & Co");
    const png = Buffer.from((await totpPicture(uri.href)).replace("data:image/png;base64,", ""), "base64");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
  });
});
