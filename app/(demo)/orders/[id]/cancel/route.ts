import { checkPosted, responseForRefusedAction } from "@/lib/http/next/action";
import { requireAssurance, responseForAssurance } from "@/lib/http/next/guard";
import { cancelOrder } from "../../orders";

/** Cancels an order: a route handler asks the guard as pages and actions do, and after that the form's origin and token. */
export async function POST(request: Request, { params }: { readonly params: Promise<{ readonly id: string }> }): Promise<Response> {
  const assurance = await requireAssurance({ operation: "orders.cancel" }, { returnTo: "/orders" });
  if (assurance.kind !== "allow") return responseForAssurance(assurance);
  try {
    await checkPosted(request);
  } catch (error) {
    return responseForRefusedAction(error, "/orders?refused=1");
  }
  const { id } = await params;
  return seeOther(cancelOrder(assurance.identity.id, id) ? `/orders?cancelled=${encodeURIComponent(id)}` : "/orders");
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });
}
