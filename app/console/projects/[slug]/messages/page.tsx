import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { MessagesTable } from "@/components/console/messages-table";
import { FilterBar } from "@/components/console/people-filters";
import { NextPage, Panel } from "@/components/console/people-parts";
import { hrefWith } from "@/components/console/people-words";
import { Heading } from "@/components/shell/heading";
import { askedOf } from "@/app/console/asked";
import { projectBanner } from "@/app/console/project-banner";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { pageLocale } from "@/lib/http/next/locale";
import { messagesPage } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";
import { consoleVisitor } from "../../../visitor";

interface MessagesPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}
const STATES = ["queued", "processing", "sent", "abandoned"] as const;

/** The outbox of a project. */
export default async function MessagesPage({ params, searchParams }: MessagesPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query] = await Promise.all([params, searchParams]);
  const asked = askedOf(query);
  const page = await messagesPage(slug, asked);
  if (page === null) notFound();
  const { t } = text;
  const base = `/console/projects/${encodeURIComponent(slug)}/messages`;
  const state = STATES.find((one) => one === asked("state")) ?? null;
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-messages" title={t("console.messages.title")} project={page.project} here="messages" banner={await projectBanner(slug, visitor.role, text)}>
      <Heading lead={<p>{t("console.messages.intro")}</p>}>{t("console.messages.title")}</Heading>
      <Panel id="outbox" title={t("console.messages.outbox")}>
        <FilterBar label={t("console.messages.filter")} action={base} narrowed={state !== null} text={text} fields={[
          { name: "state", label: t("console.messages.state"), value: state ?? "", options: [{ value: "", label: t("console.list.any") }, ...STATES.map((value) => ({ value, label: t(`console.messages.state.${value}`) }))] },
        ]} />
        <MessagesTable messages={page.messages} now={await requestTime()} text={text} />
        <NextPage href={page.next === null ? null : hrefWith(base, { state, after: page.next })} first={asked("after") === null ? null : hrefWith(base, { state })} short={false} looked={0} text={text} />
      </Panel>
    </ConsoleShell>
  );
}
