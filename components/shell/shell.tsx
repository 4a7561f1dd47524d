import type { ReactNode } from "react";
import { LiveRegion } from "@/components/ui/live-region";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { Logo } from "../brand/logo";
import type { PersonView } from "../session/person";
import { LanguageSwitch } from "./language-switch";
import type { NavPlace } from "./site-nav";
import { SiteNav } from "./site-nav";
import { ThemeSwitch } from "./theme-switch";
import { WhoMenu } from "./who-menu";

const WIDTHS = { card: "max-w-[26rem]", page: "max-w-3xl", wide: "max-w-6xl" } as const;

interface ShellProps {
  readonly text: Translator;
  readonly testId: string;
  /** Title of the document, with its "Error: " already in front where there is one. */
  readonly title: string;
  readonly width?: keyof typeof WIDTHS;
  readonly person?: PersonView;
  readonly here?: NavPlace;
  readonly children: ReactNode;
}

/** Header, one main, footer. Who is here comes with each page, never from a layout, which would not run again. */
export function Shell({ text, testId, title, width = "card", person, here, children }: ShellProps) {
  const signedIn = person?.kind === "signed_in";
  return (
    <div className="flex min-h-dvh flex-col">
      <title>{`${title} · Rung`}</title>
      <a href="#main" className="button button-primary absolute start-3 top-3 z-10 not-focus:sr-only">{text.t("common.skipToContent")}</a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 gap-y-1 px-4 py-2 sm:px-6">
          <PlainLink href="/" className="inline-flex min-h-11 items-center rounded-control">
            <Logo />
            <span className="sr-only">{text.t("common.home")}</span>
          </PlainLink>
          {signedIn && <SiteNav text={text} {...(here !== undefined && { here })} />}
          {person !== undefined && <WhoMenu person={person} text={text} />}
        </div>
      </header>
      <main id="main" data-testid={testId} className={`mx-auto w-full flex-1 px-[clamp(1rem,5vw,2rem)] py-8 sm:py-12 ${WIDTHS[width]}`}>
        {children}
      </main>
      <LiveRegion />
      <footer className="border-t border-line">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3 text-sm text-ink-3 sm:px-6">
          <p>{text.t("common.poweredBy")} · {text.t("common.appTagline")}</p>
          <LanguageSwitch text={text} />
          <ThemeSwitch words={{ label: text.t("theme.label"), system: text.t("theme.system"), light: text.t("theme.light"), dark: text.t("theme.dark") }} />
        </div>
      </footer>
    </div>
  );
}
