import type { PersonView } from "@/components/session/person";
import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { FocusOn } from "@/components/ui/focus-on";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { Waiting } from "./waiting";

/** A second step is asked for and the person has none: the way to one and back, never a dead end. */
export function NoSecondFactor({ person, returnTo, text }: { readonly person: PersonView; readonly returnTo: string | null; readonly text: Translator }) {
  const enrolAt = `/self-service/settings/browser${returnTo === null ? "" : `?return_to=${encodeURIComponent(returnTo)}`}`;
  return (
    <Card>
      <Heading lead={<p>{text.t("secondFactor.noneText")}</p>}>{text.t("secondFactor.noneTitle")}</Heading>
      <FocusOn id={HEADING_ID} />
      <Waiting person={person} text={text} />
      <PlainLink href={enrolAt} className="button button-primary w-full">{text.t("secondFactor.noneAdd")}</PlainLink>
      <PlainLink href="/" className="button button-secondary w-full">{text.t("stepUp.cancel")}</PlainLink>
    </Card>
  );
}
