import type { ReactNode } from "react";
import { Logo } from "@/components/brand/logo";
import { LiveRegion } from "@/components/ui/live-region";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { ConsoleProject } from "@/lib/model/console";
import type { PersonView } from "../session/person";
import { ThemeSwitch } from "../shell/theme-switch";
import { WhoMenu } from "../shell/who-menu";
import type { ConsolePlace } from "./project-nav";
import { ProjectNav } from "./project-nav";

interface ConsoleShellProps {
  readonly text: Translator;
  readonly testId: string;
  readonly title: string;
  readonly person: PersonView;
  /** What is in force, on every page of a project. */
  readonly banner?: ReactNode;
  readonly narrow?: boolean;
  /** The project this page is about: shows the navigation of its pages, with this one marked. */
  readonly project?: ConsoleProject | undefined;
  readonly here?: ConsolePlace | undefined;
  readonly children: ReactNode;
}

/** Frame of the console: compact, the same tokens, the policy in force always in sight. */
export function ConsoleShell({ text, testId, title, person, banner, narrow = false, project, here, children }: ConsoleShellProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <title>{`${title} · ${text.t("console.title")}`}</title>
      <a href="#main" className="button button-primary absolute start-3 top-3 z-10 not-focus:sr-only">{text.t("common.skipToContent")}</a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2 sm:px-6">
          <PlainLink href="/console" className="inline-flex min-h-11 items-center gap-2 rounded-control">
            <Logo />
            <span className="rounded-full border border-line bg-sunken px-2 py-0.5 text-sm font-medium text-ink-2">{text.t("common.console")}</span>
          </PlainLink>
          <nav aria-label={text.t("console.navigation")}>
            <PlainLink href="/console" className="inline-flex min-h-11 items-center rounded-control px-2.5 text-sm font-medium text-ink-2 hover:bg-sunken hover:text-ink">
              {text.t("console.projects")}
            </PlainLink>
            <PlainLink href="/console/admins" className="inline-flex min-h-11 items-center rounded-control px-2.5 text-sm font-medium text-ink-2 hover:bg-sunken hover:text-ink">
              {text.t("console.nav.admins")}
            </PlainLink>
          </nav>
          <WhoMenu person={person} text={text} />
        </div>
      </header>
      {project !== undefined && <ProjectNav project={project} here={here ?? null} text={text} />}
      <main id="main" data-testid={testId} className={`mx-auto w-full flex-1 space-y-6 px-4 py-6 sm:px-6 sm:py-8 ${narrow ? "max-w-[26rem]" : "max-w-6xl"}`}>
        {banner}
        {children}
      </main>
      <LiveRegion />
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3 text-sm text-ink-3 sm:px-6">
          <p>{text.t("common.poweredBy")}</p>
          <ThemeSwitch words={{ label: text.t("theme.label"), system: text.t("theme.system"), light: text.t("theme.light"), dark: text.t("theme.dark") }} />
        </div>
      </footer>
    </div>
  );
}
