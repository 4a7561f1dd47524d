import { notFound } from "next/navigation";
import { RevisionList } from "@/components/console/revision-list";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { revisionsPage } from "@/lib/http/next/console-policy";
import { restoreRevisionForm } from "./actions";

/** Every change of a project: who, when, why, in words; and the way back. */
export default async function RevisionsPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, now, text } = visit;
  const number = (name: string): number | null => {
    const value = asked(name);
    return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
  };
  const page = await revisionsPage(slug, { before: number("before"), diff: number("diff") }) ?? notFound();
  const title = text.t("console.revisions.title");
  return (
    <ProjectShell visit={visit} project={page.project} frame={page} here="revisions" title={title}>
      <Heading lead={<p>{text.t("console.history.intro")}</p>}>{page.project.name}: {title}</Heading>
      {asked("same") === "1" && <Notice tone="info" role="status"><p>{text.t("console.revisions.same")}</p></Notice>}
      {asked("unfit") === "1" && <Notice tone="loss" role="status"><p>{text.t("console.revisions.unfit")}</p></Notice>}
      <RevisionList slug={slug} revisions={page.revisions} current={page.revision} olderThan={page.olderThan} opened={page.opened} restoring={number("restore")}
        mayRestore={owner} action={restoreRevisionForm} actionToken={token} now={now} text={text} />
    </ProjectShell>
  );
}
