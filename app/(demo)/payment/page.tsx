import { PaymentCard } from "@/components/demo/payment-card";
import { ReceiptCard } from "@/components/demo/receipt-card";
import { Shell } from "@/components/shell/shell";
import { actionToken } from "@/lib/http/next/action";
import { currentPerson, redirectForAssurance, requireAssurance } from "@/lib/http/next/guard";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { pay } from "./actions";
import { BILL } from "./bill";
import { findReceipt } from "./receipts";

/** A page behind the policy: a second step at most 15 minutes old. It asks the guard itself; the proxy is not the lock. */
export default async function PaymentPage({ searchParams }: { readonly searchParams: SearchParams }) {
  const assurance = await requireAssurance({ operation: "payment.view" });
  if (assurance.kind !== "allow") redirectForAssurance(assurance);
  const [person, query, locale] = await Promise.all([currentPerson(), searchParams, pageLocale()]);
  const text = translator(locale);
  const now = await requestTime();
  const receipt = findReceipt(firstOf(query["paid"]), assurance.identity.id);
  const amount = text.money(BILL.amount, BILL.currency);
  return (
    <Shell text={text} person={person} here="payment" testId="screen-payment" title={text.t(receipt === null ? "payment.title" : "payment.doneTitle")}>
      {receipt === null ? (
        <PaymentCard payee={BILL.payee} amount={amount} pay={pay} actionToken={await actionToken()}
          session={person.kind === "signed_in" ? person.session : null} now={now} text={text} />
      ) : (
        <ReceiptCard payee={receipt.payee} amount={amount} reference={receipt.reference} at={receipt.at} now={now} text={text} />
      )}
    </Shell>
  );
}
