import { notFound } from "next/navigation";
import { CardExport } from "@/components/console/card-export";
import { MethodsForm } from "@/components/console/methods-form";
import { methodsWords } from "@/components/console/methods-words";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { methodsPage } from "@/lib/http/next/console-policy";
import { previewMethods } from "./actions";

/** Which factors people may use, what each needs, and how long a proof counts. */
export default async function MethodsPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, text } = visit;
  const page = await methodsPage(slug) ?? notFound();
  const { shown, senders } = page;
  return (
    <ProjectShell visit={visit} project={page.project} frame={page} here="methods" title={text.t("console.methods.title")}>
      <Heading lead={<p>{text.t("console.methods.intro")}</p>}>{page.project.name}: {text.t("console.methods.title")}</Heading>
      {asked("unchanged") === "1" && <Notice tone="info" role="status"><p>{text.t("console.twoFactor.unchanged")}</p></Notice>}
      <p className="text-sm text-ink-3">{text.t("console.overview.asOf", { at: page.countedAt })}</p>
      <MethodsForm key={`${String(page.revision)} ${String(page.draft?.at.getTime() ?? 0)}`} action={previewMethods} actionToken={token} slug={slug} revision={page.revision} fromDraft={page.draft !== null}
        readOnly={!owner} noSender={!senders.mail && !senders.sms} words={methodsWords(page, text)}
        exports={{
          methods: <CardExport name={text.t("console.methods.title")} {...page.exports.methods} text={text} />,
          freshness: <CardExport name={text.t("console.freshness.title")} {...page.exports.freshness} text={text} />,
        }}
        choices={{ ...shown, windowMinutes: String(shown.windowMinutes), lifespanHours: String(shown.lifespanHours), comment: "" }} />
    </ProjectShell>
  );
}
