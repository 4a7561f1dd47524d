import { notFound } from "next/navigation";
import { FilterBar } from "@/components/console/people-filters";
import { PeopleList } from "@/components/console/people-list";
import { NextPage, Panel } from "@/components/console/people-parts";
import { hrefWith } from "@/components/console/people-words";
import { placeUrl } from "@/components/console/project-nav";
import { Heading } from "@/components/shell/heading";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { peoplePage, peopleSearchOf, projectFrame } from "@/lib/http/next/people-pages";

/** Everybody of a project, a page at a time; the address carries the search. */
export default async function PeoplePage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, now, text } = visit;
  const search = peopleSearchOf(asked);
  const page = await peoplePage(slug, search) ?? notFound();
  const { t } = text;
  const base = placeUrl(slug, "people");
  const kept = { q: search.q, filter: search.filter, state: search.state, sort: search.sort === "address" ? "address" : null };
  const narrowed = search.q !== "" || search.filter !== null || search.state !== null;
  const filters = ["no_second_factor", "mail_only", "unseen", ...(page.project.isConsole ? ["admin_without_factor"] as const : [])] as const;
  return (
    <ProjectShell visit={visit} project={page.project} frame={await projectFrame(slug)} here="people" title={t("console.people.title")}>
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
        <PeopleList people={page.people} base={base} narrowed={narrowed || search.after !== null} now={now} text={text} />
        <NextPage href={page.next === null ? null : hrefWith(base, { ...kept, after: page.next })} first={search.after === null ? null : hrefWith(base, kept)}
          short={search.filter !== null || search.state !== null} looked={page.looked} text={text} />
      </Panel>
    </ProjectShell>
  );
}
