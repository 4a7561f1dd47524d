import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { RevisionEntry } from "@/lib/model/console";

/** Who changed what, and when: revisions as sentences, newest first. */
export function History({ revisions, now, text }: { readonly revisions: readonly RevisionEntry[]; readonly now: Date; readonly text: Translator }) {
  return (
    <section id="history" aria-labelledby="history-title" className="card p-5" data-testid="history">
      <h2 id="history-title" className="text-lg font-bold">{text.t("console.history.title")}</h2>
      <p className="text-ink-2">{text.t("console.history.intro")}</p>
      {revisions.length === 0 ? <p className="mt-4">{text.t("console.history.empty")}</p> : (
        <ol className="mt-5 space-y-5 border-s-2 border-line ps-5" aria-label={text.t("console.history.caption")}>
          {revisions.map((revision) => <Entry key={revision.number} revision={revision} now={now} text={text} />)}
        </ol>
      )}
    </section>
  );
}

function Entry({ revision, now, text }: { readonly revision: RevisionEntry; readonly now: Date; readonly text: Translator }) {
  const sentences = revision.summary.length > 0 ? revision.summary : [text.t("console.history.first")];
  return (
    <li className="relative before:absolute before:top-2 before:-start-[1.7rem] before:size-3 before:rounded-full before:border-2 before:border-accent before:bg-surface">
      <ul className="font-semibold">
        {sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}
      </ul>
      <p className="text-sm text-ink-2">
        <bdi>{revision.author}</bdi>, <When at={revision.at} now={now} text={text} /> · {text.t("console.history.revision")} {text.number(revision.number)}
      </p>
      {revision.comment !== null && revision.comment !== "" && <p className="mt-1 border-s-2 border-accent/40 ps-3 text-ink-2">{revision.comment}</p>}
    </li>
  );
}
