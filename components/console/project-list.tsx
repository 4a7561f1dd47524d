import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { WorkspaceLine } from "@/lib/model/console";
import { placeUrl } from "./project-nav";

/** Workspaces and what is in them. */
export function WorkspaceList({ workspaces, text }: { readonly workspaces: readonly WorkspaceLine[]; readonly text: Translator }) {
  if (workspaces.length === 0) return <p>{text.t("console.home.empty")}</p>;
  return (
    <>
      {workspaces.map(({ id, name, projects }) => (
        <section key={id} aria-labelledby={`workspace-${id}`} className="space-y-3">
          <h2 id={`workspace-${id}`} className="text-lg font-bold">{name}</h2>
          {projects.length === 0 ? <p className="text-ink-2">{text.t("console.home.empty")}</p> : (
            <ul className="card divide-y divide-line">
              {projects.map((project) => (
                <li key={project.slug} className="flex flex-wrap items-center gap-x-6 gap-y-2 p-5">
                  <div className="min-w-0 flex-1 basis-44">
                    <h3 className="font-semibold"><PlainLink href={placeUrl(project.slug, "overview")}>{project.name}</PlainLink></h3>
                    <p className="text-sm text-ink-3"><code dir="ltr">{project.slug}</code> · <bdi dir="ltr">{project.url}</bdi></p>
                    {project.kind === "console" && <p className="text-sm text-ink-2">{text.t("console.home.console")}</p>}
                  </div>
                  <PlainLink href={placeUrl(project.slug, "two-factor")} className="button button-secondary">
                    {text.t("console.twoFactor.title")}<span className="sr-only">: {project.name}</span>
                  </PlainLink>
                </li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </>
  );
}
