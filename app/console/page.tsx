import { ConsoleShell } from "@/components/console/console-shell";
import { ProjectList } from "@/components/console/project-list";
import { Heading } from "@/components/shell/heading";
import { listProjects } from "@/lib/http/next/console";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { consoleVisitor } from "./visitor";

/** The projects of this installation. */
export default async function ConsolePage() {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const projects = await listProjects();
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console" title={text.t("console.home.title")}>
      <Heading lead={<p>{text.t("console.home.intro")}</p>}>{text.t("console.home.title")}</Heading>
      <ProjectList projects={projects} text={text} />
    </ConsoleShell>
  );
}
