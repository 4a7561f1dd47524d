import { PlainLink } from "@/components/ui/plain-link";
import type { TextKey, Translator } from "@/lib/i18n/text";
import type { ConsoleProject } from "@/lib/model/console";

/** Every page of a project's console, in the order of the navigation. */
export type ConsolePlace =
  | "overview" | "two-factor" | "methods" | "simulate" | "revisions" | "people" | "sessions" | "audit" | "api-keys" | "messages" | "jobs";

const PLACES = [
  { place: "overview", key: "console.nav.overview" },
  { place: "two-factor", key: "console.nav.twoFactor" },
  { place: "methods", key: "console.nav.methods" },
  { place: "simulate", key: "console.nav.simulate" },
  { place: "revisions", key: "console.nav.revisions" },
  { place: "people", key: "console.nav.people" },
  { place: "sessions", key: "console.nav.sessions" },
  { place: "audit", key: "console.nav.audit" },
  { place: "api-keys", key: "console.nav.apiKeys" },
  { place: "messages", key: "console.nav.messages" },
  { place: "jobs", key: "console.nav.jobs" },
] as const satisfies readonly { place: ConsolePlace; key: TextKey }[];

/** Address of a page of a project's console. */
export function placeUrl(slug: string, place: ConsolePlace): string {
  const base = `/console/projects/${encodeURIComponent(slug)}`;
  return place === "overview" ? base : `${base}/${place}`;
}

interface ProjectNavProps {
  readonly project: ConsoleProject;
  readonly here: ConsolePlace | null;
  readonly text: Translator;
}

/** The pages of one project. Wraps where it is narrow; nothing scrolls sideways. */
export function ProjectNav({ project, here, text }: ProjectNavProps) {
  return (
    <nav aria-label={text.t("console.nav.label", { name: project.name })} className="border-b border-line bg-surface" data-testid="project-nav">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-3 px-4 py-1 sm:px-6">
        <p className="min-w-0 py-1 text-sm font-semibold"><bdi>{project.name}</bdi></p>
        <ul className="-mx-1 flex min-w-0 flex-wrap gap-x-0.5">
          {PLACES.map(({ place, key }) => (
            <li key={place}>
              <PlainLink href={placeUrl(project.slug, place)} aria-current={place === here ? "page" : undefined}
                className="inline-flex min-h-9 items-center rounded-control px-2 text-sm font-medium text-ink-2 hover:bg-sunken hover:text-ink aria-[current=page]:font-semibold aria-[current=page]:text-accent aria-[current=page]:underline aria-[current=page]:decoration-2 aria-[current=page]:underline-offset-8">
                {text.t(key)}
              </PlainLink>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
