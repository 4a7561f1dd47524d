import type { PersonView } from "@/components/session/person";
import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { PlainLink } from "@/components/ui/plain-link";
import type { TextKey, Translator } from "@/lib/i18n/text";
import { Waiting } from "./waiting";

export type PendingPerson = Extract<PersonView, { kind: "second_factor_pending" | "enrolment_pending" }>;
const WORDS = {
  second_factor_pending: { title: "home.pendingTitle", lead: "home.pendingText", go: "home.finishSignIn" },
  enrolment_pending: { title: "home.enrolTitle", lead: "home.enrolText", go: "home.addSecondFactor" },
} as const satisfies Record<PendingPerson["kind"], Record<string, TextKey>>;

/** Somebody stands between the first and the second step: who, the way on, the way out. */
export function Pending({ person, text }: { readonly person: PendingPerson; readonly text: Translator }) {
  const words = WORDS[person.kind];
  return (
    <Card>
      <Heading lead={<p>{text.t(words.lead, { name: person.hint.maskedAddress })}</p>}>{text.t(words.title)}</Heading>
      <Waiting person={person} text={text} />
      <PlainLink href={person.continueAt} className="button button-primary w-full">{text.t(words.go)}</PlainLink>
    </Card>
  );
}
