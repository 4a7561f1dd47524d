import type { Translator } from "@/lib/i18n/text";
import type { AdoptionCount } from "@/lib/model/console";

/** How many people a change reaches, in words and as one bar. */
export function Adoption({ adoption, text }: { readonly adoption: AdoptionCount; readonly text: Translator }) {
  const { people, withSecondFactor, liveSessions, liveSessionsToAsk } = adoption;
  return (
    <div className="space-y-1.5" data-testid="adoption">
      <p className="font-medium">{text.t("console.twoFactor.adoption", { enrolled: withSecondFactor, total: people })}</p>
      <progress max={Math.max(1, people)} value={withSecondFactor} aria-label={text.t("console.twoFactor.adoptionShort", { percent: text.percent(people === 0 ? 0 : withSecondFactor / people) })}
        className="h-2 w-full max-w-md overflow-hidden rounded-full bg-sunken accent-accent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent" />
      <p className="text-sm text-ink-2">{text.t("console.twoFactor.sessionsToAsk", { count: liveSessionsToAsk, total: liveSessions })}</p>
    </div>
  );
}
