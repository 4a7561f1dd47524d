import { notFound } from "next/navigation";
import { Adoption } from "@/components/console/adoption";
import { ConsoleShell } from "@/components/console/console-shell";
import { History } from "@/components/console/history";
import { FileState, NextSteps } from "@/components/console/overview-cards";
import { placeUrl } from "@/components/console/project-nav";
import { ProjectTop } from "@/components/console/project-top";
import { Heading } from "@/components/shell/heading";
import { PlainLink } from "@/components/ui/plain-link";
import { overviewPage } from "@/lib/http/next/console-policy";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";
import { consoleVisitor } from "../../visitor";

/** One project at a glance: who has a second factor, what is in force, what to do next, what changed. */
export default async function OverviewPage({ params }: { readonly params: Promise<{ readonly slug: string }> }) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const { slug } = await params;
  const page = await overviewPage(slug);
  if (page === null) notFound();
  const now = await requestTime();
  const title = text.t("console.nav.overview");
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-overview" title={`${page.project.name} · ${title}`} project={page.project} here="overview"
      banner={<ProjectTop frame={page} may={visitor.role} now={now} text={text} />}>
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
    </ConsoleShell>
  );
}
