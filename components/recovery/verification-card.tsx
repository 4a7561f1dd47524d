import { CodeSent, waitsForCode } from "@/components/flow/code-sent";
import { faultsOf } from "@/components/flow/faults";
import type { FlowView } from "@/components/flow/flow-view";
import { findShown, messageOf } from "@/components/flow/flow-view";
import { FlowNotices } from "@/components/flow/notices";
import { restartHref } from "@/components/flow/restart";
import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { FocusOn } from "@/components/ui/focus-on";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { MailForm } from "./mail-form";

interface VerificationProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
  /** The address to confirm, where the person in front of the page owns one that is not confirmed. */
  readonly address: string | null;
}

/** An address shown to be somebody's own: ask for it, take the code, say that it is done. */
export function VerificationCard({ flow, csrfToken, text, address }: VerificationProps) {
  const sent = waitsForCode(flow);
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faultsOf(flow, text)} />
      <Heading lead={<p>{leadOf(flow, text)}</p>}>{verificationTitle(flow, text)}</Heading>
      <FlowNotices flow={flow} text={text} />
      {isDone(flow) && <FocusOn id={HEADING_ID} />}
      {isDone(flow) ? <WayOn flow={flow} text={text} /> : sent ? (
        <CodeSent flow={flow} csrfToken={csrfToken} text={text}>
          <PlainLink href={restartHref(flow, "verification")} className="button button-quiet w-full">{text.t("code.changeAddress")}</PlainLink>
        </CodeSent>
      ) : <MailForm flow={flow} csrfToken={csrfToken} text={text} submit={text.t("verification.submit")} address={address} startAgain={restartHref(flow, "verification")} />}
    </Card>
  );
}

/** The link that the wire gives, else home: never an end without a door. */
function WayOn({ flow, text }: { readonly flow: FlowView; readonly text: Translator }) {
  const attributes = findShown(flow.ui.nodes, "continue")?.attributes;
  const href = attributes?.node_type === "a" ? attributes.href : "/";
  return <PlainLink href={href} className="button button-primary w-full">{text.t("common.continue")}</PlainLink>;
}

export function isDone(flow: FlowView): boolean {
  return flow.state === "passed_challenge";
}
export function verificationTitle(flow: FlowView, text: Translator): string {
  if (isDone(flow)) return text.t("verification.doneTitle");
  if (!waitsForCode(flow)) return text.t("verification.title");
  if (messageOf(flow, SENT_BY_MAIL) !== null) return text.t("code.titleMail");
  return text.t(messageOf(flow, SENT_BY_TEXT) === null ? "code.title" : "code.titlePhone");
}

/** Contract 6.5. */
const SENT_BY_MAIL = 1080003;
const SENT_BY_TEXT = 1080004;
const CONFIRMED = [1080002, 1080005] as const;

function leadOf(flow: FlowView, text: Translator): string {
  const said = [SENT_BY_MAIL, SENT_BY_TEXT, ...CONFIRMED].map((id) => messageOf(flow, id)).find((message) => message !== null);
  if (said !== undefined) return text.message(said);
  return text.t(isDone(flow) ? "verification.doneText" : waitsForCode(flow) ? "code.oldDies" : "verification.intro");
}
