import { notFound } from "next/navigation";
import { MessagesTable } from "@/components/console/messages-table";
import { FilterBar } from "@/components/console/people-filters";
import { NextPage, Panel } from "@/components/console/people-parts";
import { hrefWith } from "@/components/console/people-words";
import { placeUrl } from "@/components/console/project-nav";
import { Heading } from "@/components/shell/heading";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { MESSAGE_STATES } from "@/lib/http/message-pages";
import { messagesPage, projectFrame } from "@/lib/http/next/people-pages";

/** The outbox of a project. */
export default async function MessagesPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, now, text } = visit;
  const page = await messagesPage(slug, asked) ?? notFound();
  const { t } = text;
  const base = placeUrl(slug, "messages");
  const state = MESSAGE_STATES.find((one) => one === asked("state")) ?? null;
  return (
    <ProjectShell visit={visit} project={page.project} frame={await projectFrame(slug)} here="messages" title={t("console.messages.title")}>
      <Heading lead={<p>{t("console.messages.intro")}</p>}>{t("console.messages.title")}</Heading>
      <Panel id="outbox" title={t("console.messages.outbox")}>
        <FilterBar label={t("console.messages.filter")} action={base} narrowed={state !== null} text={text} fields={[
          { name: "state", label: t("console.messages.state"), value: state ?? "", options: [{ value: "", label: t("console.list.any") }, ...MESSAGE_STATES.map((value) => ({ value, label: t(`console.messages.state.${value}`) }))] },
        ]} />
        <MessagesTable messages={page.messages} now={now} text={text} />
        <NextPage href={page.next === null ? null : hrefWith(base, { state, after: page.next })} first={asked("after") === null ? null : hrefWith(base, { state })} short={false} looked={0} text={text} />
      </Panel>
    </ProjectShell>
  );
}
