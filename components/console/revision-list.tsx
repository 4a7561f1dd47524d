import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import { ActionButton } from "@/components/ui/submit-button";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { RevisionEntry } from "@/lib/model/console";
import type { DiffLine } from "@/lib/model/console-impact";
import { DiffView } from "./diff-view";
import { placeUrl } from "./project-nav";

interface RevisionListProps {
  readonly slug: string;
  readonly revisions: readonly RevisionEntry[];
  readonly current: number;
  readonly olderThan: number | null;
  readonly opened: { readonly number: number; readonly diff: readonly DiffLine[] } | null;
  /** The one that somebody wants back. */
  readonly restoring: number | null;
  readonly mayRestore: boolean;
  readonly action: (formData: FormData) => Promise<void>;
  readonly actionToken: string;
  readonly now: Date;
  readonly text: Translator;
}

/** Revisions as sentences, newest first; the lines of one on demand, and the way back to it. */
export function RevisionList(props: RevisionListProps) {
  const { slug, revisions, olderThan, restoring, mayRestore, text } = props;
  const { t } = text;
  const href = placeUrl(slug, "revisions");
  return (
    <>
      {restoring !== null && (mayRestore ? <Restore {...props} number={restoring} /> : <Notice tone="info"><p>{t("console.mayOnlyRead")}</p></Notice>)}
      {revisions.length === 0 ? <p>{t("console.history.empty")}</p> : (
        <ol className="space-y-4" aria-label={t("console.history.caption")} data-testid="revisions">
          {revisions.map((revision) => <Entry key={revision.number} {...props} revision={revision} href={href} />)}
        </ol>
      )}
      {olderThan !== null && <PlainLink href={`${href}?before=${String(olderThan)}`} className="button button-secondary">{t("console.revisions.older")}</PlainLink>}
    </>
  );
}

function Entry({ revision, current, opened, mayRestore, now, text, href }: RevisionListProps & { readonly revision: RevisionEntry; readonly href: string }) {
  const { t } = text;
  const { number } = revision;
  const sentences = revision.summary.length > 0 ? revision.summary : [t("console.history.first")];
  const open = opened?.number === number;
  return (
    <li id={`r${String(number)}`} className="card space-y-2 p-5">
      <h2 className="text-sm font-semibold text-ink-2">{t("console.history.revision")} {text.number(number)}{number === current && <span className="text-accent"> · {t("console.revisions.inForce")}</span>}</h2>
      <ul className="font-semibold">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
      <p className="text-sm text-ink-2"><bdi>{revision.author}</bdi>, <When at={revision.at} now={now} text={text} /></p>
      {revision.comment !== null && revision.comment !== "" && <p className="border-s-2 border-accent/40 ps-3 text-ink-2">{revision.comment}</p>}
      <div className="flex flex-wrap gap-x-4">
        <PlainLink href={open ? `${href}#r${String(number)}` : `${href}?before=${String(number + 1)}&diff=${String(number)}#r${String(number)}`} aria-expanded={open} className="link inline-flex min-h-11 items-center text-sm">
          {t(open ? "console.diff.hide" : "console.diff.show")}<span className="sr-only">: {number}</span>
        </PlainLink>
        {mayRestore && number !== current && (
          <PlainLink href={`${href}?restore=${String(number)}#restore`} className="link inline-flex min-h-11 items-center text-sm">{t("console.revisions.restore")}<span className="sr-only">: {number}</span></PlainLink>
        )}
      </div>
      {open && <DiffView lines={opened.diff} label={t("console.diff.label")} text={text} />}
    </li>
  );
}

function Restore({ slug, number, action, actionToken, text }: RevisionListProps & { readonly number: number }) {
  const { t } = text;
  return (
    <section id="restore" aria-labelledby="restore-title" className="card space-y-3 border-2 border-warn-line p-5" data-testid="restore">
      <h2 id="restore-title" className="text-lg font-bold">{t("console.revisions.restoreTitle", { revision: number })}</h2>
      <p>{t("console.revisions.restoreText")}</p>
      <form action={action} className="flex flex-wrap items-center gap-4">
        <input type="hidden" name="csrf_token" value={actionToken} />
        <input type="hidden" name="slug" value={slug} />
        <input type="hidden" name="number" value={number} />
        <ActionButton busyText={t("console.draft.previewing")}>{t("console.draft.previewButton")}</ActionButton>
        <PlainLink href={placeUrl(slug, "revisions")} className="button button-quiet">{t("common.cancel")}</PlainLink>
      </form>
    </section>
  );
}
