import { readBody } from "@/lib/http/body";
import { requireCsrf } from "@/lib/http/csrf";
import { route } from "@/lib/http/handler";
import type { Endpoint } from "@/lib/http/handler";
import { failDance } from "@/lib/http/oidc-complete";
import { askBeforeLeaving } from "@/lib/http/oidc-consent";
import { beginDance, bindDance, chargeDance } from "@/lib/http/oidc-dance";
import { leaveFor } from "@/lib/http/oidc-leave";
import { startDance } from "@/lib/nextauth/start";

/** Away to the identity provider that the flow was submitted for; of an app's flow, once the person said yes on our own page. */
const start: Endpoint = async (exchange, request) => {
  const agreed = request.method === "POST";
  await chargeDance(exchange);
  if (agreed) {
    const token = new URLSearchParams(await readBody(request)).get("csrf_token");
    requireCsrf(exchange.headers, exchange, token, exchange.project.config, exchange.services.keys);
  }
  const begun = await beginDance(exchange, agreed);
  if (begun.kind === "elsewhere") return begun.answer;
  if (begun.kind === "ask") return askBeforeLeaving(exchange, begun.flow, begun.provider);
  const { services, project, handle, now, device } = exchange;
  const { flow, provider } = begun.dance;
  const facts = { flowId: flow.id, provider, again: flow.kind === "login" && flow.refresh };
  const started = await startDance(facts, exchange.cookies, { services, project, handle, now, ipAddress: device.ipAddress, failure: null });
  if (started.kind === "failed") return failDance(exchange, begun.dance, started.failure);
  bindDance(exchange, begun.dance, started.to);
  return leaveFor(exchange, started.to, provider.label, started.setCookies);
};

const handler = route({ GET: start, POST: start }, { errors: "accept", getActs: true });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
