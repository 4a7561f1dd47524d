import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { StartJobs } from "@/components/console/jobs-start";
import { JobsTable } from "@/components/console/jobs-table";
import { NextPage, Outcome, Panel } from "@/components/console/people-parts";
import { hrefWith } from "@/components/console/people-words";
import { Heading } from "@/components/shell/heading";
import { PlainLink } from "@/components/ui/plain-link";
import { askedOf } from "@/app/console/asked";
import { projectBanner } from "@/app/console/project-banner";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { actionToken } from "@/lib/http/next/action";
import { pageLocale } from "@/lib/http/next/locale";
import { jobsPage } from "@/lib/http/next/people-pages";
import type { Translator } from "@/lib/i18n/text";
import { translator } from "@/lib/i18n/text";
import { consoleVisitor } from "../../../visitor";
import { beginExportOf, cancel } from "./actions";

interface JobsPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Imports and exports of a project: begun here, worked on beside the requests. */
export default async function JobsPage({ params, searchParams }: JobsPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const asked = askedOf(query);
  const page = await jobsPage(slug, asked("after"));
  if (page === null) notFound();
  const { t } = text;
  const owner = visitor.role === "owner";
  const base = `/console/projects/${encodeURIComponent(slug)}/jobs`;
  const said = outcomeOf(asked, text);
  const waiting = page.jobs.some(({ finishedAt }) => finishedAt === null);
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-jobs" title={t("console.jobs.title")} project={page.project} here="jobs" banner={await projectBanner(slug, visitor.role, text)}>
      <Heading lead={<p>{t("console.jobs.intro")}</p>}>{t("console.jobs.title")}</Heading>
      <Outcome words={said?.words ?? null} good={said?.good ?? true} />
      <Panel id="jobs" title={t("console.jobs.list")}>
        {waiting && <p><PlainLink href={base} className="button button-secondary">{t("console.jobs.refresh")}</PlainLink></p>}
        <JobsTable jobs={page.jobs} now={await requestTime()} text={text} change={owner ? { token, slug, cancel, outputAction: `${base}/output` } : null} />
        <NextPage href={page.next === null ? null : hrefWith(base, { after: page.next })} first={asked("after") === null ? null : base} short={false} looked={0} text={text} />
      </Panel>
      {owner && <StartJobs importAction={`${base}/import`} exportAction={beginExportOf} token={token} slug={slug} text={text} />}
    </ConsoleShell>
  );
}

const REFUSED = ["busy", "empty", "too_big", "too_many", "not_json"] as const;

/** What the last press came to. */
function outcomeOf(asked: (name: string) => string | null, { t }: Translator): { readonly words: string; readonly good: boolean } | null {
  const started = asked("started");
  if (started !== null && /^\d{1,7}$/.test(started)) return { words: t("console.jobs.started", { count: Number(started) }), good: true };
  const refused = REFUSED.find((one) => one === asked("refused"));
  const line = asked("line");
  if (refused === "not_json" && line !== null && /^\d{1,9}$/.test(line)) return { words: t("console.jobs.refused.line", { number: Number(line) }), good: false };
  if (refused !== undefined) return { words: t(`console.jobs.refused.${refused}`), good: false };
  const done = (["export", "cancelled", "over"] as const).find((one) => one === asked("done"));
  return done === undefined ? null : { words: t(`console.jobs.done.${done}`), good: done !== "over" };
}
