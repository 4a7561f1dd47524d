import { SetupMfa } from "@/components/setup/setup-mfa";
import { Shell } from "@/components/shell/shell";
import { Unavailable } from "@/components/shell/unavailable";
import { actionToken } from "@/lib/http/next/action";
import { currentPerson } from "@/lib/http/next/guard";
import { pageLocale } from "@/lib/http/next/locale";
import { promptPage } from "@/lib/http/next/prompt";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";
import { answerPrompt } from "./actions";

/** Asks somebody who has just signed up or in to own a second step; an ordinary page, which one can leave. */
export default async function SetupMfaPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [view, person, locale] = await Promise.all([promptPage(searchParams), currentPerson(), pageLocale()]);
  const text = translator(locale);
  const frame = { text, person, testId: "screen-setup-mfa", title: text.t("setupMfa.title") } as const;
  if (view === null) return <Shell {...frame}><Unavailable text={text} /></Shell>;
  return (
    <Shell {...frame}>
      <SetupMfa view={view} answer={answerPrompt} actionToken={await actionToken()} text={text} />
    </Shell>
  );
}
