import { waitsForCode } from "@/components/flow/code-sent";
import { documentTitle, faultsOf } from "@/components/flow/faults";
import type { AddressView, FlowView } from "@/components/flow/flow-view";
import { isDone, VerificationCard, verificationTitle } from "@/components/recovery/verification-card";
import { FlowProblem } from "@/components/shell/flow-problem";
import { Shell } from "@/components/shell/shell";
import { pageLocale } from "@/lib/http/next/locale";
import { pageFlow } from "@/lib/http/next/page-flow";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";

/** Confirms that an address is somebody's own. */
export default async function VerificationPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [page, locale] = await Promise.all([pageFlow("verification", searchParams), pageLocale()]);
  const text = translator(locale);
  if (page.kind !== "flow") return <FlowProblem page={page} text={text} />;
  const { flow, csrfToken } = page;
  const testId = isDone(flow) ? "screen-verified" : waitsForCode(flow) ? "screen-verification-code-sent" : "screen-verification";
  return (
    <Shell text={text} person={page.person} testId={testId} title={documentTitle(verificationTitle(flow, text), faultsOf(flow, text), text)}>
      <VerificationCard flow={flow} csrfToken={csrfToken} text={text} address={addressFor(flow, page.ownAddresses)} />
    </Shell>
  );
}

/** The address that the settings named, else the first that waits; only ever one of the person's own. */
function addressFor(flow: FlowView, own: readonly AddressView[]): string | null {
  const waiting = own.filter(({ verified }) => !verified);
  const named = flow.request_url !== undefined && URL.canParse(flow.request_url) ? new URL(flow.request_url).searchParams.get("address") : null;
  return (waiting.find(({ id }) => id === named) ?? waiting[0])?.value ?? null;
}
