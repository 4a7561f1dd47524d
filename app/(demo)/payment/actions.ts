"use server";

import { redirect } from "next/navigation";
import { checkAction } from "@/lib/http/next/action";
import { redirectForAssurance, requireAssurance } from "@/lib/http/next/guard";
import { BILL } from "./bill";
import { writeReceipt } from "./receipts";

/** Pays the bill. Asks for itself: five minutes, whatever the page allowed. A refused press is never replayed. */
export async function pay(formData: FormData): Promise<void> {
  await checkAction(formData);
  const assurance = await requireAssurance({ operation: "payment.create" });
  if (assurance.kind !== "allow") redirectForAssurance(assurance);
  const receipt = writeReceipt({ identityId: assurance.identity.id, amount: BILL.amount, payee: BILL.payee, at: new Date() });
  redirect(`/payment?paid=${receipt.reference}`);
}
