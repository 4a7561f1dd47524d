import { notFound } from "next/navigation";
import { CardExport } from "@/components/console/card-export";
import { ConsoleShell } from "@/components/console/console-shell";
import { MethodsForm } from "@/components/console/methods-form";
import { methodsWords } from "@/components/console/methods-words";
import { ProjectTop } from "@/components/console/project-top";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { actionToken } from "@/lib/http/next/action";
import { methodsPage } from "@/lib/http/next/console-policy";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { consoleVisitor } from "../../../visitor";
import { previewMethods } from "./actions";

interface MethodsPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Which factors people may use, what each needs, and how long a proof counts. */
export default async function MethodsPage({ params, searchParams }: MethodsPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const page = await methodsPage(slug);
  if (page === null) notFound();
  const { shown, senders } = page;
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-methods" title={text.t("console.methods.title")} project={page.project} here="methods"
      banner={<ProjectTop frame={page} may={visitor.role} now={await requestTime()} text={text} />}>
      <Heading lead={<p>{text.t("console.methods.intro")}</p>}>{page.project.name}: {text.t("console.methods.title")}</Heading>
      {firstOf(query["unchanged"]) === "1" && <Notice tone="info" role="status"><p>{text.t("console.twoFactor.unchanged")}</p></Notice>}
      <MethodsForm key={`${String(page.revision)} ${String(page.draft?.at.getTime() ?? 0)}`} action={previewMethods} actionToken={token} slug={slug} revision={page.revision} fromDraft={page.draft !== null}
        readOnly={visitor.role !== "owner"} noSender={!senders.mail && !senders.sms} words={methodsWords(page, text)}
        exports={{
          methods: <CardExport name={text.t("console.methods.title")} {...page.exports.methods} text={text} />,
          freshness: <CardExport name={text.t("console.freshness.title")} {...page.exports.freshness} text={text} />,
        }}
        choices={{ ...shown, windowMinutes: String(shown.windowMinutes), lifespanHours: String(shown.lifespanHours), comment: "" }} />
    </ConsoleShell>
  );
}
