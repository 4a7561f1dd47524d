import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { DraftConflict } from "@/components/console/draft-conflict";
import { DraftPreview } from "@/components/console/draft-preview";
import { ImpactPeople } from "@/components/console/impact-people";
import { placeUrl } from "@/components/console/project-nav";
import { ProjectTop } from "@/components/console/project-top";
import { SaveDraftForm } from "@/components/console/save-draft-form";
import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import { ActionButton } from "@/components/ui/submit-button";
import { actionToken } from "@/lib/http/next/action";
import { draftPage } from "@/lib/http/next/console-policy";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { consoleVisitor } from "../../../../visitor";
import { dropDraftForm, rebaseDraftForm, saveDraftForm } from "./actions";

interface DraftPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Draft, impact, reason, save: what the change would do, before it does it. */
export default async function DraftPage({ params, searchParams }: DraftPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const search = firstOf(query["search"]) ?? "";
  const page = await draftPage(slug, search);
  if (page === null) notFound();
  const now = await requestTime();
  const { preview } = page;
  const { t } = text;
  const back = placeUrl(slug, "two-factor");
  const title = t("console.draft.title");
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-draft" title={title} project={page.project} here="two-factor"
      banner={<ProjectTop frame={page} may={visitor.role} now={now} text={text} withoutDraft />}>
      <Heading lead={<p>{t("console.draft.intro")}</p>}>{page.project.name}: {title}</Heading>
      {firstOf(query["moved"]) === "1" && <Notice tone="attention" role="status"><p>{t("console.draft.moved")}</p></Notice>}
      {firstOf(query["unfit"]) === "1" && <Notice tone="loss" role="status"><p>{t("console.draft.unfit")}</p></Notice>}
      {preview === null ? (
        <Notice tone="info">
          <p>{t("console.draft.none")}</p>
          <p><PlainLink href={back}>{t("console.draft.back")}</PlainLink></p>
        </Notice>
      ) : (
        <>
          {preview.conflict !== null && <DraftConflict conflict={preview.conflict} now={now} text={text} action={rebaseDraftForm} fields={{ csrf_token: token, slug }} />}
          <DraftPreview preview={preview} now={now} text={text} />
          <ImpactPeople you={preview.you} people={preview.people} search={search} href={`${back}/draft`} text={text} />
          {visitor.role === "owner" && preview.conflict === null && (
            <SaveDraftForm action={saveDraftForm} actionToken={token} slug={slug} stamp={preview.stamp} comment={preview.comment} loosens={preview.loosenings.length > 0}
              words={{
                comment: t("console.twoFactor.comment"), required: t("console.draft.commentRequired"), saving: t("common.saving"), stepUp: t("console.draft.stepUp"),
                save: preview.loosenings.length > 0 ? t("console.draft.saveLooser") : t("console.twoFactor.save"), errorTitle: t("common.errorTitlePrefix", { title }),
              }} />
          )}
          <div className="flex flex-wrap items-center gap-4">
            <PlainLink href={back} className="button button-secondary">{t("console.draft.goOn")}</PlainLink>
            <PlainLink href={`${placeUrl(slug, "simulate")}?policy=draft`} className="button button-quiet">{t("console.nav.simulate")}</PlainLink>
            {visitor.role === "owner" && (
              <form action={dropDraftForm} className="ms-auto">
                <input type="hidden" name="csrf_token" value={token} />
                <input type="hidden" name="slug" value={slug} />
                <ActionButton busyText={t("common.saving")} tone="quiet">{t("console.draft.drop")}</ActionButton>
              </form>
            )}
          </div>
        </>
      )}
    </ConsoleShell>
  );
}
