import { CodeSent, waitsForCode } from "@/components/flow/code-sent";
import { faultsOf } from "@/components/flow/faults";
import type { FlowView } from "@/components/flow/flow-view";
import { allOf, findInput, hasMessage, inGroup, isSubmit, messageOf } from "@/components/flow/flow-view";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import { FlowNotices } from "@/components/flow/notices";
import { restartHref } from "@/components/flow/restart";
import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { MailForm } from "./mail-form";

interface RecoveryProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
}

/** Back into an account by a code to its mail. Says the same whether anybody is there or not. */
export function RecoveryCard({ flow, csrfToken, text }: RecoveryProps) {
  const sent = waitsForCode(flow);
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faultsOf(flow, text)} />
      <Heading lead={<p>{leadOf(flow, text)}</p>}>{recoveryTitle(flow, text)}</Heading>
      <FlowNotices flow={flow} text={text} />
      {sent ? (
        <CodeSent flow={flow} csrfToken={csrfToken} text={text}>
          <PlainLink href={restartHref(flow, "recovery")} className="button button-quiet w-full">{text.t("code.changeAddress")}</PlainLink>
        </CodeSent>
      ) : opensLink(flow) ? <LinkForm flow={flow} csrfToken={csrfToken} text={text} /> : <MailForm flow={flow} csrfToken={csrfToken} text={text} submit={text.t("recovery.submit")} startAgain={restartHref(flow, "recovery")} />}
      {!sent && <p className="text-sm text-ink-2">{text.t("recovery.secondStays")}</p>}
      <p className="border-t border-line pt-3">
        <PlainLink href={restartHref(flow, "login")} className="link inline-flex min-h-11 items-center font-semibold">{text.t("recovery.back")}</PlainLink>
      </p>
    </Card>
  );
}

/** A link that an admin made: opening it is nothing yet, its button is. */
function LinkForm({ flow, csrfToken, text }: RecoveryProps) {
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={allOf(flow)}>
      {inGroup(flow, "link").filter(isSubmit).map((node) => <FlowButton key="method" node={node} text={text} label={text.t("common.continue")} wide />)}
    </FlowForm>
  );
}

function opensLink(flow: FlowView): boolean {
  return findInput(inGroup(flow, "link"), "token") !== null;
}

/** Contract 6.5: to which address, the whole address, where the code went. */
const CHOOSE = 1060006;
const WHOLE_ADDRESS = 1060005;
const SENT = [1060003, 1060004] as const;

export function recoveryTitle(flow: FlowView, text: Translator): string {
  if (waitsForCode(flow)) return text.t("code.titleMail");
  if (hasMessage(flow, CHOOSE)) return text.t("recovery.pickTitle");
  return text.t(hasMessage(flow, WHOLE_ADDRESS) ? "recovery.confirmTitle" : "recovery.title");
}

function leadOf(flow: FlowView, text: Translator): string {
  const said = [...SENT, CHOOSE, WHOLE_ADDRESS].map((id) => messageOf(flow, id)).find((message) => message !== null);
  if (said !== undefined) return text.message(said);
  if (opensLink(flow)) return text.t("recovery.linkIntro");
  if (!waitsForCode(flow)) return text.t("recovery.intro");
  // Without a button that sends another one nothing was sent: an admin handed the code over.
  return text.t(findInput(inGroup(flow, "code"), "email") === null ? "recovery.givenIntro" : "message.1060003");
}
