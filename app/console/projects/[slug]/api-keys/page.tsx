import { notFound } from "next/navigation";
import { KeysPanel } from "@/components/console/keys-panel";
import { Outcome } from "@/components/console/people-parts";
import { Heading } from "@/components/shell/heading";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { keysPage, projectFrame } from "@/lib/http/next/people-pages";
import { create, remove } from "./actions";

/** Keys of the project and of its workspace. A key is shown when it is made, and never again. */
export default async function ApiKeysPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, owner, token, now, text } = visit;
  const page = await keysPage(slug) ?? notFound();
  const { t } = text;
  const done = asked("done");
  const shared = { change: owner ? { token, slug, create, remove } : null, now, text };
  return (
    <ProjectShell visit={visit} project={page.project} frame={await projectFrame(slug)} here="api-keys" title={t("console.keys.title")}>
      <Heading lead={<p>{t("console.keys.intro")}</p>}>{t("console.keys.title")}</Heading>
      <Outcome words={done === "deleted" ? t("console.keys.deleted") : done === "gone" ? t("console.person.failed.gone") : null} good={done === "deleted"} />
      <KeysPanel scope="project" owner={page.project.name} keys={page.projectKeys} {...shared} />
      <KeysPanel scope="workspace" owner={page.workspace.name} keys={page.workspaceKeys} {...shared} />
    </ProjectShell>
  );
}
