import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { FilterBar } from "@/components/console/people-filters";
import { EmptyState, NextPage, Outcome, Panel } from "@/components/console/people-parts";
import { SessionsTable } from "@/components/console/people-sessions";
import { hrefWith } from "@/components/console/people-words";
import { Heading } from "@/components/shell/heading";
import { askedOf } from "@/app/console/asked";
import { projectBanner } from "@/app/console/project-banner";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { actionToken } from "@/lib/http/next/action";
import { pageLocale } from "@/lib/http/next/locale";
import { sessionsPage } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";
import { consoleVisitor } from "../../../visitor";
import { endOne } from "./actions";

interface SessionsPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Who is signed in now, newest first. */
export default async function SessionsPage({ params, searchParams }: SessionsPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const asked = askedOf(query);
  const page = await sessionsPage(slug, asked);
  if (page === null) notFound();
  const { t } = text;
  const owner = visitor.role === "owner";
  const project = `/console/projects/${encodeURIComponent(slug)}`;
  const base = `${project}/sessions`;
  const aal = asked("aal");
  const done = asked("done");
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-sessions" title={t("console.sessions.title")} project={page.project} here="sessions" banner={await projectBanner(slug, visitor.role, text)}>
      <Heading lead={<p>{t("console.sessions.intro")}</p>}>{t("console.sessions.title")}</Heading>
      <Outcome words={done === "ended" ? t("console.person.done.sessionEnded") : done === "gone" ? t("console.person.failed.gone") : null} good={done === "ended"} />
      <Panel id="live-sessions" title={t("console.sessions.live")}>
        <FilterBar label={t("console.sessions.filter")} action={base} narrowed={aal !== null} text={text} fields={[
          { name: "aal", label: t("console.sessions.level"), value: aal ?? "", options: [
            { value: "", label: t("console.list.any") }, { value: "aal1", label: t("console.level.aal1") }, { value: "aal2", label: t("console.level.aal2") },
          ] },
        ]} />
        {page.sessions.length === 0 ? <EmptyState title={t("console.sessions.empty")}><p>{t("console.sessions.emptyText")}</p></EmptyState> : (
          <SessionsTable caption={t("console.sessions.caption")} now={await requestTime()} text={text} end={owner ? { action: endOne, token, fields: { slug } } : null}
            rows={page.sessions.map(({ session, person }) => ({ session, person: { name: person.name, href: `${project}/people/${person.id}` } }))} />
        )}
        <NextPage href={page.next === null ? null : hrefWith(base, { aal, after: page.next })} first={asked("after") === null ? null : hrefWith(base, { aal })}
          short={page.looked > 2 * page.sessions.length} looked={page.looked} text={text} />
      </Panel>
    </ConsoleShell>
  );
}
