import { waitsForCode } from "@/components/flow/code-sent";
import { faultsOf } from "@/components/flow/faults";
import type { FlowView } from "@/components/flow/flow-view";
import { FlowNotices } from "@/components/flow/notices";
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
import { AnotherWay } from "./another-way";
import { Challenge, challengeLead, challengeTitle } from "./challenge";
import { LoginCodeSent } from "./login-code-sent";
import type { SecondMethod } from "./methods";
import type { StepUpReasonView } from "./step-up-reason";
import { stepUpSentences, stepUpTitle } from "./step-up-reason";
import { Waiting } from "./waiting";

interface SecondFactorProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly method: SecondMethod;
  readonly person: PersonView;
  /** Set when something was interrupted; null at an ordinary second step. */
  readonly reason: StepUpReasonView | null;
  readonly now: Date;
  readonly text: Translator;
  readonly lastUsed: LastUsed;
}

/** The second step: one method open, the others behind "Try another way". As a step-up it says what it interrupts, and why. */
export function SecondFactor({ flow, csrfToken, method, person, reason, now, text, lastUsed }: SecondFactorProps) {
  if (waitsForCode(flow)) return <LoginCodeSent flow={flow} csrfToken={csrfToken} person={person} text={text} />;
  const faults = faultsOf(flow, text);
  const stranger = unknownKey(flow);
  const title = challengeTitle(method, text);
  const byHand = method === "totp" || method === "lookup_secret";
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faults} />
      {reason === null ? (
        <Heading lead={<p>{challengeLead(method, text)}</p>}>{title}</Heading>
      ) : (
        <>
          <Heading lead={<StepUpLead reason={reason} person={person} now={now} text={text} />}>{stepUpTitle(reason, text)}</Heading>
          <div className="space-y-1 border-t border-line pt-4">
            <h2 className="text-lg font-semibold">{title}</h2>
            <p className="text-ink-2">{challengeLead(method, text)}</p>
          </div>
        </>
      )}
      <FlowNotices flow={flow} text={text} />
      {stranger !== null && <ForgetUnknownKey {...stranger} />}
      {!byHand && faults.length === 0 && <FocusOn id={HEADING_ID} />}
      <Waiting person={person} text={text} />
      <Challenge flow={flow} csrfToken={csrfToken} method={method} text={text} faulty={faults.length > 0} />
      {reason !== null && person.kind === "signed_in" && (
        <PlainLink href="/" className="button button-secondary w-full">{text.t("stepUp.cancel")}</PlainLink>
      )}
      <AnotherWay flow={flow} current={method} last={lastUsed.second} text={text} />
    </Card>
  );
}

interface StepUpLeadProps {
  readonly reason: StepUpReasonView;
  readonly person: PersonView;
  readonly now: Date;
  readonly text: Translator;
}
export function StepUpLead({ reason, person, now, text }: StepUpLeadProps) {
  const firstTime = person.kind === "signed_in" && person.session.aal === "aal1" && reason.requiredAal === "aal2";
  return (
    <>
      <p>{stepUpSentences(reason, now, text).join(" ")}</p>
      {firstTime && <p className="text-sm">{text.t("stepUp.explainOnce")}</p>}
    </>
  );
}
