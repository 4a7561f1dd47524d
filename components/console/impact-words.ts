import type { Translator } from "@/lib/i18n/text";
import { isTextKey } from "@/lib/i18n/text";
import type { DraftWarning, ImpactCount, ImpactEffect, LooseningNote } from "@/lib/model/console-impact";
import type { Area } from "@/lib/model/policy";

/** What a change does, in a few sentences: sessions first, then people, then who sees nothing of it. */
export function headline(impact: ImpactCount, adminsAsked: number, text: Translator): readonly string[] {
  const { t } = text;
  const { sessions, people } = impact;
  const first = sessions.asked > 0
    ? t("console.impact.asked", { count: sessions.asked, total: sessions.total, admins: adminsAsked })
    : sessions.mustEnrol === 0 && sessions.released === 0 ? t("console.impact.nobody", { total: sessions.total }) : null;
  return [
    ...(first === null ? [] : [first]),
    ...(sessions.mustEnrol > 0 ? [t("console.impact.mustEnrol", { count: sessions.mustEnrol, total: sessions.total })] : []),
    ...(sessions.released > 0 ? [t("console.impact.released", { count: sessions.released, total: sessions.total })] : []),
    people.withoutChanged > 0 ? t("console.impact.peopleChanged", { enrolled: people.withSecondFactor, without: people.without, changed: people.withoutChanged })
      : t("console.impact.people", { enrolled: people.withSecondFactor, without: people.without }),
  ];
}

export function effectInWords(effect: ImpactEffect | null, text: Translator): string {
  return text.t(effect === null ? "console.impact.effect.none" : `console.impact.effect.${effect}`);
}

export function areaInWords(area: Area, text: Translator): string {
  if (area.kind === "path") return text.t("console.area.path", { name: area.pathname });
  if (area.kind === "operation") return text.t("console.area.operation", { name: area.name });
  return text.t(`console.area.${area.kind}`);
}

export function methodsInWords(methods: readonly string[], text: Translator): string {
  const names = [...new Set(methods)].map((method) => {
    const key = `method.${method}`;
    return isTextKey(key) ? text.t(key) : method;
  });
  return names.length === 0 ? text.t("console.impact.nothing") : text.list(names);
}

const AGES = ["hour", "eightHours", "day", "week", "older"] as const;

/** The bucket of a session's age; see SESSION_AGES_MS. */
export function ageInWords(bucket: number, text: Translator): string {
  return text.t(`console.impact.age.${AGES[Math.min(bucket, AGES.length - 1)] ?? "older"}`);
}

const NAMES_A_METHOD: readonly LooseningNote["kind"][] = ["second_factor", "weak_second_factor", "first_factor_on", "first_factor_off"];

export function looseningInWords({ kind, name }: LooseningNote, text: Translator): string {
  const key = `method.${name}`;
  const shown = NAMES_A_METHOD.includes(kind) && isTextKey(key) ? text.t(key) : name;
  return text.t(`console.loosening.${kind}`, { name: shown });
}

export function warningInWords({ kind, count, names }: DraftWarning, text: Translator): string {
  return text.t(`console.warning.${kind}`, { count, names: names.length === 0 ? [""] : names, from: names[0] ?? "", to: names[1] ?? "" });
}
