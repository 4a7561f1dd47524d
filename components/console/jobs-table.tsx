import { ConfirmRemoval } from "@/components/settings/confirm-removal";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import { isTextKey } from "@/lib/i18n/text";
import type { JobLine } from "@/lib/model/console-people";
import type { ConsoleAction } from "./people-parts";
import { ActButton, EmptyState } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";

interface JobsTableProps {
  readonly jobs: readonly JobLine[];
  /** Null for whoever may only look. */
  readonly change: { readonly token: string; readonly slug: string; readonly cancel: ConsoleAction; readonly outputAction: string } | null;
  readonly now: Date;
  readonly text: Translator;
}

/** Long work: how far it is, who ordered it, and what came out. */
export function JobsTable({ jobs, change, now, text }: JobsTableProps) {
  const { t } = text;
  if (jobs.length === 0) return <EmptyState title={t("console.jobs.empty")}><p>{t("console.jobs.emptyText")}</p></EmptyState>;
  const columns = {
    kind: t("console.jobs.kind"), progress: t("console.jobs.progress"), state: t("console.jobs.state"), by: t("console.jobs.by"),
    ...(change === null ? {} : { act: t("console.list.actions") }),
  };
  return (
    <DataTable caption={t("console.jobs.caption")} columns={Object.values(columns)} testId="jobs-table">
      {jobs.map((job) => (
        <DataRow key={job.id} testId="job-row">
          <HeadCell label={columns.kind}><span className="font-semibold">{kindWords(job.kind, text)}</span><span className="block text-ink-3"><When at={job.createdAt} now={now} text={text} /></span></HeadCell>
          <Cell label={columns.progress}><Progress job={job} text={text} /></Cell>
          <Cell label={columns.state}>{t(`console.jobs.state.${job.state}`)}{job.error !== null && <span className="block text-warn">{job.error}</span>}</Cell>
          <Cell label={columns.by}><bdi>{job.createdBy}</bdi></Cell>
          {change !== null && <Cell label={t("console.list.actions")}><JobActions job={job} change={change} now={now} text={text} /></Cell>}
        </DataRow>
      ))}
    </DataTable>
  );
}

export function kindWords(kind: string, text: Translator): string {
  const key = `console.jobs.kind.${kind}`;
  return isTextKey(key) ? text.t(key) : kind;
}

function Progress({ job, text }: { readonly job: JobLine; readonly text: Translator }) {
  const { t } = text;
  const words = job.total === null ? t("console.jobs.doneSoFar", { count: job.done }) : t("console.jobs.doneOf", { count: job.done, total: job.total });
  return (
    <div className="space-y-1">
      {job.total !== null && (
        <progress max={Math.max(1, job.total)} value={Math.min(job.done, Math.max(1, job.total))} aria-label={`${kindWords(job.kind, text)}: ${words}`}
          className="h-2 w-full max-w-48 overflow-hidden rounded-full bg-sunken accent-accent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent" />
      )}
      <p>{words}</p>
      {job.failed > 0 && <p className="font-semibold text-warn">{t("console.jobs.failedRows", { count: job.failed })}</p>}
    </div>
  );
}

function JobActions({ job, change, now, text }: Pick<JobsTableProps, "now" | "text"> & { readonly job: JobLine; readonly change: NonNullable<JobsTableProps["change"]> }) {
  const { t } = text;
  const kind = kindWords(job.kind, text);
  if (job.finishedAt === null) {
    return (
      <ConfirmRemoval label={t("console.jobs.cancel", { kind })} question={t("console.jobs.cancelQuestion", { kind })} warning={t("console.jobs.cancelWarning")}>
        <ActButton action={change.cancel} token={change.token} fields={{ slug: change.slug, job: job.id }} label={t("console.jobs.cancel", { kind })} tone="danger" text={text} />
      </ConfirmRemoval>
    );
  }
  if (job.outputUntil === null || job.outputUntil <= now || job.state === "cancelled") return <span className="text-ink-3">–</span>;
  return (
    <form method="post" action={change.outputAction}>
      <input type="hidden" name="csrf_token" value={change.token} />
      <input type="hidden" name="job" value={job.id} />
      <button type="submit" className="button button-secondary">{t("console.jobs.output")}<span className="sr-only">: {kind}</span></button>
    </form>
  );
}
