import type { AddressView, FlowView } from "@/components/flow/flow-view";
import { Icon } from "@/components/ui/icon";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { Section } from "./section";

interface AddressesProps {
  readonly flow: FlowView;
  readonly text: Translator;
  /** The project lets people confirm addresses. */
  readonly canConfirm: boolean;
}

/** Which addresses are known to be the person's own, and the way to confirm the others. */
export function AddressesSection({ flow, text, canConfirm }: AddressesProps) {
  const addresses = flow.identity?.verifiable_addresses ?? [];
  if (addresses.length === 0) return null;
  return (
    <Section id="addresses" title={text.t("addresses.title")}>
      <ul className="divide-y divide-line border-y border-line" data-testid="address-list">
        {addresses.map((address) => (
          <li key={address.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
            <Icon name={address.via === "sms" ? "message" : "mail"} className="size-6 text-accent" />
            <span className="min-w-0 flex-1 basis-40">
              <bdi dir="ltr" className="block font-semibold">{address.value}</bdi>
              <span className={`block text-sm ${address.verified ? "text-ink-2" : "font-medium text-warn"}`}>{text.t(address.verified ? "addresses.confirmed" : "addresses.unconfirmed")}</span>
            </span>
            {!address.verified && canConfirm && (
              <PlainLink href={confirmHref(address)} className="button button-secondary">
                {text.t("addresses.confirm")}<span className="sr-only">: {address.value}</span>
              </PlainLink>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** The address travels by its id, so that it stands in no log; the page fills it in for its owner. */
function confirmHref(address: AddressView): string {
  const query = new URLSearchParams({ address: address.id, return_to: "/settings" });
  return `/self-service/verification/browser?${query.toString()}`;
}
