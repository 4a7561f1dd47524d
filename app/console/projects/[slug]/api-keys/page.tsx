import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { KeysPanel } from "@/components/console/keys-panel";
import { Outcome } from "@/components/console/people-parts";
import { Heading } from "@/components/shell/heading";
import { askedOf } from "@/app/console/asked";
import { projectBanner } from "@/app/console/project-banner";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { actionToken } from "@/lib/http/next/action";
import { pageLocale } from "@/lib/http/next/locale";
import { keysPage } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";
import { consoleVisitor } from "../../../visitor";
import { create, remove } from "./actions";

interface KeysPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}

/** Keys of the project and of its workspace. A key is shown when it is made, and never again. */
export default async function ApiKeysPage({ params, searchParams }: KeysPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query, token] = await Promise.all([params, searchParams, actionToken()]);
  const page = await keysPage(slug);
  if (page === null) notFound();
  const { t } = text;
  const owner = visitor.role === "owner";
  const done = askedOf(query)("done");
  const shared = { change: owner ? { token, slug, create, remove } : null, now: await requestTime(), text };
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-api-keys" title={t("console.keys.title")} project={page.project} here="api-keys" banner={await projectBanner(slug, visitor.role, text)}>
      <Heading lead={<p>{t("console.keys.intro")}</p>}>{t("console.keys.title")}</Heading>
      <Outcome words={done === "deleted" ? t("console.keys.deleted") : done === "gone" ? t("console.person.failed.gone") : null} good={done === "deleted"} />
      <KeysPanel scope="project" owner={page.project.name} keys={page.projectKeys} {...shared} />
      <KeysPanel scope="workspace" owner={page.workspace.name} keys={page.workspaceKeys} {...shared} />
    </ConsoleShell>
  );
}
