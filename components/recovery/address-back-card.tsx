import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { PlainLink } from "@/components/ui/plain-link";
import { SubmitButton } from "@/components/ui/submit-button";
import type { TextKey, Translator } from "@/lib/i18n/text";

/** What the server says of the link. */
export interface AddressBackShown {
  readonly state: "open" | "done" | "back" | "invalid" | "ended" | "gone" | "taken" | "no_place";
  readonly onward: { readonly kind: "recovery" | "login"; readonly href: string };
}
interface AddressBackProps {
  readonly view: AddressBackShown;
  readonly token: string;
  readonly csrfToken: string;
  readonly text: Translator;
}
type State = AddressBackShown["state"];

/** States in which nothing is left to do here share a heading. */
const TITLES: Readonly<Record<State, TextKey>> = {
  open: "addressBack.title.open", done: "addressBack.title.done", back: "addressBack.title.back", invalid: "addressBack.title.over",
  ended: "addressBack.title.over", gone: "addressBack.title.over", taken: "addressBack.title.over", no_place: "addressBack.title.over",
};

export function addressBackTitle(state: State, text: Translator): string {
  return text.t(TITLES[state]);
}

/** Takes a change of address back, or says why not. Never names an address: whoever reads this knows the old one, and nobody else's business. */
export function AddressBackCard({ view: { state, onward }, token, csrfToken, text }: AddressBackProps) {
  const leads = state === "done" || state === "back";
  return (
    <Card>
      <Heading lead={<p>{text.t(`addressBack.text.${state}`)}</p>}>{addressBackTitle(state, text)}</Heading>
      {state === "open" && (
        <form action="/self-service/address-back" method="post" className="space-y-3">
          <input type="hidden" name="csrf_token" value={csrfToken} />
          <input type="hidden" name="token" value={token} />
          <p className="text-sm text-ink-2">{text.t("addressBack.then")}</p>
          <SubmitButton busyText={text.t("common.saving")} className="w-full">{text.t("addressBack.submit")}</SubmitButton>
        </form>
      )}
      {leads && onward.kind === "recovery" && <p className="text-sm text-ink-2">{text.t("recovery.secondStays")}</p>}
      {state !== "open" && (
        <PlainLink href={onward.href} className={`button w-full ${leads ? "button-primary" : "button-secondary"}`}>
          {text.t(onward.kind === "recovery" ? "addressBack.recover" : "common.signIn")}
        </PlainLink>
      )}
    </Card>
  );
}
