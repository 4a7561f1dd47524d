import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { FilterBar } from "@/components/console/people-filters";
import { PeopleList } from "@/components/console/people-list";
import { NextPage, Panel } from "@/components/console/people-parts";
import { hrefWith } from "@/components/console/people-words";
import { Heading } from "@/components/shell/heading";
import { askedOf } from "@/app/console/asked";
import { projectBanner } from "@/app/console/project-banner";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { pageLocale } from "@/lib/http/next/locale";
import { peoplePage, peopleSearchOf } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";
import { consoleVisitor } from "../../../visitor";

interface PeoplePageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Everybody of a project, a page at a time; the address carries the search. */
export default async function PeoplePage({ params, searchParams }: PeoplePageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query] = await Promise.all([params, searchParams]);
  const search = peopleSearchOf(askedOf(query));
  const page = await peoplePage(slug, search);
  if (page === null) notFound();
  const { t } = text;
  const base = `/console/projects/${encodeURIComponent(slug)}/people`;
  const asked = { q: search.q, filter: search.filter, state: search.state, sort: search.sort === "address" ? "address" : null };
  const narrowed = search.q !== "" || search.filter !== null || search.state !== null;
  const filters = ["no_second_factor", "mail_only", "unseen", ...(page.project.isConsole ? ["admin_without_factor"] as const : [])] as const;
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-people" title={t("console.people.title")} project={page.project} here="people" banner={await projectBanner(slug, visitor.role, text)}>
      <Heading lead={<p>{t("console.people.intro")}</p>}>{t("console.people.title")}</Heading>
      <Panel id="people" title={t("console.people.list")}>
        <FilterBar label={t("console.people.search")} action={base} narrowed={narrowed} text={text} fields={[
          { name: "q", label: t("console.people.search"), value: search.q, type: "search" },
          { name: "filter", label: t("console.people.filter"), value: search.filter ?? "", options: [
            { value: "", label: t("console.people.filter.all") }, ...filters.map((value) => ({ value, label: t(`console.people.filter.${value}`) })),
          ] },
          { name: "state", label: t("console.people.status"), value: search.state ?? "", options: [
            { value: "", label: t("console.list.any") }, { value: "active", label: t("console.people.state.active") }, { value: "inactive", label: t("console.people.state.inactive") },
          ] },
          { name: "sort", label: t("console.people.sort"), value: search.sort, options: [
            { value: "newest", label: t("console.people.sort.newest") }, { value: "address", label: t("console.people.sort.address") },
          ] },
        ]} />
        {search.sort === "address" && <p className="text-sm text-ink-2">{t("console.people.byAddressNote")}</p>}
        <PeopleList people={page.people} base={base} narrowed={narrowed || search.after !== null} now={await requestTime()} text={text} />
        <NextPage href={page.next === null ? null : hrefWith(base, { ...asked, after: page.next })} first={search.after === null ? null : hrefWith(base, asked)}
          short={search.filter !== null || search.state !== null} looked={page.looked} text={text} />
      </Panel>
    </ConsoleShell>
  );
}
