import { notFound } from "next/navigation";
import { StartJobs } from "@/components/console/jobs-start";
import { JobsTable } from "@/components/console/jobs-table";
import { NextPage, Outcome, Panel } from "@/components/console/people-parts";
import { hrefWith } from "@/components/console/people-words";
import { placeUrl } from "@/components/console/project-nav";
import { Heading } from "@/components/shell/heading";
import { PlainLink } from "@/components/ui/plain-link";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { jobsPage, projectFrame } from "@/lib/http/next/people-pages";
import type { Translator } from "@/lib/i18n/text";
import { beginExportOf, cancel } from "./actions";

/** Imports and exports of a project: begun here, worked on beside the requests. */
export default async function JobsPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, now, text } = visit;
  const page = await jobsPage(slug, asked("after")) ?? notFound();
  const { t } = text;
  const base = placeUrl(slug, "jobs");
  const said = outcomeOf(asked, text);
  const waiting = page.jobs.some(({ finishedAt }) => finishedAt === null);
  return (
    <ProjectShell visit={visit} project={page.project} frame={await projectFrame(slug)} here="jobs" title={t("console.jobs.title")}>
      <Heading lead={<p>{t("console.jobs.intro")}</p>}>{t("console.jobs.title")}</Heading>
      <Outcome words={said?.words ?? null} good={said?.good ?? true} />
      <Panel id="jobs" title={t("console.jobs.list")}>
        {waiting && <p><PlainLink href={base} className="button button-secondary">{t("console.jobs.refresh")}</PlainLink></p>}
        <JobsTable jobs={page.jobs} now={now} text={text} change={owner ? { token, slug, cancel, outputAction: `${base}/output` } : null} />
        <NextPage href={page.next === null ? null : hrefWith(base, { after: page.next })} first={asked("after") === null ? null : base} short={false} looked={0} text={text} />
      </Panel>
      {owner && <StartJobs importAction={`${base}/import`} exportAction={beginExportOf} token={token} slug={slug} text={text} />}
    </ProjectShell>
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
