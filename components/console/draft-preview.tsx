import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { DraftPreview as Preview } from "@/lib/model/console-impact";
import { DiffView } from "./diff-view";
import { ImpactAreas, ImpactGroups } from "./impact-table";
import { effectInWords, headline, looseningInWords, warningInWords } from "./impact-words";

/** What the draft would do if it were saved now: in words first, then in numbers, then line by line. */
export function DraftPreview({ preview, now, text }: { readonly preview: Preview; readonly now: Date; readonly text: Translator }) {
  const { t } = text;
  const { impact, you } = preview;
  const adminsAsked = preview.admins.filter(({ effect }) => effect === "asked").length;
  return (
    <>
      <section aria-labelledby="impact-title" className="card space-y-3 p-5" data-testid="impact">
        <h2 id="impact-title" className="text-lg font-bold">{t("console.impact.title")}</h2>
        {headline(impact, adminsAsked, text).map((sentence) => <p key={sentence} className="text-lg">{sentence}</p>)}
        {you !== null && <p data-testid="impact-you"><strong>{t("console.impact.youTitle")}</strong> {effectInWords(you.effect, text)}</p>}
        <p className="text-sm text-ink-3">{t("console.impact.asOf")} <When at={impact.at} now={now} text={text} /> · {t("console.impact.total", { people: impact.people.total, sessions: impact.sessions.total })}</p>
      </section>
      {preview.loosenings.length > 0 && (
        <section aria-labelledby="loosening-title" className="space-y-2 rounded-control border-2 border-loss-line bg-loss-soft p-4" data-testid="loosening">
          <h2 id="loosening-title" className="flex items-center gap-2 font-bold text-loss"><Icon name="alert" />{t("console.loosening.title")}</h2>
          <ul className="list-disc ps-5">{preview.loosenings.map((item) => <li key={`${item.kind} ${item.name}`}>{looseningInWords(item, text)}</li>)}</ul>
        </section>
      )}
      {preview.warnings.length > 0 && (
        <Notice tone="attention" title={t("console.warning.title")}>
          <ul className="list-disc ps-5">{preview.warnings.map((warning) => <li key={warning.kind}>{warningInWords(warning, text)}</li>)}</ul>
        </Notice>
      )}
      <section aria-labelledby="changes-title" className="card space-y-3 p-5">
        <h2 id="changes-title" className="text-lg font-bold">{t("console.draft.changes")}</h2>
        <ul className="list-disc ps-5 font-medium">{preview.changes.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
        <details>
          <summary className="flex min-h-11 cursor-pointer items-center text-sm font-medium text-accent underline underline-offset-4">{t("console.diff.show")}</summary>
          <DiffView lines={preview.diff} label={t("console.diff.label")} text={text} />
        </details>
      </section>
      <section aria-labelledby="groups-title" className="card space-y-4 p-5">
        <h2 id="groups-title" className="text-lg font-bold">{t("console.impact.groupsTitle")}</h2>
        <ImpactGroups impact={impact} text={text} />
        <ImpactAreas impact={impact} text={text} />
      </section>
    </>
  );
}
