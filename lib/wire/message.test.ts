import { expect, test } from "vitest";
import { englishMessage, isTextKey } from "../i18n/text";
import type { Message } from "../model/message";
import { say, sayExpired, sayNoMethod } from "./message";

const AT = new Date("2026-07-01T10:05:00.000Z");
const UNIX = 1_782_900_300;
const key = { displayName: "Blue key", addedAt: AT };

/** Written by hand from the contract's part 6: constructor → id, type, context keys. An id, once here, never changes. */
const CATALOGUE: readonly (readonly [Message, number, Message["type"], readonly string[]])[] = [
  [say.login(), 1010000, "info", []], [say.signIn(), 1010001, "info", []],
  [say.signInWithProvider({ provider: "Acme", providerId: "acme" }), 1010002, "info", ["provider", "provider_id"]],
  [say.pleaseConfirm(), 1010003, "info", []], [say.secondStepNeeded(), 1010004, "info", []], [say.verifyButton(), 1010005, "info", []],
  [say.totpCodeLabel(), 1010006, "info", []], [say.lookupCodeLabel(), 1010007, "info", []], [say.signInWithSecurityKey(), 1010008, "info", []],
  [say.continueWithTotp(), 1010009, "info", []], [say.continueWithLookup(), 1010010, "info", []],
  [say.continueWithSecurityKey(), 1010011, "info", []], [say.prepareSecurityKey(), 1010012, "info", []],
  [say.securityKeyContinue(), 1010013, "info", []], [say.loginCodeSent(), 1010014, "info", []], [say.sendLoginCode(), 1010015, "info", []],
  [say.signInLinks({ duplicateIdentifier: "a", provider: "b", newLoginUrl: "c", availableCredentialTypes: [], availableProviders: [] }), 1010016, "info",
    ["duplicateIdentifier", "provider", "newLoginUrl", "duplicate_identifier", "new_login_url", "available_credential_types", "available_providers"]],
  [say.signInAndLink(), 1010017, "info", []], [say.confirmWithProvider("Acme"), 1010018, "info", ["provider"]], [say.requestCode(), 1010019, "info", []],
  [say.codeWillBeSent(), 1010020, "info", []], [say.signInWithPasskey(), 1010021, "info", []], [say.signInWithPassword(), 1010022, "info", []],
  [say.sendCodeTo("a@b.test", "email"), 1010023, "info", ["address", "channel"]], [say.signInWithDevice(), 1010024, "info", []],
  [say.codeSentToKnown(), 1010025, "info", []],
  [say.signUp(), 1040001, "info", []], [say.signUpWithProvider({ provider: "Acme", providerId: "acme" }), 1040002, "info", ["provider", "provider_id"]],
  [say.signUpContinue(), 1040003, "info", []], [say.signUpWithSecurityKey(), 1040004, "info", []], [say.registrationCodeSent(), 1040005, "info", []],
  [say.sendRegistrationCode(), 1040006, "info", []], [say.signUpWithPasskey(), 1040007, "info", []], [say.registrationBack(), 1040008, "info", []],
  [say.chooseCredential(), 1040009, "info", []],
  [say.changesSaved(), 1050001, "success", []], [say.linkProvider("Acme"), 1050002, "info", ["provider"]],
  [say.unlinkProvider("Acme"), 1050003, "info", ["provider"]], [say.unlinkTotp(), 1050004, "info", []], [say.totpQr(), 1050005, "info", []],
  [say.totpSecret("JBSW"), 1050006, "info", ["secret"]], [say.revealLookup(), 1050007, "info", []], [say.regenerateLookup(), 1050008, "info", []],
  [say.lookupCode("k3m9"), 1050009, "info", ["secret"]], [say.lookupCodesLabel(), 1050010, "info", []], [say.confirmLookup(), 1050011, "info", []],
  [say.addSecurityKey(), 1050012, "info", []], [say.securityKeyName(), 1050013, "info", []],
  [say.lookupCodeUsed(AT), 1050014, "info", ["used_at", "used_at_unix"]], [say.lookupCodes([say.lookupCode("a")]), 1050015, "info", ["secrets"]],
  [say.disableLookup(), 1050016, "info", []], [say.totpSecretLabel(), 1050017, "info", []],
  [say.removeSecurityKey(key), 1050018, "info", ["display_name", "added_at", "added_at_unix"]], [say.addPasskey(), 1050019, "info", []],
  [say.removePasskey(key), 1050020, "info", ["display_name", "added_at", "added_at_unix"]], [say.removeDevice(), 1050021, "info", []],
  [say.device(), 1050022, "info", []], [say.managedByOrganisation(), 1050023, "info", []],
  [say.recovered(AT), 1060001, "success", ["privilegedSessionExpiresAt", "privileged_session_expires_at", "privileged_session_expires_at_unix"]],
  [say.recoveryLinkSent(), 1060002, "info", []], [say.recoveryCodeSent(), 1060003, "info", []],
  [say.codeSentToMasked("a…@b.test"), 1060004, "info", ["masked_address"]], [say.giveFullAddress(), 1060005, "info", []],
  [say.chooseRecovery(), 1060006, "info", []], [say.recoveryBack(), 1060007, "info", []],
  [say.field(), 1070000, "info", []], [say.passwordLabel(), 1070001, "info", []],
  [say.traitLabel("E-mail", "traits.email"), 1070002, "info", ["title", "name"]], [say.save(), 1070003, "info", []],
  [say.identifierLabel(), 1070004, "info", []], [say.submit(), 1070005, "info", []], [say.verifyCodeLabel(), 1070006, "info", []],
  [say.emailLabel(), 1070007, "info", []], [say.resendCode(), 1070008, "info", []], [say.continue(), 1070009, "info", []],
  [say.recoveryCodeLabel(), 1070010, "info", []], [say.verificationCodeLabel(), 1070011, "info", []], [say.registrationCodeLabel(), 1070012, "info", []],
  [say.loginCodeLabel(), 1070013, "info", []], [say.loginAndLink(), 1070014, "info", []], [say.captchaLabel(), 1070015, "info", []],
  [say.recoveryAddressLabel(), 1070016, "info", []], [say.phoneLabel(), 1070017, "info", []], [say.emailOrPhoneLabel(), 1070018, "info", []],
  [say.verificationLinkSent(), 1080001, "info", []], [say.emailVerified(), 1080002, "success", []], [say.verificationCodeSent(), 1080003, "info", []],
  [say.verificationTextSent(), 1080004, "info", []], [say.phoneVerified(), 1080005, "success", []],
  [say.genericText("Because."), 4000001, "error", ["reason"]], [say.missing("totp_code"), 4000002, "error", ["property"]],
  [say.tooShort({ minLength: 6, actualLength: 3 }), 4000003, "error", ["min_length", "actual_length"]],
  [say.patternMismatch("^a"), 4000004, "error", ["pattern"]], [say.passwordRefused(), 4000005, "error", ["reason", "reason_code"]],
  [say.wrongCredentials(), 4000006, "error", []], [say.identifierTaken(), 4000007, "error", []], [say.totpWrong(), 4000008, "error", []],
  [say.noIdentifiers(), 4000009, "error", []], [say.addressNotVerified(), 4000010, "error", []], [say.noTotp(), 4000011, "error", []],
  [say.lookupUsed(), 4000012, "error", []], [say.noSecurityKey(), 4000013, "error", []], [say.noLookup(), 4000014, "error", []],
  [say.noSecurityKeyUser(), 4000015, "error", []], [say.lookupWrong(), 4000016, "error", []],
  [say.tooLong({ maxLength: 6, actualLength: 7 }), 4000017, "error", ["max_length", "actual_length"]],
  [say.belowMinimum(1, 0), 4000018, "error", ["minimum", "actual"]], [say.notAboveMinimum(1, 1), 4000019, "error", ["minimum", "actual"]],
  [say.aboveMaximum(1, 2), 4000020, "error", ["maximum", "actual"]], [say.notBelowMaximum(1, 1), 4000021, "error", ["maximum", "actual"]],
  [say.notMultiple(5, 3), 4000022, "error", ["base", "actual"]], [say.tooManyItems(1, 2), 4000023, "error", ["max_items", "actual_items"]],
  [say.tooFewItems(1, 0), 4000024, "error", ["min_items", "actual_items"]], [say.itemsNotUnique(0, 1), 4000025, "error", ["index_a", "index_b"]],
  [say.wrongType(["string"], "number"), 4000026, "error", ["allowed_types", "actual_type"]], [say.identifierTakenOnLink(), 4000027, "error", []],
  [say.identifierTakenWithHints({ availableCredentialTypes: [], availableOidcProviders: [], identifierHint: "a" }), 4000028, "error",
    ["available_credential_types", "available_oidc_providers", "credential_identifier_hint"]],
  [say.mustEqual(true), 4000029, "error", ["expected"]], [say.constantFailed(), 4000030, "error", []], [say.passwordTooSimilar(), 4000031, "error", []],
  [say.passwordTooShort({ minLength: 8, actualLength: 3 }), 4000032, "error", ["min_length", "actual_length"]],
  [say.passwordTooLong({ maxLength: 72, actualLength: 90 }), 4000033, "error", ["max_length", "actual_length"]],
  [say.passwordBreached(), 4000034, "error", ["breaches"]], [say.noCodeUser(), 4000035, "error", []], [say.traitsChanged(), 4000036, "error", []],
  [say.accountNotFound(), 4000037, "error", []], [say.captchaFailed(), 4000038, "error", []], [say.passwordSame(), 4000039, "error", []],
  [say.notEmail("a"), 4000040, "error", ["value"]], [say.notPhone("a"), 4000041, "error", ["value"]], [say.noDevice(), 4000042, "error", []],
  [say.securityKeyWrong(), 4000043, "error", []], [say.deviceWrong(), 4000044, "error", []], [say.deviceKnown(), 4000045, "error", []],
  [say.deviceRefused(), 4000046, "error", []],
  [say.loginExpired(AT), 4010001, "error", ["expired_at", "expired_at_unix"]], [say.noLoginMethod(), 4010002, "error", []],
  [say.noRegistrationMethod(), 4010003, "error", []], [say.noSettingsMethod(), 4010004, "error", []], [say.noRecoveryMethod(), 4010005, "error", []],
  [say.noVerificationMethod(), 4010006, "error", []], [say.loginDone(), 4010007, "error", []], [say.loginCodeWrong(), 4010008, "error", []],
  [say.linkMismatch(), 4010009, "error", []], [say.addressUnknown(), 4010010, "error", []], [say.identityDisabled(), 4010011, "error", []],
  [say.registrationExpired(AT), 4040001, "error", ["expired_at", "expired_at_unix"]], [say.registrationDone(), 4040002, "error", []],
  [say.registrationCodeWrong(), 4040003, "error", []], [say.settingsExpired(AT), 4050001, "error", ["expired_at", "expired_at_unix"]],
  [say.tooManyAddressChanges(), 4050002, "error", []], [say.recoveryDone(), 4060001, "error", []], [say.recoveryFailed(), 4060002, "error", []],
  [say.recoveryTokenMissing(), 4060003, "error", []], [say.recoveryTokenWrong(), 4060004, "error", []],
  [say.recoveryExpired(AT), 4060005, "error", ["expired_at", "expired_at_unix"]], [say.recoveryCodeWrong(), 4060006, "error", []],
  [say.verificationTokenWrong(), 4070001, "error", []], [say.verificationDone(), 4070002, "error", []], [say.verificationFailed(), 4070003, "error", []],
  [say.verificationTokenMissing(), 4070004, "error", []], [say.verificationExpired(AT), 4070005, "error", ["expired_at", "expired_at_unix"]],
  [say.verificationCodeWrong(), 4070006, "error", []], [say.systemError(), 5000001, "error", ["reason", "reason_code"]],
  [say.noMethods(), 5000002, "error", []], [say.organisationWithoutProvider(), 5000003, "error", []],
  // Rung's own, far away from every id of the contract
  [say.lookupLeft(4, 12, []), 8050001, "info", ["left", "total", "used"]], [say.lookupConfirmCodeLabel(3), 8050002, "info", ["position"]],
];

test.each(CATALOGUE.map((row) => [row[1], ...row] as const))("message %i keeps its id, type and context", (_name, message, id, type, keys) => {
  expect(message.id).toBe(id);
  expect(message.type).toBe(type);
  expect(Object.keys(message.context ?? {}).sort()).toEqual([...keys].sort());
  expect("context" in message).toBe(keys.length > 0);
  expect(message.text).not.toBe("");
  expect(message.text).not.toMatch(/[{}]|undefined/);
});

test("every constructor is in the table above, each id once", () => {
  const ids = CATALOGUE.map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(Object.keys(say).filter((name) => name !== "generic")).toHaveLength(ids.length);
  for (const id of ids) expect(isTextKey(`message.${id}`)).toBe(true);
});

test("instants carry their seconds beside them", () => {
  expect(say.lookupCodeUsed(AT).context).toEqual({ used_at: "2026-07-01T10:05:00Z", used_at_unix: UNIX });
  expect(say.recovered(AT).context?.["privileged_session_expires_at_unix"]).toBe(UNIX);
});

test("the list of recovery codes names them and marks the used ones", () => {
  const list = say.lookupCodes([say.lookupCode("k3m9qz7d"), say.lookupCodeUsed(AT)]);
  expect(list.text).toBe("k3m9qz7d, used on July 1, 2026");
  expect(list.context?.["secrets"]).toHaveLength(2);
});

test("a generic refusal carries its reason in words and as a code", () => {
  const wait = say.generic("too_many_attempts_wait", { seconds: 30 });
  expect(wait.id).toBe(4000001);
  expect(wait.text).toBe("Too many tries. Try again in 30 seconds.");
  expect(wait.context).toMatchObject({ reason: wait.text, reason_code: "too_many_attempts_wait" });
});

test("each kind has its own expiry and no-method message", () => {
  const kinds = ["login", "registration", "settings", "recovery", "verification"] as const;
  expect(kinds.map((kind) => sayExpired(kind, AT).id)).toEqual([4010001, 4040001, 4050001, 4060005, 4070005]);
  expect(kinds.map((kind) => sayNoMethod(kind).id)).toEqual([4010002, 4010003, 4010004, 4010005, 4010006]);
});

test("an id nobody knows has no words", () => {
  expect(englishMessage(9_999_999, {})).toBe("");
});
