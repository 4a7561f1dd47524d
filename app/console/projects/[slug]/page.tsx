import { notFound } from "next/navigation";
import { Adoption } from "@/components/console/adoption";
import { History } from "@/components/console/history";
import { FileState, NextSteps } from "@/components/console/overview-cards";
import { placeUrl } from "@/components/console/project-nav";
import { Heading } from "@/components/shell/heading";
import { PlainLink } from "@/components/ui/plain-link";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { overviewPage } from "@/lib/http/next/console-policy";

/** One project at a glance: who has a second factor, what is in force, what to do next, what changed. */
export default async function OverviewPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, now, text } = visit;
  const page = await overviewPage(slug) ?? notFound();
  const title = text.t("console.nav.overview");
  return (
    <ProjectShell visit={visit} project={page.project} frame={page} here="overview" title={`${page.project.name} · ${title}`}>
      <Heading lead={<p><bdi dir="ltr">{page.url}</bdi></p>}>{page.project.name}</Heading>
      <FileState file={page.file} now={now} text={text} />
      <section aria-labelledby="adoption-title" className="card space-y-2 p-5">
        <h2 id="adoption-title" className="text-lg font-bold">{text.t("console.overview.adoption")}</h2>
        <Adoption adoption={page.adoption} text={text} />
        <p className="text-sm text-ink-3">{text.t("console.overview.asOf", { at: page.at })}</p>
      </section>
      <NextSteps steps={page.next} slug={slug} text={text} />
      <History revisions={page.history} now={now} text={text} />
      <p><PlainLink href={placeUrl(slug, "revisions")}>{text.t("console.overview.allChanges")}</PlainLink></p>
    </ProjectShell>
  );
}
