import { notFound } from "next/navigation";
import { FilterBar } from "@/components/console/people-filters";
import { EmptyState, NextPage, Outcome, Panel } from "@/components/console/people-parts";
import { SessionsTable } from "@/components/console/people-sessions";
import { hrefWith } from "@/components/console/people-words";
import { placeUrl } from "@/components/console/project-nav";
import { Heading } from "@/components/shell/heading";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { projectFrame, sessionsPage } from "@/lib/http/next/people-pages";
import { endOne } from "./actions";

/** Who is signed in now, newest first. */
export default async function SessionsPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, now, text } = visit;
  const page = await sessionsPage(slug, asked) ?? notFound();
  const { t } = text;
  const base = placeUrl(slug, "sessions");
  const aal = asked("aal");
  const done = asked("done");
  return (
    <ProjectShell visit={visit} project={page.project} frame={await projectFrame(slug)} here="sessions" title={t("console.sessions.title")}>
      <Heading lead={<p>{t("console.sessions.intro")}</p>}>{t("console.sessions.title")}</Heading>
      <Outcome words={done === "ended" ? t("console.person.done.sessionEnded") : done === "gone" ? t("console.person.failed.gone") : null} good={done === "ended"} />
      <Panel id="live-sessions" title={t("console.sessions.live")}>
        <FilterBar label={t("console.sessions.filter")} action={base} narrowed={aal !== null} text={text} fields={[
          { name: "aal", label: t("console.sessions.level"), value: aal ?? "", options: [
            { value: "", label: t("console.list.any") }, { value: "aal1", label: t("console.level.aal1") }, { value: "aal2", label: t("console.level.aal2") },
          ] },
        ]} />
        {page.sessions.length === 0 ? <EmptyState title={t("console.sessions.empty")}><p>{t("console.sessions.emptyText")}</p></EmptyState> : (
          <SessionsTable caption={t("console.sessions.caption")} now={now} text={text} end={owner ? { action: endOne, token, fields: { slug } } : null}
            rows={page.sessions.map(({ session, person }) => ({ session, person: { name: person.name, href: `${placeUrl(slug, "people")}/${person.id}` } }))} />
        )}
        <NextPage href={page.next === null ? null : hrefWith(base, { aal, after: page.next })} first={asked("after") === null ? null : hrefWith(base, { aal })}
          short={page.looked > 2 * page.sessions.length} looked={page.looked} text={text} />
      </Panel>
    </ProjectShell>
  );
}
