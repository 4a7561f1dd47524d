import type { Translator } from "@/lib/i18n/text";
import type { TwoFactorWords } from "./two-factor-form";

/** All words of the form, so that the browser needs no catalogue. */
export function twoFactorWords(text: Translator): TwoFactorWords {
  const { t } = text;
  const shared = { strict: t("console.enforcement.strict"), lax: t("console.enforcement.lax"), recommended: t("common.recommended"), looser: t("console.twoFactor.looser") };
  return {
    signIn: { ...shared, legend: t("console.twoFactor.signInLegend"), strictText: t("console.twoFactor.signInStrict"), laxText: t("console.twoFactor.signInLax") },
    settings: { ...shared, legend: t("console.twoFactor.settingsLegend"), strictText: t("console.twoFactor.settingsStrict"), laxText: t("console.twoFactor.settingsLax") },
    withoutFactor: t("console.twoFactor.withoutFactor"),
    effect: t("console.twoFactor.effect"),
    paths: {
      title: t("console.paths.title"), intro: t("console.paths.intro"), caption: t("console.paths.caption"),
      path: t("console.paths.path"), level: t("console.paths.level"), maxAge: t("console.paths.maxAgeMinutes"),
      removeHint: t("console.paths.removeHint"), add: t("console.paths.add"), remove: t("common.remove"),
      levels: { aal1: t("console.paths.level.aal1"), aal2: t("console.paths.level.aal2"), highest_available: t("console.paths.level.highest_available") },
    },
    comment: t("console.twoFactor.comment"),
    save: t("console.twoFactor.save"),
    saving: t("common.saving"),
    saveAgain: t("console.conflict.saveAgain"),
    discard: t("console.conflict.discard"),
    errorTitle: t("common.errorTitlePrefix", { title: t("console.twoFactor.title") }),
  };
}
