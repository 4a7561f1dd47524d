import fc from "fast-check";
import { expect, test } from "vitest";
import { constantTimeEqual, csrfMatches, hashToken, maskCsrf, newCsrfSecret, newProjectKey, newSessionToken, randomId } from "./token";
import { isUuid } from "../model/ids";

test("tokens have their shape and never repeat", () => {
  const tokens = Array.from({ length: 500 }, newSessionToken);
  expect(new Set(tokens).size).toBe(500);
  for (const token of tokens) expect(token).toMatch(/^ory_st_[A-Za-z0-9]{32}$/);
  expect(newProjectKey()).toMatch(/^[a-z2-7]{10}$/);
  expect(isUuid(randomId())).toBe(true);
  expect(hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a masked token matches its secret only, and looks different each time", () => {
  const secret = newCsrfSecret();
  const masked = maskCsrf(secret);
  expect(maskCsrf(secret)).not.toBe(masked);
  expect(csrfMatches(masked, secret)).toBe(true);
  expect(csrfMatches(masked, newCsrfSecret())).toBe(false);
  expect(masked).not.toContain(secret.slice(0, 8));
});

test("nothing malformed matches", () => {
  const secret = newCsrfSecret();
  fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
    expect(csrfMatches(text, secret)).toBe(false);
  }));
  expect(csrfMatches(maskCsrf(secret), "")).toBe(false);
  expect(csrfMatches("", "")).toBe(false);
});

test("every flipped byte of a masked token is refused", () => {
  const secret = newCsrfSecret();
  const bytes = Buffer.from(maskCsrf(secret), "base64");
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (bytes[at] ?? 0) ^ 1;
    expect(csrfMatches(flipped.toString("base64"), secret)).toBe(false);
  }
});

test("constant time equality is equality", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    expect(constantTimeEqual(a, b)).toBe(Buffer.from(a).equals(Buffer.from(b)));
    expect(constantTimeEqual(a, a)).toBe(true);
  }));
});
