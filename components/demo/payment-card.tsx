import type { SessionView } from "@/components/session/person";
import { newestProof } from "@/components/session/person";
import { Ladder } from "@/components/brand/ladder";
import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ActionButton } from "@/components/ui/submit-button";
import type { Translator } from "@/lib/i18n/text";

interface PaymentCardProps {
  readonly payee: string;
  readonly amount: string;
  readonly pay: (formData: FormData) => Promise<void>;
  readonly actionToken: string;
  readonly session: SessionView | null;
  readonly now: Date;
  readonly text: Translator;
}

/** One bill and one button that asks for itself. */
export function PaymentCard({ payee, amount, pay, actionToken, session, now, text }: PaymentCardProps) {
  const proof = session === null ? null : newestProof(session);
  return (
    <Card>
      <Heading lead={<p>{text.t("payment.intro")}</p>}>{text.t("payment.title")}</Heading>
      {proof !== null && session !== null && (
        <p className="flex items-center gap-3 rounded-control bg-accent-soft p-3 text-sm font-medium" data-testid="freshness">
          <Ladder level={session.aal} className="h-7 w-6 shrink-0" />
          {text.t("payment.confirmed", { with: text.t(`method.with.${proof.method}`), ago: text.relative(proof.completedAt, now) })}
        </p>
      )}
      <dl className="divide-y divide-line rounded-control border border-line">
        <div className="flex justify-between gap-4 p-3.5">
          <dt className="text-ink-2">{text.t("payment.payee")}</dt>
          <dd className="font-semibold">{payee}</dd>
        </div>
        <div className="flex items-baseline justify-between gap-4 p-3.5">
          <dt className="text-ink-2">{text.t("payment.amount")}</dt>
          <dd className="text-xl font-bold tabular-nums">{amount}</dd>
        </div>
      </dl>
      <form action={pay} className="space-y-3">
        <input type="hidden" name="csrf_token" value={actionToken} />
        <ActionButton busyText={text.t("common.checking")} className="w-full" describedBy="pay-hint">{text.t("payment.pay", { amount })}</ActionButton>
        <p id="pay-hint" className="text-sm text-ink-2">{text.t("payment.payHint")}</p>
      </form>
    </Card>
  );
}
