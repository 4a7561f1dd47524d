import type { FlowView } from "@/components/flow/flow-view";
import type { PersonView } from "@/components/session/person";
import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { FocusOn } from "@/components/ui/focus-on";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { FactorId } from "@/lib/model/assurance";
import { methodHref, secondMethods } from "./methods";
import { Waiting } from "./waiting";

interface RecoveryHelpProps {
  readonly flow: FlowView;
  readonly person: PersonView;
  /** The method that last worked in this browser: "Back" leads to what was open. */
  readonly last: FactorId | null;
  readonly text: Translator;
}

/** "I can't use any of these": what is really possible, in the order to try it. */
export function RecoveryHelp({ flow, person, last, text }: RecoveryHelpProps) {
  const methods = secondMethods(flow, last);
  const best = methods[0];
  return (
    <Card>
      <Heading lead={<p>{text.t("help.intro")}</p>}>{text.t("secondFactor.helpTitle")}</Heading>
      <ol className="list-decimal space-y-4 ps-5 marker:font-semibold marker:text-accent">
        <li>
          <h2 className="font-semibold">{text.t("help.codeTitle")}</h2>
          <p className="text-ink-2">{text.t("help.codeText")}</p>
          {methods.includes("lookup_secret") && (
            <PlainLink href={methodHref(flow, "lookup_secret")} className="link inline-flex min-h-11 items-center font-semibold">{text.t("secondFactor.lookupTitle")}</PlainLink>
          )}
        </li>
        <li>
          <h2 className="font-semibold">{text.t("help.deviceTitle")}</h2>
          <p className="text-ink-2">{text.t("help.deviceText")}</p>
        </li>
        <li>
          <h2 className="font-semibold">{text.t("help.peopleTitle")}</h2>
          <p className="text-ink-2">{text.t("help.peopleText")}</p>
        </li>
      </ol>
      <FocusOn id={HEADING_ID} />
      <Waiting person={person} text={text} />
      {best !== undefined && <PlainLink href={methodHref(flow, best)} className="button button-secondary w-full">{text.t("common.back")}</PlainLink>}
    </Card>
  );
}
