/** What the demo pays: amount in the currency's main unit. */
export const BILL = { payee: "ACME", amount: 40, currency: "EUR" } as const;
