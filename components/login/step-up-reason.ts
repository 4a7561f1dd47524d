import type { TextKey, Translator } from "@/lib/i18n/text";

/** Why this challenge is here; `area` is null at an ordinary sign-in. */
export interface StepUpReasonView {
  readonly returnTo: string | null;
  readonly operation: string | null;
  readonly requiredAal: "aal1" | "aal2";
  readonly refresh: boolean;
  readonly area: "settings" | "payment" | "orders" | "console" | null;
  readonly maxAgeSeconds: number | null;
  readonly lastProvedAt: Date | null;
}

const BY_OPERATION: Readonly<Record<string, TextKey>> = {
  "payment.view": "stepUp.actionViewPayment", "payment.create": "stepUp.actionPay",
  "orders.view": "stepUp.actionViewOrders", "orders.cancel": "stepUp.actionCancelOrder",
};
const BY_AREA = {
  settings: "stepUp.actionSettings", payment: "stepUp.actionViewPayment", orders: "stepUp.actionViewOrders", console: "stepUp.actionConsole",
} as const satisfies Record<string, TextKey>;

/** "Confirm it's you to see your payments": names what was interrupted as closely as it is known. */
export function stepUpTitle(reason: StepUpReasonView, text: Translator): string {
  const action = BY_OPERATION[reason.operation ?? ""] ?? (reason.area === null ? null : BY_AREA[reason.area]);
  return action === null ? text.t("stepUp.title") : text.t("stepUp.titleFor", { action: text.t(action) });
}

/** Why, how recent, for how long: one sentence each, only those that are true. */
export function stepUpSentences(reason: StepUpReasonView, now: Date, text: Translator): readonly string[] {
  const sentences: string[] = [];
  const { lastProvedAt, maxAgeSeconds } = reason;
  const ageSeconds = lastProvedAt === null ? null : Math.max(0, (now.getTime() - lastProvedAt.getTime()) / 1_000);
  if (reason.refresh && ageSeconds !== null && maxAgeSeconds !== null && ageSeconds > maxAgeSeconds) {
    sentences.push(text.t("stepUp.whyTooOld", { count: minutes(ageSeconds) }), text.t("stepUp.whyTooOldLimit", { count: minutes(maxAgeSeconds) }));
  } else if (reason.area === "settings") sentences.push(text.t("stepUp.whySettings"));
  else if (reason.refresh) sentences.push(text.t(ageSeconds === null ? "stepUp.whySecondFactor" : "stepUp.whyMethod"));
  else sentences.push(text.t("stepUp.whySecondFactor"));
  if (maxAgeSeconds !== null) sentences.push(text.t("stepUp.howLong", { count: minutes(maxAgeSeconds) }));
  return sentences;
}

function minutes(seconds: number): number {
  return Math.max(1, Math.round(seconds / 60));
}
