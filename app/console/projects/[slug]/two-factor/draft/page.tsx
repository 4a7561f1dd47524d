import { notFound } from "next/navigation";
import { DraftConflict } from "@/components/console/draft-conflict";
import { DraftPreview } from "@/components/console/draft-preview";
import { ImpactPeople } from "@/components/console/impact-people";
import { placeUrl } from "@/components/console/project-nav";
import { SaveDraftForm } from "@/components/console/save-draft-form";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import { ActionButton } from "@/components/ui/submit-button";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { draftPage } from "@/lib/http/next/console-policy";
import { dropDraftForm, rebaseDraftForm, saveDraftForm } from "./actions";

/** Draft, impact, reason, save: what the change would do, before it does it. */
export default async function DraftPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, now, text } = visit;
  const search = asked("search") ?? "";
  const page = await draftPage(slug, search) ?? notFound();
  const { preview } = page;
  const { t } = text;
  const back = placeUrl(slug, "two-factor");
  const title = t("console.draft.title");
  return (
    <ProjectShell visit={visit} project={page.project} frame={page} here="two-factor" screen="draft" title={title} withoutDraft>
      <Heading lead={<p>{t("console.draft.intro")}</p>}>{page.project.name}: {title}</Heading>
      {asked("moved") === "1" && <Notice tone="attention" role="status"><p>{t("console.draft.moved")}</p></Notice>}
      {asked("unfit") === "1" && <Notice tone="loss" role="status"><p>{t("console.draft.unfit")}</p></Notice>}
      {page.counting !== null ? (
        <Notice tone="info" role="status">
          <p>{t("console.draft.counting", { count: page.counting })}</p>
          <p><PlainLink href={`${back}/draft`} className="button button-secondary">{t("console.jobs.refresh")}</PlainLink></p>
        </Notice>
      ) : preview === null ? (
        <Notice tone="info">
          <p>{t("console.draft.none")}</p>
          <p><PlainLink href={back}>{t("console.draft.back")}</PlainLink></p>
        </Notice>
      ) : (
        <>
          {preview.conflict !== null && <DraftConflict conflict={preview.conflict} now={now} text={text} action={rebaseDraftForm} fields={{ csrf_token: token, slug }} />}
          <DraftPreview preview={preview} now={now} text={text} />
          <ImpactPeople you={preview.you} people={preview.people} search={search} href={`${back}/draft`} text={text} />
          {owner && preview.conflict === null && (
            <SaveDraftForm action={saveDraftForm} actionToken={token} slug={slug} stamp={preview.stamp} comment={preview.comment} loosens={preview.loosenings.length > 0}
              words={{
                comment: t("console.twoFactor.comment"), required: t("console.draft.commentRequired"), saving: t("common.saving"), stepUp: t("console.draft.stepUp"),
                save: preview.loosenings.length > 0 ? t("console.draft.saveLooser") : t("console.twoFactor.save"), errorTitle: t("common.errorTitlePrefix", { title }),
              }} />
          )}
          <div className="flex flex-wrap items-center gap-4">
            <PlainLink href={back} className="button button-secondary">{t("console.draft.goOn")}</PlainLink>
            <PlainLink href={`${placeUrl(slug, "simulate")}?policy=draft`} className="button button-quiet">{t("console.nav.simulate")}</PlainLink>
            {owner && (
              <form action={dropDraftForm} className="ms-auto">
                <input type="hidden" name="csrf_token" value={token} />
                <input type="hidden" name="slug" value={slug} />
                <ActionButton busyText={t("common.saving")} tone="quiet">{t("console.draft.drop")}</ActionButton>
              </form>
            )}
          </div>
        </>
      )}
    </ProjectShell>
  );
}
