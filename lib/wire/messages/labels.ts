import { make } from "./make";

/** Labels of fields and buttons, and what verification says (contract 6.5). */
export const labels = {
  field: () => make(1_070_000),
  passwordLabel: () => make(1_070_001),
  /** Label of a trait: `title` from the schema, `name` the node's name (`traits.email`). */
  traitLabel: (title: string, name: string) => make(1_070_002, { title, name }),
  save: () => make(1_070_003),
  identifierLabel: () => make(1_070_004),
  submit: () => make(1_070_005),
  verifyCodeLabel: () => make(1_070_006),
  emailLabel: () => make(1_070_007),
  resendCode: () => make(1_070_008),
  continue: () => make(1_070_009),
  recoveryCodeLabel: () => make(1_070_010),
  verificationCodeLabel: () => make(1_070_011),
  registrationCodeLabel: () => make(1_070_012),
  loginCodeLabel: () => make(1_070_013),
  loginAndLink: () => make(1_070_014),
  captchaLabel: () => make(1_070_015),
  recoveryAddressLabel: () => make(1_070_016),
  phoneLabel: () => make(1_070_017),
  emailOrPhoneLabel: () => make(1_070_018),
  verificationLinkSent: () => make(1_080_001),
  emailVerified: () => make(1_080_002),
  verificationCodeSent: () => make(1_080_003),
  verificationTextSent: () => make(1_080_004),
  phoneVerified: () => make(1_080_005),
} as const;
