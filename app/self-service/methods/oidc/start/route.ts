import { route } from "@/lib/http/handler";
import type { Endpoint } from "@/lib/http/handler";
import { completeDance } from "@/lib/http/oidc-complete";
import { beginDance } from "@/lib/http/oidc-dance";
import { leaveFor } from "@/lib/http/oidc-leave";
import { startDance } from "@/lib/nextauth/start";

/** Away to the identity provider that the flow was submitted for. */
const start: Endpoint = async (exchange) => {
  const begun = await beginDance(exchange);
  if (begun.kind === "elsewhere") return begun.answer;
  const { services, project, handle, now, device } = exchange;
  const { flow, provider } = begun.dance;
  const facts = { flowId: flow.id, provider, again: flow.kind === "login" && flow.refresh };
  const started = await startDance(facts, exchange.cookies, { services, project, handle, now, ipAddress: device.ipAddress, failure: null });
  if (started.kind === "away") return leaveFor(exchange, started.to, provider.label, started.setCookies);
  return completeDance(exchange, { kind: "failed", failure: started.failure }, flow.id, begun.dance);
};

const handler = route({ GET: start }, { errors: "accept", getActs: true });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
