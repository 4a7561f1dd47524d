import { beforeAll, describe, expect, it } from "vitest";
import type { MethodConfig } from "../model/project";
import type { OwnedKey } from "./key-record";
import { browser, enrolled, NOW } from "./testing";
import { mayPartWith } from "./ways-in";

let key: OwnedKey;
beforeAll(async () => { key = await enrolled(browser()); });

const as = (type: "passkey" | "webauthn", changes: { readonly passwordless?: boolean; readonly cloned?: boolean } = {}): OwnedKey => {
  const document = { ...key.credential.document, passwordless: changes.passwordless ?? true, clonedAt: changes.cloned === true ? NOW.toISOString() : null };
  return { credential: { ...key.credential, type, document }, key: { ...key.key, passwordless: document.passwordless, clonedAt: document.clonedAt } };
};
const config = (passwordless: boolean) => ({ passkey: { enabled: true }, webauthn: { enabled: true, passwordless } }) as unknown as MethodConfig;
const may = (one: OwnedKey, others: readonly OwnedKey[], firstFactors: number, passwordless = false): boolean =>
  mayPartWith(one, { credentials: [one, ...others].map(({ credential }) => credential), firstFactors }, config(passwordless));

describe("removing a key", () => {
  it("an old key for a sign-in that is not offered any more goes, also from beside a single way in", () => {
    expect(may(as("webauthn"), [], 1)).toBe(true);
    expect(may(as("webauthn", { passwordless: false }), [], 1)).toBe(true);
    expect([may(as("webauthn"), [], 1, true), may(as("webauthn"), [], 2, true)]).toEqual([false, true]);
  });

  it("a stopped key holds no door open for another", () => {
    expect(may(as("passkey"), [as("passkey", { cloned: true })], 2)).toBe(false);
    expect(may(as("passkey"), [as("passkey", { cloned: true })], 3)).toBe(true);
    expect(may(as("passkey"), [as("webauthn", { cloned: true })], 2, true)).toBe(false);
  });

  it("a stopped key goes as soon as there is another way in, and not before", () => {
    expect([may(as("passkey", { cloned: true }), [], 1), may(as("passkey", { cloned: true }), [], 2)]).toEqual([false, true]);
    expect(may(as("passkey", { cloned: true }), [as("passkey", { cloned: true })], 2)).toBe(false);
  });
});
