import type { Message } from "../../model/message";
import { instant, make } from "./make";

/** Labels and notices of sign-in, registration and settings (contract 6.1 to 6.4). */
export const progress = {
  // 1010000 login
  login: () => make(1_010_000),
  signIn: () => make(1_010_001),
  signInWithProvider: (provider: { provider: string; providerId: string }) => make(1_010_002, providerContext(provider)),
  pleaseConfirm: () => make(1_010_003),
  secondStepNeeded: () => make(1_010_004),
  verifyButton: () => make(1_010_005),
  totpCodeLabel: () => make(1_010_006),
  lookupCodeLabel: () => make(1_010_007),
  signInWithSecurityKey: (names?: readonly string[]) => make(1_010_008, { display_names: names }),
  continueWithTotp: () => make(1_010_009),
  continueWithLookup: () => make(1_010_010),
  continueWithSecurityKey: () => make(1_010_011),
  prepareSecurityKey: () => make(1_010_012),
  securityKeyContinue: () => make(1_010_013),
  loginCodeSent: () => make(1_010_014),
  sendLoginCode: () => make(1_010_015),
  signInLinks: (link: {
    duplicateIdentifier: string; provider: string; newLoginUrl: string;
    availableCredentialTypes: readonly string[]; availableProviders: readonly string[];
  }) => make(1_010_016, {
    duplicateIdentifier: link.duplicateIdentifier, provider: link.provider, newLoginUrl: link.newLoginUrl,
    duplicate_identifier: link.duplicateIdentifier, new_login_url: link.newLoginUrl,
    available_credential_types: link.availableCredentialTypes, available_providers: link.availableProviders,
  }),
  signInAndLink: () => make(1_010_017),
  confirmWithProvider: (provider: string) => make(1_010_018, { provider }),
  requestCode: () => make(1_010_019),
  codeWillBeSent: () => make(1_010_020),
  signInWithPasskey: (names?: readonly string[]) => make(1_010_021, { display_names: names }),
  signInWithPassword: () => make(1_010_022),
  sendCodeTo: (address: string, channel: "email" | "sms") => make(1_010_023, { address, channel }),
  signInWithDevice: () => make(1_010_024),
  codeSentToKnown: () => make(1_010_025),
  // 1040000 registration
  signUp: () => make(1_040_001),
  signUpWithProvider: (provider: { provider: string; providerId: string }) => make(1_040_002, providerContext(provider)),
  signUpContinue: () => make(1_040_003),
  signUpWithSecurityKey: () => make(1_040_004),
  registrationCodeSent: () => make(1_040_005),
  sendRegistrationCode: () => make(1_040_006),
  signUpWithPasskey: () => make(1_040_007),
  registrationBack: () => make(1_040_008),
  chooseCredential: () => make(1_040_009),
  // 1050000 settings
  changesSaved: () => make(1_050_001),
  linkProvider: (provider: string) => make(1_050_002, { provider }),
  unlinkProvider: (provider: string) => make(1_050_003, { provider }),
  unlinkTotp: () => make(1_050_004),
  totpQr: () => make(1_050_005),
  /** `uri`, our addition: the `otpauth:` address a phone opens its app with. */
  totpSecret: (secret: string, uri?: string) => make(1_050_006, { secret, ...(uri === undefined ? {} : { uri }) }),
  revealLookup: () => make(1_050_007),
  regenerateLookup: () => make(1_050_008),
  lookupCode: (secret: string) => make(1_050_009, { secret }),
  lookupCodesLabel: () => make(1_050_010),
  confirmLookup: () => make(1_050_011),
  addSecurityKey: () => make(1_050_012),
  securityKeyName: () => make(1_050_013),
  lookupCodeUsed: (usedAt: Date) => make(1_050_014, instant("used_at", usedAt)),
  /** The list of codes: give `lookupCode` and `lookupCodeUsed` messages, in order. */
  lookupCodes: (secrets: readonly Message[]) => make(1_050_015, { secrets }),
  disableLookup: () => make(1_050_016),
  totpSecretLabel: () => make(1_050_017),
  removeSecurityKey: (key: KeyFacts) => make(1_050_018, keyContext(key)),
  addPasskey: () => make(1_050_019),
  removePasskey: (key: KeyFacts) => make(1_050_020, keyContext(key)),
  removeDevice: () => make(1_050_021),
  device: () => make(1_050_022),
  managedByOrganisation: () => make(1_050_023),
  // 8050000 settings, Rung's own: clients that know only Kratos show the text
  /** How many recovery codes are left, and when the others were used (`lookupCodeUsed` messages). */
  lookupLeft: (left: number, total: number, used: readonly Message[]) => make(8_050_001, { left, total, used }),
  /** Asks for one of the new codes; `position` counts from 1. */
  lookupConfirmCodeLabel: (position: number) => make(8_050_002, { position }),
  // 1060000 recovery
  recovered: (privilegedUntil: Date) => make(1_060_001, {
    privilegedSessionExpiresAt: privilegedUntil.toISOString(), ...instant("privileged_session_expires_at", privilegedUntil),
  }),
  recoveryLinkSent: () => make(1_060_002),
  recoveryCodeSent: () => make(1_060_003),
  codeSentToMasked: (maskedAddress: string) => make(1_060_004, { masked_address: maskedAddress }),
  giveFullAddress: () => make(1_060_005),
  chooseRecovery: () => make(1_060_006),
  recoveryBack: () => make(1_060_007),
} as const;

function providerContext(provider: { provider: string; providerId: string }): Record<string, unknown> {
  return { provider: provider.provider, provider_id: provider.providerId };
}

/** A key in the list of its owner. From `lastUsedAt` on everything is Rung's addition to the contract. */
interface KeyFacts {
  readonly displayName: string;
  readonly addedAt: Date;
  readonly lastUsedAt?: Date | null;
  /** Kept by a provider and on several devices, as the authenticator says. */
  readonly backedUp?: boolean;
  /** Who made it, where that is known. */
  readonly provider?: string | null;
  /** There may be a copy: it signs nobody in until it is removed. */
  readonly cloned?: boolean;
}

function keyContext(key: KeyFacts): Record<string, unknown> {
  return {
    display_name: key.displayName, ...instant("added_at", key.addedAt), ...(key.lastUsedAt ? instant("last_used_at", key.lastUsedAt) : {}),
    backed_up: key.backedUp, provider: key.provider ?? undefined, cloned: key.cloned === true ? true : undefined,
  };
}
