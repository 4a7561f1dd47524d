import { CodeSent } from "@/components/flow/code-sent";
import { faultsOf } from "@/components/flow/faults";
import type { FlowView } from "@/components/flow/flow-view";
import { FlowNotices } from "@/components/flow/notices";
import { restartHref } from "@/components/flow/restart";
import { channelOf, maskAddress } from "@/components/session/mask";
import type { PersonView } from "@/components/session/person";
import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { helpHref } from "./methods";
import { knownIdentifier } from "./sign-in-view";
import { Waiting } from "./waiting";

interface LoginCodeSentProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly person: PersonView;
  readonly text: Translator;
}

/** A code is on its way: to the address typed just now, or to one of the account's own, which stays masked. */
export function LoginCodeSent({ flow, csrfToken, person, text }: LoginCodeSentProps) {
  const address = sentTo(flow);
  const own = isOwnAddress(flow);
  const second = flow.requested_aal === "aal2";
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faultsOf(flow, text)} />
      <Heading lead={address === "" ? undefined : <p>{text.t(own ? "code.sentTo" : "code.sentIfKnown", { address: own ? maskAddress(address) : address })}</p>}>
        {codeSentTitle(flow, text)}
      </Heading>
      <FlowNotices flow={flow} text={text} />
      {own && <Waiting person={person} text={text} />}
      <CodeSent flow={flow} csrfToken={csrfToken} text={text}>
        <PlainLink href={restartHref(flow, "login")} className="button button-quiet w-full">{text.t(own ? "common.tryAnotherWay" : "code.changeAddress")}</PlainLink>
        {second && <PlainLink href={helpHref(flow)} className="button button-quiet w-full">{text.t("common.cantUseAny")}</PlainLink>}
      </CodeSent>
    </Card>
  );
}

/** "Check your mail", "Check your phone", as far as the address tells. */
export function codeSentTitle(flow: FlowView, text: Translator): string {
  const channel = channelOf(sentTo(flow));
  return text.t(channel === "email" ? "code.titleMail" : channel === "sms" ? "code.titlePhone" : "code.title");
}

function sentTo(flow: FlowView): string {
  return knownIdentifier(flow);
}
/** The account's own address, not one that somebody typed. */
function isOwnAddress(flow: FlowView): boolean {
  return flow.requested_aal === "aal2" || flow.refresh === true;
}
