import type { Level } from "@/components/brand/ladder";
import { Ladder } from "@/components/brand/ladder";
import { HEADING_ID } from "@/components/shell/heading";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { DemoAreas } from "./demo-areas";

/** The start page of somebody unknown: what this is, and the two ways in. */
export function SignedOutHome({ text }: { readonly text: Translator }) {
  return (
    <div className="space-y-12">
      <div className="grid items-center gap-8 pt-4 md:grid-cols-[1fr_auto] sm:pt-10">
        <div className="space-y-5">
          <h1 id={HEADING_ID} tabIndex={-1} className="text-4xl font-bold">{text.t("common.appTagline")}</h1>
          <p className="max-w-prose text-lg text-ink-2">{text.t("home.signedOutText")}</p>
          <div className="flex flex-wrap gap-3">
            <PlainLink href="/self-service/login/browser" className="button button-primary px-6">{text.t("common.signIn")}</PlainLink>
            <PlainLink href="/self-service/registration/browser" className="button button-secondary min-h-12 px-6">{text.t("common.createAccount")}</PlainLink>
          </div>
        </div>
        <ol className="grid grid-cols-3 gap-2 sm:gap-4">
          <Stage level="aal0" rise="pt-10" text={text} />
          <Stage level="aal1" rise="pt-5" text={text} />
          <Stage level="aal2" rise="" text={text} />
        </ol>
      </div>
      <DemoAreas text={text} />
    </div>
  );
}

/** One state of the mark with its name, each a step higher than the one before. */
function Stage({ level, rise, text }: { readonly level: Level; readonly rise: string; readonly text: Translator }) {
  return (
    <li className={`flex flex-col justify-end ${rise}`}>
      <span className="card flex flex-1 flex-col items-center gap-3 px-1.5 py-3 sm:w-32 sm:p-4">
        <Ladder level={level} className="mt-auto h-20 w-16" />
        <span className="text-center text-xs text-balance sm:text-sm text-ink-2">{text.t(`level.${level}`)}</span>
      </span>
    </li>
  );
}
