import { Ladder } from "@/components/brand/ladder";
import { HEADING_ID } from "@/components/shell/heading";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { DemoAreas } from "./demo-areas";

/** The start page of somebody unknown: what this is, and the two ways in. */
export function SignedOutHome({ text }: { readonly text: Translator }) {
  return (
    <div className="space-y-12">
      <div className="grid items-center gap-8 pt-4 sm:grid-cols-[1fr_auto] sm:pt-10">
        <div className="space-y-5">
          <h1 id={HEADING_ID} tabIndex={-1} className="text-4xl font-bold">{text.t("common.appTagline")}</h1>
          <p className="max-w-prose text-lg text-ink-2">{text.t("home.signedOutText")}</p>
          <div className="flex flex-wrap gap-3">
            <PlainLink href="/self-service/login/browser" className="button button-primary px-6">{text.t("common.signIn")}</PlainLink>
            <PlainLink href="/self-service/registration/browser" className="button button-secondary min-h-12 px-6">{text.t("common.createAccount")}</PlainLink>
          </div>
        </div>
        <div className="hidden items-end gap-5 sm:flex">
          <Ladder level="aal0" className="h-28 w-24 opacity-60" />
          <Ladder level="aal1" className="h-36 w-30" />
          <Ladder level="aal2" className="h-44 w-38" />
        </div>
      </div>
      <DemoAreas text={text} />
    </div>
  );
}
