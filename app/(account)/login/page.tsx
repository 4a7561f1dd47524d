import { waitsForCode } from "@/components/flow/code-sent";
import { documentTitle, faultsOf } from "@/components/flow/faults";
import type { FlowView } from "@/components/flow/flow-view";
import { challengeTitle } from "@/components/login/challenge";
import { FirstFactor, firstFactorTitle } from "@/components/login/first-factor";
import { codeSentTitle } from "@/components/login/login-code-sent";
import { chosenMethod } from "@/components/login/methods";
import { NoSecondFactor } from "@/components/login/no-second-factor";
import { RecoveryHelp } from "@/components/login/recovery-help";
import { SecondFactor } from "@/components/login/second-factor";
import { signInScreen } from "@/components/login/sign-in-view";
import { stepUpTitle } from "@/components/login/step-up-reason";
import { FlowProblem } from "@/components/shell/flow-problem";
import { Shell } from "@/components/shell/shell";
import { pageLocale } from "@/lib/http/next/locale";
import { pageFlow } from "@/lib/http/next/page-flow";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { requestTime } from "@/app/request-time";

/** Test ids of the first step's screens. */
const FIRST = {
  sent_code: "screen-login-code", link: "screen-link-account", key_ready: "screen-login-key", identifier: "screen-login", method: "screen-login", sign_in: "screen-login",
} as const;

/** Sign-in, second step and step-up: whatever the login flow of the address asks for. */
export default async function LoginPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const [page, query, locale] = await Promise.all([pageFlow("login", searchParams), searchParams, pageLocale()]);
  const text = translator(locale);
  if (page.kind !== "flow") return <FlowProblem page={page} text={text} />;
  const { flow, csrfToken, person, lastUsed } = page;
  const now = await requestTime();
  const reason = page.reason === null || page.reason.area === null ? null : page.reason;
  const faults = faultsOf(flow, text);
  const frame = { text, person } as const;

  if (flow.requested_aal !== "aal2") {
    const title = waitsForCode(flow) ? codeSentTitle(flow, text) : firstFactorTitle(flow, reason, text);
    return (
      <Shell {...frame} testId={firstScreen(flow)} title={documentTitle(title, faults, text)}>
        <FirstFactor flow={flow} csrfToken={csrfToken} person={person} reason={reason} now={now} text={text} lastUsed={lastUsed} offers={page.offers} />
      </Shell>
    );
  }
  if (firstOf(query["help"]) !== null) {
    return (
      <Shell {...frame} testId="screen-recovery-help" title={text.t("secondFactor.helpTitle")}>
        <RecoveryHelp flow={flow} person={person} last={lastUsed.second} text={text} />
      </Shell>
    );
  }
  const method = chosenMethod(flow, firstOf(query["method"]), lastUsed.second);
  if (method === null) {
    return (
      <Shell {...frame} testId="screen-no-second-factor" title={text.t("secondFactor.noneTitle")}>
        <NoSecondFactor flow={flow} person={person} returnTo={flow.return_to ?? null} text={text} />
      </Shell>
    );
  }
  const title = waitsForCode(flow) ? codeSentTitle(flow, text) : reason === null ? challengeTitle(method, text) : stepUpTitle(reason, text);
  return (
    <Shell {...frame} testId={waitsForCode(flow) ? "screen-code-sent" : `screen-${method === "lookup_secret" ? "recovery-code" : method}`} title={documentTitle(title, faults, text)}>
      <div data-testid={reason === null ? "screen-second-factor" : "screen-step-up"}>
        <SecondFactor flow={flow} csrfToken={csrfToken} method={method} person={person} reason={reason} now={now} text={text} lastUsed={lastUsed} />
      </div>
    </Shell>
  );
}

function firstScreen(flow: FlowView): string {
  const screen = signInScreen(flow);
  return flow.refresh === true && screen !== "sent_code" ? "screen-step-up" : FIRST[screen];
}
