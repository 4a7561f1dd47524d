import { route } from "@/lib/http/handler";
import type { Endpoint } from "@/lib/http/handler";
import { completeDance } from "@/lib/http/oidc-complete";

/** Back from the identity provider, by way of next-auth's callback. */
const complete: Endpoint = async (exchange) => {
  const query = exchange.url.searchParams;
  const token = query.get("handover");
  const end = token === null ? { kind: "failed" as const, failure: query.get("error") ?? "oidc_start_again" } : { kind: "handover" as const, token };
  return completeDance(exchange, end, query.get("flow"));
};

const handler = route({ GET: complete }, { errors: "accept", getActs: true });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
