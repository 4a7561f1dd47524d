import { ConsoleShell } from "@/components/console/console-shell";
import { NewProjectForm } from "@/components/console/new-project-form";
import { WorkspaceList } from "@/components/console/project-list";
import { Heading } from "@/components/shell/heading";
import { actionToken } from "@/lib/http/next/action";
import { homePage } from "@/lib/http/next/console-policy";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { createProjectForm } from "./actions";
import { consoleVisitor } from "./visitor";

/** The workspaces and projects of this installation. */
export default async function ConsolePage() {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ workspaces }, token] = await Promise.all([homePage(), actionToken()]);
  const { t } = text;
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console" title={t("console.home.title")}>
      <Heading lead={<p>{t("console.home.intro")}</p>}>{t("console.home.title")}</Heading>
      <WorkspaceList workspaces={workspaces} text={text} />
      {visitor.role === "owner" && workspaces.length > 0 && (
        <NewProjectForm action={createProjectForm} actionToken={token} workspaces={workspaces.map(({ id, name }) => ({ id, name }))}
          words={{
            title: t("console.new.title"), text: t("console.new.text"), name: t("console.new.name"), slug: t("console.new.slug"), slugHint: t("console.new.slugHint"),
            workspace: t("console.new.workspace"), create: t("console.new.create"), creating: t("common.saving"), errorTitle: t("common.errorTitlePrefix", { title: t("console.new.title") }),
          }} />
      )}
    </ConsoleShell>
  );
}
