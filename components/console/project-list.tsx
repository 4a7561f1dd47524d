import { Icon } from "@/components/ui/icon";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";

interface ProjectListProps {
  readonly projects: readonly { readonly slug: string; readonly name: string }[];
  readonly text: Translator;
}

export function ProjectList({ projects, text }: ProjectListProps) {
  if (projects.length === 0) return <p>{text.t("console.home.empty")}</p>;
  return (
    <ul className="card divide-y divide-line">
      {projects.map(({ slug, name }) => (
        <li key={slug} className="flex flex-wrap items-center gap-x-6 gap-y-2 p-5">
          <div className="min-w-0 flex-1 basis-44">
            <h2 className="font-semibold">{name}</h2>
            <code dir="ltr" className="text-sm text-ink-3">{slug}</code>
          </div>
          <PlainLink href={`/console/projects/${encodeURIComponent(slug)}/two-factor`} className="button button-secondary">
            <Icon name="shield" className="size-5 text-accent" />
            {text.t("console.twoFactor.title")}<span className="sr-only">: {name}</span>
          </PlainLink>
        </li>
      ))}
    </ul>
  );
}
