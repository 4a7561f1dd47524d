import type { ReactNode } from "react";
import { ConsoleShell } from "@/components/console/console-shell";
import type { ConsolePlace } from "@/components/console/project-nav";
import { ProjectTop } from "@/components/console/project-top";
import { askedOf } from "@/app/console/asked";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { actionToken } from "@/lib/http/next/action";
import { pageLocale } from "@/lib/http/next/locale";
import type { Asked } from "@/lib/http/next/people-pages";
import type { Translator } from "@/lib/i18n/text";
import { translator } from "@/lib/i18n/text";
import type { ConsoleProject, ProjectFrame } from "@/lib/model/console";
import type { ConsoleVisitor } from "./visitor";
import { consoleVisitor } from "./visitor";

export interface ProjectPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}
type Refused = Extract<ConsoleVisitor, { readonly kind: "refused" }>;
/** An admin on a page of a project. Whether there is such a project says whoever reads the page. */
export interface ProjectVisit extends Extract<ConsoleVisitor, { readonly kind: "admin" }> {
  readonly slug: string;
  readonly query: Awaited<SearchParams>;
  readonly asked: Asked;
  /** May change things. */
  readonly owner: boolean;
  /** For the forms of the page. */
  readonly token: string;
  readonly now: Date;
  readonly text: Translator;
}

/** How every page of a project begins: the console's guard, then what the address says. `refused` carries the page that says no. */
export async function visitProject({ params, searchParams }: ProjectPageProps): Promise<ProjectVisit | Refused> {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor;
  const [{ slug }, query, token, now] = await Promise.all([params, searchParams, actionToken(), requestTime()]);
  return { ...visitor, slug, query, asked: askedOf(query), owner: visitor.role === "owner", token, now, text };
}

interface ProjectShellProps {
  readonly visit: ProjectVisit;
  readonly project: ConsoleProject;
  /** What is in force, above the page; null: nothing stands there. */
  readonly frame: ProjectFrame | null;
  readonly here: ConsolePlace;
  readonly title: string;
  /** Of the screen; the place in the navigation where none is given. */
  readonly screen?: string;
  /** The page of the draft itself has no bar. */
  readonly withoutDraft?: boolean;
  readonly children: ReactNode;
}
/** Frame of every page of a project: its navigation, what is in force, and who may only look. */
export function ProjectShell({ visit, project, frame, here, title, screen = here, withoutDraft = false, children }: ProjectShellProps) {
  const { text, person, role, now } = visit;
  return (
    <ConsoleShell text={text} person={person} testId={`screen-console-${screen}`} title={title} project={project} here={here}
      banner={frame === null ? null : <ProjectTop frame={frame} may={role} now={now} text={text} withoutDraft={withoutDraft} />}>
      {children}
    </ConsoleShell>
  );
}
