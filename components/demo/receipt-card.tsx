import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { FocusOn } from "@/components/ui/focus-on";
import { Icon } from "@/components/ui/icon";
import { PlainLink } from "@/components/ui/plain-link";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";

interface ReceiptCardProps {
  readonly payee: string;
  readonly amount: string;
  readonly reference: string;
  readonly at: Date;
  readonly now: Date;
  readonly text: Translator;
}

export function ReceiptCard({ payee, amount, reference, at, now, text }: ReceiptCardProps) {
  return (
    <Card>
      <span className="inline-flex size-12 items-center justify-center rounded-full bg-accent text-on-accent"><Icon name="check" className="size-7" /></span>
      <Heading lead={<p>{text.t("payment.doneText", { amount, payee })}</p>}>{text.t("payment.doneTitle")}</Heading>
      <FocusOn id={HEADING_ID} />
      <dl className="divide-y divide-line rounded-control border border-line">
        <div className="flex justify-between gap-4 p-3.5">
          <dt className="text-ink-2">{text.t("payment.reference")}</dt>
          <dd className="code font-semibold" data-testid="receipt"><bdi dir="ltr">{reference}</bdi></dd>
        </div>
        <div className="flex justify-between gap-4 p-3.5">
          <dt className="text-ink-2">{text.t("problem.time")}</dt>
          <dd className="font-medium"><When at={at} now={now} text={text} /></dd>
        </div>
      </dl>
      <PlainLink href="/payment" className="button button-secondary w-full">{text.t("payment.again")}</PlainLink>
    </Card>
  );
}
