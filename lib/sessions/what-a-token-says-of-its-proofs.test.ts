import { describe, expect, test } from "vitest";
import type { AuthenticationMethod } from "../model/assurance";
import type { Credential } from "../model/credential";
import type { Identity } from "../model/identity";
import { amrOf } from "./amr";

/** The mapping of security.md 3.5 (RFC 8176), and nothing beside it. */
const identity = { verifiableAddresses: [{ id: "mail", via: "email" }, { id: "phone", via: "sms" }] } as unknown as Identity;
const proof = (method: AuthenticationMethod["method"], aal: "aal1" | "aal2" = "aal1", rest: object = {}): AuthenticationMethod =>
  ({ method, aal, completedAt: new Date(0), ...rest });
const key = (type: "webauthn" | "passkey", backupEligible: boolean): Credential =>
  ({ type, document: { backupEligible } }) as unknown as Credential;
const amr = (methods: readonly AuthenticationMethod[], credentials: readonly Credential[] = []): readonly string[] => amrOf(methods, identity, credentials);

describe("amr", () => {
  test.each([
    [[proof("password")], ["pwd"]], [[proof("code")], ["otp"]], [[proof("code", "aal1", { addressId: "mail" })], ["otp"]],
    [[proof("code", "aal1", { addressId: "phone" })], ["sms", "otp"]], [[proof("oidc", "aal2")], []], [[proof("code_recovery")], ["otp"]],
    [[proof("password"), proof("totp", "aal2")], ["pwd", "otp", "mfa"]], [[proof("password"), proof("lookup_secret", "aal2")], ["pwd", "otp", "mfa"]],
    [[proof("oidc"), proof("totp", "aal2")], ["otp", "mfa"]], [[proof("password"), proof("password")], ["pwd"]],
    // Two first factors are aal1, of whatever kinds.
    [[proof("password"), proof("oidc")], ["pwd"]], [[proof("oidc"), proof("code")], ["otp"]], [[proof("password"), proof("code_recovery")], ["pwd", "otp"]],
    // Two of a kind are two things that somebody has.
    [[proof("code_recovery"), proof("totp", "aal2")], ["otp"]], [[], []],
  ] as const)("%j → %j", (methods, expected) => {
    expect(amr(methods)).toEqual(expected);
  });

  test("keys say where they live, where that is certain", () => {
    expect(amr([proof("password"), proof("webauthn", "aal2")], [key("webauthn", false)])).toEqual(["pwd", "pop", "user", "hwk", "mfa"]);
    expect(amr([proof("passkey")], [key("passkey", true), key("webauthn", false)])).toEqual(["pop", "user", "swk"]);
    expect(amr([proof("passkey")], [key("passkey", true), key("passkey", false)])).toEqual(["pop", "user"]);
    expect(amr([proof("passkey")])).toEqual(["pop", "user"]);
  });

  test("a passkey that verified its user is two factors", () => {
    expect(amr([proof("passkey", "aal2")], [key("passkey", true)])).toEqual(["pop", "user", "swk", "mfa"]);
  });
});
