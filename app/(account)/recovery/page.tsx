import { waitsForCode } from "@/components/flow/code-sent";
import { documentTitle, faultsOf } from "@/components/flow/faults";
import { RecoveryCard, recoveryTitle } from "@/components/recovery/recovery-card";
import { FlowProblem } from "@/components/shell/flow-problem";
import { Shell } from "@/components/shell/shell";
import { pageLocale } from "@/lib/http/next/locale";
import { pageFlow } from "@/lib/http/next/page-flow";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";

/** Back into an account whose password is gone. */
export default async function RecoveryPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [page, locale] = await Promise.all([pageFlow("recovery", searchParams), pageLocale()]);
  const text = translator(locale);
  if (page.kind !== "flow") return <FlowProblem page={page} text={text} />;
  const { flow, csrfToken } = page;
  return (
    <Shell text={text} person={page.person} testId={waitsForCode(flow) ? "screen-recovery-code-sent" : "screen-recovery"}
      title={documentTitle(recoveryTitle(flow, text), faultsOf(flow, text), text)}>
      <RecoveryCard flow={flow} csrfToken={csrfToken} text={text} />
    </Shell>
  );
}
