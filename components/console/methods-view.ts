import type { FormAnswer } from "./two-factor-view";

/** What the form of factors holds, as typed. */
export interface MethodsChoices {
  readonly password: boolean;
  readonly totp: boolean;
  readonly issuer: string;
  readonly lookupSecret: boolean;
  readonly webauthn: "off" | "second" | "first";
  readonly webauthnRpId: string;
  readonly passkey: boolean;
  readonly passkeyCounts: boolean;
  readonly passkeyRpId: string;
  readonly code: "off" | "second" | "first";
  readonly windowMinutes: string;
  readonly lifespanHours: string;
  readonly comment: string;
}
export type MethodsAnswer = FormAnswer<MethodsChoices>;
