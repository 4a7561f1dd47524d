import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { ProjectTop } from "@/components/console/project-top";
import { RevisionList } from "@/components/console/revision-list";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { actionToken } from "@/lib/http/next/action";
import { revisionsPage } from "@/lib/http/next/console-policy";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { consoleVisitor } from "../../../visitor";
import { restoreRevisionForm } from "./actions";

interface RevisionsPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Every change of a project: who, when, why, in words; and the way back. */
export default async function RevisionsPage({ params, searchParams }: RevisionsPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const number = (name: string): number | null => {
    const value = firstOf(query[name]);
    return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
  };
  const page = await revisionsPage(slug, { before: number("before"), diff: number("diff") });
  if (page === null) notFound();
  const now = await requestTime();
  const title = text.t("console.revisions.title");
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-revisions" title={title} project={page.project} here="revisions"
      banner={<ProjectTop frame={page} may={visitor.role} now={now} text={text} />}>
      <Heading lead={<p>{text.t("console.history.intro")}</p>}>{page.project.name}: {title}</Heading>
      {firstOf(query["same"]) === "1" && <Notice tone="info" role="status"><p>{text.t("console.revisions.same")}</p></Notice>}
      {firstOf(query["unfit"]) === "1" && <Notice tone="loss" role="status"><p>{text.t("console.revisions.unfit")}</p></Notice>}
      <RevisionList slug={slug} revisions={page.revisions} current={page.revision} olderThan={page.olderThan} opened={page.opened} restoring={number("restore")}
        mayRestore={visitor.role === "owner"} action={restoreRevisionForm} actionToken={token} now={now} text={text} />
    </ConsoleShell>
  );
}
