import { answerWith, emptyAnswer, redirectAnswer } from "@/lib/http/answer";
import { readBody } from "@/lib/http/body";
import type { Exchange } from "@/lib/http/exchange";
import type { Endpoint } from "@/lib/http/handler";
import { route } from "@/lib/http/handler";
import { completeUrl, nothingUnderway, strayAnswer } from "@/lib/http/oidc-complete";
import { chargeDance, claimDance, danceAnswered } from "@/lib/http/oidc-dance";
import { finishDance } from "@/lib/nextauth/callback";
import { decodedCookies, runNextAuth } from "@/lib/nextauth/run";

/** next-auth's own endpoints: reading the session, its anti-CSRF pair, signing out, the way back from a provider. */
const auth: Endpoint = async (exchange, request) => {
  const segments = exchange.url.pathname.replace(/^.*\/api\/auth\/?/, "").split("/").filter((segment) => segment !== "");
  const [action, provider] = segments;
  if (provider !== undefined && isKnown(exchange, provider)) {
    if (action === "callback") {
      // A link checker asks; it must not use up what the person is about to bring.
      if (request.method === "HEAD") return emptyAnswer(exchange, 405, { allow: "GET, POST, OPTIONS" });
      return request.method === "POST" ? again(exchange, await bodyOf(request)) : back(exchange, provider);
    }
    // Only a flow begins a round trip: whoever presses next-auth's own button is led to one.
    if (action === "signin") return redirectAnswer(exchange, `${exchange.project.config.baseUrl.replace(/\/$/, "")}/self-service/login/browser`);
  }
  const { services, project, handle, now, device, url, cookies } = exchange;
  const answer = await runNextAuth({
    method: request.method === "HEAD" ? "GET" : request.method, segments,
    query: Object.fromEntries(url.searchParams), cookies: decodedCookies(cookies), body: await bodyOf(request),
  }, { services, project, handle, now, ipAddress: device.ipAddress, failure: null });
  return answerWith(exchange, answer);
};

function isKnown({ project }: Exchange, provider: string): boolean {
  const { enabled, providers } = project.config.methods.oidc;
  return enabled && providers.some(({ id }) => id === provider);
}

/**
 * Back from the provider: its answer is judged, and the browser goes on to its flow, where the end is submitted.
 *
 * Order: 1 the source's budget · 2 the state of a round trip of this browser, before anything else of the answer is believed, a
 *        refusal included · 3 its binding, which serves one answer · 4 the provider that was asked.
 */
async function back(exchange: Exchange, provider: string): Promise<Response> {
  await chargeDance(exchange);
  const answering = await danceAnswered(exchange, provider, exchange.url.searchParams.get("state"));
  if (answering === null) return nothingUnderway(exchange, null);
  const { dance } = answering;
  if (answering.kind === "stray" || !(await claimDance(exchange, dance))) return strayAnswer(exchange, dance);
  // Another provider's answer than the one that was asked: nothing of it is even read (mix-up, T30).
  if (dance.provider.id !== provider) return redirectAnswer(exchange, completeUrl(exchange, dance, { kind: "failed", failure: "oidc_bad_answer" }));
  const { services, project, handle, now, device, url, cookies } = exchange;
  const facts = { flowId: dance.flow.id, provider: dance.provider, again: dance.flow.kind === "login" && dance.flow.refresh };
  const context = { services, project, handle, now, ipAddress: device.ipAddress, failure: null };
  const { arrived, setCookies } = await finishDance(facts, url.searchParams, decodedCookies(cookies), context);
  return answerWith(exchange, { status: 303, headers: { location: completeUrl(exchange, dance, arrived) }, setCookies, body: "" });
}

/**
 * Apple answers with a form from its own site, which brings none of our cookies. Sent once more as a navigation it brings them, so
 * none of them has to be open to other sites' forms (security.md C4).
 */
function again(exchange: Exchange, body: Readonly<Record<string, unknown>>): Response {
  const url = new URL(`${exchange.url.origin}${exchange.url.pathname}`);
  for (const name of ["code", "state", "iss", "error", "user"]) {
    const value = body[name];
    if (typeof value === "string" && value.length <= 4_096) url.searchParams.set(name, value);
  }
  return redirectAnswer(exchange, url.href);
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  if (request.method !== "POST") return {};
  const text = await readBody(request);
  const json = (request.headers.get("content-type") ?? "").includes("application/json");
  if (!json) return Object.fromEntries(new URLSearchParams(text));
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const handler = route({ GET: auth, POST: auth }, { errors: "always" });

export { handler as DELETE, handler as GET, handler as HEAD, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
