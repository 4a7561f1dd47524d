import { notFound } from "next/navigation";
import { Adoption } from "@/components/console/adoption";
import { CardExport } from "@/components/console/card-export";
import { ConsoleShell } from "@/components/console/console-shell";
import { History } from "@/components/console/history";
import { placeUrl } from "@/components/console/project-nav";
import { ProjectTop } from "@/components/console/project-top";
import { TwoFactorForm } from "@/components/console/two-factor-form";
import { operationRowOf, rowOf } from "@/components/console/two-factor-view";
import { twoFactorWords } from "@/components/console/two-factor-words";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import { actionToken } from "@/lib/http/next/action";
import { twoFactorPage } from "@/lib/http/next/console-policy";
import { translator } from "@/lib/i18n/text";
import { pageLocale } from "@/lib/http/next/locale";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { consoleVisitor } from "../../../visitor";
import { previewTwoFactor } from "./actions";

interface TwoFactorPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Strict and Lax for each area, enrolment, protected paths and operations, and who changed what when. */
export default async function TwoFactorPage({ params, searchParams }: TwoFactorPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const page = await twoFactorPage(slug);
  if (page === null) notFound();
  const now = await requestTime();
  const { shown } = page;
  const saved = Number(firstOf(query["saved"]));
  const card = (name: "enforcement" | "enrolment" | "paths" | "operations", title: string) => <CardExport name={title} {...page.exports[name]} text={text} />;
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-two-factor" title={text.t("console.twoFactor.title")} project={page.project} here="two-factor"
      banner={<ProjectTop frame={page} may={visitor.role} now={now} text={text} />}>
      <Heading lead={<p>{text.t("console.twoFactor.intro")}</p>}>{page.project.name}: {text.t("console.twoFactor.title")}</Heading>
      {saved === page.revision && saved > 1 && (
        <Notice tone="good" role="status">
          <p>{text.t("console.twoFactor.saved", { revision: saved })}</p>
          {visitor.role === "owner" && <p><PlainLink href={`${placeUrl(slug, "revisions")}?restore=${String(saved - 1)}#restore`}>{text.t("console.revisions.undo")}</PlainLink></p>}
        </Notice>
      )}
      {firstOf(query["unchanged"]) === "1" && <Notice tone="info" role="status"><p>{text.t("console.twoFactor.unchanged")}</p></Notice>}
      <Adoption adoption={page.adoption} text={text} />
      <TwoFactorForm key={`${String(page.revision)} ${String(page.draft?.at.getTime() ?? 0)}`} action={previewTwoFactor} actionToken={token} slug={slug} revision={page.revision}
        fromDraft={page.draft !== null} inForce={{ signIn: page.signIn, settings: page.settings }} words={twoFactorWords(text)} readOnly={visitor.role !== "owner"}
        exports={{
          enforcement: card("enforcement", text.t("console.twoFactor.title")), enrolment: card("enrolment", text.t("console.enrolment.legend")),
          paths: card("paths", text.t("console.paths.title")), operations: card("operations", text.t("console.operations.title")),
        }}
        choices={{
          signIn: shown.signIn, settings: shown.settings, paths: shown.protectedPaths.map(rowOf), operations: shown.operations.map(operationRowOf), comment: "",
          enrolment: { mode: shown.enrolment.mode, from: shown.enrolment.from.slice(0, 10), notice: shown.enrolment.notice, everyDays: String(shown.enrolment.everyDays) },
        }} />
      <History revisions={page.history} now={now} text={text} />
    </ConsoleShell>
  );
}
