import type { Translator } from "@/lib/i18n/text";
import type { ImpactCount } from "@/lib/model/console-impact";
import { ageInWords, areaInWords, methodsInWords } from "./impact-words";
import { ResponsiveTable } from "./responsive-table";

/** The sessions by level, factors and age, and what happens to each group. */
export function ImpactGroups({ impact, text }: { readonly impact: ImpactCount; readonly text: Translator }) {
  const { t } = text;
  if (impact.groups.length === 0) return <p>{t("console.impact.noSessions")}</p>;
  return (
    <ResponsiveTable caption={t("console.impact.groupsCaption")} testId="impact-groups"
      columns={[t("console.impact.level"), t("console.impact.factors"), t("console.impact.age"), t("console.impact.sessions"), t("console.impact.askedColumn"), t("console.impact.enrolColumn"), t("console.impact.releasedColumn")]}
      rows={impact.groups.map((group) => ({
        key: `${group.level} ${group.factors.join()} ${String(group.ageBucket)}`,
        cells: [
          group.level, methodsInWords(group.factors, text), ageInWords(group.ageBucket, text),
          ...[group.sessions, group.asked, group.mustEnrol, group.released].map((count) => text.number(count)),
        ],
      }))} />
  );
}

/** Places where more or fewer sessions pass at once; empty where the change moves none. */
export function ImpactAreas({ impact, text }: { readonly impact: ImpactCount; readonly text: Translator }) {
  const { t } = text;
  if (impact.areas.length === 0) return null;
  return (
    <ResponsiveTable caption={t("console.impact.areasCaption")} testId="impact-areas"
      columns={[t("console.impact.place"), t("console.impact.before"), t("console.impact.after")]}
      rows={impact.areas.map(({ area, before, after }) => {
        const name = areaInWords(area, text);
        return { key: name, cells: [name, text.number(before), text.number(after)] };
      })} />
  );
}
