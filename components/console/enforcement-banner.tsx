import { Icon } from "@/components/ui/icon";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { ProjectFrame } from "@/lib/model/console";

interface BannerProps extends Pick<ProjectFrame, "signIn" | "settings" | "newest"> {
  readonly now: Date;
  readonly text: Translator;
}

/** What is in force, who made it so, and when. */
export function EnforcementBanner({ signIn, settings, newest, now, text }: BannerProps) {
  const words = { signIn: text.t(`console.enforcement.${signIn}`), settings: text.t(`console.enforcement.${settings}`) };
  return (
    <aside aria-label={text.t("console.enforcement.label")} data-testid="enforcement-banner"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-control border border-line bg-surface px-4 py-2.5 text-sm">
      <Icon name={signIn === "strict" ? "shield" : "alert"} className={`size-5 ${signIn === "strict" ? "text-accent" : "text-warn"}`} />
      <p className="font-semibold">{text.t("console.enforcement.banner", words)}</p>
      <p className="text-ink-2">
        {newest === null ? text.t("console.enforcement.neverChanged") : (
          <>{text.t("console.history.by", { name: newest.author })}, <When at={newest.at} now={now} text={text} /></>
        )}
      </p>
    </aside>
  );
}
