import { Heading } from "@/components/shell/heading";
import { Notice } from "@/components/ui/notice";
import { SubmitButton } from "@/components/ui/submit-button";
import type { TextKey, Translator } from "@/lib/i18n/text";

const STATES = {
  open: "orders.stateOpen", shipped: "orders.stateShipped", delivered: "orders.stateDelivered", cancelled: "orders.stateCancelled",
} as const satisfies Record<string, TextKey>;
interface OrderView {
  readonly id: string;
  readonly placedAt: Date;
  readonly total: number;
  readonly state: keyof typeof STATES;
}
interface OrderListProps {
  readonly orders: readonly OrderView[];
  /** The order that was cancelled just now. */
  readonly cancelled: string | null;
  /** The last press did not come from our own form. */
  readonly refused: boolean;
  readonly actionToken: string;
  readonly text: Translator;
}

/** The latest orders; an open one can be cancelled by a plain form on a guarded route. */
export function OrderList({ orders, cancelled, refused, actionToken, text }: OrderListProps) {
  return (
    <div className="space-y-6">
      <Heading lead={<p>{text.t("orders.intro")}</p>}>{text.t("orders.title")}</Heading>
      {cancelled !== null && <Notice tone="good" role="status"><p>{text.t("orders.cancelled", { id: cancelled })}</p></Notice>}
      {refused && <Notice tone="attention" role="status"><p>{text.t("orders.notCancelled")}</p></Notice>}
      <ul className="card divide-y divide-line" aria-label={text.t("orders.caption")}>
        {orders.map((order) => (
          <li key={order.id} className="flex flex-wrap items-center gap-x-6 gap-y-2 p-5" data-testid="order">
            <div className="min-w-0 flex-1 basis-44">
              <h2 className="font-semibold">{text.t("orders.number")} <span className="tabular-nums">{order.id}</span></h2>
              <p className="text-sm text-ink-2">
                <time dateTime={order.placedAt.toISOString()}>{text.date(order.placedAt)}</time> · {text.t(STATES[order.state])}
              </p>
            </div>
            <p className="font-semibold tabular-nums">{text.money(order.total, "EUR")}</p>
            {order.state === "open" && (
              <form action={`/orders/${order.id}/cancel`} method="post">
                <input type="hidden" name="csrf_token" value={actionToken} />
                <SubmitButton tone="secondary" busyText={text.t("common.checking")}>
                  {text.t("orders.cancel")}<span className="sr-only">: {text.t("orders.number")} {order.id}</span>
                </SubmitButton>
              </form>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
