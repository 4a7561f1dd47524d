import type { ReactNode } from "react";
import { faultsOf } from "@/components/flow/faults";
import type { FlowView } from "@/components/flow/flow-view";
import { FlowNotices } from "@/components/flow/notices";
import { restartHref } from "@/components/flow/restart";
import type { PersonView } from "@/components/session/person";
import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { FocusOn } from "@/components/ui/focus-on";
import { PlainLink } from "@/components/ui/plain-link";
import { unknownKey } from "@/components/webauthn/refused-key";
import { ForgetUnknownKey } from "@/components/webauthn/signals";
import type { Translator } from "@/lib/i18n/text";
import type { LastUsed } from "@/lib/model/last-used";
import { LoginCodeSent } from "./login-code-sent";
import { StepUpLead } from "./second-factor";
import { SignInForm } from "./sign-in-form";
import { knownIdentifier, linkView, mainFields, signInScreen } from "./sign-in-view";
import type { StepUpReasonView } from "./step-up-reason";
import { stepUpTitle } from "./step-up-reason";
import { Waiting } from "./waiting";

interface FirstFactorProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly person: PersonView;
  readonly reason: StepUpReasonView | null;
  readonly now: Date;
  readonly text: Translator;
  readonly lastUsed: LastUsed;
  /** Ways that the project leaves open beside signing in. */
  readonly offers: { readonly registration: boolean; readonly recovery: boolean };
}

/** Sign in, or prove a first step again: whichever of its screens the flow is at. */
export function FirstFactor({ flow, csrfToken, person, reason, now, text, lastUsed, offers }: FirstFactorProps) {
  const screen = signInScreen(flow);
  if (screen === "sent_code") return <LoginCodeSent flow={flow} csrfToken={csrfToken} person={person} text={text} />;
  const faults = faultsOf(flow, text);
  const stranger = unknownKey(flow);
  const refresh = flow.refresh === true;
  const title = firstFactorTitle(flow, reason, text);
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faults} />
      <Heading lead={refresh && reason !== null ? <StepUpLead reason={reason} person={person} now={now} text={text} /> : <p>{leadOf(flow, text)}</p>}>{title}</Heading>
      <FlowNotices flow={flow} text={text} />
      {stranger !== null && <ForgetUnknownKey {...stranger} />}
      {faults.length === 0 && (refresh || screen !== "sign_in") && screen !== "identifier" && <FocusOn id={HEADING_ID} />}
      {refresh && <Waiting person={person} text={text} />}
      {!refresh && (screen === "method" || screen === "key_ready") && <TypedBefore flow={flow} text={text} />}
      <SignInForm flow={flow} csrfToken={csrfToken} text={text} title={title} lastUsed={lastUsed} />
      <WaysOn flow={flow} screen={screen} refresh={refresh} text={text} offers={offers} />
    </Card>
  );
}

/** Heading of the first step, and title of its document. */
export function firstFactorTitle(flow: FlowView, reason: StepUpReasonView | null, text: Translator): string {
  if (flow.refresh === true) return reason === null ? text.t("login.refreshTitle") : stepUpTitle(reason, text);
  const link = linkView(flow);
  if (link !== null) return link.provider === "" ? text.t("link.titlePlain") : text.t("link.title", { provider: link.provider });
  return text.t(signInScreen(flow) === "key_ready" ? "webauthn.readyTitle" : "login.title");
}

function leadOf(flow: FlowView, text: Translator): string {
  if (flow.refresh === true) return text.t(mainFields(flow).some(({ attributes }) => attributes.type === "password") ? "login.refreshIntro" : "login.refreshOther");
  const link = linkView(flow);
  if (link !== null) return text.t("link.text", { address: link.address, provider: link.provider });
  switch (signInScreen(flow)) {
    case "key_ready": return text.t("webauthn.intro");
    case "method": return text.t("login.chooseHow");
    default: return text.t("login.intro");
  }
}

/** The account name of the step before, and the way back to another one. */
function TypedBefore({ flow, text }: { readonly flow: FlowView; readonly text: Translator }) {
  return (
    <div data-testid="typed-before" className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 rounded-control bg-sunken px-3.5 py-1.5">
      <bdi dir="ltr" className="min-w-0 font-medium">{knownIdentifier(flow)}</bdi>
      <PlainLink href={restartHref(flow, "login")} className="link inline-flex min-h-11 items-center text-sm font-semibold">{text.t("login.otherAccount")}</PlainLink>
    </div>
  );
}

interface WaysOnProps {
  readonly flow: FlowView;
  readonly screen: ReturnType<typeof signInScreen>;
  readonly refresh: boolean;
  readonly text: Translator;
  readonly offers: FirstFactorProps["offers"];
}
/** Footer of the card: out of a step-up, to another account, to help. */
function WaysOn({ flow, screen, refresh, text, offers }: WaysOnProps) {
  if (refresh) return <PlainLink href="/" className="button button-secondary w-full">{text.t("stepUp.cancel")}</PlainLink>;
  if (screen === "link") return <PlainLink href={restartHref(flow, "login")} className="button button-quiet w-full">{text.t("link.cancel")}</PlainLink>;
  if (!offers.registration && !offers.recovery) return null;
  return (
    <div className="space-y-1 border-t border-line pt-3 text-ink-2">
      {offers.registration && (
        <p>{text.t("login.noAccount")} <FooterLink href={restartHref(flow, "registration", ["aal", "refresh", "operation"])}>{text.t("login.createAccount")}</FooterLink></p>
      )}
      {offers.recovery && <p><FooterLink href={restartHref(flow, "recovery", ["aal", "refresh", "operation"])}>{text.t("login.trouble")}</FooterLink></p>}
    </div>
  );
}
function FooterLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return <PlainLink href={href} className="link inline-flex min-h-11 items-center font-semibold">{children}</PlainLink>;
}
