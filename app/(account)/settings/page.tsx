import { documentTitle, faultsOf } from "@/components/flow/faults";
import type { PersonView } from "@/components/session/person";
import { AddressesSection } from "@/components/settings/addresses-section";
import { healthOf, lacksSecondStep } from "@/components/settings/health";
import { LinkedSection } from "@/components/settings/linked-section";
import { PasskeySection } from "@/components/settings/passkey-section";
import { RecoveryCodesSection } from "@/components/settings/recovery-codes-section";
import { SessionList } from "@/components/settings/session-list";
import { SettingsPage } from "@/components/settings/settings-page";
import { SimpleSection } from "@/components/settings/simple-sections";
import { TotpSection } from "@/components/settings/totp-section";
import { WebauthnSection } from "@/components/settings/webauthn-section";
import { FlowProblem } from "@/components/shell/flow-problem";
import { Shell } from "@/components/shell/shell";
import { knownKeys } from "@/components/webauthn/known-keys";
import { TellKeyStore } from "@/components/webauthn/signals";
import { actionToken } from "@/lib/http/next/action";
import { pageLocale } from "@/lib/http/next/locale";
import { pageFlow } from "@/lib/http/next/page-flow";
import type { Translator } from "@/lib/i18n/text";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { signOutOtherSessions, signOutSession } from "./actions";

/** The account's settings: one wire flow, section by section, and the sessions beside it. */
export default async function Settings({ searchParams }: { readonly searchParams: SearchParams }) {
  const [page, query, locale] = await Promise.all([pageFlow("settings", searchParams), searchParams, pageLocale()]);
  const text = translator(locale);
  if (page.kind !== "flow") return <FlowProblem page={page} text={text} />;
  const { flow, csrfToken, person, reason } = page;
  const part = { flow, csrfToken, text } as const;
  const now = await requestTime();
  const account = accountOf(person);
  const needsFactor = reason !== null && reason.area !== null && reason.area !== "settings" && lacksSecondStep(healthOf(flow));
  const second = (
    <>
      <TotpSection {...part} account={account} />
      <WebauthnSection {...part} now={now} />
    </>
  );
  const keys = flow.state === "success" ? knownKeys(flow) : null;
  return (
    <Shell text={text} person={person} here="settings" width="page" testId="screen-settings"
      title={documentTitle(text.t("settings.title"), faultsOf(flow, text), text)}>
      <SettingsPage flow={flow} text={text} enrolFor={needsFactor ? text.t("settings.enrolNotice") : null} done={doneWords(firstOf(query["signed_out"]), text)}>
        {needsFactor && second}
        <SimpleSection {...part} group="profile" />
        <AddressesSection flow={flow} text={text} canConfirm={page.offers.verification} />
        <SimpleSection {...part} group="password" />
        <PasskeySection {...part} now={now} />
        <LinkedSection {...part} />
        {!needsFactor && second}
        <RecoveryCodesSection {...part} account={account ?? ""} host={new URL(flow.ui.action).host} now={now} />
        <SessionList current={person.kind === "signed_in" ? person.session : null} others={page.otherSessions} signOutOne={signOutSession}
          signOutOthers={signOutOtherSessions} actionToken={await actionToken()} flowId={flow.id} now={now} text={text} />
      </SettingsPage>
      {keys !== null && <TellKeyStore {...keys} />}
    </Shell>
  );
}

/** The name an authenticator app shows for the account. */
function accountOf(person: PersonView): string | null {
  return person.kind === "signed_in" ? person.identity.displayName : null;
}
function doneWords(signedOut: string | null, text: Translator): string | null {
  if (signedOut === "one") return text.t("sessions.signedOutOne");
  if (signedOut === "others") return text.t("sessions.signedOutAllOthers");
  return null;
}
