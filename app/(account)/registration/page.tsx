import { waitsForCode } from "@/components/flow/code-sent";
import { documentTitle, faultsOf } from "@/components/flow/faults";
import { RegistrationForm, registrationTitle } from "@/components/login/registration-form";
import { FlowProblem } from "@/components/shell/flow-problem";
import { Shell } from "@/components/shell/shell";
import { pageLocale } from "@/lib/http/next/locale";
import { pageFlow } from "@/lib/http/next/page-flow";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";

/** A new account. */
export default async function RegistrationPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [page, locale] = await Promise.all([pageFlow("registration", searchParams), pageLocale()]);
  const text = translator(locale);
  if (page.kind !== "flow") return <FlowProblem page={page} text={text} />;
  const testId = waitsForCode(page.flow) ? "screen-registration-code" : "screen-registration";
  return (
    <Shell text={text} person={page.person} testId={testId} title={documentTitle(registrationTitle(page.flow, text), faultsOf(page.flow, text), text)}>
      <RegistrationForm flow={page.flow} csrfToken={page.csrfToken} text={text} />
    </Shell>
  );
}
