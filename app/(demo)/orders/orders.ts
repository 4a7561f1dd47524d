export type OrderState = "open" | "shipped" | "delivered" | "cancelled";
export interface Order {
  readonly id: string;
  readonly placedAt: Date;
  /** In euros. */
  readonly total: number;
  readonly state: OrderState;
}

const ORDERS: readonly Order[] = [
  { id: "1042", placedAt: new Date("2026-11-18T09:20:00Z"), total: 64.9, state: "open" },
  { id: "1037", placedAt: new Date("2026-11-09T15:02:00Z"), total: 18.5, state: "shipped" },
  { id: "1012", placedAt: new Date("2026-10-21T07:45:00Z"), total: 129, state: "delivered" },
];
/** Cancelled orders by person, in this process's memory: a demo. */
const SHELF = Symbol.for("rung.demo.cancelled");
const KEPT_PEOPLE = 500;

function shelf(): Map<string, Set<string>> {
  const registry = globalThis as { [SHELF]?: Map<string, Set<string>> };
  return (registry[SHELF] ??= new Map<string, Set<string>>());
}

export function ordersOf(identityId: string): readonly Order[] {
  const cancelled = shelf().get(identityId);
  return ORDERS.map((order) => (cancelled?.has(order.id) === true ? { ...order, state: "cancelled" as const } : order));
}

/** False when there is no such open order. */
export function cancelOrder(identityId: string, orderId: string): boolean {
  const order = ordersOf(identityId).find(({ id }) => id === orderId);
  if (order?.state !== "open") return false;
  const people = shelf();
  const oldest = people.keys().next().value;
  if (people.size >= KEPT_PEOPLE && oldest !== undefined) people.delete(oldest);
  people.set(identityId, new Set([...(people.get(identityId) ?? []), orderId]));
  return true;
}
