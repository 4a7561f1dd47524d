import type { Translator } from "@/lib/i18n/text";
import type { TwoFactorWords } from "./two-factor-form";

/** All words of the form, so that the browser needs no catalogue. */
export function twoFactorWords(text: Translator): TwoFactorWords {
  const { t } = text;
  const shared = { strict: t("console.enforcement.strict"), lax: t("console.enforcement.lax"), recommended: t("common.recommended"), looser: t("console.twoFactor.looser") };
  const rows = {
    level: t("console.paths.level"), maxAge: t("console.paths.maxAgeMinutes"), remove: t("common.remove"), actions: t("console.rows.actions"),
    levels: { aal1: t("console.paths.level.aal1"), aal2: t("console.paths.level.aal2"), highest_available: t("console.paths.level.highest_available") },
  };
  return {
    signIn: { ...shared, legend: t("console.twoFactor.signInLegend"), strictText: t("console.twoFactor.signInStrict"), laxText: t("console.twoFactor.signInLax") },
    settings: { ...shared, legend: t("console.twoFactor.settingsLegend"), strictText: t("console.twoFactor.settingsStrict"), laxText: t("console.twoFactor.settingsLax") },
    withoutFactor: t("console.twoFactor.withoutFactor"),
    effect: t("console.twoFactor.effect"),
    enrolment: {
      legend: t("console.enrolment.legend"), intro: t("console.enrolment.intro"), from: t("console.enrolment.from"), notice: t("console.enrolment.notice"), everyDays: t("console.enrolment.everyDays"),
      modes: {
        off: { title: t("console.enrolment.off"), text: t("console.enrolment.offText") }, suggest: { title: t("console.enrolment.suggest"), text: t("console.enrolment.suggestText") },
        date: { title: t("console.enrolment.date"), text: t("console.enrolment.dateText") }, now: { title: t("console.enrolment.now"), text: t("console.enrolment.nowText") },
      },
      notices: { wall: t("console.enrolment.notice.wall"), every: t("console.enrolment.notice.every"), once: t("console.enrolment.notice.once"), none: t("console.enrolment.notice.none") },
    },
    paths: {
      ...rows, title: t("console.paths.title"), intro: t("console.paths.intro"), caption: t("console.paths.caption"), path: t("console.paths.path"),
      removeHint: t("console.paths.removeHint"), add: t("console.paths.add"),
    },
    operations: {
      ...rows, title: t("console.operations.title"), intro: t("console.operations.intro"), caption: t("console.operations.caption"), path: t("console.operations.name"),
      methods: t("console.operations.methodsField"), removeHint: t("console.operations.removeHint"), add: t("console.operations.add"),
    },
    comment: t("console.twoFactor.comment"),
    preview: t("console.draft.previewButton"),
    previewing: t("console.draft.previewing"),
    errorTitle: t("common.errorTitlePrefix", { title: t("console.twoFactor.title") }),
  };
}
