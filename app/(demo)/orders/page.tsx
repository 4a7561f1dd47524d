import { OrderList } from "@/components/demo/order-list";
import { Shell } from "@/components/shell/shell";
import { actionToken } from "@/lib/http/next/action";
import { currentPerson, redirectForAssurance, requireAssurance } from "@/lib/http/next/guard";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { ordersOf } from "./orders";

/** A page that asks for the best each person has. */
export default async function OrdersPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const assurance = await requireAssurance({ operation: "orders.view" });
  if (assurance.kind !== "allow") redirectForAssurance(assurance);
  const [person, query, locale] = await Promise.all([currentPerson(), searchParams, pageLocale()]);
  const text = translator(locale);
  const orders = ordersOf(assurance.identity.id);
  const asked = firstOf(query["cancelled"]);
  const cancelled = orders.find((order) => order.id === asked && order.state === "cancelled")?.id ?? null;
  return (
    <Shell text={text} person={person} here="orders" width="page" testId="screen-orders" title={text.t("orders.title")}>
      <OrderList orders={orders} cancelled={cancelled} refused={firstOf(query["refused"]) !== null} actionToken={await actionToken()} text={text} />
    </Shell>
  );
}
