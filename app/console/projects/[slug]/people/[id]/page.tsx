import { notFound } from "next/navigation";
import { AuditTable } from "@/components/console/audit-table";
import { PersonActions, SupportPanel } from "@/components/console/people-actions";
import { BackToPeople, PersonFactors, PersonProfile } from "@/components/console/people-detail";
import { EmptyState, Outcome, Panel } from "@/components/console/people-parts";
import { SessionsTable } from "@/components/console/people-sessions";
import { placeUrl } from "@/components/console/project-nav";
import { Heading } from "@/components/shell/heading";
import { PlainLink } from "@/components/ui/plain-link";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { personPage, projectFrame } from "@/lib/http/next/people-pages";
import type { TextKey } from "@/lib/i18n/text";
import { endPersonSession, recover, removeFactorOf, signOutPerson, switchPersonState } from "./actions";

interface PersonPageProps extends ProjectPageProps {
  readonly params: Promise<{ readonly slug: string; readonly id: string }>;
}
const GOOD: Readonly<Record<string, TextKey>> = {
  factor_removed: "console.person.done.factorRemoved", signed_out: "console.person.done.signedOut", session_ended: "console.person.done.sessionEnded",
  switched_inactive: "console.person.done.off", switched_active: "console.person.done.on",
};
const BAD: Readonly<Record<string, TextKey>> = {
  gone: "console.person.failed.gone", reason_missing: "console.person.failed.reason", last_way_in: "console.person.lastWayIn",
  last_owner: "console.admins.failed.last_owner", unchanged: "console.person.failed.gone", conflict: "console.person.failed.conflict",
};

/** One person: who they are, what they prove themselves with, where they are signed in, and what happened. */
export default async function PersonPage(props: PersonPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, now, text } = visit;
  const page = await personPage(slug, (await props.params).id) ?? notFound();
  const { t } = text;
  const base = placeUrl(slug, "overview");
  const fields = { slug, person: page.person.id };
  const name = page.person.displayName;
  const done = asked("done") ?? "";
  const [good, bad] = [Object.hasOwn(GOOD, done) ? GOOD[done] : undefined, Object.hasOwn(BAD, done) ? BAD[done] : undefined];
  const said = good ?? bad;
  return (
    <ProjectShell visit={visit} project={page.project} frame={await projectFrame(slug)} here="people" screen="person" title={name}>
      <BackToPeople href={`${base}/people`} text={text} />
      <Heading><bdi>{name}</bdi></Heading>
      <Outcome words={said === undefined ? null : t(said)} good={good !== undefined} />
      <PersonProfile person={page.person} now={now} text={text} />
      <PersonFactors factors={page.factors} personName={name} now={now} text={text} remove={owner ? { action: removeFactorOf, token, fields } : null} />
      <Panel id="sessions" title={t("console.person.sessions")}>
        {page.sessions.length === 0 ? <EmptyState title={t("console.people.noSession")}><p>{t("console.person.noSessionsText")}</p></EmptyState> : (
          <SessionsTable caption={t("console.person.sessionsCaption")} rows={page.sessions.map((session) => ({ session }))} now={now} text={text}
            end={owner ? { action: endPersonSession, token, fields } : null} />
        )}
        {page.sessionTotal > page.sessions.length && <p className="text-sm text-ink-2">{t("console.person.moreSessions", { shown: page.sessions.length, total: page.sessionTotal })}</p>}
      </Panel>
      {owner && <PersonActions name={name} state={page.person.state} recovery={page.recovery} token={token} fields={fields} signOut={signOutPerson} setState={switchPersonState} recover={recover} text={text} />}
      <SupportPanel summary={page.summary} text={text} />
      <Panel id="audit" title={t("console.person.audit")}>
        <AuditTable rows={page.audit} base={base} now={now} text={text} />
        <p><PlainLink href={`${base}/audit?target=${page.person.id}`}>{t("console.person.allAudit")}</PlainLink></p>
      </Panel>
    </ProjectShell>
  );
}
