import { randomUUID } from "node:crypto";

export interface Receipt {
  readonly reference: string;
  readonly identityId: string;
  readonly amount: number;
  readonly payee: string;
  readonly at: Date;
}
/** The demo remembers a little in this process's memory; a real shop has its own database. */
const KEPT = 200;
const SHELF = Symbol.for("rung.demo.receipts");

function shelf(): Map<string, Receipt> {
  const registry = globalThis as { [SHELF]?: Map<string, Receipt> };
  return (registry[SHELF] ??= new Map<string, Receipt>());
}

export function writeReceipt(details: Omit<Receipt, "reference">): Receipt {
  const receipts = shelf();
  const receipt = { ...details, reference: randomUUID().slice(0, 8).toUpperCase() };
  receipts.set(receipt.reference, receipt);
  const oldest = receipts.keys().next().value;
  if (receipts.size > KEPT && oldest !== undefined) receipts.delete(oldest);
  return receipt;
}

/** The receipt of this person, or null: a number from somebody else's address bar shows nothing. */
export function findReceipt(reference: string | null, identityId: string): Receipt | null {
  const receipt = reference === null ? undefined : shelf().get(reference);
  return receipt?.identityId === identityId ? receipt : null;
}
