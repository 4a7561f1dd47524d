import type { Message } from "../../model/message";
import type { TextKey } from "../../i18n/text";
import { translator } from "../../i18n/text";
import { instant, make } from "./make";

type Suffix<K> = K extends `reason.${infer Code}` ? Code : never;
/** Reasons with words in every language: `reason.<code>` of the catalogue. */
export type ReasonCode = Suffix<TextKey>;
type ReasonArguments = Readonly<Record<string, string | number>>;
interface Length { readonly minLength: number; readonly actualLength: number }
interface MaxLength { readonly maxLength: number; readonly actualLength: number }

/** What was wrong with an answer, and why a flow ended (contract 6.6 and 6.7). */
export const refusals = {
  // 4000000 validation
  /** Generic refusal whose reason is worded in every language; `reason_code` is our addition to the context. */
  generic: (code: ReasonCode = "generic", args: ReasonArguments = {}): Message =>
    make(4_000_001, { reason: english(code, args), reason_code: code, ...args }),
  /** Generic refusal with a sentence from elsewhere (a hook, a domain error); English only. */
  genericText: (reason: string) => make(4_000_001, { reason }),
  missing: (property: string) => make(4_000_002, { property }),
  tooShort: (length: Length) => make(4_000_003, minContext(length)),
  patternMismatch: (pattern: string) => make(4_000_004, { pattern }),
  passwordRefused: (code: ReasonCode = "password_too_simple"): Message =>
    make(4_000_005, { reason: english(code, {}), reason_code: code }),
  wrongCredentials: () => make(4_000_006),
  identifierTaken: () => make(4_000_007),
  totpWrong: () => make(4_000_008),
  noIdentifiers: () => make(4_000_009),
  addressNotVerified: () => make(4_000_010),
  noTotp: () => make(4_000_011),
  lookupUsed: () => make(4_000_012),
  noSecurityKey: () => make(4_000_013),
  noLookup: () => make(4_000_014),
  noSecurityKeyUser: () => make(4_000_015),
  lookupWrong: () => make(4_000_016),
  tooLong: (length: MaxLength) => make(4_000_017, maxContext(length)),
  belowMinimum: (minimum: number, actual: number) => make(4_000_018, { minimum, actual }),
  notAboveMinimum: (minimum: number, actual: number) => make(4_000_019, { minimum, actual }),
  aboveMaximum: (maximum: number, actual: number) => make(4_000_020, { maximum, actual }),
  notBelowMaximum: (maximum: number, actual: number) => make(4_000_021, { maximum, actual }),
  notMultiple: (base: number, actual: number) => make(4_000_022, { base, actual }),
  tooManyItems: (maxItems: number, actualItems: number) => make(4_000_023, { max_items: maxItems, actual_items: actualItems }),
  tooFewItems: (minItems: number, actualItems: number) => make(4_000_024, { min_items: minItems, actual_items: actualItems }),
  itemsNotUnique: (indexA: number, indexB: number) => make(4_000_025, { index_a: indexA, index_b: indexB }),
  wrongType: (allowedTypes: readonly string[], actualType: string) =>
    make(4_000_026, { allowed_types: allowedTypes, actual_type: actualType }),
  identifierTakenOnLink: () => make(4_000_027),
  identifierTakenWithHints: (hints: {
    availableCredentialTypes: readonly string[]; availableOidcProviders: readonly string[]; identifierHint: string;
  }) => make(4_000_028, {
    available_credential_types: hints.availableCredentialTypes, available_oidc_providers: hints.availableOidcProviders,
    credential_identifier_hint: hints.identifierHint,
  }),
  mustEqual: (expected: unknown) => make(4_000_029, { expected }),
  constantFailed: () => make(4_000_030),
  passwordTooSimilar: () => make(4_000_031),
  passwordTooShort: (length: Length) => make(4_000_032, minContext(length)),
  passwordTooLong: (length: MaxLength) => make(4_000_033, maxContext(length)),
  /** `breaches`: how often the password is known to have leaked; 1 when only the fact is known. */
  passwordBreached: (breaches = 1) => make(4_000_034, { breaches }),
  noCodeUser: () => make(4_000_035),
  traitsChanged: () => make(4_000_036),
  accountNotFound: () => make(4_000_037),
  captchaFailed: () => make(4_000_038),
  passwordSame: () => make(4_000_039),
  notEmail: (value: string) => make(4_000_040, { value }),
  notPhone: (value: string) => make(4_000_041, { value }),
  noDevice: () => make(4_000_042),
  /** `unknown`, our addition: a credential id that this relying party does not know, so that a page can tell its provider (Signal API). */
  securityKeyWrong: (unknown?: { readonly credentialId: string; readonly rpId: string }) =>
    make(4_000_043, { unknown_credential_id: unknown?.credentialId, rp_id: unknown?.rpId }),
  deviceWrong: () => make(4_000_044),
  deviceKnown: () => make(4_000_045),
  deviceRefused: () => make(4_000_046),
  // 4010000 and on: flows
  loginExpired: (expiredAt: Date) => make(4_010_001, instant("expired_at", expiredAt)),
  noLoginMethod: () => make(4_010_002),
  noRegistrationMethod: () => make(4_010_003),
  noSettingsMethod: () => make(4_010_004),
  noRecoveryMethod: () => make(4_010_005),
  noVerificationMethod: () => make(4_010_006),
  loginDone: () => make(4_010_007),
  loginCodeWrong: () => make(4_010_008),
  linkMismatch: () => make(4_010_009),
  addressUnknown: () => make(4_010_010),
  identityDisabled: () => make(4_010_011),
  registrationExpired: (expiredAt: Date) => make(4_040_001, instant("expired_at", expiredAt)),
  registrationDone: () => make(4_040_002),
  registrationCodeWrong: () => make(4_040_003),
  settingsExpired: (expiredAt: Date) => make(4_050_001, instant("expired_at", expiredAt)),
  tooManyAddressChanges: () => make(4_050_002),
  recoveryDone: () => make(4_060_001),
  recoveryFailed: () => make(4_060_002),
  recoveryTokenMissing: () => make(4_060_003),
  recoveryTokenWrong: () => make(4_060_004),
  recoveryExpired: (expiredAt: Date) => make(4_060_005, instant("expired_at", expiredAt)),
  recoveryCodeWrong: () => make(4_060_006),
  verificationTokenWrong: () => make(4_070_001),
  verificationDone: () => make(4_070_002),
  verificationFailed: () => make(4_070_003),
  verificationTokenMissing: () => make(4_070_004),
  verificationExpired: (expiredAt: Date) => make(4_070_005, instant("expired_at", expiredAt)),
  verificationCodeWrong: () => make(4_070_006),
  systemError: (code: ReasonCode = "server") => make(5_000_001, { reason: english(code, {}), reason_code: code }),
  noMethods: () => make(5_000_002),
  organisationWithoutProvider: () => make(5_000_003),
} as const;

function english(code: ReasonCode, args: ReasonArguments): string {
  return translator("en").t(`reason.${code}`, args);
}

function minContext(length: Length): Record<string, unknown> {
  return { min_length: length.minLength, actual_length: length.actualLength };
}

function maxContext(length: MaxLength): Record<string, unknown> {
  return { max_length: length.maxLength, actual_length: length.actualLength };
}
