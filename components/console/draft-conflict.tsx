import { ErrorTitle } from "@/components/ui/error-title";
import { FocusOn } from "@/components/ui/focus-on";
import { ActionButton } from "@/components/ui/submit-button";
import type { Translator } from "@/lib/i18n/text";
import type { DraftClash } from "@/lib/model/console-impact";

interface DraftConflictProps {
  readonly conflict: DraftClash;
  readonly now: Date;
  readonly text: Translator;
  readonly action: (formData: FormData) => Promise<void>;
  readonly fields: Readonly<Record<string, string>>;
}

/** Somebody saved first: what each wanted, side by side, and how to go on. Nothing is lost. */
export function DraftConflict({ conflict, now, text, action, fields }: DraftConflictProps) {
  const { t } = text;
  return (
    <section id="conflict" role="alert" tabIndex={-1} data-testid="notice-conflict" className="space-y-4 rounded-control border-2 border-warn-line bg-warn-soft p-5">
      <div>
        <h2 className="text-lg font-bold text-warn">{t("console.conflict.title")}</h2>
        <p>{t("console.conflict.text", { name: conflict.changedBy, revision: conflict.current, ago: text.relative(conflict.at, now) })}</p>
      </div>
      <div className="grid gap-4 md:grid-cols-2">
        <Side title={t("console.conflict.theirs")} items={conflict.theirs} />
        <Side title={t("console.conflict.yours")} items={conflict.yours} />
      </div>
      <form action={action}>
        {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
        <ActionButton busyText={t("common.saving")} tone="secondary">{t("console.conflict.saveAgain")}</ActionButton>
      </form>
      <FocusOn id="conflict" />
      <ErrorTitle title={t("common.errorTitlePrefix", { title: t("console.draft.title") })} />
    </section>
  );
}

function Side({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  return (
    <div className="min-w-0">
      <h3 className="font-semibold">{title}</h3>
      <ul className="list-disc ps-5">{items.map((item) => <li key={item}>{item}</li>)}</ul>
    </div>
  );
}
