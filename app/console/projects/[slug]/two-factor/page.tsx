import { notFound } from "next/navigation";
import { Adoption } from "@/components/console/adoption";
import { CardExport } from "@/components/console/card-export";
import { History } from "@/components/console/history";
import { placeUrl } from "@/components/console/project-nav";
import { TwoFactorForm } from "@/components/console/two-factor-form";
import { operationRowOf, rowOf } from "@/components/console/two-factor-view";
import { twoFactorWords } from "@/components/console/two-factor-words";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { twoFactorPage } from "@/lib/http/next/console-policy";
import { previewTwoFactor } from "./actions";

/** Strict and Lax for each area, enrolment, protected paths and operations, and who changed what when. */
export default async function TwoFactorPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, now, text } = visit;
  const page = await twoFactorPage(slug) ?? notFound();
  const { shown } = page;
  const saved = Number(asked("saved"));
  const card = (name: "enforcement" | "enrolment" | "paths" | "operations", title: string) => <CardExport name={title} {...page.exports[name]} text={text} />;
  return (
    <ProjectShell visit={visit} project={page.project} frame={page} here="two-factor" title={text.t("console.twoFactor.title")}>
      <Heading lead={<p>{text.t("console.twoFactor.intro")}</p>}>{page.project.name}: {text.t("console.twoFactor.title")}</Heading>
      {saved === page.revision && saved > 1 && (
        <Notice tone="good" role="status">
          <p>{text.t("console.twoFactor.saved", { revision: saved })}</p>
          {owner && <p><PlainLink href={`${placeUrl(slug, "revisions")}?restore=${String(saved - 1)}#restore`}>{text.t("console.revisions.undo")}</PlainLink></p>}
        </Notice>
      )}
      {asked("unchanged") === "1" && <Notice tone="info" role="status"><p>{text.t("console.twoFactor.unchanged")}</p></Notice>}
      <Adoption adoption={page.adoption} text={text} />
      <p className="text-sm text-ink-3">{text.t("console.overview.asOf", { at: page.countedAt })}</p>
      <TwoFactorForm key={`${String(page.revision)} ${String(page.draft?.at.getTime() ?? 0)}`} action={previewTwoFactor} actionToken={token} slug={slug} revision={page.revision}
        fromDraft={page.draft !== null} inForce={{ signIn: page.signIn, settings: page.settings }} words={twoFactorWords(text)} readOnly={!owner}
        exports={{
          enforcement: card("enforcement", text.t("console.twoFactor.title")), enrolment: card("enrolment", text.t("console.enrolment.legend")),
          paths: card("paths", text.t("console.paths.title")), operations: card("operations", text.t("console.operations.title")),
        }}
        choices={{
          signIn: shown.signIn, settings: shown.settings, paths: shown.protectedPaths.map(rowOf), operations: shown.operations.map(operationRowOf), comment: "",
          enrolment: { mode: shown.enrolment.mode, from: shown.enrolment.from.slice(0, 10), notice: shown.enrolment.notice, everyDays: String(shown.enrolment.everyDays) },
        }} />
      <History revisions={page.history} now={now} text={text} />
    </ProjectShell>
  );
}
