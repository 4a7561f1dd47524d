import type { PersonView } from "@/components/session/person";
import type { FlowView } from "@/components/flow/flow-view";
import { faultsOf } from "@/components/flow/faults";
import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { FocusOn } from "@/components/ui/focus-on";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { Waiting } from "./waiting";

/** A second step is asked for and the person has none: the way to one and back, never a dead end. */
export function NoSecondFactor({ flow, person, returnTo, text }: {
  readonly flow: FlowView; readonly person: PersonView; readonly returnTo: string | null; readonly text: Translator;
}) {
  // They have one, but it is the mailbox that this very session began with: the settings would only lead back here.
  const none = (flow.ui.messages ?? []).some(({ context }) => context?.["reason_code"] === "no_other_second_factor");
  const enrolAt = `/self-service/settings/browser${returnTo === null ? "" : `?return_to=${encodeURIComponent(returnTo)}`}`;
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faultsOf(flow, text)} />
      <Heading lead={<p>{text.t("secondFactor.noneText")}</p>}>{text.t("secondFactor.noneTitle")}</Heading>
      <FocusOn id={HEADING_ID} />
      <Waiting person={person} text={text} />
      {!none && <PlainLink href={enrolAt} className="button button-primary w-full">{text.t("secondFactor.noneAdd")}</PlainLink>}
      <PlainLink href="/" className="button button-secondary w-full">{text.t("stepUp.cancel")}</PlainLink>
    </Card>
  );
}
